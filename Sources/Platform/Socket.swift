// TCP and Unix stream sockets: listen, accept, options, names of the two ends.
import CLinux
import Glibc

/// Why a socket cannot listen.
package struct ListenError: Error {
    /// As the log has it: "bind: Address already in use".
    package let text: String
    /// nil if the name of the host could not be resolved.
    package let error: SystemError?

    init(text: String, error: SystemError?) {
        self.text = text
        self.error = error
    }

    /// The call `step` has just failed.
    init(step: String) {
        let error = SystemError.last
        self.init(text: "\(step): \(error)", error: error)
    }

    /// This machine does not have the address.
    package var isMissingAddress: Bool { error?.number == EADDRNOTAVAIL }

    /// This machine does not speak the protocol, as is often so with IPv6.
    package var isMissingProtocol: Bool {
        let numbers = [ENOPROTOOPT, EPROTONOSUPPORT, ESOCKTNOSUPPORT, EPFNOSUPPORT, EAFNOSUPPORT]
        return error.map { numbers.contains($0.number) } ?? false
    }
}

package enum Socket {
    /// Opens a listening TCP socket. `address` is a host's name or number; "*" and "::*" are all interfaces. An address
    /// with colons is one of IPv6, any other one of IPv4.
    package static func listenTCP(
        address: String, port: Int, backlog: Int
    ) throws(ListenError) -> FileDescriptor {
        var hints = unsafe addrinfo()
        unsafe hints.ai_socktype = Int32(SOCK_STREAM.rawValue)
        unsafe hints.ai_flags = AI_PASSIVE | AI_NUMERICSERV
        unsafe hints.ai_family = address.contains(":") ? AF_INET6 : AF_INET
        var found: UnsafeMutablePointer<addrinfo>?
        let host: String? = address == "*" || address == "::*" ? nil : address
        let resolution = unsafe getaddrinfo(host, String(port), &hints, &found)
        guard resolution == 0, let first = unsafe found else {
            throw ListenError(text: unsafe String(cString: gai_strerror(resolution)), error: nil)
        }
        defer { unsafe freeaddrinfo(first) }
        let family = unsafe first.pointee.ai_family
        let number = socket(family, Int32(SOCK_STREAM.rawValue) | flags, 0)
        guard number >= 0 else { throw ListenError(step: "socket") }
        let descriptor = FileDescriptor(number: number)
        setOption(descriptor, SOL_SOCKET, SO_REUSEADDR, 1)
        if family == AF_INET6 { setOption(descriptor, Int32(IPPROTO_IPV6), IPV6_V6ONLY, 1) }
        let isBound = unsafe bind(number, first.pointee.ai_addr, first.pointee.ai_addrlen) == 0
        guard isBound, listen(number, Int32(clamping: backlog)) == 0 else {
            let failure = ListenError(step: isBound ? "listen" : "bind")
            descriptor.close()
            throw failure
        }
        return descriptor
    }

    /// Opens a listening Unix socket at `path`, replacing what is there, with `permissions` unless 0.
    package static func listenUnix(
        path: String, permissions: UInt32, backlog: Int
    ) throws(ListenError) -> FileDescriptor {
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        guard path.utf8.count < MemoryLayout.size(ofValue: address.sun_path) else {
            let error = SystemError(number: ENAMETOOLONG)
            throw ListenError(text: "bind: \(error)", error: error)
        }
        unsafe withUnsafeMutableBytes(of: &address.sun_path) { unsafe $0.copyBytes(from: path.utf8) }
        let number = socket(AF_UNIX, Int32(SOCK_STREAM.rawValue) | flags, 0)
        guard number >= 0 else { throw ListenError(step: "socket") }
        let descriptor = FileDescriptor(number: number)
        unsafe unlink(path)
        let isBound = unsafe withUnsafePointer(to: &address) {
            unsafe $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                unsafe bind(number, $0, socklen_t(MemoryLayout<sockaddr_un>.size)) == 0
            }
        }
        guard isBound, listen(number, Int32(clamping: backlog)) == 0 else {
            let failure = ListenError(step: isBound ? "listen" : "bind")
            descriptor.close()
            throw failure
        }
        if permissions != 0 { unsafe chmod(path, permissions) }
        return descriptor
    }

    /// Accepts one connection, non-blocking.
    package static func accept(_ listener: FileDescriptor) throws(SystemError) -> FileDescriptor {
        while true {
            let number = accept4(listener.number, nil, nil, flags)
            if number >= 0 { return FileDescriptor(number: number) }
            if errno == EINTR || errno == ECONNABORTED { continue }
            throw .last
        }
    }

    /// Sends small replies at once instead of waiting for more.
    package static func setNoDelay(_ descriptor: FileDescriptor) {
        setOption(descriptor, Int32(IPPROTO_TCP), TCP_NODELAY, 1)
    }

    /// Probes an idle peer after `seconds`, three times at a third of that interval, as Redis does.
    package static func setKeepAlive(_ descriptor: FileDescriptor, seconds: Int) {
        setOption(descriptor, SOL_SOCKET, SO_KEEPALIVE, 1)
        setOption(descriptor, Int32(IPPROTO_TCP), TCP_KEEPIDLE, Int32(clamping: seconds))
        setOption(descriptor, Int32(IPPROTO_TCP), TCP_KEEPINTVL, Int32(clamping: max(1, seconds / 3)))
        setOption(descriptor, Int32(IPPROTO_TCP), TCP_KEEPCNT, 3)
    }

    /// Raises the limit of open files to `wanted` if the system allows it; returns the limit then in force.
    package static func raiseOpenFileLimit(to wanted: Int) -> Int {
        var limit = rlimit()
        guard unsafe getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit) == 0 else { return 1024 }
        if Int(clamping: limit.rlim_cur) >= wanted { return Int(clamping: limit.rlim_cur) }
        var raised = rlimit(rlim_cur: rlim_t(wanted), rlim_max: max(limit.rlim_max, rlim_t(wanted)))
        if unsafe setrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &raised) == 0 { return wanted }
        raised = rlimit(rlim_cur: limit.rlim_max, rlim_max: limit.rlim_max)
        _ = unsafe setrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &raised)
        return Int(clamping: limit.rlim_max)
    }

    private static let flags = Int32(SOCK_NONBLOCK.rawValue) | Int32(SOCK_CLOEXEC.rawValue)

    private static func setOption(_ descriptor: FileDescriptor, _ level: Int32, _ name: Int32, _ value: Int32) {
        var value = value
        _ = unsafe setsockopt(descriptor.number, level, name, &value, socklen_t(MemoryLayout<Int32>.size))
    }
}
