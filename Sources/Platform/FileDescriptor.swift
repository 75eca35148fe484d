// A file descriptor as a value: reading, writing, closing, and the one place that reads errno.
import CLinux
import Glibc

/// The error number of a failed system call.
package struct SystemError: Error, Equatable, CustomStringConvertible {
    package let number: Int32

    package init(number: Int32) { self.number = number }

    /// The error of the call that has just failed on this thread.
    package static var last: SystemError { SystemError(number: errno) }

    package var description: String { unsafe String(cString: strerror(number)) }

    package static let wouldBlock = SystemError(number: EAGAIN)
    package static let addressInUse = SystemError(number: EADDRINUSE)
    package static let noSuchFile = SystemError(number: ENOENT)
    package static let tooManyOpenFiles = SystemError(number: EMFILE)
    package static let notSupported = SystemError(number: EAFNOSUPPORT)
}

/// What one non-blocking transfer did.
package enum Transfer: Equatable {
    case bytes(Int)
    case wouldBlock
    case endOfStream
    case failed(SystemError)
}

/// An open descriptor. A plain value: whoever owns it closes it once.
package struct FileDescriptor: Equatable {
    @usableFromInline package let number: Int32

    @inlinable
    package init(number: Int32) { self.number = number }

    package static let none = FileDescriptor(number: -1)

    /// Reads up to `buffer.count` bytes; `count` must not be 0.
    @unsafe
    package func read(into buffer: UnsafeMutableRawPointer, count: Int) -> Transfer {
        while true {
            let result = unsafe Glibc.read(number, buffer, count)
            if result > 0 { return .bytes(result) }
            if result == 0 { return .endOfStream }
            if errno == EINTR { continue }
            if errno == EAGAIN { return .wouldBlock }
            return .failed(.last)
        }
    }

    /// Sends bytes to a socket without raising SIGPIPE.
    @unsafe
    package func send(_ bytes: UnsafeRawPointer, count: Int) -> Transfer {
        while true {
            let result = unsafe Glibc.send(number, bytes, count, Int32(MSG_NOSIGNAL))
            if result >= 0 { return .bytes(result) }
            if errno == EINTR { continue }
            if errno == EAGAIN { return .wouldBlock }
            return .failed(.last)
        }
    }

    /// Sends several pieces in one call; at most 64 of them.
    @unsafe
    package func send(pieces: UnsafeMutablePointer<iovec>, count: Int) -> Transfer {
        var message = unsafe msghdr()
        unsafe message.msg_iov = pieces
        unsafe message.msg_iovlen = count
        while true {
            let result = unsafe sendmsg(number, &message, Int32(MSG_NOSIGNAL))
            if result >= 0 { return .bytes(result) }
            if errno == EINTR { continue }
            if errno == EAGAIN { return .wouldBlock }
            return .failed(.last)
        }
    }

    package func close() {
        guard number >= 0 else { return }
        _ = Glibc.close(number)
    }

    /// Sends no more; the peer reads the end of the stream.
    package func shutdown() { _ = Glibc.shutdown(number, Int32(SHUT_RDWR)) }
}
