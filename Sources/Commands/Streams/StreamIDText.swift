// Stream IDs in arguments and replies.
import Bytes
import Containers
import Platform
import RESP

enum StreamErrorText {
    static let invalidID: StaticString = "ERR Invalid stream ID specified as stream command argument"
    static let invalidStart: StaticString = "ERR invalid start ID for the interval"
    static let invalidEnd: StaticString = "ERR invalid end ID for the interval"
}

/// An ID as an argument gives it.
struct GivenStreamID {
    var id: StreamID
    /// `5-*`: the sequence number is to be found.
    var isSequenceOpen = false
}

enum StreamIDText {
    /// The longest text: two numbers of 20 digits, and what stands between them.
    static let maximumLength = 41

    /// `ms-seq`, or `ms` alone, which means the sequence number `missing`. `-` and `+` are the first and the last ID
    /// unless `isStrict`. `ms-*` is taken only if `mayBeOpen`.
    static func parse(
        _ text: ByteView, missing: UInt64 = 0, isStrict: Bool = true, mayBeOpen: Bool = false
    ) -> GivenStreamID? {
        if text.count > 127 { return nil }
        if text.count == 1 && (text == "-" || text == "+") {
            if isStrict { return nil }
            return GivenStreamID(id: text == "-" ? .zero : .maximum)
        }
        // Redis reads C strings.
        let whole = text.firstIndex(of: 0).map { text.prefix($0) } ?? text
        guard let dash = whole.firstIndex(of: 0x2D) else {
            return number(whole).map { GivenStreamID(id: StreamID($0, missing)) }
        }
        guard let milliseconds = number(whole.prefix(dash)) else { return nil }
        let rest = whole.dropFirst(dash + 1)
        if mayBeOpen && rest == "*" { return GivenStreamID(id: StreamID(milliseconds, 0), isSequenceOpen: true) }
        return number(rest).map { GivenStreamID(id: StreamID(milliseconds, $0)) }
    }

    /// 64 bits without sign: the canonical text, or what strtoull takes for a number.
    private static func number(_ text: ByteView) -> UInt64? {
        if _fastPath(text.count < 19), let value = IntegerText.parseLength(text) {
            return UInt64(truncatingIfNeeded: value)
        }
        return lenientNumber(text)
    }

    private static func lenientNumber(_ text: ByteView) -> UInt64? {
        if let value = IntegerText.parse(text) { return value < 0 ? nil : UInt64(value) }
        var index = 0
        while index < text.count, text[index] == 0x20 || text[index] &- 9 < 5 { index += 1 }
        var isNegative = false
        if index < text.count, text[index] == 0x2B || text[index] == 0x2D {
            isNegative = text[index] == 0x2D
            index += 1
        }
        if index == text.count { return nil }
        var value: UInt64 = 0
        while index < text.count {
            let digit = text[index] &- 48
            if digit > 9 { return nil }
            let (product, overflow) = value.multipliedReportingOverflow(by: 10)
            let (sum, carry) = product.addingReportingOverflow(UInt64(digit))
            if overflow || carry { return nil }
            value = sum
            index += 1
        }
        return isNegative ? 0 &- value : value
    }

    /// Writes the text and returns its length.
    /// - Precondition: `maximumLength` bytes at `target` are writable.
    static func write(_ id: StreamID, to target: UnsafeMutableRawPointer) -> Int {
        var length = unsafe write(id.milliseconds, to: target)
        unsafe target.storeBytes(of: 0x2D, toByteOffset: length, as: UInt8.self)
        length &+= 1
        return unsafe length &+ write(id.sequence, to: target + length)
    }

    private static func write(_ value: UInt64, to target: UnsafeMutableRawPointer) -> Int {
        if let signed = Int64(exactly: value) { return unsafe IntegerText.write(signed, to: target) }
        let length = unsafe IntegerText.write(Int64(value / 10), to: target)
        unsafe target.storeBytes(of: 48 &+ UInt8(value % 10), toByteOffset: length, as: UInt8.self)
        return length &+ 1
    }

    static func bytes(_ id: StreamID) -> [UInt8] {
        unsafe [UInt8](unsafeUninitializedCapacity: maximumLength) { text, count in
            count = unsafe write(id, to: UnsafeMutableRawPointer(text.baseAddress.unsafelyUnwrapped))
        }
    }
}

extension ReplyWriter {
    /// An ID as a bulk.
    @inline(__always)
    func bulk(_ id: StreamID) {
        unsafe withUnsafeTemporaryAllocation(byteCount: 48, alignment: 8) { text in
            let start = unsafe text.baseAddress.unsafelyUnwrapped
            unsafe bulk(ByteView(base: start, count: StreamIDText.write(id, to: start)))
        }
    }

    /// The ID, and names and values in one array.
    func entry(_ entry: StreamEntry) {
        array(2)
        parts(of: entry)
    }

    /// The same with how many milliseconds ago it was last delivered and how often it was.
    func entry(_ entry: StreamEntry, delivered count: Int64, ago milliseconds: Int64) {
        array(4)
        parts(of: entry)
        integer(Int(milliseconds))
        integer(Int(count))
    }

    private func parts(of entry: StreamEntry) {
        bulk(entry.id)
        array(entry.fieldCount * 2)
        entry.forEachField { name, value in
            bulk(name)
            bulk(value)
        }
    }
}

extension CommandContext {
    /// The ID in an argument. Nil: an error was replied.
    func streamID(_ index: Int, missing: UInt64 = 0) -> StreamID? {
        if let given = StreamIDText.parse(arguments[index], missing: missing) { return given.id }
        reply.error(StreamErrorText.invalidID)
        return nil
    }

    /// All IDs of the arguments in a range are well formed. False: an error was replied.
    func checkStreamIDs(_ range: Range<Int>) -> Bool {
        for index in range where streamID(index) == nil { return false }
        return true
    }

    /// An ID of an argument that `checkStreamIDs` has seen.
    func checkedStreamID(_ index: Int) -> StreamID { StreamIDText.parse(arguments[index])?.id ?? .zero }

    /// The beginning of a range of IDs: `-`, `ms`, `(ms-seq` and so on. Nil: an error was replied.
    func streamRangeStart(_ index: Int) -> StreamID? {
        let (given, isExclusive) = rangeEnd(index, missing: 0)
        guard let id = given else { return nil }
        guard isExclusive else { return id }
        if let next = id.next { return next }
        reply.error(StreamErrorText.invalidStart)
        return nil
    }

    /// The end of a range of IDs. Nil: an error was replied.
    func streamRangeEnd(_ index: Int) -> StreamID? {
        let (given, isExclusive) = rangeEnd(index, missing: .max)
        guard let id = given else { return nil }
        guard isExclusive else { return id }
        if let previous = id.previous { return previous }
        reply.error(StreamErrorText.invalidEnd)
        return nil
    }

    private func rangeEnd(_ index: Int, missing: UInt64) -> (id: StreamID?, isExclusive: Bool) {
        let text = arguments[index]
        let isExclusive = text.count > 1 && text[0] == 0x28
        let parsed = StreamIDText.parse(
            isExclusive ? text.dropFirst(1) : text, missing: missing, isStrict: isExclusive)
        if parsed == nil { reply.error(StreamErrorText.invalidID) }
        return (parsed?.id, isExclusive)
    }
}
