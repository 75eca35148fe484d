// Redis' glob patterns: `*`, `?`, `[a-z]`, `[^abc]`, and `\` to take the next byte as it is.
import Platform

/// A pattern to be matched against many texts; valid as long as its view.
@safe
package struct GlobPattern {
    let pattern: ByteView
    let ignoringCase: Bool

    package init(_ pattern: ByteView, ignoringCase: Bool = false) {
        self.pattern = pattern
        self.ignoringCase = ignoringCase
    }

    /// Whether every text matches.
    package var matchesEverything: Bool { pattern == "*" }

    /// Whether the whole of `text` matches. As in Redis no pattern but the empty one matches an empty text, not even
    /// `*`: who means to let everything through asks `matchesEverything` first.
    ///
    /// Takes at most pattern × text steps: only the last `*` is ever tried again,
    /// because whatever an earlier one could still swallow, the last one can as well.
    package func matches(_ text: ByteView) -> Bool {
        if text.isEmpty { return pattern.isEmpty }
        var patternIndex = 0
        var textIndex = 0
        var retryPattern = -1
        var retryText = 0
        while textIndex < text.count {
            if patternIndex < pattern.count {
                if pattern[patternIndex] == 0x2a {
                    patternIndex &+= 1
                    if patternIndex == pattern.count { return true }
                    retryPattern = patternIndex
                    retryText = textIndex
                    continue
                }
                if matchOne(text[textIndex], &patternIndex) {
                    textIndex &+= 1
                    continue
                }
            }
            if retryPattern < 0 { return false }
            retryText &+= 1
            textIndex = retryText
            patternIndex = retryPattern
        }
        while patternIndex < pattern.count && pattern[patternIndex] == 0x2a { patternIndex &+= 1 }
        return patternIndex == pattern.count
    }

    /// Matches one byte against the element at `index` and moves `index` behind the element.
    private func matchOne(_ byte: UInt8, _ index: inout Int) -> Bool {
        switch pattern[index] {
        case 0x3f:
            index &+= 1
            return true
        case 0x5b:
            index &+= 1
            return matchClass(byte, &index)
        case 0x5c where index &+ 1 < pattern.count:
            index &+= 1
        default: break
        }
        let wanted = pattern[index]
        index &+= 1
        return equal(wanted, byte)
    }

    /// Matches one byte against the class whose '[' stands before `index`. A class that is not closed ends with the
    /// pattern.
    private func matchClass(_ byte: UInt8, _ index: inout Int) -> Bool {
        let inverted = index < pattern.count && pattern[index] == 0x5e
        if inverted { index &+= 1 }
        var found = false
        while index < pattern.count {
            let element = pattern[index]
            let left = pattern.count &- index
            if element == 0x5c && left >= 2 {
                if pattern[index &+ 1] == byte { found = true }
                index &+= 2
            } else if element == 0x5d {
                index &+= 1
                return found != inverted
            } else if left >= 3 && pattern[index &+ 1] == 0x2d {
                if inRange(byte, element, pattern[index &+ 2]) { found = true }
                index &+= 3
            } else {
                if equal(element, byte) { found = true }
                index &+= 1
            }
        }
        return found != inverted
    }

    private func equal(_ left: UInt8, _ right: UInt8) -> Bool {
        left == right || ignoringCase && ByteView.lowercased(left) == ByteView.lowercased(right)
    }

    /// The bounds may stand in either order; bytes count as C's signed characters.
    private func inRange(_ byte: UInt8, _ one: UInt8, _ other: UInt8) -> Bool {
        var lower = min(Int8(bitPattern: one), Int8(bitPattern: other))
        var upper = max(Int8(bitPattern: one), Int8(bitPattern: other))
        var value = Int8(bitPattern: byte)
        if ignoringCase {
            lower = lowercased(lower)
            upper = lowercased(upper)
            value = lowercased(value)
        }
        return value >= lower && value <= upper
    }

    private func lowercased(_ character: Int8) -> Int8 {
        Int8(bitPattern: ByteView.lowercased(UInt8(bitPattern: character)))
    }
}
