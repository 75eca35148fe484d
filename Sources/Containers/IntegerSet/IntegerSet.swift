// A sorted set of integers in one block, in the format of Redis' intset.
import Bytes
import Platform

/// The address of an intset. No deinitialiser: the owner calls `release()` once. Methods that change the set may move
/// it and update `address`; only one copy of the struct may be used from then on.
///
/// Format: the bytes of an element (4 bytes: 2, 4 or 8), the number of elements (4), the elements in ascending order,
/// all little-endian. The width grows with the values and never shrinks. The block takes
/// `Allocator.sizeClass(totalBytes)` bytes.
@safe
@usableFromInline
package struct IntegerSet {
    @usableFromInline var base: UnsafeMutableRawPointer

    /// - Precondition: a well-formed intset is there, in a block of its size class.
    @inlinable
    @unsafe
    package init(address: UnsafeMutableRawPointer) { unsafe base = unsafe address }

    @inlinable package var address: UnsafeMutableRawPointer { unsafe base }

    @inlinable static var headerSize: Int { 8 }

    /// An empty set.
    package static func create() -> IntegerSet {
        let set = unsafe IntegerSet(address: Allocator.allocate(Allocator.sizeClass(headerSize)))
        set.setWidth(2)
        set.setCount(0)
        return set
    }

    /// A set with these bytes.
    /// - Precondition: `isValid(bytes)`.
    package static func create(copying bytes: ByteView) -> IntegerSet {
        let block = unsafe Allocator.allocate(Allocator.sizeClass(bytes.count))
        unsafe ByteMemory.copy(block, bytes.base, bytes.count)
        let set = unsafe IntegerSet(address: block)
        precondition(set.totalBytes == bytes.count, "not the bytes of an intset")
        return set
    }

    package func copy() -> IntegerSet { .create(copying: bytes) }

    /// Frees the block.
    @inlinable
    package func release() { unsafe Allocator.deallocate(base, size: memoryBytes) }

    /// Moves the block if that is worth it.
    package mutating func relocate(_ mover: inout BlockMover) -> Bool {
        guard let moved = unsafe mover.relocate(base, size: memoryBytes) else { return false }
        unsafe base = unsafe moved
        return true
    }

    /// The bytes of one element: 2, 4 or 8.
    @inlinable package var width: Int { unsafe Int(base.load(as: UInt32.self)) }

    @inlinable package var count: Int { unsafe Int(base.load(fromByteOffset: 4, as: UInt32.self)) }

    @inlinable package var isEmpty: Bool { count == 0 }

    /// The bytes of the format.
    @inlinable package var totalBytes: Int { IntegerSet.headerSize &+ count &* width }

    /// What the allocator spends on it.
    @inlinable package var memoryBytes: Int { Allocator.sizeClass(totalBytes) }

    /// Everything as it would be saved; valid until the set changes.
    @inlinable package var bytes: ByteView { unsafe ByteView(base: base, count: totalBytes) }

    @inlinable
    func setWidth(_ width: Int) { unsafe base.storeBytes(of: UInt32(truncatingIfNeeded: width), as: UInt32.self) }

    @inlinable
    func setCount(_ count: Int) {
        unsafe base.storeBytes(of: UInt32(truncatingIfNeeded: count), toByteOffset: 4, as: UInt32.self)
    }

    // MARK: - Reading

    /// The elements in ascending order.
    @inlinable
    package subscript(index: Int) -> Int64 {
        precondition(UInt(bitPattern: index) < UInt(bitPattern: count), "index outside the set")
        return load(index, width)
    }

    @inlinable
    @inline(__always)
    func load(_ index: Int, _ width: Int) -> Int64 {
        let place = unsafe base + (IntegerSet.headerSize &+ index &* width)
        switch width {
        case 2: return unsafe Int64(place.load(as: Int16.self))
        case 4: return unsafe Int64(place.load(as: Int32.self))
        default: return unsafe place.load(as: Int64.self)
        }
    }

    @inlinable
    @inline(__always)
    func store(_ value: Int64, _ index: Int, _ width: Int) {
        let place = unsafe base + (IntegerSet.headerSize &+ index &* width)
        switch width {
        case 2: unsafe place.storeBytes(of: Int16(truncatingIfNeeded: value), as: Int16.self)
        case 4: unsafe place.storeBytes(of: Int32(truncatingIfNeeded: value), as: Int32.self)
        default: unsafe place.storeBytes(of: value, as: Int64.self)
        }
    }

    @inlinable
    package static func width(of value: Int64) -> Int {
        if value >= -32768 && value <= 32767 { return 2 }
        return value >= -2_147_483_648 && value <= 2_147_483_647 ? 4 : 8
    }

    /// The index of the first element that is not below `value`; `count` if there is none.
    @inlinable
    package func lowerBound(_ value: Int64) -> Int {
        let width = self.width
        var low = 0
        var high = count
        // Appending in ascending order is frequent.
        if high > 0 && load(high &- 1, width) < value { return high }
        while low < high {
            let middle = (low &+ high) &>> 1
            if load(middle, width) < value { low = middle &+ 1 } else { high = middle }
        }
        return low
    }

    @inlinable
    package func index(of value: Int64) -> Int? {
        let index = lowerBound(value)
        return index < count && load(index, width) == value ? index : nil
    }

    @inlinable
    package func contains(_ value: Int64) -> Bool { index(of: value) != nil }

    // MARK: - Changing

    /// Adds `value`; false if it was there.
    @usableFromInline
    package mutating func insert(_ value: Int64) -> Bool {
        let count = self.count
        let needed = IntegerSet.width(of: value)
        if needed > width {
            widen(to: needed, before: value < 0)
            store(value, value < 0 ? 0 : count, needed)
            return true
        }
        let index = lowerBound(value)
        let width = self.width
        if index < count && load(index, width) == value { return false }
        resize(to: count &+ 1, width)
        let place = unsafe base + (IntegerSet.headerSize &+ index &* width)
        unsafe (place + width).copyMemory(from: place, byteCount: (count &- index) &* width)
        store(value, index, width)
        return true
    }

    /// Removes `value`; false if it was not there.
    @usableFromInline
    package mutating func remove(_ value: Int64) -> Bool {
        guard let index = index(of: value) else { return false }
        remove(index: index)
        return true
    }

    package mutating func remove(index: Int) {
        let count = self.count
        let width = self.width
        precondition(UInt(bitPattern: index) < UInt(bitPattern: count), "index outside the set")
        let place = unsafe base + (IntegerSet.headerSize &+ index &* width)
        unsafe place.copyMemory(from: place + width, byteCount: (count &- index &- 1) &* width)
        resize(to: count &- 1, width)
    }

    /// Rewrites the elements in a larger width, with a place for one more before or behind them.
    private mutating func widen(to width: Int, before: Bool) {
        let count = self.count
        let narrow = self.width
        resize(to: count &+ 1, width)
        var index = count
        while index > 0 {
            index &-= 1
            store(load(index, narrow), before ? index &+ 1 : index, width)
        }
    }

    private mutating func resize(to count: Int, _ width: Int) {
        let size = Allocator.sizeClass(IntegerSet.headerSize &+ count &* width)
        if size != memoryBytes { unsafe base = unsafe Allocator.reallocate(base, to: size) }
        setWidth(width)
        setCount(count)
    }

    /// Whether bytes from anywhere are an intset in ascending order without repetition.
    package static func isValid(_ bytes: ByteView) -> Bool {
        guard bytes.count >= headerSize else { return false }
        let width = Int(bytes.load(0, as: UInt32.self))
        let count = Int(bytes.load(4, as: UInt32.self))
        guard width == 2 || width == 4 || width == 8, bytes.count == headerSize + count * width else { return false }
        var previous: Int64?
        for index in 0..<count {
            let place = headerSize + index * width
            let value: Int64 =
                switch width {
                case 2: Int64(bytes.load(place, as: Int16.self))
                case 4: Int64(bytes.load(place, as: Int32.self))
                default: bytes.load(place, as: Int64.self)
                }
            if let previous, previous >= value { return false }
            previous = value
        }
        return true
    }
}
