// Integers as decimal text.
import Bytes
import Testing

func withText<Result>(_ text: String, _ body: (ByteView) -> Result) -> Result {
    ByteView.withView(text) { body($0) }
}

func written(_ body: (inout ByteBuffer) -> Void) -> String {
    var buffer = ByteBuffer()
    defer { buffer.deallocate() }
    body(&buffer)
    return buffer.view.string
}

@Test(
    arguments: [
        ("0", 0), ("7", 7), ("-1", -1), ("10", 10), ("1234567890123", 1_234_567_890_123),
        ("9223372036854775807", Int64.max), ("-9223372036854775808", Int64.min),
        ("", nil), ("-", nil), ("-0", nil), ("+1", nil), ("01", nil), (" 1", nil), ("1 ", nil), ("1a", nil),
        ("--1", nil),
        ("00", nil), ("9223372036854775808", nil), ("-9223372036854775809", nil), ("18446744073709551615", nil),
        ("18446744073709551616", nil), ("99999999999999999999", nil), ("123456789012345678901", nil), ("1.0", nil),
    ] as [(String, Int64?)])
func canonicalIntegers(_ text: String, _ value: Int64?) {
    #expect(withText(text) { IntegerText.parse($0) } == value)
}

@Test func integersAreWrittenAsSwiftDoes() {
    var values: [Int64] = [0, 9, 10, 99, 100, 999, 1000, Int64.max, Int64.min, -1, -9, -10, -99, -100]
    var power: Int64 = 1
    for _ in 0..<18 {
        power *= 10
        values += [power - 1, power, power + 1, -power, 1 - power, -power - 1]
    }
    var generator = SystemRandomNumberGenerator()
    for _ in 0..<5_000 {
        let bits = Int64(bitPattern: generator.next())
        values.append(bits >> Int64.random(in: 0..<64))
    }
    for value in values {
        #expect(written { $0.append(decimal: value) } == String(value))
        #expect(withText(String(value)) { IntegerText.parse($0) } == value)
    }
}

@Test(
    arguments: [
        ("0", 0), ("007", 7), ("123456789012345678", 123_456_789_012_345_678), ("", nil), ("-1", nil),
        ("1234567890123456789", nil), ("1x", nil),
    ] as [(String, Int?)])
func lengths(_ text: String, _ value: Int?) {
    #expect(withText(text) { IntegerText.parseLength($0) } == value)
}
