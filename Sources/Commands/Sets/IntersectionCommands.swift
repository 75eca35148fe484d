// SINTER and SINTERSTORE.
import Bytes
import Containers
import Keyspace
import RESP

func sinter(_ context: inout CommandContext) {
    guard case .sets(let found) = context.findSets(1..<context.arguments.count) else { return }
    guard let sets = Intersection(found, seed: context.hashSeed) else { return context.reply.set(0) }
    context.replyMembers { sets.forEachMember($0) }
}

func sinterstore(_ context: inout CommandContext) {
    guard case .sets(let found) = context.findSets(2..<context.arguments.count) else { return }
    let (limits, seed) = (context.setLimits, context.hashSeed)
    var result = SetValue.emptyIntegers()
    if let sets = Intersection(found, seed: seed) {
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

/// Sets that are to be intersected, the smallest one apart: each of its members is looked for in the others.
struct Intersection: ~Copyable {
    let smallest: SetValue
    /// By rising size; the same set is there once.
    private let others: SearchableSets

    /// Nil: one of them is empty.
    init?(_ found: [SetValue?], seed: UInt64) {
        var sets = found.compactMap { $0 }
        if sets.count < found.count { return nil }
        sets.sort { $0.count < $1.count }
        let smallest = sets.removeFirst()
        sets.removeAll { $0.isSame(as: smallest) }
        self.smallest = smallest
        others = SearchableSets(sets, lookups: smallest.count, seed: seed)
    }

    @inline(__always)
    func othersContain(_ member: ListpackElement) -> Bool { others.allContain(member) }

    @inline(__always)
    func forEachMember(_ body: (ListpackElement) -> Void) {
        smallest.forEach { if others.allContain($0) { body($0) } }
    }
}
