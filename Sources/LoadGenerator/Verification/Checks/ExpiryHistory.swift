// Judges whether a key was there when it had to be, and gone when it had to be gone.

/// A key's life as its client knows it. Times are nanoseconds of the monotonic clock.
struct KeyLife: Equatable {
    /// What gave it its deadline.
    let command: String
    /// When that command was sent, and when its reply was there: the server executed it in between.
    let sentAt, answeredAt: Int64
    /// Nanoseconds; nil if the key stays for ever.
    let lifetime: Int64?
}

/// What a question to the server showed of a key.
enum KeySight: Equatable {
    case present, absent
    /// Milliseconds that are left to it.
    case rest(Int64)
}

enum ExpiryHistory {
    /// What the server's millisecond clock and its rounding may differ.
    static let margin: Int64 = 10_000_000

    /// Throws a violation if a question that was sent and answered then cannot have shown `sight`. If the server
    /// evicts, a key may be gone at any time.
    static func judge(
        _ key: String, _ life: KeyLife, _ sight: KeySight, by question: String, sentAt: Int64, answeredAt: Int64,
        evicts: Bool = false
    ) throws(Violation) {
        if evicts && (sight == .absent || sight == .rest(-2)) { return }
        func evidence(_ seen: String) -> [String] {
            let lived = life.lifetime.map { "\($0 / 1_000_000) ms to live" } ?? "no deadline"
            return [
                "\(life.command): \(key) has \(lived), executed between 0 and \(span(life.sentAt, life.answeredAt))",
                "\(question), executed between \(span(life.sentAt, sentAt)) and "
                    + "\(span(life.sentAt, answeredAt)): \(seen)",
            ]
        }
        guard let lifetime = life.lifetime else {
            switch sight {
            case .present, .rest(-1): return
            case .absent, .rest(-2): throw Violation("a key that has no deadline is gone", evidence("it is not there"))
            case .rest(let rest):
                throw Violation("a key has a deadline and was given none", evidence("\(rest) ms left"))
            }
        }
        // The earliest and the latest moment at which it may go.
        let (earliest, latest) = (life.sentAt + lifetime - margin, life.answeredAt + lifetime + margin)
        switch sight {
        case .absent, .rest(-2):
            if answeredAt < earliest {
                throw Violation("a key is gone before its deadline", evidence("it is not there"))
            }
        case .present, .rest:
            if sentAt > latest { throw Violation("a key is there after its deadline", evidence("it is there")) }
        }
        guard case .rest(let rest) = sight, rest != -2 else { return }
        if rest == -1 { throw Violation("a key has lost its deadline", evidence("it has none")) }
        let left = rest * 1_000_000
        if left < earliest - answeredAt || left > latest - sentAt {
            throw Violation("a key has another deadline than it was given", evidence("\(rest) ms left"))
        }
    }

    private static func span(_ from: Int64, _ to: Int64) -> String {
        let microseconds = (to - from) / 1000
        return "\(microseconds / 1000).\(microseconds % 1000 / 100) ms"
    }
}
