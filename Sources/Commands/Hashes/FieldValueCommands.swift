// HGETEX, HGETDEL and HSETEX: values and deadlines of fields at once.
import Bytes
import Containers
import Keyspace
import RESP

let fieldValueCommands: [Command] = unsafe [
    Command(
        "hgetex", arity: -5, [.write, .fast], [.hash], keys: [.one([.readWrite, .access, .update])], group: .hash,
        since: "8.0.0", complexity: "O(N) where N is the number of fields named.",
        summary: "Returns the values of fields of a hash and changes when they expire.",
        syntax: """
            key [EX seconds | PX milliseconds | EXAT unix-time-seconds | PXAT unix-time-milliseconds | PERSIST] \
            FIELDS numfields field [field ...]
            """
    ) { unsafe hgetex(&$0.context) },
    unsafe Command(
        "hgetdel", arity: -5, [.write, .fast], [.hash], keys: [.one([.readWrite, .access, .delete])], group: .hash,
        since: "8.0.0", complexity: "O(N) where N is the number of fields named.",
        summary: "Returns the values of fields of a hash and removes them.",
        syntax: "key FIELDS numfields field [field ...]"
    ) { unsafe hgetdel(&$0.context) },
    unsafe Command(
        "hsetex", arity: -6, [.write, .denyOutOfMemory, .fast], [.hash], keys: [.one([.readWrite, .update])],
        group: .hash, since: "8.0.0", complexity: "O(N) where N is the number of fields set.",
        summary: "Sets fields of a hash to values and says when they expire.",
        syntax: """
            key [FNX | FXX] [EX seconds | PX milliseconds | EXAT unix-time-seconds | \
            PXAT unix-time-milliseconds | KEEPTTL] FIELDS numfields field value [field value ...]
            """
    ) { unsafe hsetex(&$0.context) },
]

extension CommandContext {
    /// Replies with the value of a field, or null; returns whether there is one.
    fileprivate func replyField(_ hash: HashValue, _ name: ByteView) -> Bool {
        guard let field = hash.find(name, now: now) else {
            reply.null()
            return false
        }
        reply.bulk(field.value)
        return true
    }

    fileprivate func replyNulls(_ fields: Range<Int>) {
        reply.array(fields.count)
        for _ in fields { reply.null() }
    }
}

private func hgetdel(_ context: inout CommandContext) {
    let key = context.key(1)
    let lookup = context.find(key, as: .hash, .write)
    if lookup.isRefused { return }
    let found = lookup.found
    guard let fields = context.fields(at: 2) else { return }
    guard let found else { return context.replyNulls(fields) }
    let view = context
    let removed = context.reshapeHash(key, found) { hash in
        var removed = 0
        view.reply.array(fields.count)
        for index in fields where view.replyField(hash, view.arguments[index]) {
            _ = hash.remove(view.arguments[index], now: view.now)
            removed += 1
        }
        return removed
    }
    if removed > 0 { context.changedFields(key, "hdel", removed) }
    if found.hash.count == 0 { context.removeEmptied(key, found) }
}

extension CommandContext {
    /// The fields that HGETEX names and their new deadline (`Int64.max`: none; nil: the old one), which is given before
    /// the fields or behind them. Nil: an error was replied.
    fileprivate func fieldsAndDeadline() -> (Range<Int>, Int64?)? {
        var place = 2
        if arguments[2].equalsIgnoringCase("fields"), let number = IntegerText.parse(arguments[3]), number > 0,
            number < Int64(arguments.count) - 4
        {
            place = 4 + Int(number)
        }
        var deadline: Int64?
        var length = 0
        if arguments[place].equalsIgnoringCase("persist") {
            (deadline, length) = (.max, 1)
        } else {
            switch fieldDeadline(at: place, "hgetex") {
            case .absent: break
            case .refused: return nil
            case .deadline(let time): (deadline, length) = (time, 2)
            }
        }
        let isLeading = place == 2
        guard let fields = fields(at: isLeading ? 2 + length : 2, rest: isLeading ? 0 : length) else { return nil }
        return (fields, deadline)
    }
}

private func hgetex(_ context: inout CommandContext) {
    let key = context.key(1)
    let lookup = context.find(key, as: .hash, .write)
    if lookup.isRefused { return }
    let found = lookup.found
    guard let (fields, deadline) = context.fieldsAndDeadline() else { return }
    guard let found else { return context.replyNulls(fields) }
    let view = context
    let (changed, removed) = context.reshapeHash(key, found) { hash in
        var (changed, removed) = (0, 0)
        view.reply.array(fields.count)
        for index in fields where view.replyField(hash, view.arguments[index]) {
            guard let deadline else { continue }
            let name = view.arguments[index]
            let outcome =
                deadline == .max ? hash.persist(name, now: view.now) : hash.expire(name, at: deadline, now: view.now)
            if outcome == .changed { changed += 1 }
            if outcome == .removed { removed += 1 }
        }
        return (changed, removed)
    }
    if changed + removed > 0 {
        let event: StaticString = changed == 0 ? "hdel" : deadline == .max ? "hpersist" : "hexpire"
        context.changedFields(key, event, changed + removed)
    }
    context.finishFields(key, found)
}

