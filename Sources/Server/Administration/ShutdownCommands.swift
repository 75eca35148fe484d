// SHUTDOWN, ROLE and LOLWUT.
import Bytes
import Commands
import Containers
import Platform
import RESP

let processCommands: [Command] = unsafe [
    Command(
        "shutdown", arity: -1, [.admin, .noScript, .loading, .stale, .noMulti, .allowBusy], routing: .session,
        group: .server, since: "1.0.0", complexity: "O(N) when saving, where N is the total number of keys",
        summary: "Ends the server.", syntax: "[NOSAVE | SAVE] [NOW] [FORCE] [ABORT]"
    ) { unsafe shutdown(&$0.context) },
    unsafe Command(
        "role", arity: 1, [.noScript, .loading, .stale, .fast], [.admin, .dangerous], routing: .keyless,
        group: .server, since: "2.8.12", summary: "Answers with the server's part in replication."
    ) { unsafe role(&$0.context) },
    unsafe Command(
        "lolwut", arity: -1, [.readonly, .fast], routing: .keyless, group: .server, since: "5.0.0",
        summary: "Draws something.", syntax: "[VERSION version]"
    ) { unsafe lolwut(&$0.context) },
]

private func shutdown(_ context: inout CommandContext) {
    var words: Set<String> = []
    for index in 1..<max(1, context.arguments.count) {
        let word = context.arguments[index].string.lowercased()
        guard ["nosave", "save", "now", "force", "abort"].contains(word) else {
            return context.reply.error(ErrorText.syntax)
        }
        words.insert(word)
    }
    let isAbort = words.contains("abort")
    if isAbort && context.arguments.count > 2 || words.isSuperset(of: ["save", "nosave"]) {
        return context.reply.error(ErrorText.syntax)
    }
    if isAbort { return context.reply.error("ERR No shutdown in progress.") }
    if words.contains("save") && !words.contains("force") {
        return context.reply.error("ERR Errors trying to SHUTDOWN. Check logs.")
    }
    if let refusal = context.server.refusal, !words.contains("nosave") { return context.reply.error(refusal.text) }
    unsafe context.client.pointee.isClosing = true
    context.server.shutDown()
}

private func role(_ context: inout CommandContext) {
    context.reply.array(3)
    context.reply.bulk("master")
    context.reply.integer(0)
    context.reply.array(0)
}

private func lolwut(_ context: inout CommandContext) {
    let arguments = context.arguments
    if arguments.count > 2, arguments[1].equalsIgnoringCase("version"), IntegerText.parse(arguments[2]) == nil {
        return context.reply.error(ErrorText.notInteger)
    }
    context.reply.verbatim("txt", Flock.draw() + "\nNeedletail ver. \(ServerIdentity.version)\n")
}

/// A swarm of needletails in the evening sky: a new one every time.
private enum Flock {
    private static let width = 66
    private static let height = 12

    static func draw() -> String {
        var sky = [[Character]](repeating: [Character](repeating: " ", count: width), count: height)
        var random = SystemRandomNumberGenerator()
        let shapes: [[Character]] = [Array("--^v^--"), Array("~v~"), Array("-^-"), Array("v"), Array("--v--")]
        for _ in 0..<24 {
            let shape = shapes[Int.random(in: 0..<shapes.count, using: &random)]
            let row = Int.random(in: 0..<height, using: &random)
            let column = Int.random(in: 0...(width - shape.count), using: &random)
            guard sky[row][column..<column + shape.count].allSatisfy({ $0 == " " }) else { continue }
            sky[row].replaceSubrange(column..<column + shape.count, with: shape)
        }
        return sky.map { String($0) + "\n" }.joined()
    }
}
