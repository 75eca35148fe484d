// SSCAN: a set in pages.
import Containers
import Keyspace
import RESP

func sscan(_ context: inout CommandContext) {
    guard let cursor = ScanCursor.parse(context.arguments[2]) else {
        return context.reply.error(ErrorText.invalidCursor)
    }
    let lookup = context.find(context.key(1), as: .set, absent: {
        $0.array(2)
        $0.bulk("0")
        $0.array(0)
    })
    // As in Redis, the options are only read if there is such a key.
    guard case .found(let found) = lookup, let options = ScanOptions(context, from: 3) else { return }
    let set = SetValue(found.entry.external)
    let reply = context.reply
    reply.page(options, from: cursor) { position, page in
        set.scan(from: position) { member in
            page.seen += 1
            if !options.takes(member) { return }
            reply.bulk(member)
            page.written += 1
        }
    }
}
