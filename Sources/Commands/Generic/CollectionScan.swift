// The options of HSCAN, SSCAN and ZSCAN, and how far one call goes.
import Bytes
import Keyspace
import RESP

/// `cursor [MATCH pattern] [COUNT count]`, for HSCAN also `[NOVALUES]`.
struct CollectionScan {
    /// Where to begin.
    let cursor: UInt64
    private(set) var pattern = GlobPattern(ByteView("*"))
    private(set) var takesAll = true
    private(set) var count = 10
    private(set) var hasValues = true

    /// The cursor alone, at position 2; nil: an error was replied.
    init?(cursorOf context: borrowing CommandContext) {
        guard let cursor = ScanCursor.parse(context.arguments[2]) else {
            context.reply.error(ErrorText.invalidCursor)
            return nil
        }
        self.cursor = cursor
    }

    /// The options behind the cursor, which Redis reads only if there is such a key. False: an error was replied.
    mutating func parseOptions(_ context: borrowing CommandContext, allowingNoValues: Bool = false) -> Bool {
        let arguments = context.arguments
        var index = 3
        while index < arguments.count {
            let option = arguments[index]
            let hasNext = index + 1 < arguments.count
            if hasNext && option.equalsIgnoringCase("count") {
                guard let number = IntegerText.parse(arguments[index + 1]) else {
                    context.reply.error(ErrorText.notInteger)
                    return false
                }
                guard number > 0 else {
                    context.reply.error(ErrorText.syntax)
                    return false
                }
                count = Int(number)
                index += 2
            } else if hasNext && option.equalsIgnoringCase("match") {
                pattern = GlobPattern(arguments[index + 1])
                takesAll = pattern.matchesEverything
                index += 2
            } else if option.equalsIgnoringCase("novalues") {
                guard allowingNoValues else {
                    context.reply.error("ERR NOVALUES option can only be used in HSCAN")
                    return false
                }
                hasValues = false
                index += 1
            } else {
                context.reply.error(ErrorText.syntax)
                return false
            }
        }
        return true
    }

    func takes(_ name: ByteView) -> Bool { takesAll || pattern.matches(name) }

    /// Replies with one page: `step` makes one step from a position, writes what it finds, adds to the numbers of
    /// elements of the reply it has written and of elements it has seen, and says where to go on; nil: that was all.
    func reply(
        _ reply: ReplyWriter, elementsOf step: (UInt64, _ written: inout Int, _ seen: inout Int) -> UInt64?
    ) {
        reply.array(2)
        // The cursor comes first, but is known last.
        let cursorPlace = reply.deferLength()
        var position: UInt64? = cursor
        var (written, seen, steps) = (0, 0, 0)
        let place = reply.deferLength()
        // A sparse table must not make a call long: most steps bring several elements.
        while let start = position, seen < count && steps / 10 < count {
            position = step(start, &written, &seen)
            steps += 1
        }
        reply.finishArray(place, written)
        reply.finishBulk(cursorPlace, integer: Int64(bitPattern: position ?? 0))
    }

    /// The page of a key that does not exist.
    static func replyEmpty(_ reply: ReplyWriter) {
        reply.array(2)
        reply.bulk("0")
        reply.array(0)
    }
}
