// What stands at one position of a listpack, and what is about to be put there.
import Bytes
import Platform

/// An integer, or a view of bytes in the list; valid until the list changes.
@safe
@usableFromInline
package struct ListpackElement: BitwiseCopyable {
    /// The bytes, or nil for an integer.
    @usableFromInline let base: UnsafeRawPointer?
    /// The integer, or the number of bytes.
    @usableFromInline let word: Int64

    @inlinable
    @unsafe
    init(base: UnsafeRawPointer?, word: Int64) {
        unsafe self.base = unsafe base
        self.word = word
    }

    /// For values that come from elsewhere and are treated alike.
    @inlinable
    package init(_ view: ByteView) { unsafe self.init(base: view.base, word: Int64(view.count)) }

    @inlinable
    package init(integer: Int64) { unsafe self.init(base: nil, word: integer) }

    /// - Precondition: a well-formed element is there.
    @inlinable
    @inline(__always)
    @unsafe
    init(at place: UnsafeRawPointer) {
        let head = unsafe place.load(as: UInt8.self)
        if head < 0x80 {
            unsafe self.init(base: nil, word: Int64(head))
        } else if head < 0xC0 {
            unsafe self.init(base: place + 1, word: Int64(head & 0x3F))
        } else {
            unsafe self.init(longAt: place, head)
        }
    }

    @usableFromInline
    @inline(never)
    @unsafe
    init(longAt place: UnsafeRawPointer, _ head: UInt8) {
        switch head {
        case 0xC0...0xDF:
            let bits = unsafe UInt16(head & 0x1F) &<< 8 | UInt16(place.load(fromByteOffset: 1, as: UInt8.self))
            unsafe self.init(base: nil, word: Int64(Int16(bitPattern: bits &<< 3) &>> 3))
        case 0xE0...0xEF:
            let low = unsafe place.load(fromByteOffset: 1, as: UInt8.self)
            unsafe self.init(base: place + 2, word: Int64(head & 0xF) &<< 8 | Int64(low))
        case 0xF1:
            unsafe self.init(base: nil, word: Int64(place.loadUnaligned(fromByteOffset: 1, as: Int16.self)))
        case 0xF2:
            let low = unsafe UInt32(place.loadUnaligned(fromByteOffset: 1, as: UInt16.self))
            let high = unsafe UInt32(place.load(fromByteOffset: 3, as: UInt8.self))
            unsafe self.init(base: nil, word: Int64(Int32(bitPattern: high &<< 24 | low &<< 8) &>> 8))
        case 0xF3:
            unsafe self.init(base: nil, word: Int64(place.loadUnaligned(fromByteOffset: 1, as: Int32.self)))
        case 0xF4:
            unsafe self.init(base: nil, word: place.loadUnaligned(fromByteOffset: 1, as: Int64.self))
        case 0xF0:
            unsafe self.init(base: place + 5, word: Int64(place.loadUnaligned(fromByteOffset: 1, as: UInt32.self)))
        default:
            preconditionFailure("not an element of a listpack")
        }
    }

    /// The bytes of the element there without the length at its end.
    @inlinable
    @inline(__always)
    static func encodedLength(_ place: UnsafeRawPointer) -> Int {
        let head = unsafe place.load(as: UInt8.self)
        if head < 0x80 { return 1 }
        if head < 0xC0 { return 1 &+ Int(head & 0x3F) }
        return unsafe longEncodedLength(place, head)
    }

    @usableFromInline
    static func longEncodedLength(_ place: UnsafeRawPointer, _ head: UInt8) -> Int {
        switch head {
        case 0xC0...0xDF: return 2
        case 0xE0...0xEF:
            return unsafe 2 &+ (Int(head & 0xF) &<< 8 | Int(place.load(fromByteOffset: 1, as: UInt8.self)))
        case 0xF0: return unsafe 5 &+ Int(place.loadUnaligned(fromByteOffset: 1, as: UInt32.self))
        case 0xF1: return 3
        case 0xF2: return 4
        case 0xF3: return 5
        case 0xF4: return 9
        default: preconditionFailure("not an element of a listpack")
        }
    }

    // MARK: - Reading

    @inlinable package var isInteger: Bool { unsafe base == nil }

    /// The integer, if it is stored as one. A string in the list is never the canonical text of an integer.
    @inlinable package var integer: Int64? { isInteger ? word : nil }

    /// The bytes, if they are stored as such.
    @inlinable
    package var view: ByteView? {
        @inline(__always) get {
            guard let base = unsafe base else { return nil }
            return unsafe ByteView(base: base, count: Int(truncatingIfNeeded: word))
        }
    }

    /// Calls `body` with the text, an integer's too.
    @inlinable
    package func withBytes<Result>(_ body: (ByteView) -> Result) -> Result {
        if let view { return body(view) }
        return unsafe withUnsafeTemporaryAllocation(byteCount: 24, alignment: 8) { text in
            let start = unsafe text.baseAddress.unsafelyUnwrapped
            return unsafe body(ByteView(base: start, count: IntegerText.write(word, to: start)))
        }
    }

    /// The length of the text.
    @inlinable
    package var textLength: Int {
        if !isInteger { return Int(truncatingIfNeeded: word) }
        return IntegerText.digitCount(word.magnitude) &+ (word < 0 ? 1 : 0)
    }

    /// Appends the text.
    @inlinable
    package func append(to buffer: inout ByteBuffer) {
        if let view { buffer.append(view) } else { buffer.append(decimal: word) }
    }

    /// Whether the text is `text`.
    @inlinable
    package func equals(_ text: ByteView) -> Bool {
        if let view { return view == text }
        return text.count <= 20 && IntegerText.parse(text) == word
    }

    /// Whether both have the same text; both are elements of listpacks.
    @inlinable
    package func equals(_ other: ListpackElement) -> Bool {
        if isInteger || other.isInteger { return isInteger && other.isInteger && word == other.word }
        return unsafe word == other.word
            && ByteMemory.equal(
                base.unsafelyUnwrapped, other.base.unsafelyUnwrapped, Int(truncatingIfNeeded: word))
    }

    /// memcmp order of the texts: negative, zero or positive.
    package func compare(_ text: ByteView) -> Int { withBytes { $0.compare(text) } }
}

