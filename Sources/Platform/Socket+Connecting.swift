// Stream sockets of a client: connecting without waiting.
import CLinux
import Glibc

/// Where a server listens, resolved once.
package struct ServerAddress: Sendable {
    /// As messages have it: "127.0.0.1:6379" or the path of a Unix socket.
    package let text: String
    let family: Int32
    /// The bytes of the sockaddr.
    let bytes: [UInt8]

    /// Whether it is the path of a Unix socket.
    package var isUnix: Bool { family == AF_UNIX }

    /// Resolves the name of a host; this may ask a name server. Throws what the system says if there is no such host.
    package static func tcp(host: String, port: Int) throws(AddressError) -> ServerAddress {
        var hints = unsafe addrinfo()
        unsafe hints.ai_socktype = Int32(SOCK_STREAM.rawValue)
        unsafe hints.ai_flags = AI_NUMERICSERV
        var found: UnsafeMutablePointer<addrinfo>?
        let resolution = unsafe getaddrinfo(host, String(port), &hints, &found)
        guard resolution == 0, let first = unsafe found else {
            throw AddressError(text: unsafe "\(host): \(String(cString: gai_strerror(resolution)))")
        }
        defer { unsafe freeaddrinfo(first) }
        let length = unsafe Int(first.pointee.ai_addrlen)
        let bytes = unsafe [UInt8](UnsafeRawBufferPointer(start: first.pointee.ai_addr, count: length))
        let name = host.contains(":") ? "[\(host)]:\(port)" : "\(host):\(port)"
        return unsafe ServerAddress(text: name, family: first.pointee.ai_family, bytes: bytes)
    }

    package static func unix(path: String) throws(AddressError) -> ServerAddress {
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        guard path.utf8.count < MemoryLayout.size(ofValue: address.sun_path) else {
            throw AddressError(text: "\(path): the path is too long for a socket")
        }
        unsafe withUnsafeMutableBytes(of: &address.sun_path) { unsafe $0.copyBytes(from: path.utf8) }
        let bytes = unsafe withUnsafeBytes(of: &address) { unsafe [UInt8]($0) }
        return ServerAddress(text: path, family: AF_UNIX, bytes: bytes)
    }
}

/// Why an address cannot be used.
package struct AddressError: Error {
    package let text: String
}

extension Socket {
    /// Opens a non-blocking socket and starts to connect it. Once it is writable, `connectionError` tells how it went.
    package static func startConnecting(to address: ServerAddress) throws(SystemError) -> FileDescriptor {
        let kind = Int32(SOCK_STREAM.rawValue) | Int32(SOCK_NONBLOCK.rawValue) | Int32(SOCK_CLOEXEC.rawValue)
        let number = socket(address.family, kind, 0)
        guard number >= 0 else { throw .last }
        let descriptor = FileDescriptor(number: number)
        let result = unsafe address.bytes.withUnsafeBytes { bytes in
            unsafe connect(
                number, bytes.baseAddress.unsafelyUnwrapped.assumingMemoryBound(to: sockaddr.self),
                socklen_t(bytes.count))
        }
        // A Unix socket whose queue is full says EAGAIN: that is a failure, one may try again later.
        if result != 0, errno != EINPROGRESS {
            let error = SystemError.last
            descriptor.close()
            throw error
        }
        if address.family != AF_UNIX { setNoDelay(descriptor) }
        return descriptor
    }

    /// Connects a blocking socket. Connecting, and later every single transfer, takes `timeoutMilliseconds` at most: a
    /// transfer that would take longer is one that would block.
    package static func connectBlocking(
        to address: ServerAddress, timeoutMilliseconds: Int
    ) throws(SystemError) -> FileDescriptor {
        let number = socket(address.family, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
        guard number >= 0 else { throw .last }
        let descriptor = FileDescriptor(number: number)
        var limit = timeval(tv_sec: timeoutMilliseconds / 1000, tv_usec: timeoutMilliseconds % 1000 * 1000)
        for name in [SO_RCVTIMEO, SO_SNDTIMEO] {
            _ = unsafe setsockopt(number, SOL_SOCKET, name, &limit, socklen_t(MemoryLayout<timeval>.size))
        }
        let result = unsafe address.bytes.withUnsafeBytes { bytes in
            unsafe connect(
                number, bytes.baseAddress.unsafelyUnwrapped.assumingMemoryBound(to: sockaddr.self),
                socklen_t(bytes.count))
        }
        if result != 0 {
            let error = SystemError.last
            descriptor.close()
            throw error
        }
        if address.family != AF_UNIX { setNoDelay(descriptor) }
        return descriptor
    }

    /// Makes the next close abrupt: what is on its way is dropped, and the peer gets an error (RST) instead of the end.
    package static func resetOnClose(_ descriptor: FileDescriptor) {
        var setting = linger(l_onoff: 1, l_linger: 0)
        _ = unsafe setsockopt(
            descriptor.number, SOL_SOCKET, SO_LINGER, &setting, socklen_t(MemoryLayout<linger>.size))
    }

    /// Why connecting failed; nil if it did not.
    package static func connectionError(_ descriptor: FileDescriptor) -> SystemError? {
        var number: Int32 = 0
        var length = socklen_t(MemoryLayout<Int32>.size)
        guard unsafe getsockopt(descriptor.number, SOL_SOCKET, SO_ERROR, &number, &length) == 0 else { return .last }
        return number == 0 ? nil : SystemError(number: number)
    }
}
