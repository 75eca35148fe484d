// A key's members and scores, for commands that take sorted sets and sets alike.
import Bytes
import Containers
import Keyspace
import RESP

/// A set's members have the score 1. Valid until the key changes.
enum MemberSource {
    case absent
    case sortedSet(SortedSetValue)
    case set(SetValue)

    /// What is behind the key at that position; nil: it is neither, and that was replied.
    init?(_ context: borrowing CommandContext, _ index: Int) {
        guard let found = context.find(context.key(index), .read) else {
            self = .absent
            return
        }
        switch found.entry.type {
        case .sortedSet: self = .sortedSet(SortedSetValue(found.entry.external))
        case .set: self = .set(SetValue(found.entry.external))
        default:
            context.reply.error(ErrorText.wrongType)
            return nil
        }
    }

    var count: Int {
        switch self {
        case .absent: 0
        case .sortedSet(let set): set.count
        case .set(let set): set.count
        }
    }

    /// The score of a member, which is an element of any set; nil: it is not here.
    func score(of member: ListpackElement) -> Double? {
        switch self {
        case .absent: nil
        case .sortedSet(let set): member.withBytes { set.score(of: $0) }
        case .set(let set): set.contains(member) ? 1 : nil
        }
    }

    /// Calls `body` with every member until it says no.
    func walk(_ body: (ListpackElement, Double) -> Bool) {
        switch self {
        case .absent: return
        case .sortedSet(let set):
            var left = set.count
            if left == 0 { return }
            var cursor = set.cursor(rank: 0)
            while body(cursor.member, cursor.score) && left > 1 {
                cursor.advance()
                left &-= 1
            }
        case .set(let set): set.walk { body($0, 1) }
        }
    }
}
