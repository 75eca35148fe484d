// LCS: the longest common subsequence of two strings.
import Bytes
import Keyspace
import Platform
import RESP

/// What LCS was asked for.
private struct SubsequenceRequest {
    var wantsLength = false
    var wantsMatches = false
    var wantsMatchLengths = false
    var minimumLength: Int64 = 0
}

/// A run of equal bytes in both strings.
private struct CommonRun {
    var first: Range<Int>
    var second: Range<Int>
}

func lcs(_ context: inout CommandContext) {
    // Both keys are looked up before anything is replied; an absent one counts as an empty string.
    let first = context.find(context.key(1))
    let second = context.find(context.key(2))
    if first.map({ $0.entry.type != .string }) ?? false || second.map({ $0.entry.type != .string }) ?? false {
        return context.reply.error("ERR The specified keys must contain string values")
    }
    guard let request = parse(&context) else { return }
    if request.wantsLength && request.wantsMatches {
        return context.reply.error("ERR If you want both the length and indexes, please just use IDX.")
    }
    withText(first) { left in
        withText(second) { right in solve(&context, request, left, right) }
    }
}

private func withText(_ found: Found?, _ body: (ByteView) -> Void) {
    guard let found else { return body(.empty) }
    found.entry.withString(body)
}

/// Nil: an error was replied.
private func parse(_ context: inout CommandContext) -> SubsequenceRequest? {
    var request = SubsequenceRequest()
    var index = 3
    while index < context.arguments.count {
        let word = context.arguments[index]
        if word.equalsIgnoringCase("idx") {
            request.wantsMatches = true
        } else if word.equalsIgnoringCase("len") {
            request.wantsLength = true
        } else if word.equalsIgnoringCase("withmatchlen") {
            request.wantsMatchLengths = true
        } else if word.equalsIgnoringCase("minmatchlen"), index + 1 < context.arguments.count {
            index += 1
            guard let length = IntegerText.parse(context.arguments[index]) else {
                context.reply.error(ErrorText.notInteger)
                return nil
            }
            request.minimumLength = max(0, length)
        } else {
            context.reply.error(ErrorText.syntax)
            return nil
        }
        index += 1
    }
    return request
}

/// Fills the table of lengths of the common subsequences of all prefixes, then walks back through it.
private func solve(
    _ context: inout CommandContext, _ request: SubsequenceRequest, _ left: ByteView, _ right: ByteView
) {
    let width = right.count + 1
    let (cells, overflows) = (left.count + 1).multipliedReportingOverflow(by: width)
    let limit = unsafe context.settings.pointee.maximumStringLength
    if overflows || cells > limit / 4 {
        return context.reply.error(
            "ERR Insufficient memory, transient memory for LCS exceeds proto-max-bulk-len")
    }
    var lengths = [UInt32](repeating: 0, count: cells)
    for row in 0..<left.count {
        let byte = left[row]
        for column in 0..<right.count {
            lengths[(row + 1) * width + column + 1] =
                byte == right[column]
                ? lengths[row * width + column] + 1
                : max(lengths[row * width + column + 1], lengths[(row + 1) * width + column])
        }
    }
    let total = Int(lengths[cells - 1])
    if request.wantsLength { return context.reply.integer(total) }
    var common = [UInt8](repeating: 0, count: total)
    var runs: [CommonRun] = []
    var (row, column, rest) = (left.count, right.count, total)
    while row > 0 && column > 0 {
        if left[row - 1] == right[column - 1] {
            rest -= 1
            common[rest] = left[row - 1]
            row -= 1
            column -= 1
            if let last = runs.last, last.first.lowerBound == row + 1, last.second.lowerBound == column + 1 {
                runs[runs.count - 1].first = row..<last.first.upperBound
                runs[runs.count - 1].second = column..<last.second.upperBound
            } else {
                runs.append(CommonRun(first: row..<row + 1, second: column..<column + 1))
            }
        } else if lengths[(row - 1) * width + column] > lengths[row * width + column - 1] {
            row -= 1
        } else {
            column -= 1
        }
    }
    if !request.wantsMatches { return ByteView.withView(common) { context.reply.bulk($0) } }
    replyMatches(&context, request, runs.filter { $0.first.count >= request.minimumLength }, total)
}

private func replyMatches(
    _ context: inout CommandContext, _ request: SubsequenceRequest, _ runs: [CommonRun], _ total: Int
) {
    context.reply.map(2)
    context.reply.bulk("matches")
    context.reply.array(runs.count)
    for run in runs {
        context.reply.array(request.wantsMatchLengths ? 3 : 2)
        for range in [run.first, run.second] {
            context.reply.array(2)
            context.reply.integer(range.lowerBound)
            context.reply.integer(range.upperBound - 1)
        }
        if request.wantsMatchLengths { context.reply.integer(run.first.count) }
    }
    context.reply.bulk("len")
    context.reply.integer(total)
}
