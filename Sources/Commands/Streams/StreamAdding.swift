// XADD and XTRIM.
import Bytes
import Containers
import Keyspace
import Platform
import RESP

extension Found {
    /// The stream that the entry holds.
    var stream: StreamValue {
        @inline(__always) get { StreamValue(entry.external) }
    }
}

/// Names and values from an argument on.
struct ArgumentFields: StreamFields {
    let arguments: Arguments
    let start: Int

    @inline(__always) var count: Int { arguments.count &- start }
    @inline(__always) subscript(index: Int) -> ByteView { arguments[start &+ index] }

    /// The bytes of all of them.
    var bytes: Int {
        var sum = 0
        for index in 0..<count { sum &+= self[index].count }
        return sum
    }
}

extension CommandContext {
    /// Lets `body` change the stream at the key; whoever watches the key or waits for it is told.
    @inline(__always)
    func changeStream<Result>(_ key: Key, _ found: Found, _ body: (StreamValue) -> Result) -> Result {
        database(of: key).change(found) { value in body(StreamValue(value)) }
    }

    /// The same for what nobody has to be told of.
    @inline(__always)
    func reshapeStream<Result>(_ key: Key, _ found: Found, _ body: (StreamValue) -> Result) -> Result {
        database(of: key).reshape(found) { value in body(StreamValue(value)) }
    }
}

func xadd(_ context: inout CommandContext) {
    guard let options = StreamAddOptions.parse(context, isAdding: true) else { return }
    let arguments = context.arguments
    let fields = ArgumentFields(arguments: arguments, start: options.next + 1)
    if fields.count < 2 || fields.count & 1 != 0 { return context.reply.wrongArity("xadd") }
    if let given = options.id, !given.isSequenceOpen, given.id == .zero {
        return context.reply.error("ERR The ID specified in XADD must be greater than 0-0")
    }
    let key = context.key(1)
    let lookup = context.find(key, as: .stream, .write)
    if lookup.isRefused { return }
    let found = lookup.found
    if found == nil && !options.createsStream { return context.reply.null() }
    let last = found?.stream.lastID ?? .zero
    if last == .maximum {
        return context.reply.error(
            "ERR The stream has exhausted the last possible ID, unable to add more items")
    }
    guard let id = newID(options.id, after: last, now: context.now) else {
        return context.reply.error(
            "ERR The ID specified in XADD is equal or smaller than the target stream top item")
    }
    let bytes = fields.bytes
    if bytes > StreamNode.largestEntry { return context.reply.error("ERR Elements are too large to be stored") }
    let limits = unsafe context.settings.pointee.streamLimits
    var removed = 0
    if let found {
        removed = context.changeStream(key, found) { stream in
            stream.append(id, fields, bytes: bytes, limits)
            return options.trim.map { stream.trim($0, options.references) } ?? 0
        }
    } else {
        let stream = StreamValue.create()
        stream.append(id, fields, bytes: bytes, limits)
        removed = options.trim.map { stream.trim($0, options.references) } ?? 0
        context.set(key, replacing: nil, .external(.stream, stream.value))
    }
    context.reply.bulk(id)
    context.changed(key, .stream, "xadd")
    if removed > 0 { context.changed(key, .stream, "xtrim") }
}

/// The ID of a new entry; nil: the one that is wanted is not above `last`.
private func newID(_ given: GivenStreamID?, after last: StreamID, now: Int64) -> StreamID? {
    guard let given else {
        let milliseconds = UInt64(max(0, now))
        return milliseconds > last.milliseconds ? StreamID(milliseconds, 0) : last.next
    }
    if given.isSequenceOpen && given.id.milliseconds == last.milliseconds {
        return last.sequence == .max ? nil : StreamID(last.milliseconds, last.sequence &+ 1)
    }
    return given.id > last ? given.id : nil
}

func xtrim(_ context: inout CommandContext) {
    guard let options = StreamAddOptions.parse(context, isAdding: false), let trim = options.trim else { return }
    let key = context.key(1)
    switch context.find(key, as: .stream, .write) {
    case .found(let found):
        let removed = context.reshapeStream(key, found) { $0.trim(trim, options.references) }
        if removed > 0 {
            context.database(of: key).touch(key.name)
            context.database(of: key).noteChanges(removed)
            context.notify(.stream, "xtrim", key.name)
        }
        context.reply.integer(removed)
    case .absent: context.reply.integer(0)
    case .refused: break
    }
}

