// A listpack beside an array that says what must be in it, and an encoder written the plain way.
import Bytes
import Containers

/// The format of listpacks, from plain values.
enum PlainListpack {
    static func encode(_ items: [[UInt8]], countIsUnknown: Bool = false) -> [UInt8] {
        let body = items.flatMap { element($0) }
        let total = body.count + 7
        let count = countIsUnknown || items.count >= 65535 ? 65535 : items.count
        return little(Int64(total), 4) + little(Int64(count), 2) + body + [0xFF]
    }

    static func element(_ text: [UInt8]) -> [UInt8] {
        let bytes: [UInt8]
        if let value = Int64(String(decoding: text, as: UTF8.self)), Array(String(value).utf8) == text {
            bytes = integer(value)
        } else if text.count < 64 {
            bytes = [0x80 + UInt8(text.count)] + text
        } else if text.count < 4096 {
            bytes = [0xE0 + UInt8(text.count >> 8), UInt8(text.count & 255)] + text
        } else {
            bytes = [0xF0] + little(Int64(text.count), 4) + text
        }
        return bytes + backLength(bytes.count)
    }

    private static func little(_ value: Int64, _ size: Int) -> [UInt8] {
        (0..<size).map { UInt8(truncatingIfNeeded: value >> Int64($0 * 8)) }
    }

    private static func integer(_ value: Int64) -> [UInt8] {
        switch value {
        case 0...127: [UInt8(value)]
        case -4096...4095: [0xC0 | UInt8(value >> 8 & 31), UInt8(value & 255)]
        case -32768...32767: [0xF1] + little(value, 2)
        case -8_388_608...8_388_607: [0xF2] + little(value, 3)
        case -2_147_483_648...2_147_483_647: [0xF3] + little(value, 4)
        default: [0xF4] + little(value, 8)
        }
    }

    private static func backLength(_ length: Int) -> [UInt8] {
        let limits = [127, 16382, 2_097_150, 268_435_454]
        let size = 1 + limits.filter { length > $0 }.count
        return (0..<size).map { (index: Int) -> UInt8 in
            let bits = UInt8(length >> (7 * (size - 1 - index)) & 127)
            return index == 0 ? bits : bits | 128
        }
    }
}

/// FNV-1a, to compare what is too long to be written down.
func fingerprint(_ bytes: [UInt8]) -> UInt64 {
    bytes.reduce(0xcbf2_9ce4_8422_2325) { ($0 ^ UInt64($1)) &* 0x100_0000_01b3 }
}

func hexadecimal(_ bytes: [UInt8]) -> String {
    bytes.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
}

extension Listpack {
    /// The elements' texts from first to last.
    var texts: [[UInt8]] {
        var found: [[UInt8]] = []
        var position = first
        while let current = position {
            found.append(element(current).withBytes { $0.bytes })
            position = next(after: current)
        }
        return found
    }

    /// The same, walked from the end.
    var textsBackwards: [[UInt8]] {
        var found: [[UInt8]] = []
        var position = last
        while let current = position {
            found.append(element(current).withBytes { $0.bytes })
            position = previous(before: current)
        }
        return found
    }

    mutating func append(_ text: [UInt8]) { ByteView.withView(text) { append($0) } }
}

extension Random {
    /// Texts of all encodings, a few of them long.
    mutating func text() -> [UInt8] {
        switch below(8) {
        case 0: return Array(String(below(200)).utf8)
        case 1: return Array(String(Int64(bitPattern: next()) >> Int64(below(64))).utf8)
        case 2: return [UInt8](repeating: UInt8(97 + below(3)), count: below(70))
        case 3: return [UInt8](repeating: 120, count: below(40) == 0 ? 4000 + below(15_000) : below(200))
        default: return Array("member:\(below(50))".utf8)
        }
    }
}
