// Judges what readers saw of keys that one writer writes in order.

enum OrderHistory {
    /// Throws a violation if what one reader saw cannot be.
    ///
    /// A writer sends pipelines SET first n, …, SET last n, with n = 1, 2, 3 and so on; nobody else writes. The reader
    /// sends GET last, …, GET first, in a pipeline or one after the other. So along a reading the values cannot fall:
    /// what is read later was written earlier. And from one reading to the next no key can fall.
    ///
    /// `names`: of the keys in the order of reading. `before`: the reader's reading before, nil if this is the first.
    static func judge(names: [String], before: [Int64]?, now: [Int64]) throws(Violation) {
        for index in now.indices.dropFirst() where now[index] < now[index - 1] {
            throw Violation(
                "a pipeline's order was not kept: what was written last was seen before what was written first",
                [
                    "one writer sends pipelines: SET \(names[index]) n before SET \(names[index - 1]) n, n rising",
                    "a reader read \(names[index - 1]): \(now[index - 1])",
                    "and after that \(names[index]): \(now[index])",
                ])
        }
        guard let before else { return }
        for index in now.indices where now[index] < before[index] {
            throw Violation(
                "a key went back",
                [
                    "one writer sets \(names[index]) to rising numbers", "a reader read \(before[index])",
                    "and after that \(now[index])",
                ])
        }
    }
}
