// A list of short byte strings and integers in one block, in the format of Redis' listpack.
import Bytes
import Platform

/// The address of a listpack. It has no deinitialiser: the owner calls `release()` once. Methods that change the list
/// may move it and update `address`; only one copy of the struct may be used from then on.
///
/// Format (https://github.com/antirez/listpack/blob/master/listpack.md): the bytes of all (4), the number of elements
/// (2; 65535: unknown), the elements, 0xFF. An element is an encoding byte, its data, and its length backwards. A text
/// that is canonical for a 64-bit integer is stored as one. The block takes `Allocator.sizeClass(totalBytes)` bytes.
///
/// A position is the offset of an element from the beginning; it stays valid until an element before it changes.
/// Arguments must not be views of the list that is changed.
@safe
@usableFromInline
package struct Listpack {
    @usableFromInline var base: UnsafeMutableRawPointer

    /// - Precondition: a well-formed listpack is there, in a block of its size class.
    @inlinable
    @unsafe
    package init(address: UnsafeMutableRawPointer) { unsafe base = unsafe address }

    @inlinable package var address: UnsafeMutableRawPointer { unsafe base }

    /// The largest list that is allowed to grow: 1 GiB.
    @inlinable package static var safetyLimit: Int { 1 << 30 }

    @inlinable static var headerSize: Int { 6 }
    @inlinable static var unknownCount: Int { 65535 }
    @inlinable static var endByte: UInt8 { 0xFF }

    /// An empty list.
    package static func create() -> Listpack {
        let list = unsafe Listpack(address: Allocator.allocate(Allocator.sizeClass(headerSize + 1)))
        list.setTotalBytes(headerSize + 1)
        list.setStoredCount(0)
        unsafe list.base.storeBytes(of: endByte, toByteOffset: headerSize, as: UInt8.self)
        return list
    }

    /// A list with these bytes.
    /// - Precondition: `isValid(bytes)`.
    package static func create(copying bytes: ByteView) -> Listpack {
        let block = unsafe Allocator.allocate(Allocator.sizeClass(bytes.count))
        unsafe ByteMemory.copy(block, bytes.base, bytes.count)
        let list = unsafe Listpack(address: block)
        precondition(list.totalBytes == bytes.count, "not the bytes of a listpack")
        return list
    }

    package func copy() -> Listpack { .create(copying: bytes) }

    /// Frees the block.
    @inlinable
    package func release() { unsafe Allocator.deallocate(base, size: memoryBytes) }

    /// Moves the block if that is worth it.
    package mutating func relocate(_ mover: inout BlockMover) -> Bool {
        guard let moved = unsafe mover.relocate(base, size: memoryBytes) else { return false }
        unsafe base = unsafe moved
        return true
    }

    // MARK: - Size

    /// The bytes of the format, header and end included.
    @inlinable
    package var totalBytes: Int {
        @inline(__always) get { unsafe Int(base.loadUnaligned(as: UInt32.self)) }
    }

    /// What the allocator spends on it.
    @inlinable package var memoryBytes: Int { Allocator.sizeClass(totalBytes) }

    /// Everything as it would be saved; valid until the list changes.
    @inlinable package var bytes: ByteView { unsafe ByteView(base: base, count: totalBytes) }

    @inlinable
    var storedCount: Int {
        @inline(__always) get { unsafe Int(base.loadUnaligned(fromByteOffset: 4, as: UInt16.self)) }
    }

    /// The number of elements. O(1) below 65535, else counted, and noted if there are fewer again.
    @inlinable
    package var count: Int {
        @inline(__always) get {
            let stored = storedCount
            return _fastPath(stored != Listpack.unknownCount) ? stored : countedElements()
        }
    }

    @inlinable
    package var isEmpty: Bool {
        unsafe base.load(fromByteOffset: Listpack.headerSize, as: UInt8.self) == Listpack.endByte
    }

    @usableFromInline
    @inline(never)
    func countedElements() -> Int {
        var position = Listpack.headerSize
        var count = 0
        while !isEnd(position) {
            position = next(position)
            count &+= 1
        }
        if count < Listpack.unknownCount { setStoredCount(count) }
        return count
    }

    /// Whether `length` more bytes may be added.
    @inlinable
    package func isSafeToAdd(_ length: Int) -> Bool { totalBytes &+ length <= Listpack.safetyLimit }

    @inlinable
    func setTotalBytes(_ total: Int) {
        unsafe base.storeBytes(of: UInt32(truncatingIfNeeded: total), as: UInt32.self)
    }

    @inlinable
    func setStoredCount(_ count: Int) {
        let stored = count < Listpack.unknownCount ? count : Listpack.unknownCount
        unsafe base.storeBytes(of: UInt16(truncatingIfNeeded: stored), toByteOffset: 4, as: UInt16.self)
    }

    /// Counts `change` elements more or fewer; an unknown number stays unknown.
    @inlinable
    func adjustStoredCount(by change: Int) {
        let stored = storedCount
        if stored != Listpack.unknownCount { setStoredCount(stored &+ change) }
    }

    // MARK: - Positions

    /// Where the first element is, or the end if there is none.
    @inlinable package var start: Int { Listpack.headerSize }

    /// The position behind the last element.
    @inlinable package var end: Int { totalBytes &- 1 }

    /// Whether no element is at `position`.
    @inlinable
    @inline(__always)
    package func isEnd(_ position: Int) -> Bool {
        unsafe base.load(fromByteOffset: checked(position), as: UInt8.self) == Listpack.endByte
    }

    @inlinable
    @inline(__always)
    func checked(_ position: Int) -> Int {
        precondition(position >= Listpack.headerSize && position < totalBytes, "outside the listpack")
        return position
    }

    @inlinable
    @inline(__always)
    func checkedElement(_ position: Int) -> UnsafeMutableRawPointer {
        precondition(position >= Listpack.headerSize && position < totalBytes &- 1, "outside the listpack")
        return unsafe base + position
    }

    /// The position behind the element: the next one's, or the end.
    @inlinable
    @inline(__always)
    package func next(_ position: Int) -> Int {
        let length = unsafe ListpackElement.encodedLength(checkedElement(position))
        return position &+ length &+ Listpack.backLengthSize(length)
    }

    @inlinable
    package var first: Int? { isEmpty ? nil : Listpack.headerSize }

    @inlinable
    package var last: Int? { isEmpty ? nil : before(end) }

    @inlinable
    package func next(after position: Int) -> Int? {
        let next = next(position)
        return isEnd(next) ? nil : next
    }

    /// The element before `position`, which may be the end.
    @inlinable
    package func previous(before position: Int) -> Int? {
        position <= Listpack.headerSize ? nil : before(position)
    }

    /// - Precondition: `position` is not the first.
    @inlinable
    package func before(_ position: Int) -> Int {
        var place = checked(position) &- 1
        precondition(place >= Listpack.headerSize, "nothing is before the first element")
        var byte = unsafe base.load(fromByteOffset: place, as: UInt8.self)
        var length = Int(byte & 127)
        var shift = 7
        while byte & 128 != 0 && shift <= 28 {
            place &-= 1
            byte = unsafe base.load(fromByteOffset: place, as: UInt8.self)
            length |= Int(byte & 127) &<< shift
            shift &+= 7
        }
        return position &- length &- Listpack.backLengthSize(length)
    }

    /// The element with that index; negative from the end: -1 is the last one.
    package func seek(_ index: Int) -> Int? {
        let stored = storedCount
        var steps = index
        var isForward = index >= 0
        if stored != Listpack.unknownCount {
            if steps < 0 { steps &+= stored }
            if steps < 0 || steps >= stored { return nil }
            isForward = steps <= stored / 2
            if !isForward { steps &-= stored }
        }
        if isForward {
            var position: Int? = first
            while steps > 0, let current = position {
                position = next(after: current)
                steps &-= 1
            }
            return position
        }
        var position: Int? = last
        while steps < -1, let current = position {
            position = previous(before: current)
            steps &+= 1
        }
        return position
    }

    /// The bytes that the length at an element's end takes, for an element of `length` bytes. The limits are those of
    /// Redis, which gives away the largest value of each width.
    @inlinable
    @inline(__always)
    static func backLengthSize(_ length: Int) -> Int {
        if _fastPath(length <= 127) { return 1 }
        return length < 16383 ? 2 : length < 2_097_151 ? 3 : length < 268_435_455 ? 4 : 5
    }

    // MARK: - Elements

    /// What is at `position`; valid until the list changes.
    @inlinable
    @inline(__always)
    package func element(_ position: Int) -> ListpackElement {
        unsafe ListpackElement(at: checkedElement(position))
    }

    /// The element with that index, negative from the end.
    package func element(index: Int) -> ListpackElement? {
        seek(index).map { element($0) }
    }
}
