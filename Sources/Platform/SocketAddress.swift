// The printed names of a socket's two ends.
import CLinux
import Glibc

/// One end of a connection.
package struct SocketAddress: Equatable, Sendable {
    /// `address:port`, `[address]:port` for IPv6, or `path:0` for a Unix socket: as CLIENT LIST prints it.
    package let text: String
    /// Whether it is the machine itself: a loopback address or a Unix socket.
    package let isLocal: Bool

    /// The address of this end.
    package static func local(of descriptor: FileDescriptor) -> SocketAddress {
        unsafe name { address, length in unsafe getsockname(descriptor.number, address, length) }
    }

    /// The address of the other end.
    package static func peer(of descriptor: FileDescriptor) -> SocketAddress {
        unsafe name { address, length in unsafe getpeername(descriptor.number, address, length) }
    }

    private static func name(
        _ ask: (UnsafeMutablePointer<sockaddr>, UnsafeMutablePointer<socklen_t>) -> Int32
    ) -> SocketAddress {
        var storage = sockaddr_storage()
        var length = socklen_t(MemoryLayout<sockaddr_storage>.size)
        var host = [CChar](repeating: 0, count: 128)
        let unknown = SocketAddress(text: "?:0", isLocal: false)
        return unsafe withUnsafeMutablePointer(to: &storage) { pointer in
            unsafe pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { address in
                guard unsafe ask(address, &length) == 0 else { return unknown }
                if unsafe Int32(address.pointee.sa_family) == AF_UNIX {
                    return SocketAddress(text: "unix:0", isLocal: true)
                }
                var service = [CChar](repeating: 0, count: 16)
                let numeric = NI_NUMERICHOST | NI_NUMERICSERV
                guard unsafe getnameinfo(address, length, &host, 128, &service, 16, numeric) == 0 else {
                    return unknown
                }
                let name = text(host), port = text(service)
                let isIPv6 = unsafe Int32(address.pointee.sa_family) == AF_INET6
                let isLocal = name.hasPrefix("127.") || name == "::1" || name.hasPrefix("::ffff:127.")
                return SocketAddress(text: isIPv6 ? "[\(name)]:\(port)" : "\(name):\(port)", isLocal: isLocal)
            }
        }
    }

    private static func text(_ characters: [CChar]) -> String {
        String(decoding: characters.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }
}
