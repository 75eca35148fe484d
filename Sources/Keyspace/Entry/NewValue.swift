// A value on its way into an entry, and the making of entries.
import Bytes
import Platform

/// What an entry is to hold. Bytes are copied; an external object changes hands.
@safe
@usableFromInline
package struct NewValue {
    @usableFromInline let type: ValueType
    @usableFromInline let encoding: ValueEncoding
    /// The value's bytes in the entry, if `count` says that there are any beyond eight.
    @usableFromInline let bytes: ByteView
    /// The integer, or the address of the external object.
    @usableFromInline let word: UInt64

    @inlinable
    init(type: ValueType, encoding: ValueEncoding, bytes: ByteView, word: UInt64) {
        self.type = type
        self.encoding = encoding
        self.bytes = bytes
        self.word = word
    }

    /// A string in the shape that Redis would give it: an integer if it is the canonical text of one, else its bytes.
    @inlinable
    @inline(__always)
    package static func string(_ text: ByteView) -> NewValue {
        // Most strings that are no integers show it by their last byte.
        if text.count <= 20, text.count > 0, text[text.count &- 1] &- 48 < 10,
            let value = IntegerText.parse(text)
        {
            return integer(value)
        }
        return bytes(text)
    }

    /// A string that is not looked at for being an integer: the result of APPEND, SETRANGE and the like if `isRaw`.
    @inlinable
    @inline(__always)
    package static func bytes(_ text: ByteView, isRaw: Bool = false) -> NewValue {
        if _slowPath(text.count > ValueEncoding.rawLimit) { return retained(RetainedBytes.create(copying: text)) }
        let encoding: ValueEncoding = isRaw || text.count > ValueEncoding.embeddedLimit ? .raw : .embedded
        return NewValue(type: .string, encoding: encoding, bytes: text, word: 0)
    }

    @inlinable
    package static func integer(_ value: Int64) -> NewValue {
        NewValue(type: .string, encoding: .integer, bytes: .empty, word: UInt64(bitPattern: value))
    }

    /// A long string; the reference goes over to the keyspace.
    @inlinable
    package static func retained(_ bytes: RetainedBytes) -> NewValue {
        unsafe external(.string, ExternalValue(encoding: .retained, address: bytes.address))
    }

    /// An external object, which goes over to the keyspace.
    @inlinable
    package static func external(_ type: ValueType, _ value: ExternalValue) -> NewValue {
        unsafe NewValue(
            type: type, encoding: value.encoding, bytes: .empty, word: UInt64(UInt(bitPattern: value.address)))
    }

    /// The bytes it takes in an entry.
    @inlinable
    var length: Int { encoding == .embedded || encoding == .raw ? bytes.count : 8 }

    @inlinable
    @inline(__always)
    func write(to target: UnsafeMutableRawPointer) {
        if encoding == .embedded || encoding == .raw {
            unsafe ByteMemory.copy(target, bytes.base, bytes.count)
        } else {
            unsafe target.storeBytes(of: word, as: UInt64.self)
        }
    }
}

extension Entry {
    /// The size of an entry without its value.
    @inlinable
    static func prefixSize(keyLength: Int, hasDeadline: Bool) -> Int {
        (hasDeadline ? 16 : 8) &+ (keyLength < 255 ? keyLength : keyLength &+ 4)
    }

    /// A new entry, with the deadline field only if there is a deadline. It is not in any table or account. It
    /// takes a whole size class, so that its value may change within that.
    @inlinable
    static func create(_ key: ByteView, _ value: NewValue, deadline: Int64, access: UInt64) -> Entry {
        let hasDeadline = deadline != .max
        let prefix = prefixSize(keyLength: key.count, hasDeadline: hasDeadline)
        let entry = unsafe Entry(Allocator.allocate(Allocator.sizeClass(prefix &+ value.length)))
        entry.initialize(key, value, hasDeadline: hasDeadline, access: access)
        if hasDeadline { entry.storeDeadline(deadline) }
        unsafe value.write(to: entry.base + prefix)
        return entry
    }

    /// Writes the header and the key.
    @inlinable
    func initialize(_ key: ByteView, _ value: NewValue, hasDeadline: Bool, access: UInt64) {
        var header = Header(
            type: value.type, encoding: value.encoding, valueLength: value.bytes.count, keyLength: key.count,
            hasDeadline: hasDeadline)
        header.setAccessBits(access)
        self.header = header
        var offset = hasDeadline ? 16 : 8
        if _slowPath(key.count >= 255) {
            unsafe base.storeBytes(of: UInt32(truncatingIfNeeded: key.count), toByteOffset: offset, as: UInt32.self)
            offset &+= 4
        }
        unsafe ByteMemory.copy(base + offset, key.base, key.count)
    }

    /// The value as it is, to be put into another entry: bytes are not copied, an external object is not counted.
    @inlinable
    var value: NewValue {
        switch encoding {
        case .integer: .integer(integer)
        case .embedded, .raw: NewValue(type: type, encoding: encoding, bytes: stringBytes, word: 0)
        default: .external(type, external)
        }
    }

    /// A copy of the value, to be put into another entry before this one changes. Not putting it anywhere is a leak.
    package var copiedValue: NewValue {
        encoding.isExternal ? .external(type, external.copy()) : value
    }
}
