// Judges what readers saw of keys that one writer writes in order.

enum OrderHistory {
    /// Throws a violation if what one reader saw cannot be.
    ///
    /// A writer sends pipelines SET first n, …, SET last n, with n = 1, 2, 3 and so on; nobody else writes. The reader
    /// sends GET last, …, GET first, in a pipeline or one after the other. So along a reading the values cannot fall:
    /// what is read later was written earlier. And from one reading to the next no key can fall.
    ///
    /// A value that is nil tells nothing: the server evicts.
    ///
    /// `names`: of the keys in the order of reading. `before`: the reader's reading before, nil if this is the first.
    static func judge(names: [String], before: [Int64?]?, now: [Int64?]) throws(Violation) {
        var last: (index: Int, value: Int64)?
        for (index, value) in now.enumerated() {
            guard let value else { continue }
            defer { last = (index, value) }
            guard let last, value < last.value else { continue }
            throw Violation(
                "a pipeline's order was not kept: what was written last was seen before what was written first",
                [
                    "one writer sends pipelines: SET \(names[index]) n before SET \(names[last.index]) n, n rising",
                    "a reader read \(names[last.index]): \(last.value)",
                    "and after that \(names[index]): \(value)",
                ])
        }
        guard let before else { return }
        for index in now.indices {
            guard let earlier = before[index], let later = now[index], later < earlier else { continue }
            throw Violation(
                "a key went back",
                [
                    "one writer sets \(names[index]) to rising numbers", "a reader read \(earlier)",
                    "and after that \(later)",
                ])
        }
    }
}
