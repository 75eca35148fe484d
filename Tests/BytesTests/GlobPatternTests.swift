// Glob patterns: a table, and against the plain recursive definition.
import Bytes
import Testing

private func matches(_ pattern: String, _ text: String, ignoringCase: Bool = false) -> Bool {
    withText(pattern) { pattern in
        withText(text) { GlobPattern(pattern, ignoringCase: ignoringCase).matches($0) }
    }
}

@Test(arguments: [
    ("*", "", false), ("**", "", false), ("*", "anything", true), ("h?llo", "hello", true), ("h?llo", "hllo", false),
    ("h*llo", "heeeello", true), ("h[ae]llo", "hallo", true), ("h[ae]llo", "hillo", false),
    ("h[^e]llo", "hallo", true), ("h[^e]llo", "hello", false), ("h[a-b]llo", "hbllo", true),
    ("h[b-a]llo", "hallo", true), ("h\\*llo", "h*llo", true), ("h\\*llo", "hello", false), ("[\\]]", "]", true),
    ("[a", "a", true), ("[a", "b", false), ("[", "x", false), ("[^", "x", true), ("\\", "\\", true),
    ("a\\", "a\\", true),
    ("", "", true), ("", "a", false), ("a*", "a", true), ("a**b", "ab", true), ("*a*b*c*", "xxaxxbxxc", true),
    ("*a*b*c*", "xxcxxbxxa", false), ("[]a", "a", false), ("[a-]", "-", false), ("[a-]", "_", true), ("[a-", "a", true),
])
func globs(_ pattern: String, _ text: String, _ expected: Bool) {
    #expect(matches(pattern, text) == expected)
}

@Test func globsIgnoringCase() {
    #expect(matches("HeL*", "hello", ignoringCase: true))
    #expect(matches("[A-C]x", "bX", ignoringCase: true))
    #expect(!matches("[A-C]x", "dX", ignoringCase: true))
    #expect(!matches("HeL*", "hello"))
}

@Test func globsAreNotExponential() {
    let pattern = String(repeating: "a*", count: 5_000) + "b"
    #expect(!matches(pattern, String(repeating: "a", count: 10_000)))
}

/// The definition, for patterns of letters, `*` and `?`.
private func defined(_ pattern: ArraySlice<UInt8>, _ text: ArraySlice<UInt8>) -> Bool {
    guard let first = pattern.first else { return text.isEmpty }
    if first == 0x2a {
        return defined(pattern.dropFirst(), text) || !text.isEmpty && defined(pattern, text.dropFirst())
    }
    guard let byte = text.first else { return false }
    return (first == 0x3f || first == byte) && defined(pattern.dropFirst(), text.dropFirst())
}

@Test func globsMatchTheDefinition() {
    let letters = Array("aab*?".utf8)
    for _ in 0..<20_000 {
        let pattern = (0..<Int.random(in: 0...6)).map { _ in letters.randomElement() ?? 0x61 }
        let text = randomBytes(7, alphabet: 0x61...0x62)
        // Redis lets only the empty pattern match an empty text.
        let expected = text.isEmpty ? pattern.isEmpty : defined(pattern[...], text[...])
        let found = ByteView.withView(pattern) { pattern in
            ByteView.withView(text) { GlobPattern(pattern).matches($0) }
        }
        #expect(found == expected, "\(pattern) \(text)")
    }
}

@Test func globsNeverTrap() {
    let bytes = Array("[]^-\\*?ab\0\u{80}".utf8)
    for _ in 0..<50_000 {
        let pattern = (0..<Int.random(in: 0...8)).map { _ in bytes.randomElement() ?? 0 }
        let text = (0..<Int.random(in: 0...4)).map { _ in bytes.randomElement() ?? 0 }
        _ = ByteView.withView(pattern) { pattern in
            ByteView.withView(text) { GlobPattern(pattern, ignoringCase: Bool.random()).matches($0) }
        }
    }
}
