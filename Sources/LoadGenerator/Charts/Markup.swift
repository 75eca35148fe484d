// Text of HTML and SVG.

package enum Markup {
    /// A text as content or as an attribute in double quotes. Characters that no document may contain are left out.
    package static func escape(_ text: String) -> String {
        var escaped = ""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "&": escaped += "&amp;"
            case "<": escaped += "&lt;"
            case ">": escaped += "&gt;"
            case "\"": escaped += "&quot;"
            case "'": escaped += "&#39;"
            case "\t", "\n": escaped.unicodeScalars.append(scalar)
            case _ where scalar.value < 0x20 || 0x7F...0x9F ~= scalar.value || scalar.value & 0xFFFE == 0xFFFE: continue
            default: escaped.unicodeScalars.append(scalar)
            }
        }
        return escaped
    }

    /// A coordinate, to a tenth of a unit.
    static func coordinate(_ value: Double) -> String {
        let text = Report.fixed(abs(value), 1)
        return (value < -0.05 ? "-" : "") + (text.hasSuffix(".0") ? String(text.dropLast(2)) : text)
    }
}

package enum NumberText {
    /// 1234567 as "1,234,567".
    package static func grouped(_ value: Double, decimals: Int = 0) -> String {
        let text = Report.fixed(abs(value), decimals)
        let whole = text.prefix { $0 != "." }
        var grouped = ""
        for (place, digit) in whole.enumerated() {
            if place > 0, (whole.count - place).isMultiple(of: 3) { grouped += "," }
            grouped.append(digit)
        }
        return (value < 0 ? "−" : "") + grouped + text.dropFirst(whole.count)
    }

    /// At most `digits` digits that say something, and k, M or G: "1.5M", "0.05".
    package static func short(_ value: Double, digits: Int = 3) -> String {
        for (unit, size) in [("G", 1e9), ("M", 1e6), ("k", 1e3)] where abs(value) >= size * 0.9999 {
            return plain(value / size, digits) + unit
        }
        return plain(value, digits)
    }

    private static func plain(_ value: Double, _ digits: Int) -> String {
        var decimals = max(0, digits - 1)
        var size = abs(value)
        while size >= 10, decimals > 0 {
            size /= 10
            decimals -= 1
        }
        while size > 0, size < 1, decimals < 9 {
            size *= 10
            decimals += 1
        }
        var text = Report.fixed(abs(value), decimals)
        if text.contains(".") {
            while text.hasSuffix("0") { text.removeLast() }
            if text.hasSuffix(".") { text.removeLast() }
        }
        return (value < 0 && text != "0" ? "−" : "") + text
    }
}
