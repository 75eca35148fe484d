// One published message on its way to the workers whose connections listen.
import Bytes
import Platform
import RESP
import Reactor
import Synchronization

/// Payloads longer than this are sent from memory that all subscribers share.
private let sharedPayloadBytes = 16 << 10

/// What stands at the beginning of a message's block.
@safe
struct ChannelMessageHeader: ~Copyable {
    /// Workers that have not delivered it yet.
    let references: Atomic<Int>
    let size: Int
    let kind: ChannelKind
    /// The channel's hash.
    let hash: UInt64
    let channelOffset: Int
    let channelLength: Int
    let tailOffset: Int
    let tailLength: Int
    /// A long payload (`RetainedBytes`), which follows the tail; nil: it is in the tail.
    let payload: UnsafeMutableRawPointer?
}

/// By what a message stands in one worker's queue.
@safe
struct ChannelPost: ~Copyable {
    /// First, so that its address is the queue's.
    var post = Post()
    /// The last of that worker's announcements that the sender knew of: see `SubscriptionNews`.
    var known: Int
}

/// A message in raw memory of its own: header, one `ChannelPost` a worker, and the tail, which is the end of what
/// clients are sent: channel and payload as bulks. Any worker may read it; the last to release it frees it.
@safe
struct ChannelMessage {
    let header: UnsafeMutablePointer<ChannelMessageHeader>

    private static var postOffset: Int { MemoryLayout<ChannelMessageHeader>.stride }

    /// A message to `readers` workers.
    ///
    /// - Parameter retained: the payload in memory of its own, with a reference that the message takes over.
    static func create(
        _ channel: ByteView, _ kind: ChannelKind, hash: UInt64, _ payload: ByteView, retained: RetainedBytes?,
        readers: Int, workerCount: Int
    ) -> ChannelMessage {
        let isShared = payload.count > sharedPayloadBytes
        let tailOffset = postOffset + workerCount * MemoryLayout<ChannelPost>.stride
        let bound = tailOffset + channel.count + (isShared ? 0 : payload.count) + 2 * IntegerText.maximumLength + 10
        let size = Allocator.sizeClass(bound)
        let block = unsafe Allocator.allocate(size)
        var end = tailOffset
        end = unsafe writeLength(channel.count, block, end)
        let channelOffset = end
        end = unsafe write(channel, block, end)
        end = unsafe writeLength(payload.count, block, end)
        if !isShared { end = unsafe write(payload, block, end) }
        var shared: RetainedBytes?
        if isShared { shared = retained ?? RetainedBytes.create(copying: payload) } else { retained?.release() }
        let header = unsafe block.bindMemory(to: ChannelMessageHeader.self, capacity: 1)
        unsafe header.initialize(
            to: ChannelMessageHeader(
                references: Atomic(readers), size: size, kind: kind, hash: hash, channelOffset: channelOffset,
                channelLength: channel.count, tailOffset: tailOffset, tailLength: end - tailOffset,
                payload: shared?.address))
        return unsafe ChannelMessage(header: header)
    }

    /// `$12` CR LF.
    private static func writeLength(_ length: Int, _ block: UnsafeMutableRawPointer, _ offset: Int) -> Int {
        unsafe block.storeBytes(of: RESPByte.dollar, toByteOffset: offset, as: UInt8.self)
        let end = unsafe offset + 1 + IntegerText.write(Int64(length), to: block + offset + 1)
        unsafe block.storeBytes(of: 0x0a0d, toByteOffset: end, as: UInt16.self)
        return end + 2
    }

    /// The bytes and CR LF.
    private static func write(_ view: ByteView, _ block: UnsafeMutableRawPointer, _ offset: Int) -> Int {
        unsafe ByteMemory.copy(block + offset, view.base, view.count)
        unsafe block.storeBytes(of: 0x0a0d, toByteOffset: offset + view.count, as: UInt16.self)
        return offset + view.count + 2
    }

    /// The link by which it stands in a worker's queue.
    func post(to worker: Int, knowing known: Int) -> UnsafeMutablePointer<Post> {
        let address =
            unsafe UnsafeMutableRawPointer(header) + Self.postOffset + worker * MemoryLayout<ChannelPost>.stride
        unsafe address.bindMemory(to: ChannelPost.self, capacity: 1).initialize(to: ChannelPost(known: known))
        return unsafe address.assumingMemoryBound(to: Post.self)
    }

    /// The last of a worker's announcements that the sender knew of.
    static func known(_ post: UnsafeMutablePointer<Post>) -> Int {
        unsafe UnsafeMutableRawPointer(post).assumingMemoryBound(to: ChannelPost.self).pointee.known
    }

    /// The message whose link this is.
    static func of(_ post: UnsafeMutablePointer<Post>, at worker: Int) -> ChannelMessage {
        let block = unsafe UnsafeMutableRawPointer(post) - postOffset - worker * MemoryLayout<ChannelPost>.stride
        return unsafe ChannelMessage(header: block.assumingMemoryBound(to: ChannelMessageHeader.self))
    }

    func release() {
        guard unsafe header.pointee.references.wrappingSubtract(1, ordering: .acquiringAndReleasing).newValue == 0
        else {
            return
        }
        if let payload { payload.release() }
        unsafe Allocator.deallocate(UnsafeMutableRawPointer(header), size: header.pointee.size)
    }

    var kind: ChannelKind { unsafe header.pointee.kind }
    var hash: UInt64 { unsafe header.pointee.hash }
    var channel: ByteView { unsafe view(header.pointee.channelOffset, header.pointee.channelLength) }
    /// What clients are sent behind the words that say what it is, without a payload that is shared.
    var tail: ByteView { unsafe view(header.pointee.tailOffset, header.pointee.tailLength) }
    var payload: RetainedBytes? { unsafe header.pointee.payload.map { unsafe RetainedBytes(address: $0) } }
    /// The memory that it keeps.
    var memoryBytes: Int { unsafe header.pointee.size + (payload?.count ?? 0) }

    private func view(_ offset: Int, _ length: Int) -> ByteView {
        unsafe ByteView(base: UnsafeRawPointer(header) + offset, count: length)
    }
}
