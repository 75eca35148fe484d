// What a check is: clients that do things to a server, and a judgement of what they saw.
//
// To write one:
//
//     extension Check {
//         static let echo = Check(
//             name: "echo", summary: "a value that was written is read", commands: ["SET", "GET"]
//         ) { context in
//             try context.rounds(ofSeconds: 0.5) { round in                 // until the time is over
//                 let seen = try round.withClients { client in              // a thread and a connection each
//                     var lost = 0
//                     while !client.isOver {
//                         let key = "\(round.prefix)\(client.number):\(client.random.below(10))"
//                         switch try client.call(["SET", key, "1"]) {
//                         case .reply(let reply): try client.expect(reply.isOK, ["SET", key, "1"], reply)
//                         case .unknown: lost += 1                          // it may have happened, or may yet happen
//                         }
//                     }
//                     return lost
//                 }
//                 …judge `seen`; throw Violation("…", […]) if it cannot be
//             }
//         }
//     }
//
// and add it to `Check.all`. What matters:
//
// - Keys begin with the prefix of the round (or of the context), which no other check and no other round has. So what
//   a lost command of an earlier round still does cannot disturb a later one.
// - Connections are cut at random. The answer `.unknown` says that a command may have happened, may yet happen at any
//   later time, or never will. The next call of that client is on a new connection: watched keys, a begun MULTI and so
//   on are gone. A client never connects anew without having said `.unknown` first; `ask`, which repeats, is for
//   questions alone.
// - Operations are counted by the client. A check that did nothing has not held.
// - The judgement is a function of a recorded history, tested by itself with good and bad histories, and the check as a
//   whole against a server with the fault that it is to find.

/// A named promise of the server, and how to catch it being broken.
package struct Check: Sendable {
    package let name: String
    /// One line: what is promised.
    package let summary: String
    /// Commands without which it cannot run.
    package let commands: [String]
    /// Commands that it uses if the server has them: `context.has("EVAL")`.
    package let optionalCommands: [String]
    /// Runs until the context is over; throws a `Violation` when the promise is broken, a `ServerFailure` when the
    /// server cannot be used, a `SkippedCheck` when it turns out that the server lacks something.
    let run: @Sendable (CheckContext) throws -> Void

    package init(
        name: String, summary: String, commands: [String], optionalCommands: [String] = [],
        run: @escaping @Sendable (CheckContext) throws -> Void
    ) {
        self.name = name
        self.summary = summary
        self.commands = commands
        self.optionalCommands = optionalCommands
        self.run = run
    }
}

/// A broken promise: what it is, and the least that shows it.
package struct Violation: Error, Equatable, CustomStringConvertible {
    /// One sentence: what was seen, and why that cannot be.
    package let summary: String
    /// What was done and seen, a line each.
    package let evidence: [String]

    package init(_ summary: String, _ evidence: [String] = []) {
        self.summary = summary
        self.evidence = evidence
    }

    package var description: String { ([summary] + evidence.map { "    " + $0 }).joined(separator: "\n") }
}

/// The server lacks something that the check needs, as only the check could find out.
package struct SkippedCheck: Error {
    package let reason: String
    package init(_ reason: String) { self.reason = reason }
}
