// The two ends of a socket, and how they are printed.
import CLinux
import Glibc

/// One end of a connection: the bytes of its address, which make no text before somebody wants to read it.
package struct SocketAddress: Equatable, Sendable {
    private enum Family: UInt8 { case unknown, unix, ipv4, ipv6 }

    private let family: Family
    /// In the order of the host.
    private let port: UInt16
    /// In the order of the network; of IPv4 the first four bytes.
    private let high: UInt64
    private let low: UInt64

    /// The address of this end.
    package static func local(of descriptor: FileDescriptor) -> SocketAddress {
        unsafe SocketAddress { address, length in unsafe getsockname(descriptor.number, address, length) }
    }

    /// The address of the other end.
    package static func peer(of descriptor: FileDescriptor) -> SocketAddress {
        unsafe SocketAddress { address, length in unsafe getpeername(descriptor.number, address, length) }
    }

    private init(_ ask: (UnsafeMutablePointer<sockaddr>, UnsafeMutablePointer<socklen_t>) -> Int32) {
        var storage = sockaddr_storage()
        var length = socklen_t(MemoryLayout<sockaddr_storage>.size)
        let result = unsafe withUnsafeMutablePointer(to: &storage) { pointer in
            unsafe pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { unsafe ask($0, &length) }
        }
        let kind = result == 0 ? Int32(storage.ss_family) : -1
        (family, port, high, low) = unsafe withUnsafeBytes(of: &storage) { bytes in
            switch kind {
            case AF_INET:
                let address = unsafe bytes.load(as: sockaddr_in.self)
                return (.ipv4, UInt16(bigEndian: address.sin_port), UInt64(address.sin_addr.s_addr), 0)
            case AF_INET6:
                let address = unsafe bytes.load(as: sockaddr_in6.self)
                let offset = MemoryLayout<sockaddr_in6>.offset(of: \.sin6_addr) ?? 0
                return unsafe (
                    .ipv6, UInt16(bigEndian: address.sin6_port),
                    bytes.loadUnaligned(fromByteOffset: offset, as: UInt64.self),
                    bytes.loadUnaligned(fromByteOffset: offset + 8, as: UInt64.self)
                )
            case AF_UNIX: return (.unix, 0, 0, 0)
            default: return (.unknown, 0, 0, 0)
            }
        }
    }

    /// `address:port`, `[address]:port` for IPv6, or `path:0` for a Unix socket: as CLIENT LIST prints it.
    package var text: String {
        switch family {
        case .unknown: "?:0"
        case .unix: "unix:0"
        case .ipv4: "\(host(AF_INET)):\(port)"
        case .ipv6: "[\(host(AF_INET6))]:\(port)"
        }
    }

    /// Whether it is the machine itself: a loopback address or a Unix socket.
    package var isLocal: Bool {
        switch family {
        case .unknown: return false
        case .unix: return true
        case .ipv4: return high & 0xff == 127
        case .ipv6:
            let name = host(AF_INET6)
            return name == "::1" || name.hasPrefix("::ffff:127.")
        }
    }

    private func host(_ family: Int32) -> String {
        var bytes = (high, low)
        var characters = [CChar](repeating: 0, count: Int(INET6_ADDRSTRLEN))
        guard unsafe inet_ntop(family, &bytes, &characters, socklen_t(characters.count)) != nil else { return "?" }
        return String(decoding: characters.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }
}
