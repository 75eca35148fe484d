// Equality, order and case-insensitive comparison of byte views.
import Platform

extension ByteView: Equatable {
    @inlinable
    package static func == (left: ByteView, right: ByteView) -> Bool {
        unsafe left.count == right.count && ByteMemory.equal(left.base, right.base, left.count)
    }

    /// Equality with a literal: `view == "get"`.
    @inlinable
    package static func == (left: ByteView, right: StaticString) -> Bool {
        left == ByteView(right)
    }

    /// memcmp order: unsigned bytes, and a prefix comes before what it begins. Negative, zero or positive.
    @inlinable
    package func compare(_ other: ByteView) -> Int {
        let shared = count < other.count ? count : other.count
        let order = unsafe ByteMemory.compare(base, other.base, shared)
        return order != 0 ? order : count &- other.count
    }

    /// Whether the view is `lowercase`, letters of either case alike.
    ///
    /// - Precondition: `lowercase` has no upper-case letter.
    @inlinable
    package func equalsIgnoringCase(_ lowercase: StaticString) -> Bool {
        let length = lowercase.utf8CodeUnitCount
        if count != length { return false }
        let text = unsafe UnsafeRawPointer(lowercase.utf8Start)
        var index = 0
        while index < length {
            let byte = unsafe base.load(fromByteOffset: index, as: UInt8.self)
            let wanted = unsafe text.load(fromByteOffset: index, as: UInt8.self)
            if ByteView.lowercased(byte) != wanted { return false }
            index &+= 1
        }
        return true
    }

    /// Whether the two are the same, letters of either case alike.
    @inlinable
    package func equalsIgnoringCase(_ other: ByteView) -> Bool {
        if count != other.count { return false }
        var index = 0
        while index < count {
            let left = unsafe base.load(fromByteOffset: index, as: UInt8.self)
            let right = unsafe other.base.load(fromByteOffset: index, as: UInt8.self)
            if ByteView.lowercased(left) != ByteView.lowercased(right) { return false }
            index &+= 1
        }
        return true
    }

    @inlinable
    package func hasPrefix(_ prefix: ByteView) -> Bool {
        unsafe count >= prefix.count && ByteMemory.equal(base, prefix.base, prefix.count)
    }

    @inlinable
    package func hasPrefix(_ prefix: StaticString) -> Bool { hasPrefix(ByteView(prefix)) }

    /// The offset of the first `byte` at or after `start`, or nil.
    @inlinable
    package func firstIndex(of byte: UInt8, from start: Int = 0) -> Int? {
        precondition(start >= 0, "negative start")
        if start >= count { return nil }
        guard let offset = unsafe ByteMemory.find(byte, base + start, count &- start) else { return nil }
        return start &+ offset
    }

    /// The ASCII letter in lower case; any other byte as it is.
    @inlinable
    package static func lowercased(_ byte: UInt8) -> UInt8 {
        byte &- 65 < 26 ? byte | 0x20 : byte
    }
}

extension ByteView {
    /// A hash of the ASCII lower-case form, for small static tables of names: FNV-1a, the same in every process.
    @inlinable
    package var caseInsensitiveHash: UInt64 {
        var hash: UInt64 = 0xcbf2_9ce4_8422_2325
        var index = 0
        while index < count {
            let byte = unsafe base.load(fromByteOffset: index, as: UInt8.self)
            hash = (hash ^ UInt64(ByteView.lowercased(byte))) &* 0x100_0000_01b3
            index &+= 1
        }
        return hash
    }
}
