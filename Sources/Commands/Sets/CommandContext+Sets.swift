// Short cuts of the set commands: sets behind keys, and results that become the value of one.
import Bytes
import Containers
import Keyspace
import RESP

/// What came of looking for the sets behind several keys.
enum SetLookup {
    /// Nil where there is no key.
    case sets([SetValue?])
    /// An error was replied already.
    case refused
}

extension CommandContext {
    /// The key of the hash of members, the same in all shards.
    var hashSeed: UInt64 { keyspace.map.seed }

    var setLimits: SetLimits { unsafe settings.pointee.setLimits }

    /// The sets behind the keys at these positions. They stay valid until one of them is changed.
    func findSets(_ positions: Range<Int>) -> SetLookup {
        var sets: [SetValue?] = []
        sets.reserveCapacity(positions.count)
        for position in positions {
            switch find(key(position), as: .set) {
            case .found(let found): sets.append(SetValue(found.entry.external))
            case .absent: sets.append(nil)
            case .refused: return .refused
            }
        }
        return .sets(sets)
    }

    /// Makes a set the value of a key, which may hold anything, or removes the key if the set is empty. Replies with
    /// the number of members. The set changes hands.
    func store(_ set: SetValue, at key: Key, _ event: StaticString) {
        let replaced = find(key, .peek)
        let count = set.count
        if count > 0 {
            self.set(key, replacing: replaced, .external(.set, set.value))
            changed(key, .set, event)
        } else {
            set.release()
            if let replaced {
                remove(key, replaced)
                changed(key, .generic, "del")
            }
        }
        reply.integer(count)
    }

    /// Replies with the members of a set that was made for the reply, and frees it.
    func replyMembers(of set: SetValue) {
        reply.set(set.count)
        set.forEach { reply.bulk($0) }
        set.release()
    }

    /// Replies with the members that `walk` passes on, however many they turn out to be.
    @inline(__always)
    func replyMembers(_ walk: (_ pass: (ListpackElement) -> Void) -> Void) {
        let place = reply.deferLength()
        var count = 0
        walk {
            reply.bulk($0)
            count += 1
        }
        reply.finishSet(place, count)
    }

    /// The key's entry if it is of this type; `absent` replies if there is none.
    @inline(__always)
    func find(
        _ key: Key, as type: ValueType, _ lookup: Lookup = .read, absent: (ReplyWriter) -> Void
    ) -> TypedLookup {
        let result = find(key, as: type, lookup)
        if case .absent = result { absent(reply) }
        return result
    }
}
