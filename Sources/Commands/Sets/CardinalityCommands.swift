// SINTERCARD, SUNIONCARD and SDIFFCARD: how many members a result would have.
import Bytes
import Containers
import Keyspace
import RESP

func sintercard(_ context: inout CommandContext) {
    guard let request = CardinalityRequest(context) else { return }
    guard case .sets(let found) = context.findSets(2..<2 + request.keyCount) else { return }
    guard let sets = Intersection(found, seed: context.hashSeed) else { return context.reply.integer(0) }
    context.reply.integer(count(in: sets.smallest, upTo: request.limit) { sets.othersContain($0) })
}

/// What APPROX asks for is an estimate that takes less memory; here the exact number takes little.
func sunioncard(_ context: inout CommandContext) {
    guard let request = CardinalityRequest(context, allowingApproximation: true) else { return }
    guard case .sets(let found) = context.findSets(2..<2 + request.keyCount) else { return }
    let sets = distinct(found)
    if sets.count > 4 {
        let result = union(sets, context.setLimits, context.hashSeed)
        context.reply.integer(min(result.count, request.limit))
        result.release()
        return
    }
    var total = 0
    for (index, set) in sets.enumerated() {
        let left = request.limit == .max ? .max : request.limit - total
        let earlier = SearchableSets(Array(sets[..<index]), lookups: set.count, seed: context.hashSeed)
        total += count(in: set, upTo: left) { !earlier.anyContains($0) }
    }
    context.reply.integer(total)
}

func sdiffcard(_ context: inout CommandContext) {
    guard let request = CardinalityRequest(context) else { return }
    guard case .sets(let found) = context.findSets(2..<2 + request.keyCount) else { return }
    guard let difference = Difference(found, seed: context.hashSeed) else { return context.reply.integer(0) }
    if difference.prefersRemoving && request.limit == .max {
        let result = difference.byRemoving(context.setLimits, context.hashSeed)
        context.reply.integer(result.count)
        result.release()
    } else {
        context.reply.integer(count(in: difference.first, upTo: request.limit) { !difference.othersContain($0) })
    }
}

/// `numkeys key … [LIMIT limit]`, for SUNIONCARD also `[APPROX]`.
struct CardinalityRequest {
    let keyCount: Int
    private(set) var limit = Int.max

    /// Nil: an error was replied.
    init?(_ context: borrowing CommandContext, allowingApproximation: Bool = false) {
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
            if allowingApproximation, arguments[index].equalsIgnoringCase("approx") {
                index += 1
                continue
            }
            guard arguments[index].equalsIgnoringCase("limit"), index + 1 < arguments.count else {
                context.reply.error(ErrorText.syntax)
                return nil
            }
            guard let limit = IntegerText.parse(arguments[index + 1]), limit >= 0 else {
                context.reply.error("ERR LIMIT can't be negative")
                return nil
            }
            self.limit = limit == 0 ? .max : Int(limit)
            index += 2
        }
    }
}

/// Counts members up to `limit`.
private func count(in set: SetValue, upTo limit: Int, where isCounted: (ListpackElement) -> Bool) -> Int {
    var count = 0
    if limit == .max {
        set.forEach { if isCounted($0) { count += 1 } }
        return count
    }
    if limit <= 0 { return 0 }
    set.walk { member in
        if isCounted(member) { count += 1 }
        return count < limit
    }
    return count
}
