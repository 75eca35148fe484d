// What the commands of the server reach beyond what every handler sees.
import Bytes
import Commands
import Containers
import RESP

extension CommandContext {
    /// What all workers share.
    var server: ServerState { unsafe client.pointee.worker.pointee.server.takeUnretainedValue() }

    /// The worker that the asking connection lives on. Only for commands that run where the connection lives.
    var home: WorkerStatePointer { unsafe client.pointee.worker }
}

extension CommandContext {
    /// The reply of every HELP: the usage line, the subcommands with their descriptions, and HELP itself.
    func help(_ container: StaticString, _ lines: [StaticString]) {
        reply.array(lines.count + 3)
        reply.simple("\(container) <subcommand> [<arg> [value] [opt] ...]. Subcommands are:")
        for line in lines { reply.simple(line) }
        reply.simple("HELP")
        reply.simple("    Prints this help.")
    }

    /// The arguments fit no form of the subcommand.
    func wrongSubcommand(_ container: StaticString) {
        let subcommand = arguments[1].prefix(128)
        reply.errorParts { line in
            line.append("ERR unknown subcommand or wrong number of arguments for '")
            line.append(subcommand)
            line.append("'. Try ")
            line.append(container)
            line.append(" HELP.")
        }
    }

    /// An error that quotes what the client wrote.
    func error(_ before: StaticString, quoting text: ByteView, _ after: StaticString) {
        reply.errorParts { line in
            line.append(before)
            line.append(text)
            line.append(after)
        }
    }
}
