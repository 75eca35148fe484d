// Commands by name: one hash, one or two loads.
import Bytes
import Platform

/// An open-addressed table over the lower-cased names. A plain value: copies share the slots, which are never freed.
@safe
@usableFromInline
package struct CommandIndex {
    @usableFromInline
    struct Slot: BitwiseCopyable {
        @usableFromInline var first: UInt64 = 0
        @usableFromInline var last: UInt64 = 0
        @usableFromInline var length: Int32 = 0
        @usableFromInline var command: Int32 = -1
    }

    @usableFromInline let slots: UnsafeMutablePointer<Slot>
    @usableFromInline let mask: Int
    /// The names' longest length.
    @usableFromInline private(set) var longest = 0

    init(capacity: Int) {
        var size = 64
        while size < capacity * 4 { size *= 2 }
        mask = size - 1
        unsafe slots = .allocate(capacity: size)
        unsafe slots.initialize(repeating: Slot(), count: size)
    }

    /// The number of the command with this name in any case; -1: none.
    @inlinable
    @inline(__always)
    package func find(_ name: ByteView) -> Int {
        let count = name.count
        if count &- 1 >= longest { return -1 }
        let base = unsafe name.base
        var first: UInt64
        var last: UInt64
        if count >= 8 {
            first = unsafe base.loadUnaligned(as: UInt64.self)
            last = unsafe base.loadUnaligned(fromByteOffset: count &- 8, as: UInt64.self)
        } else if count >= 4 {
            first = unsafe UInt64(base.loadUnaligned(as: UInt32.self))
            last = unsafe UInt64(base.loadUnaligned(fromByteOffset: count &- 4, as: UInt32.self))
        } else {
            first = unsafe UInt64(base.load(as: UInt8.self))
            last = unsafe UInt64(base.load(fromByteOffset: count &- 1, as: UInt8.self))
            unsafe first |= UInt64(base.load(fromByteOffset: count &>> 1, as: UInt8.self)) &<< 8
        }
        // Bit 5 lowers letters. Control characters become digits and signs by it, which no client sends in a name.
        first |= 0x2020_2020_2020_2020
        last |= 0x2020_2020_2020_2020
        var position = CommandIndex.hash(first, last, count) & mask
        while true {
            let slot = unsafe slots + position
            if unsafe slot.pointee.first == first, unsafe slot.pointee.last == last,
                unsafe slot.pointee.length == Int32(truncatingIfNeeded: count)
            {
                return unsafe Int(slot.pointee.command)
            }
            if unsafe slot.pointee.command < 0 { return -1 }
            position = (position &+ 1) & mask
        }
    }

    @inlinable
    @inline(__always)
    static func hash(_ first: UInt64, _ last: UInt64, _ count: Int) -> Int {
        let mixed = (first ^ (last &<< 7)) &+ UInt64(truncatingIfNeeded: count)
        return Int(truncatingIfNeeded: (mixed &* 0x9e37_79b9_7f4a_7c15) &>> 44)
    }

    /// - Precondition: the name differs from all others in its length, first or last eight bytes.
    mutating func insert(_ name: StaticString, _ command: Int) {
        let view = ByteView(name)
        precondition(view.count > 0 && view.count <= 32, "bad command name \(name)")
        longest = max(longest, view.count)
        precondition(find(view) < 0, "two commands look like \(name)")
        let count = view.count
        func word(_ start: Int, _ length: Int) -> UInt64 {
            var word: UInt64 = 0
            for offset in 0..<length { word |= UInt64(view[start + offset]) << UInt64(8 * offset) }
            return word
        }
        var first: UInt64
        let last: UInt64
        if count >= 8 {
            (first, last) = (word(0, 8), word(count - 8, 8))
        } else if count >= 4 {
            (first, last) = (word(0, 4), word(count - 4, 4))
        } else {
            (first, last) = (word(0, 1) | word(count >> 1, 1) << 8, word(count - 1, 1))
        }
        first |= 0x2020_2020_2020_2020
        let folded = last | 0x2020_2020_2020_2020
        var position = CommandIndex.hash(first, folded, count) & mask
        while unsafe slots[position].command >= 0 { position = (position + 1) & mask }
        unsafe slots[position] = Slot(first: first, last: folded, length: Int32(count), command: Int32(command))
    }
}
