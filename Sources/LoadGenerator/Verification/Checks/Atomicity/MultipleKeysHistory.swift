// Judges what is seen of keys that are only ever written, and only ever deleted, all at once.

enum MultipleKeysHistory {
    /// Throws a violation if the keys do not all have the same value, or are not all absent. If the server evicts, any
    /// of them may be absent, but the others have the same value.
    static func judgeValues(
        _ how: String, keys: [String], values: [Reply], evicts: Bool = false
    ) throws(Violation) {
        let judged = evicts ? values.indices.filter { !values[$0].isNull } : Array(values.indices)
        guard let one = judged.first, let other = judged.first(where: { values[$0] != values[one] }) else { return }
        throw Violation(
            "\(how) saw a part of what was written at once",
            [
                "every MSET writes all of \(keys.count) keys with one value, every DEL deletes all of them",
                "\(how) read \(keys[one]): \(values[one])", "and \(keys[other]): \(values[other])",
            ])
    }

    /// The same for commands that tell how many of the keys there were.
    static func judgeCount(
        _ command: String, keys: [String], count: Int64, evicts: Bool = false
    ) throws(Violation) {
        if count == 0 || count == keys.count || evicts && 0...Int64(keys.count) ~= count { return }
        throw Violation(
            "\(command) met a part of what was written at once",
            [
                "every MSET writes all of \(keys.count) keys with one value, every DEL deletes all of them",
                "\(command) of all of them found \(count)",
            ])
    }
}
