// ZADD and ZINCRBY.
import Bytes
import Containers
import Keyspace
import RESP

/// The words between the key and the first score of ZADD.
struct AddOptions: OptionSet {
    let rawValue: UInt8

    static let onlyNew = AddOptions(rawValue: 1)
    static let onlyOld = AddOptions(rawValue: 2)
    static let countsChanges = AddOptions(rawValue: 4)
    static let increments = AddOptions(rawValue: 8)
    static let onlyGreater = AddOptions(rawValue: 16)
    static let onlyLess = AddOptions(rawValue: 32)

    init(rawValue: UInt8) { self.rawValue = rawValue }

    /// The option that a word stands for; nil: it is no option.
    init?(_ word: ByteView) {
        switch word.count {
        case 2:
            if word.equalsIgnoringCase("nx") {
                self = .onlyNew
            } else if word.equalsIgnoringCase("xx") {
                self = .onlyOld
            } else if word.equalsIgnoringCase("ch") {
                self = .countsChanges
            } else if word.equalsIgnoringCase("gt") {
                self = .onlyGreater
            } else if word.equalsIgnoringCase("lt") {
                self = .onlyLess
            } else {
                return nil
            }
        case 4 where word.equalsIgnoringCase("incr"): self = .increments
        default: return nil
        }
    }

    /// What is wrong with the combination.
    var conflict: StaticString? {
        if isSuperset(of: [.onlyNew, .onlyOld]) {
            return "ERR XX and NX options at the same time are not compatible"
        }
        let exclusive = intersection([.onlyNew, .onlyGreater, .onlyLess])
        if exclusive.rawValue & (exclusive.rawValue &- 1) != 0 {
            return "ERR GT, LT, and/or NX options at the same time are not compatible"
        }
        return nil
    }
}

/// What came of adding members.
struct Additions {
    let options: AddOptions
    let limits: SortedSetLimits
    let seed: UInt64
    var added = 0
    var updated = 0
    /// The score of the last member that the options allowed to be looked at.
    var score: Double?
    var isNotNumber = false

    init(_ options: AddOptions, _ context: borrowing CommandContext) {
        self.options = options
        limits = context.sortedSetLimits
        seed = context.memberSeed
    }

    var isChange: Bool { added &+ updated > 0 }

    @inline(__always)
    mutating func add(_ member: ByteView, _ given: Double, to set: inout SortedSetValue) {
        let place = set.locate(member)
        if !place.isFound {
            if options.contains(.onlyOld) { return }
            set.insert(member, place, score: given, limits: limits, seed: seed)
            added &+= 1
            score = given
            return
        }
        if options.contains(.onlyNew) { return }
        let new = options.contains(.increments) ? place.score + given : given
        if new.isNaN {
            isNotNumber = true
            return
        }
        if options.contains(.onlyGreater) && new <= place.score { return }
        if options.contains(.onlyLess) && new >= place.score { return }
        score = new
        if new != place.score {
            set.update(member, place, score: new)
            updated &+= 1
        }
    }

    /// Adds the pairs of score and member from `start` on; the scores have been read before, the first one is `first`.
    mutating func add(_ arguments: Arguments, from start: Int, first: Double, to set: inout SortedSetValue) {
        add(arguments[start &+ 1], first, to: &set)
        var index = start &+ 2
        while index < arguments.count {
            add(arguments[index &+ 1], DoubleText.parse(arguments[index]) ?? 0, to: &set)
            index &+= 2
        }
    }
}

func zadd(_ context: inout CommandContext) {
    let arguments = context.arguments
    var options: AddOptions = []
    var start = 2
    while start < arguments.count, let option = AddOptions(arguments[start]) {
        options.insert(option)
        start += 1
    }
    let words = arguments.count - start
    if words == 0 || words % 2 != 0 { return context.reply.error(ErrorText.syntax) }
    if let conflict = options.conflict { return context.reply.error(conflict) }
    if options.contains(.increments) && words > 2 {
        return context.reply.error("ERR INCR option supports a single increment-element pair")
    }
    add(&context, options, from: start)
}

func zincrby(_ context: inout CommandContext) {
    // Redis reads the options of ZADD here, too: the name of one leaves no pair.
    if AddOptions(context.arguments[2]) != nil { return context.reply.error(ErrorText.syntax) }
    add(&context, .increments, from: 2)
}

private func add(_ context: inout CommandContext, _ options: AddOptions, from start: Int) {
    let arguments = context.arguments
    guard let first = DoubleText.parse(arguments[start]) else { return context.reply.error(ErrorText.notFloat) }
    var index = start &+ 2
    while index < arguments.count {
        if DoubleText.parse(arguments[index]) == nil { return context.reply.error(ErrorText.notFloat) }
        index &+= 2
    }
    addMembers(&context, options, memberLength: arguments[start + 1].count) { _, additions, set in
        additions.add(arguments, from: start, first: first, to: &set)
    }
}

/// Lets `body` add members to the sorted set behind the first key, which is made if there is none, and replies.
/// `memberLength` is that of the first one.
@inline(__always)
func addMembers(
    _ context: inout CommandContext, _ options: AddOptions, memberLength: Int,
    _ body: (borrowing CommandContext, inout Additions, inout SortedSetValue) -> Void
) {
    let key = context.key(1)
    var additions = Additions(options, context)
    switch context.find(key, as: .sortedSet, .write) {
    case .refused: return
    case .absent:
        if !options.contains(.onlyOld) {
            var set = SortedSetValue.create(
                memberLength: memberLength, limits: additions.limits, seed: additions.seed)
            body(context, &additions, &set)
            context.set(key, replacing: nil, .external(.sortedSet, set.value))
        }
    case .found(let found):
        let database = context.database(of: key)
        database.reshape(found) { value in
            var set = SortedSetValue(value)
            body(context, &additions, &set)
            value = set.value
        }
        if additions.isChange { database.touch(key.name) }
    }
    if additions.isNotNumber {
        context.reply.error("ERR resulting score is not a number (NaN)")
    } else if options.contains(.increments) {
        if let score = additions.score { context.reply.double(score) } else { context.reply.null() }
    } else {
        let counts = options.contains(.countsChanges)
        context.reply.integer(counts ? additions.added &+ additions.updated : additions.added)
    }
    if additions.isChange {
        context.database(of: key).noteChanges(additions.added &+ additions.updated)
        context.notify(.sortedSet, options.contains(.increments) ? "zincr" : "zadd", key.name)
    }
}
