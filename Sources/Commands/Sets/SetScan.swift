// SSCAN: a set in pages.
import Containers
import Keyspace
import RESP

func sscan(_ context: inout CommandContext) {
    guard var scan = CollectionScan(cursorOf: context) else { return }
    guard case .found(let found) = context.find(context.key(1), as: .set, absent: { CollectionScan.replyEmpty($0) })
    else { return }
    guard scan.parseOptions(context) else { return }
    let set = SetValue(found.entry.external)
    let reply = context.reply
    scan.reply(reply) { position, written, seen in
        set.scan(from: position) { member in
            seen += 1
            if scan.takesAll || member.withBytes({ scan.takes($0) }) {
                reply.bulk(member)
                written += 1
            }
        }
    }
}
