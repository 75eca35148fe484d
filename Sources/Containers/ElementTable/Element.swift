// An element of a big hash or set: its name, perhaps a value and a deadline, in one allocation.
import Bytes
import Platform

/// The address of an element. Valid until the element is changed or removed.
///
/// Layout: a byte of flags; the name's length, in one byte or eight; the value's length, in none, one or eight; the
/// deadline in eight, if there is one; the name; the value. The block has the allocator's size class.
@safe
@usableFromInline
package struct Element {
    @usableFromInline let base: UnsafeMutableRawPointer

    @inlinable
    @inline(__always)
    @unsafe
    init(_ base: UnsafeMutableRawPointer) { unsafe self.base = unsafe base }

    // The flags.
    @inlinable static var longName: UInt8 { 1 }
    @inlinable static var longValue: UInt8 { 2 }
    @inlinable static var hasValue: UInt8 { 4 }
    @inlinable static var hasDeadline: UInt8 { 8 }

    @inlinable
    var flags: UInt8 {
        @inline(__always) get { unsafe base.load(as: UInt8.self) }
    }

    /// The flags of an element with such parts. `value` is nil for the member of a set.
    @inlinable
    @inline(__always)
    static func flags(name: ByteView, value: ByteView?, deadline: Int64) -> UInt8 {
        var flags = name.count > 255 ? longName : 0
        if let value { flags |= value.count > 255 ? longValue | hasValue : hasValue }
        return deadline == .max ? flags : flags | hasDeadline
    }

    /// Where the name begins.
    @inlinable
    @inline(__always)
    static func nameOffset(_ flags: UInt8) -> Int {
        if _fastPath(flags == hasValue) { return 3 }
        var offset = flags & longName != 0 ? 9 : 2
        if flags & hasValue != 0 { offset &+= flags & longValue != 0 ? 8 : 1 }
        return flags & hasDeadline != 0 ? offset &+ 8 : offset
    }

    @inlinable
    @inline(__always)
    func nameLength(_ flags: UInt8) -> Int {
        if _fastPath(flags & Element.longName == 0) {
            return unsafe Int(base.load(fromByteOffset: 1, as: UInt8.self))
        }
        return unsafe base.loadUnaligned(fromByteOffset: 1, as: Int.self)
    }

    @inlinable
    @inline(__always)
    func valueLength(_ flags: UInt8) -> Int {
        if flags & Element.hasValue == 0 { return 0 }
        let offset = flags & Element.longName != 0 ? 9 : 2
        if _fastPath(flags & Element.longValue == 0) {
            return unsafe Int(base.load(fromByteOffset: offset, as: UInt8.self))
        }
        return unsafe base.loadUnaligned(fromByteOffset: offset, as: Int.self)
    }

    /// The field's or member's name.
    @inlinable
    package var name: ByteView {
        @inline(__always) get {
            let flags = self.flags
            return unsafe ByteView(base: base + Element.nameOffset(flags), count: nameLength(flags))
        }
    }

    /// The field's value; empty for a member of a set.
    @inlinable
    package var value: ByteView {
        @inline(__always) get {
            let flags = self.flags
            let offset = Element.nameOffset(flags) &+ nameLength(flags)
            return unsafe ByteView(base: base + offset, count: valueLength(flags))
        }
    }

    /// When it expires, in the caller's unit of time; `Int64.max`: never.
    @inlinable
    package var deadline: Int64 {
        @inline(__always) get {
            let flags = self.flags
            if _fastPath(flags & Element.hasDeadline == 0) { return .max }
            return unsafe base.loadUnaligned(fromByteOffset: Element.nameOffset(flags) &- 8, as: Int64.self)
        }
    }

    /// Whether it is past its deadline and must look as if it were gone.
    @inlinable
    @inline(__always)
    package func isExpired(now: Int64) -> Bool {
        flags & Element.hasDeadline != 0 && deadline < now
    }

    /// Tells this element from all others of its table, until the table changes.
    package var identity: UInt { unsafe UInt(bitPattern: base) }

    /// The bytes that the element takes.
    @inlinable
    var memoryBytes: Int {
        @inline(__always) get {
            let flags = self.flags
            return Allocator.sizeClass(Element.nameOffset(flags) &+ nameLength(flags) &+ valueLength(flags))
        }
    }

    /// The bytes that an element with such parts would take.
    @inlinable
    @inline(__always)
    static func memoryBytes(_ flags: UInt8, name: ByteView, value: ByteView?) -> Int {
        Allocator.sizeClass(nameOffset(flags) &+ name.count &+ (value?.count ?? 0))
    }

    @inlinable
    @inline(__always)
    static func create(_ flags: UInt8, name: ByteView, value: ByteView?, deadline: Int64) -> Element {
        let element = unsafe Element(Allocator.allocate(memoryBytes(flags, name: name, value: value)))
        element.write(flags, nameLength: name.count, valueLength: value?.count ?? 0, deadline)
        let target = unsafe element.base + nameOffset(flags)
        unsafe ByteMemory.copy(target, name.base, name.count)
        if let value { unsafe ByteMemory.copy(target + name.count, value.base, value.count) }
        return element
    }

    /// Writes everything before the name.
    @inlinable
    @inline(__always)
    func write(_ flags: UInt8, nameLength: Int, valueLength: Int, _ deadline: Int64) {
        unsafe base.storeBytes(of: flags, as: UInt8.self)
        var offset = 1
        if _fastPath(flags & Element.longName == 0) {
            unsafe base.storeBytes(of: UInt8(truncatingIfNeeded: nameLength), toByteOffset: 1, as: UInt8.self)
            offset = 2
        } else {
            unsafe base.storeBytes(of: nameLength, toByteOffset: 1, as: Int.self)
            offset = 9
        }
        if flags & Element.longValue != 0 {
            unsafe base.storeBytes(of: valueLength, toByteOffset: offset, as: Int.self)
            offset &+= 8
        } else if flags & Element.hasValue != 0 {
            unsafe base.storeBytes(of: UInt8(truncatingIfNeeded: valueLength), toByteOffset: offset, as: UInt8.self)
            offset &+= 1
        }
        if flags & Element.hasDeadline != 0 {
            unsafe base.storeBytes(of: deadline, toByteOffset: offset, as: Int64.self)
        }
    }

    @inlinable
    func deallocate() { unsafe Allocator.deallocate(base, size: memoryBytes) }
}

/// How the hash table reads elements.
@usableFromInline
enum ElementPolicy: HashTablePolicy {
    @inlinable
    static func hash(of entry: UnsafeMutableRawPointer, seed: UInt64) -> UInt64 {
        unsafe KeyHash.hash(Element(entry).name, seed: seed)
    }

    @inlinable
    @inline(__always)
    static func matches(_ entry: UnsafeMutableRawPointer, _ key: ByteView) -> Bool {
        unsafe Element(entry).name == key
    }

    @inlinable
    static func deadline(of entry: UnsafeMutableRawPointer) -> Int64 {
        unsafe Element(entry).deadline
    }
}
