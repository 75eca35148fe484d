// Judges where elements are that only ever move: each is in one place, always.

enum Conservation {
    /// What one look at all places at once has shown: the elements of each place.
    typealias Snapshot = [(place: String, elements: [String])]

    /// Throws a violation unless every one of `elements` is in exactly one place, once, and nothing else is anywhere.
    /// `before` is an earlier look that was right, for the explanation. If the
    /// server evicts, places go with all that is in them: then none is in two.
    static func judge(
        _ snapshot: Snapshot, elements: [String], before: Snapshot? = nil, evicts: Bool = false
    ) throws(Violation) {
        var holders: [String: [String]] = [:]
        for (place, held) in snapshot {
            for element in held { holders[element, default: []].append(place) }
        }
        for element in elements {
            let places = holders.removeValue(forKey: element) ?? []
            if places.count == 1 || evicts && places.isEmpty { continue }
            let past = before.map { [line(element, Self.places(of: element, in: $0), "before")] } ?? []
            throw Violation(
                places.isEmpty
                    ? "\(element), which only moves, is nowhere"
                    : "\(element), which only moves, is in \(places.count) places at once",
                past + [line(element, places, "in one look at all places")])
        }
        if let (element, places) = holders.min(by: { $0.key < $1.key }) {
            throw Violation("\(element) was never put anywhere and is there", [line(element, places, "in one look")])
        }
    }

    private static func places(of element: String, in snapshot: Snapshot) -> [String] {
        snapshot.flatMap { entry in entry.elements.filter { $0 == element }.map { _ in entry.place } }
    }

    private static func line(_ element: String, _ places: [String], _ moment: String) -> String {
        "\(moment), \(element) is in \(places.isEmpty ? "no place" : places.joined(separator: " and "))"
    }
}

extension VerificationClient {
    /// Looks at all of `places` at once, by a transaction of one question each; nil if the connection broke.
    func snapshot(of places: [String], _ question: (String) -> Request) throws -> Conservation.Snapshot? {
        let questions = places.map(question)
        let (begin, end): (Request, Request) = (["MULTI"], ["EXEC"])
        let answers = try pipeline([begin] + questions + [end])
        guard let last = answers.last, case .reply(let reply) = last else { return nil }
        guard let replies = reply.elements, replies.count == places.count else {
            try expect(false, end, reply)
            return nil
        }
        var snapshot: Conservation.Snapshot = []
        for (index, reply) in replies.enumerated() {
            let elements = reply.elements?.compactMap(\.text) ?? []
            try expect(elements.count == reply.elements?.count, questions[index], reply)
            snapshot.append((places[index], elements))
        }
        return snapshot
    }

    /// The same, on new connections until there is an answer.
    func finalSnapshot(of places: [String], _ question: (String) -> Request) throws -> Conservation.Snapshot {
        for _ in 0..<100 {
            if let snapshot = try snapshot(of: places, question) { return snapshot }
        }
        throw ServerFailure(description: "a hundred connections broke at MULTI … EXEC")
    }

    /// Does once what must not be done twice: `request` makes the command for keys that begin with the prefix it is
    /// given and have never been used; returns the prefix for which the answer was right.
    func once(
        _ prefix: String, _ isRight: (Reply) -> Bool, _ request: (String) -> Request
    ) throws -> String {
        for attempt in 0..<100 {
            let fresh = "\(prefix)\(attempt):"
            let command = request(fresh)
            guard case .reply(let reply) = try call(command) else { continue }
            try expect(isRight(reply), command, reply)
            return fresh
        }
        throw ServerFailure(description: "a hundred connections broke at \(request(prefix).text)")
    }
}