// MARK: - HSETEX

/// What HSETEX was asked for.
private struct FieldStore {
    var fields = 0..<0
    /// The deadline; nil: each field keeps its own.
    var deadline: Int64? = .max
    var onlyIfAllAbsent = false
    var onlyIfAllPresent = false
    private var hasTime = false

    /// Nil: an error was replied.
    init?(_ context: borrowing CommandContext) {
        let arguments = context.arguments
        var index = 2
        while index < arguments.count {
            let word = arguments[index]
            if word.equalsIgnoringCase("fields") {
                guard let end = takeFields(context, index) else { return nil }
                index = end
            } else if word.equalsIgnoringCase("fnx") || word.equalsIgnoringCase("fxx") {
                if onlyIfAllAbsent || onlyIfAllPresent {
                    context.reply.error("ERR Only one of FXX or FNX arguments can be specified")
                    return nil
                }
                onlyIfAllAbsent = word.equalsIgnoringCase("fnx")
                onlyIfAllPresent = !onlyIfAllAbsent
                index += 1
            } else {
                guard let taken = takeTime(context, index) else { return nil }
                index += taken
            }
        }
        if fields.isEmpty {
            context.reply.error("ERR Mandatory argument FIELDS is missing or not at the right position")
            return nil
        }
    }

    /// Reads the fields and their values; returns where they end.
    private mutating func takeFields(_ context: borrowing CommandContext, _ index: Int) -> Int? {
        let arguments = context.arguments
        if index >= arguments.count - 3 {
            context.reply.wrongArity("hsetex")
            return nil
        }
        guard let number = IntegerText.parse(arguments[index + 1]), number > 0, number <= Int64(Int32.max) else {
            context.reply.error("ERR invalid number of fields")
            return nil
        }
        let end = index + 2 + Int(number) * 2
        // What follows can only be options: they cannot be mistaken, as a pair too few or too many ends elsewhere.
        if end > arguments.count || !fields.isEmpty || end < arguments.count && !isOption(arguments[end]) {
            context.reply.wrongArity("hsetex")
            return nil
        }
        fields = index + 2..<end
        return end
    }

    private func isOption(_ word: ByteView) -> Bool {
        let words: [StaticString] = ["fnx", "fxx", "ex", "px", "exat", "pxat", "keepttl"]
        return words.contains { word.equalsIgnoringCase($0) }
    }

    /// Reads a time or KEEPTTL; returns how many arguments that took.
    private mutating func takeTime(_ context: borrowing CommandContext, _ index: Int) -> Int? {
        let word = context.arguments[index]
        let keeps = word.equalsIgnoringCase("keepttl")
        let isKnown = keeps || isOption(word)
        if isKnown && hasTime {
            context.reply.error("ERR Only one of EX, PX, EXAT, PXAT or KEEPTTL arguments can be specified")
            return nil
        }
        hasTime = true
        if keeps {
            deadline = nil
            return 1
        }
        switch context.fieldDeadline(at: index, "hsetex") {
        case .deadline(let time):
            deadline = time
            return 2
        case .refused: return nil
        case .absent:
            context.reply.errorParts { line in
                line.append("ERR unknown argument: ")
                line.append(word)
            }
            return nil
        }
    }

    /// Whether the fields that are there, and those that are not, are as FNX or FXX wants them.
    func isMet(by hash: HashValue?, _ arguments: Arguments, now: Int64) -> Bool {
        if !onlyIfAllAbsent && !onlyIfAllPresent { return true }
        return stride(from: fields.lowerBound, to: fields.upperBound, by: 2).allSatisfy { index in
            (hash?.find(arguments[index], now: now) != nil) == onlyIfAllPresent
        }
    }
}

private func hsetex(_ context: inout CommandContext) {
    guard let request = FieldStore(context) else { return }
    let key = context.key(1)
    let lookup = context.find(key, as: .hash, .write)
    if lookup.isRefused { return }
    let found = lookup.found
    let arguments = context.arguments
    let now = context.now
    guard request.isMet(by: found?.hash, arguments, now: now) else { return context.reply.integer(0) }
    let limits = context.hashLimits
    let isPast = request.deadline.map { $0 <= now } ?? false
    context.changeHash(key, found) { hash in
        let fields = Arguments(arguments, upTo: request.fields.upperBound)
        _ = setAll(
            &hash, fields, from: request.fields.lowerBound, deadline: isPast ? .max : request.deadline, now: now, limits
        )
        if !isPast { return }
        for index in stride(from: request.fields.lowerBound, to: request.fields.upperBound, by: 2) {
            _ = hash.remove(arguments[index], now: now)
        }
    }
    context.database(of: key).noteChanges(request.fields.count / 2)
    context.notify(.hash, "hset", key.name)
    if isPast {
        context.notify(.hash, "hdel", key.name)
    } else if let deadline = request.deadline, deadline != .max {
        context.notify(.hash, "hexpire", key.name)
    }
    if let stored = found ?? context.find(key, .peek) { context.finishFields(key, stored) }
    context.reply.integer(1)
}
