// Errors that name the command they are about.
import Bytes

extension ReplyWriter {
    /// `name` in lower case, a subcommand as "config|get".
    package func wrongArity(_ name: ByteView) {
        errorParts { line in
            line.append("ERR wrong number of arguments for '")
            line.append(name)
            line.append("' command")
        }
    }

    package func wrongArity(_ name: StaticString) { wrongArity(ByteView(name)) }

    /// Quotes at most 128 bytes of the name, and of the arguments as many as 128 bytes hold, the last one cut off.
    package func unknownCommand(
        _ name: ByteView, _ arguments: borrowing ArgumentList, _ range: Range<Int>
    ) {
        var line = ByteBuffer()
        defer { line.deallocate() }
        line.append("ERR unknown command '")
        line.append(ReplyWriter.textPrefix(name, 128))
        line.append("', with args beginning with: ")
        let start = line.count
        for index in range {
            let used = line.count &- start
            if used >= 128 { break }
            line.append("'")
            line.append(ReplyWriter.textPrefix(arguments[index], 128 &- used))
            line.append("' ")
        }
        error(line.view)
    }

    /// `name` is the command's, in lower case; `subcommand` as the client wrote it.
    package func unknownSubcommand(_ subcommand: ByteView, of name: ByteView) {
        errorParts { line in
            line.append("ERR unknown subcommand '")
            line.append(ReplyWriter.textPrefix(subcommand, 128))
            line.append("'. Try ")
            for byte in name { line.append(byte &- 97 < 26 ? byte & 0xdf : byte) }
            line.append(" HELP.")
        }
    }

    /// At most `length` bytes, and none from a NUL on: Redis prints these as C strings.
    private static func textPrefix(_ view: ByteView, _ length: Int) -> ByteView {
        let head = view.prefix(length)
        guard let end = head.firstIndex(of: 0) else { return head }
        return head.prefix(end)
    }

    /// An error of several parts, written by `write` into a line of its own.
    package func errorParts(_ write: (inout ByteBuffer) -> Void) {
        var line = ByteBuffer()
        defer { line.deallocate() }
        write(&line)
        error(line.view)
    }
}
