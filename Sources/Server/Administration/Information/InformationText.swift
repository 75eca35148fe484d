// The text of INFO: sections of `name:value` lines.
import Bytes
import Platform

/// Collects lines.
struct InformationText {
    private(set) var bytes: [UInt8] = []

    /// Begins a section; an empty line stands between two.
    mutating func section(_ title: StaticString) {
        if !bytes.isEmpty { bytes += [0x0d, 0x0a] }
        bytes += Array("# \(title)\r\n".utf8)
    }

    mutating func field(_ name: StaticString, _ value: Int) { field(name, String(value)) }

    mutating func field(_ name: StaticString, _ value: String) { line("\(name):\(value)") }

    mutating func line(_ text: String) {
        bytes += Array(text.utf8)
        bytes += [0x0d, 0x0a]
    }

    /// A size in bytes, and beside it the same for people.
    mutating func bytes(_ name: StaticString, _ value: Int) {
        field(name, value)
        line("\(name)_human:\(NumberText.bytes(value))")
    }
}

/// Numbers for people.
enum NumberText {
    static func fixed(_ value: Double, _ decimals: Int) -> String {
        let finite = value.isFinite ? value : 0
        return unsafe withUnsafeTemporaryAllocation(byteCount: 400, alignment: 1) { buffer in
            let length = unsafe FloatText.writeFixed(finite, decimals: decimals, to: buffer)
            return unsafe String(decoding: buffer.prefix(max(0, length)), as: UTF8.self)
        }
    }

    /// 512B, 1.50K, 2.00M…
    static func bytes(_ value: Int) -> String {
        if value < 1024 { return "\(value)B" }
        var scaled = Double(value) / 1024
        var letter = 0
        let letters = Array("KMGTP")
        while scaled >= 1024 && letter < letters.count - 1 {
            scaled /= 1024
            letter += 1
        }
        return "\(fixed(scaled, 2))\(letters[letter])"
    }

    /// A share of a whole in percent.
    static func percent(_ part: Int, of whole: Int) -> String {
        fixed(whole == 0 ? 0 : Double(part) * 100 / Double(whole), 2) + "%"
    }

    static func ratio(_ part: Int, _ whole: Int) -> String {
        fixed(whole == 0 ? 0 : Double(part) / Double(whole), 2)
    }
}

extension NumberText {
    /// Up to three decimals, without the zeros behind them: 50, 99.9.
    static func trimmed(_ value: Double) -> String {
        var text = Substring(fixed(value, 3))
        while text.hasSuffix("0") { text = text.dropLast() }
        return String(text.hasSuffix(".") ? text.dropLast() : text)
    }
}
