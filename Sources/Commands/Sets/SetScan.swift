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
    guard case .found(let found) = lookup, let options = ElementScanOptions(context, from: 3) else { return }
    let set = SetValue(found.entry.external)
    let reply = context.reply
    reply.array(2)
    // The cursor comes first, but is known last.
    let cursorPlace = reply.deferLength()
    let membersPlace = reply.deferLength()
    var position: UInt64? = cursor
    var (written, seen, steps) = (0, 0, 0)
    // A sparse table must not make a call long: most steps bring several members.
    while let start = position, seen < options.count && steps / 10 < options.count {
        position = set.scan(from: start) { member in
            seen += 1
            if !options.takes(member) { return }
            reply.bulk(member)
            written += 1
        }
        steps += 1
    }
    reply.finishArray(membersPlace, written)
    reply.finishBulk(cursorPlace, integer: Int64(bitPattern: position ?? 0))
}
