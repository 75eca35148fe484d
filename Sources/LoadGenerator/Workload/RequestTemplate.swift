// One command, encoded once; sending it again means copying it and writing keys and values into the copy.
import Bytes
import Platform

/// A command of a workload as the user describes it.
package struct CommandDescription: Equatable, Sendable {
    /// What the reports call it.
    package let name: String
    /// With the placeholders `__key__`, `__index__`, `__rand_int__`, `__data__` and `__ttl__`.
    package let words: [String]
    /// How often it comes, compared with the others.
    package let weight: Int
    /// Sent as one line, the way one types it, instead of as an array.
    package let isInline: Bool

    package init(name: String, words: [String], weight: Int = 1, isInline: Bool = false) {
        self.name = name
        self.words = words
        self.weight = weight
        self.isInline = isInline
    }
}

/// The bytes of a command, cut where something of varying length has to be put in. Lives as long as the process.
@safe
struct RequestTemplate {
    /// 12 digits that are written over.
    struct Slot {
        /// Where in the literals they begin.
        let offset: Int
        /// Drawn by the distribution, or else uniformly.
        let isKey: Bool
    }

    enum Ending {
        case none
        /// A whole argument of the value's size.
        case data
        /// A whole argument, a number of seconds.
        case lifetime
    }

    /// Literal bytes, then at most one argument of varying length.
    struct Segment {
        let range: Range<Int>
        let slots: Range<Int>
        let ending: Ending
    }

    static let digits = 12

    /// Whether the command changes its keys.
    let writes: Bool
    private let literals: ByteView
    private let slots: UnsafeBufferPointer<Slot>
    private let segments: UnsafeBufferPointer<Segment>

    init(_ description: CommandDescription, _ options: WorkloadOptions) throws(OptionError) {
        var encoder = TemplateEncoder(options)
        if description.isInline {
            encoder.literal(description.words.joined(separator: " ") + "\r\n")
        } else {
            encoder.literal("*\(description.words.count)\r\n")
            for word in description.words { try encoder.argument(word) }
        }
        encoder.endSegment(.none)
        writes = !RequestTemplate.readingCommands.contains(description.words.first?.lowercased() ?? "")
        literals = unsafe encoder.bytes.withUnsafeBytes { bytes in
            let copy = UnsafeMutableRawBufferPointer.allocate(byteCount: max(1, bytes.count), alignment: 8)
            unsafe copy.copyBytes(from: bytes)
            return unsafe ByteView(base: UnsafeRawPointer(copy.baseAddress!), count: bytes.count)
        }
        unsafe slots = unsafe RequestTemplate.keep(encoder.slots)
        unsafe segments = unsafe RequestTemplate.keep(encoder.segments)
    }

    /// Appends the command with keys and values drawn anew.
    func encode(into output: inout ByteBuffer, _ draws: inout Draws) {
        for place in unsafe 0..<segments.count {
            let segment = unsafe segments[place]
            let start = output.count
            output.append(literals[segment.range])
            for slot in segment.slots {
                let number = unsafe slots[slot].isKey ? draws.key(writes: writes) : draws.number()
                let offset = unsafe start &+ slots[slot].offset &- segment.range.lowerBound
                RequestTemplate.write(number, into: &output, at: offset)
            }
            switch segment.ending {
            case .none: break
            case .data: RequestTemplate.append(draws.value(), to: &output)
            case .lifetime:
                let seconds = Int64(draws.lifetime())
                output.append("$")
                output.append(decimal: Int64(IntegerText.digitCount(seconds.magnitude)))
                output.append("\r\n")
                output.append(decimal: seconds)
                output.append("\r\n")
            }
        }
    }

    private static func append(_ value: ByteView, to output: inout ByteBuffer) {
        output.append("$")
        output.append(decimal: Int64(value.count))
        output.append("\r\n")
        output.append(value)
        output.append("\r\n")
    }

    /// Writes a number below 10^12 with leading zeros.
    private static func write(_ number: Int, into output: inout ByteBuffer, at offset: Int) {
        precondition(offset >= 0 && offset &+ digits <= output.count, "a slot outside the output")
        let target = unsafe output.base.unsafelyUnwrapped + offset
        var rest = UInt64(truncatingIfNeeded: number)
        var place = digits
        while place > 0 {
            let (quotient, pair) = rest.quotientAndRemainder(dividingBy: 100)
            place &-= 2
            unsafe target.storeBytes(of: IntegerText.pair(pair), toByteOffset: place, as: UInt16.self)
            rest = quotient
        }
    }

    private static func keep<Element>(_ elements: [Element]) -> UnsafeBufferPointer<Element> {
        let copy = UnsafeMutableBufferPointer<Element>.allocate(capacity: elements.count)
        _ = unsafe copy.initialize(from: elements)
        return UnsafeBufferPointer(copy)
    }

    private static let readingCommands: Set<String> = [
        "get", "mget", "strlen", "getrange", "exists", "ttl", "pttl", "type", "hget", "hgetall", "hmget", "hlen",
        "lrange", "llen", "lindex", "smembers", "sismember", "scard", "zrange", "zscore", "zcard", "zrank", "xrange",
        "xread", "xlen", "ping", "echo", "object", "touch", "dump", "geosearch", "geopos", "geodist", "geohash",
    ]
}

/// Builds the parts of a template.
private struct TemplateEncoder {
    private(set) var bytes: [UInt8] = []
    private(set) var slots: [RequestTemplate.Slot] = []
    private(set) var segments: [RequestTemplate.Segment] = []
    private let options: WorkloadOptions
    private var firstByte = 0
    private var firstSlot = 0

    init(_ options: WorkloadOptions) { self.options = options }

    mutating func literal(_ text: String) { bytes.append(contentsOf: text.utf8) }

    mutating func endSegment(_ ending: RequestTemplate.Ending) {
        let slotRange = firstSlot..<slots.count
        segments.append(RequestTemplate.Segment(range: firstByte..<bytes.count, slots: slotRange, ending: ending))
        (firstByte, firstSlot) = (bytes.count, slots.count)
    }

    mutating func argument(_ word: String) throws(OptionError) {
        if word == "__ttl__" { return endSegment(.lifetime) }
        if word == "__data__" {
            guard case .fixed(let size) = options.valueSizes else { return endSegment(.data) }
            literal("$\(size)\r\n")
            bytes.append(contentsOf: ValuePool.bytes(size))
            return literal("\r\n")
        }
        if word.contains("__data__") || word.contains("__ttl__") {
            throw OptionError("'\(word)': __data__ and __ttl__ must be arguments by themselves")
        }
        let expanded = Array(word.replacing("__key__", with: options.keyPrefix + "__index__").utf8)
        var content: [UInt8] = []
        var found: [RequestTemplate.Slot] = []
        var place = 0
        while place < expanded.count {
            var match: (length: Int, isKey: Bool)?
            for (name, isKey) in [("__index__", true), ("__rand_int__", false)]
            where expanded[place...].starts(with: name.utf8) {
                match = (name.utf8.count, isKey)
            }
            guard let match else {
                content.append(expanded[place])
                place += 1
                continue
            }
            found.append(RequestTemplate.Slot(offset: content.count, isKey: match.isKey))
            content.append(contentsOf: [UInt8](repeating: UInt8(ascii: "0"), count: RequestTemplate.digits))
            place += match.length
        }
        literal("$\(content.count)\r\n")
        for slot in found { slots.append(RequestTemplate.Slot(offset: bytes.count + slot.offset, isKey: slot.isKey)) }
        bytes.append(contentsOf: content)
        literal("\r\n")
    }
}
