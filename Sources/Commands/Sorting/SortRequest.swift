// What SORT was asked for.
import Bytes
import RESP

/// `key [BY pattern] [LIMIT offset count] [GET pattern …] [ASC | DESC] [ALPHA] [STORE destination]`
struct SortRequest {
    /// By what the elements are compared, if not by themselves. It has a `*`.
    private(set) var by: ByteView?
    /// A pattern without `*`: the elements stay in their order.
    private(set) var isUnsorted = false
    private(set) var offset: Int64 = 0
    /// Negative: all.
    private(set) var count: Int64 = -1
    private(set) var gets: [ByteView] = []
    private(set) var isDescending = false
    private(set) var isAlphabetic = false
    /// The position of the destination; 0: none.
    private(set) var destination = 0

    /// Nil: an error was replied.
    init?(_ context: borrowing CommandContext, allowingStore: Bool) {
        let arguments = context.arguments
        var index = 2
        while index < arguments.count {
            let option = arguments[index]
            let following = arguments.count - index - 1
            if option.equalsIgnoringCase("asc") {
                isDescending = false
            } else if option.equalsIgnoringCase("desc") {
                isDescending = true
            } else if option.equalsIgnoringCase("alpha") {
                isAlphabetic = true
            } else if following >= 2, option.equalsIgnoringCase("limit") {
                guard let offset = IntegerText.parse(arguments[index + 1]),
                    let count = IntegerText.parse(arguments[index + 2])
                else {
                    context.reply.error(ErrorText.notInteger)
                    return nil
                }
                (self.offset, self.count) = (offset, count)
                index += 2
            } else if following >= 1, allowingStore, option.equalsIgnoringCase("store") {
                destination = index + 1
                index += 1
            } else if following >= 1, option.equalsIgnoringCase("by") {
                by = arguments[index + 1]
                // Once such a pattern was given, no later one makes Redis sort.
                if SortPattern.star(in: arguments[index + 1]) == nil { isUnsorted = true }
                index += 1
            } else if following >= 1, option.equalsIgnoringCase("get") {
                gets.append(arguments[index + 1])
                index += 1
            } else {
                context.reply.error(ErrorText.syntax)
                return nil
            }
            index += 1
        }
    }

    /// Sorts by the elements' own bytes after all.
    mutating func sortByBytes() {
        isUnsorted = false
        isAlphabetic = true
        by = nil
    }

    /// The part of `total` elements that is wanted.
    func range(of total: Int) -> Range<Int> {
        let start = Int(min(max(offset, 0), Int64(total)))
        let length = count < 0 ? total : Int(min(count, Int64(total)))
        return start..<min(total, start + length)
    }
}

extension Arguments {
    /// Whether options of SORT may name further keys.
    package var haveSortPatterns: Bool {
        for index in 2..<Swift.max(2, count) {
            let option = self[index]
            if option.count > 5 || option.count < 2 { continue }
            if option.equalsIgnoringCase("by") || option.equalsIgnoringCase("get")
                || option.equalsIgnoringCase("store")
            {
                return true
            }
        }
        return false
    }
}
