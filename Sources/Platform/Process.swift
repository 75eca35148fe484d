// This process: leaving it, going into the background, and what the system says of it.
import CLinux
import Glibc

package enum Process {
    /// Ends the process after the C library's own clean-up.
    package static func exit(_ code: Int32) -> Never { Glibc.exit(code) }

    /// Ends the process on the spot, whatever its other threads are doing.
    package static func exitNow(_ code: Int32) -> Never { _exit(code) }

    package static var identifier: Int { Int(getpid()) }

    /// The value of an environment variable; nil if it is not set.
    package static func environment(_ name: String) -> String? {
        guard let value = unsafe getenv(name) else { return nil }
        return unsafe String(cString: value)
    }

    /// Goes on in a child without a terminal, with its standard streams at /dev/null; the parent ends with 0.
    ///
    /// Only while this thread is the only one: a child inherits no other.
    package static func daemonize() throws(SystemError) {
        let child = linux_fork()
        if child < 0 { throw .last }
        if child > 0 { _exit(0) }
        setsid()
        let null = unsafe open("/dev/null", O_RDWR)
        guard null >= 0 else { return }
        for stream in Int32(0)...2 { dup2(null, stream) }
        if null > 2 { close(null) }
    }

    /// Sends a line like "READY=1" to the service manager that started this process; false if there is none.
    ///
    /// The address is the datagram socket that NOTIFY_SOCKET names; a leading '@' stands for Linux' abstract namespace.
    package static func notifyServiceManager(_ text: String) -> Bool {
        guard let path = environment("NOTIFY_SOCKET"), let first = path.utf8.first else { return false }
        var name = Array(path.utf8)
        if first == UInt8(ascii: "@") { name[0] = 0 }
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        guard name.count < MemoryLayout.size(ofValue: address.sun_path) else { return false }
        unsafe withUnsafeMutableBytes(of: &address.sun_path) { unsafe $0.copyBytes(from: name) }
        let number = socket(AF_UNIX, Int32(SOCK_DGRAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
        guard number >= 0 else { return false }
        defer { close(number) }
        let message = Array(text.utf8)
        let length = socklen_t(MemoryLayout<sa_family_t>.size + name.count)
        return unsafe withUnsafePointer(to: &address) {
            unsafe $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                unsafe sendto(number, message, message.count, Int32(MSG_NOSIGNAL), $0, length) == message.count
            }
        }
    }
}
