// What one thread tells another of keys that have changed: one block for all that a round or a slice of work changes.
import Bytes
import Platform
import Reactor

/// What an entry of a batch says.
enum InvalidationKind: UInt32 {
    /// `client` has read the key.
    case read
    /// Whoever wants to be told of keys with such a prefix is meant.
    case broadcast
    /// One of `client` shares of a command that removes everything is done.
    case flush
    /// What `client` should have been told could not be: the connection that it named is gone.
    case undeliverable
}

/// One entry.
struct Invalidation {
    let kind: InvalidationKind
    let client: Int
    /// The client whose command it was; 0: no command.
    let source: Int
    let key: ByteView
}

/// The head of the block; entries follow.
@safe
private struct InvalidationHeader: ~Copyable {
    /// First, so that its address is the queue's.
    var post = Post(kind: InvalidationBatch.postKind)
    var size: Int
    var end: Int
}

/// A block of raw memory that one thread fills and another one reads and frees.
@safe
struct InvalidationBatch {
    private let header: UnsafeMutablePointer<InvalidationHeader>

    /// How the inbox tells batches from published messages.
    static var postKind: Int { 1 }

    private static var firstSize: Int { 512 }
    /// Kind, length of the key, client, source.
    private static var entryHead: Int { 24 }

    private init(header: UnsafeMutablePointer<InvalidationHeader>) { unsafe self.header = unsafe header }

    init() {
        let block = unsafe Allocator.allocate(Self.firstSize)
        unsafe header = unsafe block.bindMemory(to: InvalidationHeader.self, capacity: 1)
        unsafe header.initialize(
            to: InvalidationHeader(size: Self.firstSize, end: MemoryLayout<InvalidationHeader>.stride))
    }

    /// The batch whose post this is.
    init(of post: UnsafeMutablePointer<Post>) {
        unsafe header = unsafe UnsafeMutableRawPointer(post).assumingMemoryBound(to: InvalidationHeader.self)
    }

    var post: UnsafeMutablePointer<Post> { unsafe UnsafeMutableRawPointer(header).assumingMemoryBound(to: Post.self) }

    /// The memory that it takes.
    var memoryBytes: Int { unsafe header.pointee.size }

    func free() { unsafe Allocator.deallocate(UnsafeMutableRawPointer(header), size: header.pointee.size) }

    /// Adds an entry. The block may move.
    mutating func append(_ entry: Invalidation) {
        let start = unsafe header.pointee.end
        let end = start + Self.entryHead + (entry.key.count + 7) / 8 * 8
        if unsafe end > header.pointee.size {
            let size = unsafe Allocator.sizeClass(max(end, 2 * header.pointee.size))
            let block = unsafe Allocator.reallocate(UnsafeMutableRawPointer(header), to: size)
            self = unsafe InvalidationBatch(header: block.assumingMemoryBound(to: InvalidationHeader.self))
            unsafe header.pointee.size = size
        }
        let place = unsafe UnsafeMutableRawPointer(header) + start
        unsafe place.storeBytes(of: entry.kind.rawValue, as: UInt32.self)
        unsafe place.storeBytes(of: UInt32(truncatingIfNeeded: entry.key.count), toByteOffset: 4, as: UInt32.self)
        unsafe place.storeBytes(of: entry.client, toByteOffset: 8, as: Int.self)
        unsafe place.storeBytes(of: entry.source, toByteOffset: 16, as: Int.self)
        unsafe ByteMemory.copy(place + Self.entryHead, entry.key.base, entry.key.count)
        unsafe header.pointee.end = end
    }

    func forEach(_ body: (Invalidation) -> Void) {
        var offset = MemoryLayout<InvalidationHeader>.stride
        while unsafe offset < header.pointee.end {
            let place = unsafe UnsafeRawPointer(header) + offset
            let length = unsafe Int(place.load(fromByteOffset: 4, as: UInt32.self))
            guard let kind = unsafe InvalidationKind(rawValue: place.load(as: UInt32.self)) else {
                preconditionFailure("an entry of no kind")
            }
            unsafe body(
                Invalidation(
                    kind: kind, client: place.load(fromByteOffset: 8, as: Int.self),
                    source: place.load(fromByteOffset: 16, as: Int.self),
                    key: ByteView(base: place + Self.entryHead, count: length)))
            offset += Self.entryHead + (length + 7) / 8 * 8
        }
    }
}