private let limitNeedsTilde: StaticString = "ERR syntax error, LIMIT cannot be used without the special ~ option"

/// The options of XADD and XTRIM.
struct StreamAddOptions {
    var trim: StreamTrim?
    var createsStream = true
    var references = StreamReferences.keep
    /// Nil: `*`.
    var id: GivenStreamID?
    /// The position of the ID among the arguments of XADD.
    var next = 2
    private var limit: Int64?

    /// Nil: an error was replied.
    static func parse(_ context: CommandContext, isAdding: Bool) -> StreamAddOptions? {
        var options = StreamAddOptions()
        let count = context.arguments.count
        while options.next < count {
            let word = context.arguments[options.next]
            if isAdding && word == "*" { break }
            if let isLength = trimWord(word), options.next + 1 < count {
                guard options.parseBound(context, isLength: isLength) else { return nil }
            } else if word.equalsIgnoringCase("limit") && options.next + 1 < count {
                guard options.parseLimit(context) else { return nil }
            } else if isAdding && word.equalsIgnoringCase("nomkstream") {
                options.createsStream = false
            } else if let references = StreamReferences(word) {
                options.references = references
            } else if isAdding {
                options.id = StreamIDText.parse(word, mayBeOpen: true)
                if options.id != nil { break }
                context.reply.error(StreamErrorText.invalidID)
                return nil
            } else {
                context.reply.error(ErrorText.syntax)
                return nil
            }
            options.next += 1
        }
        return options.finish(context, isAdding: isAdding) ? options : nil
    }

    /// MAXLEN: true, MINID: false.
    private static func trimWord(_ word: ByteView) -> Bool? {
        if word.equalsIgnoringCase("maxlen") { return true }
        return word.equalsIgnoringCase("minid") ? false : nil
    }

    private mutating func parseBound(_ context: CommandContext, isLength: Bool) -> Bool {
        if trim != nil {
            context.reply.error(
                "ERR syntax error, MAXLEN and MINID options at the same time are not compatible")
            return false
        }
        let arguments = context.arguments
        var isApproximate = false
        if next + 2 < arguments.count, arguments[next + 1] == "~" || arguments[next + 1] == "=" {
            isApproximate = arguments[next + 1] == "~"
            next += 1
        }
        next += 1
        if isLength {
            guard let length = IntegerText.parse(arguments[next]) else {
                context.reply.error(ErrorText.notInteger)
                return false
            }
            if length < 0 {
                context.reply.error("ERR The MAXLEN argument must be >= 0.")
                return false
            }
            trim = StreamTrim(.length(Int(length)))
        } else {
            guard let id = context.streamID(next) else { return false }
            trim = StreamTrim(.id(id))
        }
        trim?.isApproximate = isApproximate
        return true
    }

    private mutating func parseLimit(_ context: CommandContext) -> Bool {
        next += 1
        guard let value = IntegerText.parse(context.arguments[next]) else {
            context.reply.error(ErrorText.notInteger)
            return false
        }
        if value < 0 {
            context.reply.error("ERR The LIMIT argument must be >= 0.")
            return false
        }
        limit = value
        return true
    }

    /// What the options together must be.
    private mutating func finish(_ context: CommandContext, isAdding: Bool) -> Bool {
        guard var trim else {
            if let limit, limit != 0 {
                context.reply.error("ERR syntax error, LIMIT cannot be used without specifying a trimming strategy")
                return false
            }
            if !isAdding {
                context.reply.error("ERR syntax error, XTRIM must be called with a trimming strategy")
                return false
            }
            if limit != nil { context.reply.error(limitNeedsTilde) }
            return limit == nil
        }
        if let limit {
            if !trim.isApproximate {
                context.reply.error(limitNeedsTilde)
                return false
            }
            trim.limit = Int(limit)
        } else if trim.isApproximate {
            // So that a command does not take long: as much as a hundred nodes hold.
            let entries = unsafe context.settings.pointee.streamLimits.nodeEntries
            let (most, overflow) = entries.multipliedReportingOverflow(by: 100)
            trim.limit = entries <= 0 ? 10_000 : overflow ? 1_000_000 : min(most, 1_000_000)
        }
        self.trim = trim
        return true
    }
}
