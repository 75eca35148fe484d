// Sizes of values from a file: a histogram of what a real application stores.
import Platform

extension ValueSizes {
    /// Lines of `size weight` or `size,weight`; a weight that is missing is 1. What follows a `#` is a comment.
    static func read(_ path: String) throws(OptionError) -> ValueSizes {
        let contents: [UInt8]
        do { contents = try File.read(path) } catch {
            throw OptionError("cannot read the sizes in \(path): \(error)")
        }
        return try parse(lines: String(decoding: contents, as: UTF8.self), of: path)
    }

    static func parse(lines text: String, of path: String) throws(OptionError) -> ValueSizes {
        var sizes: [Int] = []
        var limits: [Int] = []
        let lines = text.split(omittingEmptySubsequences: false, whereSeparator: \.isNewline)
        for (number, line) in lines.enumerated() {
            let code = line.prefix { $0 != "#" }
            let words = code.split { $0 == " " || $0 == "\t" || $0 == "," || $0 == ";" }
            if words.isEmpty { continue }
            func failure(_ text: String) -> OptionError { OptionError("\(path):\(number + 1): \(text)") }
            guard words.count <= 2 else { throw failure("'\(code)' is more than a size and a weight") }
            guard let size = Int(words[0]), 0...maximum ~= size else {
                throw failure("'\(words[0])' is no size from 0 to \(maximum)")
            }
            let weight = words.count == 2 ? Int(words[1]) : 1
            guard let weight, 0...1_000_000_000 ~= weight else {
                throw failure("'\(words[1])' is no weight from 0 to 1000000000")
            }
            guard sizes.count < 1_000_000 else { throw failure("more than a million sizes") }
            // A histogram may well have empty cells.
            if weight == 0 { continue }
            sizes.append(size)
            limits.append((limits.last ?? 0) + weight)
        }
        guard !sizes.isEmpty else { throw OptionError("\(path): there is no size with a weight in it") }
        return .list(sizes: sizes, limits: limits)
    }
}
