// Waiting for one descriptor, for clients that block.
import Glibc

extension FileDescriptor {
    /// Waits until there is something to read, or the peer is gone. False: neither in that time.
    package func waitReadable(milliseconds: Int) -> Bool {
        var entry = pollfd(fd: number, events: Int16(POLLIN), revents: 0)
        return unsafe poll(&entry, 1, Int32(clamping: milliseconds)) > 0
    }
}
