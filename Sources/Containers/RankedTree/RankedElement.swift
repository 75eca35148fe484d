// A member of a ranked tree with its score, in one allocation.
import Bytes
import Platform

/// A reference to a member: valid until it is removed from its tree.
///
/// Layout: the score (8 bytes), the length (1 byte; 255: four more follow), the member's bytes.
@safe
@usableFromInline
package struct RankedElement {
    @usableFromInline let base: UnsafeMutableRawPointer

    @inlinable
    @inline(__always)
    init(_ base: UnsafeMutableRawPointer) { unsafe self.base = unsafe base }

    static func create(_ member: ByteView, score: Double) -> RankedElement {
        let element = unsafe RankedElement(Allocator.allocate(size(member.count)))
        unsafe element.base.storeBytes(of: score, as: Double.self)
        if member.count < 255 {
            unsafe element.base.storeBytes(of: UInt8(truncatingIfNeeded: member.count), toByteOffset: 8, as: UInt8.self)
            unsafe ByteMemory.copy(element.base + 9, member.base, member.count)
        } else {
            unsafe element.base.storeBytes(of: 255, toByteOffset: 8, as: UInt8.self)
            unsafe element.base.storeBytes(
                of: UInt32(truncatingIfNeeded: member.count), toByteOffset: 9, as: UInt32.self)
            unsafe ByteMemory.copy(element.base + 13, member.base, member.count)
        }
        return element
    }

    /// The bytes of an element whose member is `length` bytes long, as asked of the allocator.
    static func size(_ length: Int) -> Int { length < 255 ? 9 &+ length : 13 &+ length }

    func deallocate() { unsafe Allocator.deallocate(base, size: RankedElement.size(member.count)) }

    /// What the allocator spends on it.
    var memoryBytes: Int { Allocator.sizeClass(RankedElement.size(member.count)) }

    @inlinable
    package var score: Double {
        @inline(__always) get { unsafe base.load(as: Double.self) }
    }

    func storeScore(_ score: Double) { unsafe base.storeBytes(of: score, as: Double.self) }

    @inlinable
    package var member: ByteView {
        @inline(__always) get {
            let length = unsafe base.load(fromByteOffset: 8, as: UInt8.self)
            if _fastPath(length < 255) { return unsafe ByteView(base: base + 9, count: Int(length)) }
            let longLength = unsafe base.loadUnaligned(fromByteOffset: 9, as: UInt32.self)
            return unsafe ByteView(base: base + 13, count: Int(longLength))
        }
    }

    /// Starts loading it.
    @inlinable
    @inline(__always)
    func prefetch() { unsafe Prefetch.read(base) }
}

/// How the index of members reads elements.
@usableFromInline
enum RankedElementPolicy: HashTablePolicy {
    @usableFromInline
    static func hash(of entry: UnsafeMutableRawPointer, seed: UInt64) -> UInt64 {
        unsafe KeyHash.hash(RankedElement(entry).member, seed: seed)
    }

    @usableFromInline
    static func matches(_ entry: UnsafeMutableRawPointer, _ key: ByteView) -> Bool {
        let own = unsafe RankedElement(entry).member
        return unsafe own.count == key.count && ByteMemory.equal(own.base, key.base, key.count)
    }

    @usableFromInline
    static func deadline(of entry: UnsafeMutableRawPointer) -> Int64 { .max }
}
