// A key with its value in one allocation: how the bytes are laid out.
import Bytes
import Containers
import Platform

/// A reference to an entry. Valid until the entry is changed in a way that may move it: every method of `Database`
/// that does says so by returning where it is now.
///
/// Layout: an 8-byte header, see `Header`; the deadline (8 bytes), if the header says so; the key's length (4 bytes)
/// if it is 255 or more; the key; the value: its bytes, or 8 bytes with an integer or the address of an external
/// object.
@safe
@usableFromInline
package struct Entry {
    @usableFromInline let base: UnsafeMutableRawPointer

    @inlinable
    @inline(__always)
    init(_ base: UnsafeMutableRawPointer) {
        unsafe self.base = unsafe base
    }

    /// The first eight bytes. Bits 0…3: type. 4…7: encoding. 8: there is a deadline field. 9…15: the fraction of the
    /// second in which it was last used, see `AccessClock`. 16…31: the length of a
    /// string in the entry. 32…39: the key's length, 255 if it has a field of its own. 40…63: when it was last
    /// used.
    @usableFromInline
    struct Header {
        @usableFromInline var bits: UInt64

        @inlinable
        init(bits: UInt64) {
            self.bits = bits
        }

        @inlinable
        init(type: ValueType, encoding: ValueEncoding, valueLength: Int, keyLength: Int, hasDeadline: Bool) {
            bits =
                UInt64(type.rawValue) | UInt64(encoding.rawValue) &<< 4 | (hasDeadline ? 1 &<< 8 : 0)
                | UInt64(truncatingIfNeeded: valueLength) &<< 16
                | UInt64(truncatingIfNeeded: keyLength < 255 ? keyLength : 255) &<< 32
        }

        @inlinable var typeBits: UInt8 { UInt8(truncatingIfNeeded: bits & 15) }
        @inlinable var encodingBits: UInt8 { UInt8(truncatingIfNeeded: bits &>> 4 & 15) }
        @inlinable var hasDeadline: Bool { bits & 1 &<< 8 != 0 }
        @inlinable var shortValueLength: Int { Int(truncatingIfNeeded: bits &>> 16 & 0xFFFF) }
        @inlinable var shortKeyLength: Int { Int(truncatingIfNeeded: bits &>> 32 & 0xFF) }
        @inlinable var access: UInt32 { UInt32(truncatingIfNeeded: bits &>> 40) }

        @inlinable
        mutating func setAccess(_ access: UInt32) {
            bits = bits & 0xFF_FFFF_FFFF | UInt64(access) &<< 40
        }

        /// Where `access` and the fraction of its second stand.
        @inlinable static var accessMask: UInt64 { 0xFFFF_FF00_0000_FE00 }

        @inlinable
        mutating func setAccessBits(_ access: UInt64) {
            bits = bits & ~Header.accessMask | access
        }
    }

    @inlinable
    var header: Header {
        @inline(__always) get { unsafe Header(bits: base.load(as: UInt64.self)) }
        nonmutating set { unsafe base.storeBytes(of: newValue.bits, as: UInt64.self) }
    }

    @inlinable
    package var type: ValueType {
        // Only `NewValue` writes the header, from the raw values of these types.
        @inline(__always) get { unsafe unsafeBitCast(header.typeBits, to: ValueType.self) }
    }

    @inlinable
    package var encoding: ValueEncoding {
        @inline(__always) get { unsafe unsafeBitCast(header.encodingBits, to: ValueEncoding.self) }
    }

    // MARK: - The key and the deadline

    @inlinable
    package var key: ByteView {
        @inline(__always) get {
            let header = self.header
            let offset = header.hasDeadline ? 16 : 8
            let length = header.shortKeyLength
            if _fastPath(length < 255) { return unsafe ByteView(base: base + offset, count: length) }
            let longLength = unsafe Int(base.loadUnaligned(fromByteOffset: offset, as: UInt32.self))
            return unsafe ByteView(base: base + (offset &+ 4), count: longLength)
        }
    }

    /// When the entry expires, in milliseconds since the Unix epoch; `Int64.max`: never.
    @inlinable
    package var deadline: Int64 {
        @inline(__always) get { unsafe header.hasDeadline ? base.load(fromByteOffset: 8, as: Int64.self) : .max }
    }

    @inlinable package var hasDeadline: Bool { deadline != .max }

    /// Whether the entry is past its deadline and must look as if it were gone.
    @inlinable
    @inline(__always)
    package func isExpired(now: Int64) -> Bool { deadline < now }

    /// When the entry or an element of its value is due.
    @inlinable
    var nextDue: Int64 {
        let encoding = self.encoding
        if encoding != .hashTable && encoding != .listpackWithDeadlines { return deadline }
        return min(deadline, external.nextDue)
    }

    /// - Precondition: there is a deadline field.
    @inlinable
    func storeDeadline(_ deadline: Int64) {
        unsafe base.storeBytes(of: deadline, toByteOffset: 8, as: Int64.self)
    }

    // MARK: - The value

    @inlinable
    var valueOffset: Int {
        @inline(__always) get {
            let header = self.header
            let offset = header.hasDeadline ? 16 : 8
            let length = header.shortKeyLength
            if _fastPath(length < 255) { return offset &+ length }
            return unsafe offset &+ 4 &+ Int(base.loadUnaligned(fromByteOffset: offset, as: UInt32.self))
        }
    }

    @inlinable
    var valueAddress: UnsafeMutableRawPointer {
        @inline(__always) get { unsafe base + valueOffset }
    }

    /// The value, if the encoding is `integer`.
    @inlinable package var integer: Int64 { unsafe valueAddress.loadUnaligned(as: Int64.self) }

    /// The object, if the encoding is external. A changed one is put back in place.
    @inlinable
    package internal(set) var external: ExternalValue {
        get {
            unsafe ExternalValue(
                encoding: encoding, address: valueAddress.loadUnaligned(as: UnsafeMutableRawPointer.self))
        }
        nonmutating set {
            precondition(encoding.isExternal && newValue.encoding.isExternal, "the entry has no room for an address")
            let kept = header.bits & ~(15 &<< 4)
            header = Header(bits: kept | UInt64(newValue.encoding.rawValue) &<< 4)
            unsafe valueAddress.storeBytes(of: newValue.address, as: UnsafeMutableRawPointer.self)
        }
    }

    /// The bytes of a string that is not stored as an integer.
    @inlinable
    package var stringBytes: ByteView {
        @inline(__always) get {
            if _slowPath(encoding == .retained) { return retainedBytes.view }
            return unsafe ByteView(base: valueAddress, count: header.shortValueLength)
        }
    }

    /// The block of a string whose encoding is `retained`.
    @inlinable
    package var retainedBytes: RetainedBytes {
        unsafe RetainedBytes(address: valueAddress.loadUnaligned(as: UnsafeMutableRawPointer.self))
    }

    /// Calls `body` with the text of a string value, however it is stored.
    @inlinable
    package func withString<Result>(_ body: (ByteView) -> Result) -> Result {
        if encoding != .integer { return body(stringBytes) }
        return unsafe withUnsafeTemporaryAllocation(byteCount: 24, alignment: 8) { text in
            let start = unsafe text.baseAddress.unsafelyUnwrapped
            return unsafe body(ByteView(base: start, count: IntegerText.write(integer, to: start)))
        }
    }

    /// The length of a string value's text.
    @inlinable
    package var stringLength: Int {
        encoding == .integer ? withString { $0.count } : stringBytes.count
    }

    // MARK: - Size

    /// The bytes asked of the allocator for the entry itself.
    @inlinable
    var size: Int {
        valueOffset &+ (encoding == .embedded || encoding == .raw ? header.shortValueLength : 8)
    }

    /// The memory that the entry and its value take.
    package var memoryBytes: Int {
        Allocator.sizeClass(size) + (encoding.isExternal ? external.memoryBytes : 0)
    }

    /// The 24 bits that say when or how often the entry was used: see `AccessClock`.
    @inlinable
    package var access: UInt32 {
        get { header.access }
        nonmutating set {
            var header = self.header
            header.setAccess(newValue)
            self.header = header
        }
    }

    /// These bits and the fraction of the second, where they stand in the header.
    @inlinable
    var accessBits: UInt64 {
        get { header.bits & Header.accessMask }
        nonmutating set {
            var header = self.header
            header.setAccessBits(newValue)
            self.header = header
        }
    }
}

/// How the table reads entries.
@usableFromInline
package enum EntryPolicy: HashTablePolicy {
    @inlinable
    package static func hash(of entry: UnsafeMutableRawPointer, seed: UInt64) -> UInt64 {
        unsafe KeyHash.hash(Entry(entry).key, seed: seed)
    }

    @inlinable
    @inline(__always)
    package static func matches(_ entry: UnsafeMutableRawPointer, _ key: ByteView) -> Bool {
        let own = unsafe Entry(entry).key
        return unsafe own.count == key.count && ByteMemory.equal(own.base, key.base, key.count)
    }

    @inlinable
    package static func deadline(of entry: UnsafeMutableRawPointer) -> Int64 {
        unsafe Entry(entry).nextDue
    }
}
