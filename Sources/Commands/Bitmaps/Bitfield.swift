// The arithmetic of bitfields: a type like i16 or u63, what overflows it, and its bits in a string.
import Bytes
import Keyspace

/// What becomes of a value that does not fit.
enum BitfieldOverflow {
    case wrap, saturate, fail

    init?(_ word: ByteView) {
        if word.equalsIgnoringCase("wrap") {
            self = .wrap
        } else if word.equalsIgnoringCase("sat") {
            self = .saturate
        } else if word.equalsIgnoringCase("fail") {
            self = .fail
        } else {
            return nil
        }
    }
}

/// A type of integer. Values in a string are words: the field's bits as the lowest of 64.
struct Bitfield {
    static let error: StaticString =
        "ERR Invalid bitfield type. Use something like i16 u8. Note that u64 is not supported but i64 is."

    let isSigned: Bool
    /// 1 to 64 bits, 63 without sign.
    let width: Int

    /// Like Redis, it reads no further than to a NUL.
    init?(_ text: ByteView) {
        let text = text.firstIndex(of: 0).map { text.prefix($0) } ?? text
        guard !text.isEmpty, text[0] == 105 || text[0] == 117, let width = IntegerText.parse(text.dropFirst(1)) else {
            return nil
        }
        isSigned = text[0] == 105
        guard width >= 1, width <= (isSigned ? 64 : 63) else { return nil }
        self.width = Int(width)
    }

    init(isSigned: Bool, width: Int) {
        self.isSigned = isSigned
        self.width = width
    }

    private var mask: UInt64 { .max &>> UInt64(64 - width) }
    private var highest: Int64 { isSigned ? Int64(mask &>> 1) : Int64(mask) }
    private var lowest: Int64 { isSigned ? ~highest : 0 }

    func value(of word: UInt64) -> Int64 {
        let shift = Int64(64 - width)
        return isSigned ? (Int64(bitPattern: word) &<< shift) &>> shift : Int64(bitPattern: word)
    }

    /// The word of a number that is to be stored. Without sign, a negative one is a large one.
    func fit(_ number: Int64, _ overflow: BitfieldOverflow) -> UInt64? {
        if isSigned { return signedSum(number, 0, overflow) }
        let isTooLarge = UInt64(bitPattern: number) > mask
        return fit(UInt64(bitPattern: number), isTooLarge: isTooLarge, isTooSmall: false, overflow)
    }

    /// The word of a field's value and an increment.
    func sum(_ value: Int64, _ increment: Int64, _ overflow: BitfieldOverflow) -> UInt64? {
        if isSigned { return signedSum(value, increment, overflow) }
        let (sum, overflows) = value.addingReportingOverflow(increment)
        return fit(
            UInt64(bitPattern: sum), isTooLarge: overflows || sum > highest, isTooSmall: !overflows && sum < 0, overflow
        )
    }

    /// The room for an increment may itself overflow, for numbers far below the lowest: these count as too large then,
    /// as they do in Redis.
    private func signedSum(_ value: Int64, _ increment: Int64, _ overflow: BitfieldOverflow) -> UInt64? {
        let roomAbove = highest &- value
        let roomBelow = lowest &- value
        let mayLook = width != 64
        let isTooLarge =
            value > highest || increment > roomAbove && (mayLook || value >= 0 && increment > 0)
        let isTooSmall =
            value < lowest || increment < roomBelow && (mayLook || value < 0 && increment < 0)
        return fit(
            UInt64(bitPattern: value &+ increment), isTooLarge: isTooLarge, isTooSmall: isTooSmall, overflow)
    }

    private func fit(
        _ word: UInt64, isTooLarge: Bool, isTooSmall: Bool, _ overflow: BitfieldOverflow
    ) -> UInt64? {
        if !isTooLarge && !isTooSmall { return word & mask }
        switch overflow {
        case .wrap: return word & mask
        case .saturate: return UInt64(bitPattern: isTooLarge ? highest : lowest) & mask
        case .fail: return nil
        }
    }
}

/// Up to 64 bits at any bit of a string.
enum BitfieldWord {
    /// The bits as the lowest of the word; behind the string's end they are zero.
    static func read(_ text: ByteView, at offset: Int, width: Int) -> UInt64 {
        let index = offset / 8
        let shift = UInt64(offset % 8)
        var (word, next) = (UInt64(0), UInt64(0))
        if index + 9 <= text.count {
            word = UInt64(bigEndian: text.load(index, as: UInt64.self))
            next = UInt64(text[index + 8])
        } else {
            for position in index..<index + 8 {
                word = word &<< 8 | (position < text.count ? UInt64(text[position]) : 0)
            }
            next = index + 8 < text.count ? UInt64(text[index + 8]) : 0
        }
        // The field's bits as the highest ones.
        let field = shift == 0 ? word : word &<< shift | next &>> (8 &- shift)
        return field &>> UInt64(64 - width)
    }

    /// Overwrites the bits, which the string has, by the lowest ones of `word`.
    static func write(_ word: UInt64, to bytes: MutableBytes, at offset: Int, width: Int) {
        var (position, left) = (offset, width)
        while left > 0 {
            // As many bits as there are in this byte.
            let start = position % 8
            let count = min(8 - start, left)
            let below = UInt8(8 - start - count)
            let mask = (0xFF &>> UInt8(8 - count)) as UInt8
            let part = UInt8(truncatingIfNeeded: word &>> UInt64(left - count)) & mask
            let index = position / 8
            bytes[index] = bytes[index] & ~(mask &<< below) | part &<< below
            position += count
            left -= count
        }
    }
}
