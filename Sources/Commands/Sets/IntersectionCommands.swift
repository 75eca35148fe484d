// SINTER, SINTERSTORE and SINTERCARD.
import Bytes
import Containers
import Keyspace
import RESP

func sinter(_ context: inout CommandContext) {
    guard case .sets(let found) = context.findSets(1..<context.arguments.count) else { return }
    guard let sets = Intersection(found) else { return context.reply.set(0) }
    let reply = context.reply
    let place = reply.deferLength()
    var count = 0
    sets.forEachMember { member in
        reply.bulk(member)
        count += 1
    }
    reply.finishSet(place, count)
}

func sinterstore(_ context: inout CommandContext) {
    guard case .sets(let found) = context.findSets(2..<context.arguments.count) else { return }
    let (limits, seed) = (context.setLimits, context.hashSeed)
    var result = SetValue.emptyIntegers()
    if let sets = Intersection(found) {
        switch sets.smallest.value.encoding {
        case .listpack:
            result.release()
            result = .emptyListpack()
        case .hashTable:
            result.release()
            result = .emptyTable(seed: seed)
        default: break
        }
        var areIntegers = true
        sets.forEachMember { member in
            if areIntegers, let text = member.view { areIntegers = IntegerText.parse(text) != nil }
            _ = result.insert(member, limits, seed: seed, isNew: true)
        }
        if areIntegers { result.becomeIntegers(limits) }
    }
    context.store(result, at: context.key(1), "sinterstore")
}

func sintercard(_ context: inout CommandContext) {
    guard let request = CardinalityRequest(context) else { return }
    guard case .sets(let found) = context.findSets(2..<2 + request.keyCount) else { return }
    guard let sets = Intersection(found) else { return context.reply.integer(0) }
    var count = 0
    if request.limit == 0 {
        sets.forEachMember { _ in count += 1 }
    } else {
        sets.smallest.walk { member in
            if sets.othersContain(member) { count += 1 }
            return count < request.limit
        }
    }
    context.reply.integer(min(count, request.limit == 0 ? .max : request.limit))
}

/// `numkeys key … [LIMIT limit]`
struct CardinalityRequest {
    let keyCount: Int
    /// 0: none.
    private(set) var limit = 0

    /// Nil: an error was replied.
    init?(_ context: borrowing CommandContext) {
        let arguments = context.arguments
        guard let number = IntegerText.parse(arguments[1]), number > 0 else {
            context.reply.error(ErrorText.numberOfKeysNotPositive)
            return nil
        }
        guard number <= arguments.count - 2 else {
            context.reply.error(ErrorText.numberOfKeysTooLarge)
            return nil
        }
        keyCount = Int(number)
        var index = 2 + keyCount
        while index < arguments.count {
            guard arguments[index].equalsIgnoringCase("limit"), index + 1 < arguments.count else {
                context.reply.error(ErrorText.syntax)
                return nil
            }
            guard let limit = IntegerText.parse(arguments[index + 1]), limit >= 0 else {
                context.reply.error("ERR LIMIT can't be negative")
                return nil
            }
            self.limit = Int(limit)
            index += 2
        }
    }
}

/// Sets that are to be intersected, the smallest one apart: each of its members is looked for in the others.
private struct Intersection {
    let smallest: SetValue
    /// By rising size; the same set is there once.
    private var others: [SetValue]

    /// Nil: one of them is empty.
    init?(_ sets: [SetValue?]) {
        others = sets.compactMap { $0 }
        if others.count < sets.count { return nil }
        others.sort { $0.count < $1.count }
        let smallest = others.removeFirst()
        self.smallest = smallest
        others.removeAll { $0.isSame(as: smallest) }
    }

    @inline(__always)
    func othersContain(_ member: ListpackElement) -> Bool {
        for other in others where !other.contains(member) { return false }
        return true
    }

    @inline(__always)
    func forEachMember(_ body: (ListpackElement) -> Void) {
        smallest.forEach { if othersContain($0) { body($0) } }
    }
}