/// An element that is to be stored: how it will be encoded and how long it gets.
@safe
@usableFromInline
package struct ListpackEntry {
    @usableFromInline package let element: ListpackElement
    /// The encoded bytes without the length at the end.
    @usableFromInline let length: Int

    @inlinable
    init(element: ListpackElement, length: Int) {
        self.element = element
        self.length = length
    }

    /// Text, which becomes an integer if it is the canonical text of one.
    @inlinable
    @inline(__always)
    package init(_ text: ByteView) {
        // Most texts that are no integers show it by their last byte.
        if text.count <= 20, text.count > 0, text[text.count &- 1] &- 48 < 10,
            let value = IntegerText.parse(text)
        {
            self.init(integer: value)
        } else {
            self.init(
                element: ListpackElement(text), length: text.count &+ (text.count < 64 ? 1 : text.count < 4096 ? 2 : 5))
        }
    }

    @inlinable
    package init(integer value: Int64) {
        self.init(element: ListpackElement(integer: value), length: ListpackEntry.integerLength(value))
    }

    @inlinable
    static func integerLength(_ value: Int64) -> Int {
        if value >= 0 && value <= 127 { return 1 }
        if value >= -4096 && value <= 4095 { return 2 }
        if value >= -32768 && value <= 32767 { return 3 }
        if value >= -8_388_608 && value <= 8_388_607 { return 4 }
        return value >= -2_147_483_648 && value <= 2_147_483_647 ? 5 : 9
    }

    /// An element of a listpack, as it is.
    @inlinable
    package init(_ element: ListpackElement) {
        if let view = element.view {
            self.init(element: element, length: view.count &+ (view.count < 64 ? 1 : view.count < 4096 ? 2 : 5))
        } else {
            self.init(integer: element.word)
        }
    }

    /// The bytes it will take in a listpack.
    @inlinable package var size: Int { length &+ Listpack.backLengthSize(length) }

    /// Writes `size` bytes.
    @inlinable
    @inline(__always)
    func write(to target: UnsafeMutableRawPointer) {
        if let view = element.view, view.count < 64 {
            unsafe target.storeBytes(of: 0x80 | UInt8(truncatingIfNeeded: view.count), as: UInt8.self)
            unsafe ByteMemory.copy(target + 1, view.base, view.count)
            unsafe target.storeBytes(of: UInt8(truncatingIfNeeded: length), toByteOffset: length, as: UInt8.self)
        } else if length == 1 {
            // A number below 128, and how long that is.
            let bits = UInt16(truncatingIfNeeded: element.word) | 1 &<< 8
            unsafe target.storeBytes(of: bits.littleEndian, as: UInt16.self)
        } else {
            unsafe writeLong(to: target)
        }
    }

    @usableFromInline
    func writeLong(to target: UnsafeMutableRawPointer) {
        if let view = element.view {
            unsafe writeHeadAndText(view, to: target)
        } else {
            unsafe writeInteger(to: target)
        }
        unsafe ListpackEntry.writeBackLength(length, to: target + length)
    }

    private func writeHeadAndText(_ view: ByteView, to target: UnsafeMutableRawPointer) {
        switch length &- view.count {
        case 1:
            unsafe target.storeBytes(of: 0x80 | UInt8(truncatingIfNeeded: view.count), as: UInt8.self)
        case 2:
            let head = 0xE000 | UInt16(truncatingIfNeeded: view.count)
            unsafe target.storeBytes(of: head.bigEndian, as: UInt16.self)
        default:
            precondition(view.count <= Listpack.safetyLimit, "too long for a listpack")
            unsafe target.storeBytes(of: 0xF0, as: UInt8.self)
            unsafe target.storeBytes(of: UInt32(truncatingIfNeeded: view.count), toByteOffset: 1, as: UInt32.self)
        }
        unsafe ByteMemory.copy(target + (length &- view.count), view.base, view.count)
    }

    private func writeInteger(to target: UnsafeMutableRawPointer) {
        let bits = UInt64(bitPattern: element.word)
        switch length {
        case 1: unsafe target.storeBytes(of: UInt8(truncatingIfNeeded: bits), as: UInt8.self)
        case 2:
            let word = 0xC000 | UInt16(truncatingIfNeeded: bits & 0x1FFF)
            unsafe target.storeBytes(of: word.bigEndian, as: UInt16.self)
        case 3:
            unsafe target.storeBytes(of: 0xF1, as: UInt8.self)
            unsafe target.storeBytes(of: UInt16(truncatingIfNeeded: bits), toByteOffset: 1, as: UInt16.self)
        case 4:
            unsafe target.storeBytes(of: 0xF2 | UInt32(truncatingIfNeeded: bits) &<< 8, as: UInt32.self)
        case 5:
            unsafe target.storeBytes(of: 0xF3, as: UInt8.self)
            unsafe target.storeBytes(of: UInt32(truncatingIfNeeded: bits), toByteOffset: 1, as: UInt32.self)
        default:
            unsafe target.storeBytes(of: 0xF4, as: UInt8.self)
            unsafe target.storeBytes(of: bits, toByteOffset: 1, as: UInt64.self)
        }
    }

    /// Seven bits a byte, the lowest last; all but the first byte have the high bit, as they are read backwards.
    static func writeBackLength(_ length: Int, to target: UnsafeMutableRawPointer) {
        let size = Listpack.backLengthSize(length)
        var rest = length
        var index = size
        while index > 0 {
            index &-= 1
            let mark: UInt8 = index == 0 ? 0 : 128
            unsafe target.storeBytes(of: UInt8(rest & 127) | mark, toByteOffset: index, as: UInt8.self)
            rest &>>= 7
        }
    }
}
