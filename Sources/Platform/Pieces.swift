// Several pieces of memory to be sent in one call.
import CLinux
import Glibc

/// A list of at most `limit` pieces, on the stack's side of things: built, sent and forgotten.
@safe
package struct Pieces: ~Copyable {
    package static var limit: Int { 64 }
    private let pieces: UnsafeMutablePointer<iovec>
    private var count = 0

    package init() { unsafe pieces = .allocate(capacity: Pieces.limit) }

    deinit { unsafe pieces.deallocate() }

    /// Adds `count` bytes at `base`, which stay there until the pieces are sent.
    @unsafe
    package mutating func append(_ base: UnsafeRawPointer, count length: Int) {
        precondition(count < Pieces.limit, "too many pieces")
        unsafe pieces[count] = unsafe iovec(iov_base: UnsafeMutableRawPointer(mutating: base), iov_len: length)
        count += 1
    }

    package func send(to descriptor: FileDescriptor) -> Transfer {
        unsafe descriptor.send(pieces: pieces, count: count)
    }
}
