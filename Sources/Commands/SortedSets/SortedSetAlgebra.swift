// ZUNION, ZINTER and ZDIFF, whether they store their result or not, and ZINTERCARD.
import Bytes
import Containers
import Keyspace
import RESP

enum SetAlgebra {
    case union, intersection, difference
}

/// How the scores of a member in several sets become one.
private enum ScoreAggregate {
    case sum, minimum, maximum
    /// The number of sets, each with its weight.
    case count

    func combine(_ left: Double, _ right: Double) -> Double {
        switch self {
        case .sum, .count:
            let sum = left + right
            // The two infinities make nothing.
            return sum.isNaN ? 0 : sum
        // What is not a number on the right does not count.
        case .minimum: return right < left ? right : left
        case .maximum: return right > left ? right : left
        }
    }
}

/// One of the sets that go in: its members have the score 1 if it has no scores.
private struct WeightedSource {
    let source: MemberSource
    var weight = 1.0

    /// A score with its weight; 0 for nothing times infinity.
    func score(_ score: Double, _ aggregate: ScoreAggregate) -> Double {
        let product = product(score, aggregate)
        return product.isNaN ? 0 : product
    }

    func product(_ score: Double, _ aggregate: ScoreAggregate) -> Double {
        if case .count = aggregate { return weight }
        return weight * score
    }
}

/// What follows the number of keys.
private struct AlgebraRequest {
    var sources: [WeightedSource] = []
    var aggregate = ScoreAggregate.sum
    var withScores = false
    /// 0: no limit.
    var limit = 0

    /// Nil: it was refused, which the client has been told.
    init?(
        _ context: borrowing CommandContext, _ operation: SetAlgebra, count index: Int, stores: Bool, counts: Bool,
        _ name: StaticString
    ) {
        let arguments = context.arguments
        let reply = context.reply
        guard let number = IntegerText.parse(arguments[index]) else {
            reply.error(ErrorText.notInteger)
            return nil
        }
        if number < 1 {
            reply.errorParts { line in
                line.append("ERR at least 1 input key is needed for '")
                line.append(ByteView(name))
                line.append("' command")
            }
            return nil
        }
        if number > Int64(arguments.count - index - 1) {
            reply.error(ErrorText.syntax)
            return nil
        }
        for place in index + 1...index + Int(number) {
            guard let source = MemberSource(context, place) else { return nil }
            sources.append(WeightedSource(source: source))
        }
        let error = readOptions(
            arguments, from: index + 1 + Int(number), weighs: operation != .difference && !counts,
            hasScores: !stores && !counts, counts: counts)
        if let error {
            reply.error(error)
            return nil
        }
    }

    /// Reads the options; returns what is wrong.
    private mutating func readOptions(
        _ arguments: Arguments, from start: Int, weighs: Bool, hasScores: Bool, counts: Bool
    ) -> StaticString? {
        var index = start
        while index < arguments.count {
            let word = arguments[index]
            let left = arguments.count - index
            if weighs && left > sources.count && word.equalsIgnoringCase("weights") {
                for place in sources.indices {
                    guard let weight = DoubleText.parse(arguments[index + 1 + place]) else {
                        return "ERR weight value is not a float"
                    }
                    sources[place].weight = weight
                }
                index += 1 + sources.count
            } else if weighs && left >= 2 && word.equalsIgnoringCase("aggregate") {
                guard let aggregate = AlgebraRequest.aggregate(arguments[index + 1]) else { return ErrorText.syntax }
                self.aggregate = aggregate
                index += 2
            } else if hasScores && word.equalsIgnoringCase("withscores") {
                withScores = true
                index += 1
            } else if counts && left >= 2 && word.equalsIgnoringCase("limit") {
                guard let limit = IntegerText.parse(arguments[index + 1]), limit >= 0 else {
                    return "ERR LIMIT can't be negative"
                }
                self.limit = Int(limit)
                index += 2
            } else {
                return ErrorText.syntax
            }
        }
        return nil
    }

    private static func aggregate(_ word: ByteView) -> ScoreAggregate? {
        if word.equalsIgnoringCase("sum") { return .sum }
        if word.equalsIgnoringCase("min") { return .minimum }
        if word.equalsIgnoringCase("max") { return .maximum }
        return word.equalsIgnoringCase("count") ? .count : nil
    }

    // MARK: - The result

    /// Calls `body` with the members of the result and their scores until it says no; of a union some come several
    /// times, to be combined.
    private mutating func walk(_ operation: SetAlgebra, _ body: (ListpackElement, Double) -> Bool) {
        let aggregate = aggregate
        if operation != .difference {
            // Small ones first, as Redis does it: sums depend on it, and intersections are faster.
            sources = sources.enumerated().sorted {
                ($0.element.source.count, $0.offset) < ($1.element.source.count, $1.offset)
            }.map(\.element)
        }
        switch operation {
        case .union:
            for each in sources { each.source.walk { body($0, each.score($1, aggregate)) } }
        case .intersection:
            let first = sources[0]
            let others = sources.dropFirst()
            first.source.walk { member, score in
                var total = first.score(score, aggregate)
                for other in others {
                    guard let score = other.source.score(of: member) else { return true }
                    total = aggregate.combine(total, other.product(score, aggregate))
                }
                return body(member, total)
            }
        case .difference:
            let others = sources.dropFirst()
            sources[0].source.walk { member, score in
                for other in others where other.source.score(of: member) != nil { return true }
                return body(member, score)
            }
        }
    }

    /// The result as a tree, which the caller must give away or release.
    mutating func result(_ operation: SetAlgebra, seed: UInt64) -> RankedTree {
        let tree = RankedTree.create(seed: seed)
        let aggregate = aggregate
        walk(operation) { member, score in
            member.withBytes { text in
                let hash = tree.hash(of: text)
                if operation == .union, let element = tree.find(text, hash: hash) {
                    let combined = aggregate.combine(element.score, score)
                    if combined.bitPattern != element.score.bitPattern { tree.update(element, score: combined) }
                } else {
                    tree.insert(text, hash: hash, score: score)
                }
            }
            return true
        }
        return tree
    }

    mutating func cardinality() -> Int {
        var count = 0
        let limit = limit
        walk(.intersection) { _, _ in
            count += 1
            return count != limit
        }
        return count
    }
}

/// ZUNION, ZINTER and ZDIFF.
func zalgebra(_ context: inout CommandContext, _ operation: SetAlgebra, _ name: StaticString) {
    guard
        var request = AlgebraRequest(context, operation, count: 1, stores: false, counts: false, name)
    else { return }
    let set = SortedSetValue(request.result(operation, seed: context.memberSeed))
    context.reply.members(
        set, from: 0, count: set.count, reversed: false, withScores: request.withScores,
        nested: context.reply.isRESP3)
    set.release()
}

/// ZUNIONSTORE, ZINTERSTORE and ZDIFFSTORE; the name is that of the event as well.
func zalgebraStore(_ context: inout CommandContext, _ operation: SetAlgebra, _ name: StaticString) {
    guard
        var request = AlgebraRequest(context, operation, count: 2, stores: true, counts: false, name)
    else { return }
    let tree = request.result(operation, seed: context.memberSeed)
    let set = SortedSetValue.create(taking: tree, limits: context.sortedSetLimits)
    context.store(set, at: context.key(1), event: name)
}

func zintercard(_ context: inout CommandContext) {
    guard
        var request = AlgebraRequest(context, .intersection, count: 1, stores: false, counts: true, "zintercard")
    else { return }
    context.reply.integer(request.cardinality())
}
