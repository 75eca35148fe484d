// Comparing, searching and slicing byte views.
import Bytes
import Testing

private func with<Result>(
    _ left: [UInt8], _ right: [UInt8], _ body: (ByteView, ByteView) -> Result
) -> Result {
    ByteView.withView(left) { left in ByteView.withView(right) { right in body(left, right) } }
}

@Test func viewsCompareAsArrays() {
    for _ in 0..<20_000 {
        let left = randomBytes(40, alphabet: 0x60...0x61)
        var right = left
        if Bool.random(), !right.isEmpty { right[Int.random(in: 0..<right.count)] ^= UInt8.random(in: 0...255) }
        if Int.random(in: 0..<4) == 0 { right += randomBytes(3) }
        #expect(with(left, right) { $0 == $1 } == (left == right))
        let order = with(left, right) { $0.compare($1) }
        #expect((order < 0) == left.lexicographicallyPrecedes(right))
        #expect((order == 0) == (left == right))
        #expect(with(left, right) { $1.hasPrefix($0) } == right.starts(with: left))
        for byte: UInt8 in [0x60, 0x61, 0x80, 0xff] {
            #expect(ByteView.withView(right) { $0.firstIndex(of: byte) } == right.firstIndex(of: byte))
        }
    }
}

@Test func caseIsIgnoredForLettersOnly() {
    #expect(withText("GeT") { $0.equalsIgnoringCase("get") })
    #expect(!withText("GeT") { $0.equalsIgnoringCase("gets") })
    #expect(!withText("@ET") { $0.equalsIgnoringCase("`et") })
    #expect(!withText("[") { left in withText("{") { left.equalsIgnoringCase($0) } })
    #expect(withText("aBc") { left in withText("AbC") { left.equalsIgnoringCase($0) } })
    #expect(withText("SUBSCRIBE") { $0.caseInsensitiveHash } == withText("subscribe") { $0.caseInsensitiveHash })
}

@Test func slicesStayInside() {
    withText("hello world") { view in
        #expect(view[6..<11] == "world")
        #expect(view.dropFirst(6) == "world")
        #expect(view.dropFirst(60).isEmpty)
        #expect(view.prefix(5) == "hello")
        #expect(view.prefix(50) == view)
        #expect(view.load(0, as: UInt16.self) == 0x6568)
        #expect(view.string == "hello world")
        #expect(Array(view) == Array("hello world".utf8))
    }
}

@Test(arguments: [
    ("key", "key"), ("{user}.a", "user"), ("a{b}c{d}", "b"), ("{}x", "{}x"), ("a{b", "a{b"), ("a}b{c}", "c"),
    ("{{b}}", "{b"), ("", ""), ("foo{}{bar}", "foo{}{bar}"), ("longer-key-without-tag", "longer-key-without-tag"),
    ("longer-key-with-tag-at-the-{end}", "end"), ("1234567{", "1234567{"), ("123{5}", "5"),
])
func hashTags(_ key: String, _ tag: String) {
    #expect(withText(key) { HashTag.of($0).string } == tag)
}
