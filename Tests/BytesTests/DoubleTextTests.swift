// Doubles and long doubles as text.
import Bytes
import Platform
import Testing

private func reply(_ value: Double) -> String {
    written { buffer in
        let tail = unsafe buffer.writableTail(minimum: DoubleText.maximumLength)
        unsafe buffer.advance(by: DoubleText.write(value, to: tail.baseAddress.unsafelyUnwrapped))
    }
}

private func shortest(_ value: Double) -> String {
    written { buffer in
        let tail = unsafe buffer.writableTail(minimum: DoubleText.maximumLength)
        unsafe buffer.advance(by: DoubleText.writeShortest(value, to: tail.baseAddress.unsafelyUnwrapped))
    }
}

@Test(
    arguments: [
        ("0", 0), ("1.5", 1.5), ("-1.5", -1.5), (".5", 0.5), ("5.", 5), ("1e3", 1000), ("0x10", 16), ("inf", .infinity),
        ("-Infinity", -.infinity), ("+3", 3), ("1234567890.12345", 1_234_567_890.12345), ("0.1", 0.1),
        ("1e-300", 1e-300),
        ("", nil), (".", nil), ("-", nil), ("nan", nil), (" 1", nil), ("1 ", nil), ("1x", nil), ("1e400", nil),
        ("1\0", nil),
        ("1e-400", nil), ("1.2.3", nil), ("123456789012345678901234567890", 123456789012345677877719597056),
    ] as [(String, Double?)])
func doublesAreParsedAsStrtodDoes(_ text: String, _ value: Double?) {
    #expect(withText(text) { DoubleText.parse($0) } == value)
}

@Test(
    arguments: [
        (0, "0"), (-0.0, "-0"), (3, "3"), (-17, "-17"), (0.1, "0.10000000000000001"), (1.5, "1.5"), (1e20, "1e+20"),
        (1e16, "10000000000000000"), (1e17, "1e+17"), (123456789012345, "123456789012345"), (.infinity, "inf"),
        (-.infinity, "-inf"), (1e-7, "9.9999999999999995e-08"), (.nan, "nan"),
    ] as [(Double, String)])
func repliesOfDoubles(_ value: Double, _ text: String) {
    #expect(reply(value) == text)
}

@Test(
    arguments: [
        (0, "0"), (0.1, "0.1"), (3, "3"), (100, "100"), (1.5, "1.5"), (-2.25, "-2.25"), (1e21, "1e+21"), (1e-7, "1e-7"),
        (123456.789, "123456.789"), (0.001, "0.001"), (.infinity, "inf"), (1e-300, "1e-300"),
    ] as [(Double, String)])
func shortestDoubles(_ value: Double, _ text: String) {
    #expect(shortest(value) == text)
}

@Test func shortestDoublesReadBack() {
    for _ in 0..<5_000 {
        let value = Double(bitPattern: UInt64.random(in: 0...UInt64.max))
        if value.isNaN { continue }
        #expect(withText(shortest(value)) { DoubleText.parse($0) } == value)
        #expect(withText(reply(value)) { DoubleText.parse($0) } == value)
        let short = (Double(Int64.random(in: -99_999_999...99_999_999)) / 1000)
        #expect(withText(shortest(short)) { DoubleText.parse($0) } == short)
        #expect(Double(shortest(short)) == short)
    }
}

@Test(arguments: [
    ("3.0e3", "3000"), ("0.1", "0.1"), ("10.50", "10.5"), ("-0", "0"), ("1e-18", "0"), ("-1e-18", "0"),
    ("5.0e3", "5000"), ("100", "100"), ("1e20", "100000000000000000000"), ("inf", "inf"),
    ("1.23456789012345678", "1.23456789012345678"),
])
func longDoubles(_ text: String, _ output: String) throws {
    let value = try #require(withText(text) { LongDoubleText.parse($0) })
    #expect(written { LongDoubleText.append(value, to: &$0) } == output)
}

@Test func longDoublesAreRefused() {
    for text in ["", " 1", "1 ", "x", "nan", "1e5000", "1\0"] {
        #expect(withText(text) { LongDoubleText.parse($0) } == nil)
    }
}

@Test func fixedDecimals() {
    #expect(written { DoubleText.appendFixed(166.27415156960032, decimals: 4, to: &$0) } == "166.2742")
    #expect(written { DoubleText.appendFixed(1e300, decimals: 4, to: &$0) }.utf8.count == 306)
}
