// What SCAN, HSCAN, SSCAN and ZSCAN are asked for, and a page of a collection's elements.
import Bytes
import Containers
import Keyspace
import RESP

/// What a walk leaves out, and how much it does in a call.
struct ScanOptions {
    /// Options that not every walk has, beside MATCH and COUNT.
    struct Words: OptionSet {
        let rawValue: UInt8
        static let type = Words(rawValue: 1)
        static let noValues = Words(rawValue: 2)
    }

    private var pattern = GlobPattern(ByteView("*"))
    private var takesAll = true
    private var type: ByteView?
    private(set) var count = 10
    private(set) var leavesValuesOut = false

    /// The options from an argument on; nil if they were refused, which the client has been told.
    init?(_ context: borrowing CommandContext, from start: Int, allows words: Words = []) {
        let arguments = context.arguments
        var index = start
        while index < arguments.count {
            let option = arguments[index]
            if words.contains(.noValues), option.equalsIgnoringCase("novalues") {
                leavesValuesOut = true
                index += 1
                continue
            }
            guard index + 1 < arguments.count else {
                context.reply.error(ErrorText.syntax)
                return nil
            }
            let value = arguments[index + 1]
            if option.equalsIgnoringCase("count") {
                guard let number = IntegerText.parse(value) else {
                    context.reply.error(ErrorText.notInteger)
                    return nil
                }
                guard number > 0 else {
                    context.reply.error(ErrorText.syntax)
                    return nil
                }
                count = Int(number)
            } else if option.equalsIgnoringCase("match") {
                pattern = GlobPattern(value)
                takesAll = pattern.matchesEverything
            } else if words.contains(.type), option.equalsIgnoringCase("type") {
                type = value
            } else {
                context.reply.error(ErrorText.syntax)
                return nil
            }
            index += 2
        }
    }

    func takes(_ entry: Entry, now: Int64) -> Bool {
        if entry.isExpired(now: now) { return false }
        if let type, !type.equalsIgnoringCase(entry.type.name) { return false }
        return takesAll || pattern.matches(entry.key)
    }

    func takes(_ element: ListpackElement) -> Bool { takesAll || element.withBytes { pattern.matches($0) } }
}

/// What one call has come to: elements seen, and replies written for those that were taken.
struct ScanPage {
    var seen = 0
    var written = 0
}

extension ReplyWriter {
    /// Replies with the next cursor and an array of what `step` writes on its way from one position to the next, nil
    /// behind the last.
    func page(_ options: ScanOptions, from cursor: UInt64, _ step: (UInt64, inout ScanPage) -> UInt64?) {
        array(2)
        // The cursor comes first, but is known last.
        let cursorPlace = deferLength()
        let elementsPlace = deferLength()
        var page = ScanPage()
        var position: UInt64? = cursor
        var steps = 0
        // A sparse table must not make a call long: most steps bring several elements.
        while let start = position, page.seen < options.count && steps / 10 < options.count {
            position = step(start, &page)
            steps += 1
        }
        finishArray(elementsPlace, page.written)
        finishBulk(cursorPlace, integer: Int64(bitPattern: position ?? 0))
    }
}
