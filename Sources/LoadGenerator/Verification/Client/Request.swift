// One command as it goes over the wire.

/// A command: `["SET", key, value]`, or from bytes.
package struct Request: ExpressibleByArrayLiteral, Sendable {
    /// An array of bulk strings.
    let encoded: [UInt8]
    /// As it is shown to people; long words are cut.
    package let text: String

    package init(arrayLiteral words: String...) { self.init(words) }

    package init(_ words: [String]) { self.init(words.map { Array($0.utf8) }) }

    package init(_ words: [[UInt8]]) {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(words.reduce(16) { $0 + $1.count + 16 })
        bytes += Array("*\(words.count)\r\n".utf8)
        for word in words {
            bytes += Array("$\(word.count)\r\n".utf8)
            bytes += word
            bytes += [13, 10]
        }
        encoded = bytes
        text = words.map { word in
            let shown = String(decoding: word.prefix(64), as: UTF8.self)
            return word.count > 64 ? "\(shown)… (\(word.count) bytes)" : shown
        }.joined(separator: " ")
    }
}
