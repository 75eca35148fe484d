// Judges what is seen of keys that are only ever written, and only ever deleted, all at once.

enum MultipleKeysHistory {
    /// Throws a violation if the keys do not all have the same value, or are not all absent.
    static func judgeValues(_ how: String, keys: [String], values: [Reply]) throws(Violation) {
        guard let first = values.first, let other = values.firstIndex(where: { $0 != first }) else { return }
        throw Violation(
            "\(how) saw a part of what was written at once",
            [
                "every MSET writes all of \(keys.count) keys with one value, every DEL deletes all of them",
                "\(how) read \(keys[0]): \(first)", "and \(keys[other]): \(values[other])",
            ])
    }

    /// The same for commands that tell how many of the keys there were.
    static func judgeCount(_ command: String, keys: [String], count: Int64) throws(Violation) {
        if count == 0 || count == keys.count { return }
        throw Violation(
            "\(command) met a part of what was written at once",
            [
                "every MSET writes all of \(keys.count) keys with one value, every DEL deletes all of them",
                "\(command) of all of them found \(count)",
            ])
    }
}
