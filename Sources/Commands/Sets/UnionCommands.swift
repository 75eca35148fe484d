// SUNION, SUNIONSTORE, SDIFF and SDIFFSTORE.
import Bytes
import Containers
import Keyspace
import RESP

func sunion(_ context: inout CommandContext) {
    guard case .sets(let found) = context.findSets(1..<context.arguments.count) else { return }
    let sets = distinct(found)
    // Integers come in their order, as in Redis.
    let areIntegers = sets.count > 1 && sets.allSatisfy { $0.value.encoding == .integerSet }
    if areIntegers || sets.count > 4 {
        return context.replyMembers(of: union(sets, context.setLimits, context.hashSeed))
    }
    // Without a copy of the members: those of a set are left out that an earlier one has.
    let seed = context.hashSeed
    context.replyMembers { pass in
        for (index, set) in sets.enumerated() {
            let earlier = SearchableSets(Array(sets[..<index]), lookups: set.count, seed: seed)
            set.forEach { if !earlier.anyContains($0) { pass($0) } }
        }
    }
}

func sunionstore(_ context: inout CommandContext) {
    guard case .sets(let found) = context.findSets(2..<context.arguments.count) else { return }
    let result = union(found.compactMap { $0 }, context.setLimits, context.hashSeed)
    context.store(result, at: context.key(1), "sunionstore")
}

/// In the order of the sets, as that decides how the result is stored; except where it is a table in any case.
func union(_ sets: [SetValue], _ limits: SetLimits, _ seed: UInt64) -> SetValue {
    let largest = sets.max { $0.count < $1.count }
    if let largest, largest.isSurelyTable(limits) {
        var result = SetValue(largest.value.copy())
        for set in sets where !set.isSame(as: largest) { set.forEach { _ = result.insert($0, limits, seed: seed) } }
        return result
    }
    var result = SetValue.emptyIntegers()
    for (index, set) in sets.enumerated() {
        // The first one's members need not be looked for.
        set.forEach { _ = result.insert($0, limits, seed: seed, isNew: index == 0) }
    }
    return result
}

extension SetValue {
    /// Whether the set is a table, and would be one however its members had come.
    fileprivate func isSurelyTable(_ limits: SetLimits) -> Bool {
        value.encoding == .hashTable && count > max(limits.integers, limits.listpackEntries)
    }
}

/// Each set once, the largest one first.
func distinct(_ found: [SetValue?]) -> [SetValue] {
    var sets: [SetValue] = []
    for case let set? in found where !sets.contains(where: { $0.isSame(as: set) }) { sets.append(set) }
    sets.sort { $0.count > $1.count }
    return sets
}

func sdiff(_ context: inout CommandContext) {
    guard case .sets(let found) = context.findSets(1..<context.arguments.count) else { return }
    guard let difference = Difference(found, seed: context.hashSeed) else { return context.reply.set(0) }
    if difference.prefersRemoving {
        return context.replyMembers(of: difference.byRemoving(context.setLimits, context.hashSeed))
    }
    context.replyMembers { difference.forEachMember($0) }
}

func sdiffstore(_ context: inout CommandContext) {
    guard case .sets(let found) = context.findSets(2..<context.arguments.count) else { return }
    let (limits, seed) = (context.setLimits, context.hashSeed)
    var result = SetValue.emptyIntegers()
    if let difference = Difference(found, seed: seed) {
        if difference.prefersRemoving {
            result.release()
            result = difference.byRemoving(limits, seed)
        } else {
            difference.forEachMember { _ = result.insert($0, limits, seed: seed, isNew: true) }
        }
    }
    context.store(result, at: context.key(1), "sdiffstore")
}

/// A set, and others whose members are to be taken out of it.
struct Difference: ~Copyable {
    let first: SetValue
    /// By falling size, so that a member that is in one of them is found early.
    private let others: [SetValue]
    private let searchable: SearchableSets
    /// Whether a copy of the first set, from which the others' members are removed, takes fewer steps than looking for
    /// each member of the first one in all others.
    let prefersRemoving: Bool

    /// Nil: nothing is left.
    init?(_ sets: [SetValue?], seed: UInt64) {
        guard let first = sets[0] else { return nil }
        let others = sets.dropFirst().compactMap { $0 }
        if others.contains(where: { $0.isSame(as: first) }) { return nil }
        self.first = first
        self.others = others.sorted { $0.count > $1.count }
        let membersOfOthers = others.reduce(0) { $0 + $1.count }
        // The first way is the faster one where most of what is looked for is found.
        prefersRemoving = first.count * (others.count + 1) / 2 > first.count + membersOfOthers
        searchable = SearchableSets(self.others, lookups: prefersRemoving ? 0 : first.count, seed: seed)
    }

    @inline(__always)
    func othersContain(_ member: ListpackElement) -> Bool { searchable.anyContains(member) }

    @inline(__always)
    func forEachMember(_ body: (ListpackElement) -> Void) {
        first.forEach { if !searchable.anyContains($0) { body($0) } }
    }

    func byRemoving(_ limits: SetLimits, _ seed: UInt64) -> SetValue {
        var result = SetValue.emptyIntegers()
        if first.isSurelyTable(limits) {
            result.release()
            result = SetValue(first.value.copy())
        } else {
            first.forEach { _ = result.insert($0, limits, seed: seed, isNew: true) }
        }
        for other in others {
            if result.count == 0 { break }
            other.forEach { _ = result.remove($0) }
        }
        return result
    }
}
