// A counter that wakes a thread out of epoll_wait.
import CLinux
import Glibc

package struct EventFD {
    package let descriptor: FileDescriptor

    package init() throws(SystemError) {
        let number = eventfd(0, Int32(EFD_NONBLOCK) | Int32(EFD_CLOEXEC))
        guard number >= 0 else { throw .last }
        descriptor = FileDescriptor(number: number)
    }

    /// Wakes the waiter. May be called from a signal handler.
    package func signal() {
        var one: UInt64 = 1
        _ = unsafe write(descriptor.number, &one, 8)
    }

    /// Takes all signals so far.
    package func clear() {
        var count: UInt64 = 0
        _ = unsafe Glibc.read(descriptor.number, &count, 8)
    }
}
