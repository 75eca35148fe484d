// Entries of streams as the check writes and reads them.

/// The ID of an entry.
struct StreamEntryID: Hashable, Comparable, Sendable, CustomStringConvertible {
    let milliseconds, sequence: UInt64

    init(_ milliseconds: UInt64, _ sequence: UInt64) {
        self.milliseconds = milliseconds
        self.sequence = sequence
    }

    init?(_ text: String?) {
        guard let parts = text?.split(separator: "-", omittingEmptySubsequences: false), parts.count == 2,
            let milliseconds = UInt64(parts[0]), let sequence = UInt64(parts[1])
        else { return nil }
        self.init(milliseconds, sequence)
    }

    var description: String { "\(milliseconds)-\(sequence)" }

    static func < (left: StreamEntryID, right: StreamEntryID) -> Bool {
        (left.milliseconds, left.sequence) < (right.milliseconds, right.sequence)
    }
}

/// An entry that was seen, and the job in it; nil where only its ID was shown.
struct StreamEntry: Equatable, Sendable {
    let identifier: StreamEntryID
    let job: Int?

    init(_ identifier: StreamEntryID, job: Int?) {
        self.identifier = identifier
        self.job = job
    }

    /// As streams are read: the ID and the fields; nil if the fields are not those of a job.
    init?(_ reply: Reply) {
        guard let parts = reply.elements, parts.count == 2, let identifier = StreamEntryID(parts[0].text),
            let words = parts[1].elements?.compactMap(\.text), words.count > 1, let job = Int(words[1]),
            words == StreamEntry.fields(job)
        else { return nil }
        self.init(identifier, job: job)
    }

    /// Fields and values; neighbours differ in names and sizes, so that nothing is stored by what the last one had.
    static func fields(_ job: Int) -> [String] {
        var words = ["job", "\(job)", "text", String(repeating: "\(job % 10)", count: job % 37)]
        if job % 5 == 0 { words += ["more\(job % 3)", "\(job &* 7919)"] }
        return words
    }

    /// All of a list of entries; nil if one of them is none.
    static func list(_ reply: Reply) -> [StreamEntry]? {
        guard let elements = reply.elements else { return reply.isNull ? [] : nil }
        let entries = elements.compactMap { StreamEntry($0) }
        return entries.count == elements.count ? entries : nil
    }

    /// What XREADGROUP answers: streams with entries, none of them if there is nothing. RESP3 has a map of them.
    static func streams(_ reply: Reply) -> [(key: String, entries: [StreamEntry])]? {
        guard var parts = reply.elements else { return reply.isNull ? [] : nil }
        if parts.first?.elements != nil { parts = parts.flatMap { $0.elements ?? [] } }
        guard parts.count.isMultiple(of: 2) else { return nil }
        var streams: [(key: String, entries: [StreamEntry])] = []
        for index in stride(from: 0, to: parts.count, by: 2) {
            guard let key = parts[index].text, let entries = list(parts[index + 1]) else { return nil }
            streams.append((key, entries))
        }
        return streams
    }
}
