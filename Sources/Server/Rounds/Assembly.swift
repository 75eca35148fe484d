// Putting the replies of a round that went through mailboxes together, in the order of its commands.
import Bytes
import Commands
import Containers
import RESP

extension UnsafeMutablePointer where Pointee == WorkerState {
    /// Copies the replies of all commands into the output.
    func assemble(_ round: UnsafeMutablePointer<Round>) {
        let output = unsafe self.pointee.output
        switch unsafe round.pointee.kind {
        case .lease, .transaction:
            unsafe output.pointee.wasCut = unsafe round.pointee.local.pointee.wasCut
            let length = unsafe round.pointee.local.pointee.bytes.count
            unsafe output.pointee.append(round.pointee.local.pointee, from: 0, to: length)
            return
        case .parts: break
        }
        if unsafe hasCutReply(round) {
            unsafe output.pointee.wasCut = true
            return
        }
        var index = 0
        var scattered = 0
        let count = unsafe round.pointee.steps.count
        while index < count {
            let step = unsafe round.pointee.steps.elements + index
            let shares = unsafe Int(step.pointee.shares)
            if shares == 1 {
                unsafe output.pointee.append(
                    replyBuffer(of: step, round).pointee, from: step.pointee.replyStart,
                    to: step.pointee.replyEnd)
            } else {
                unsafe merge(round, step, shares, &scattered)
            }
            index += shares
        }
    }

    /// Whether a reply is not whole, so that nothing can be made of it.
    private func hasCutReply(_ round: UnsafeMutablePointer<Round>) -> Bool {
        for index in unsafe 0..<round.pointee.shards.count
        where unsafe round.pointee.parts[round.pointee.shards[index]].reply.pointee.wasCut {
            return true
        }
        return unsafe round.pointee.local.pointee.wasCut
    }

    private func replyBuffer(
        of step: UnsafeMutablePointer<Step>, _ round: UnsafeMutablePointer<Round>
    ) -> UnsafeMutablePointer<ReplyBuffer> {
        let shard = unsafe Int(step.pointee.shard)
        return unsafe shard < 0 ? round.pointee.local : round.pointee.parts[shard].reply
    }

    private func reply(of step: UnsafeMutablePointer<Step>, _ round: UnsafeMutablePointer<Round>) -> ByteView {
        unsafe replyBuffer(of: step, round).pointee.bytes.view.dropFirst(step.pointee.replyStart)
            .prefix(step.pointee.replyEnd - step.pointee.replyStart)
    }

    /// Makes one reply of a scattered command's shares, and notes of the whole what is noted of a command.
    private func merge(
        _ round: UnsafeMutablePointer<Round>, _ steps: UnsafeMutablePointer<Step>, _ count: Int,
        _ scattered: inout Int
    ) {
        let output = unsafe self.pointee.output
        let start = unsafe output.pointee.bytes.count
        var whole = unsafe steps.pointee
        if unsafe self.pointee.commands[Int(whole.command)].route == .scatter {
            whole.firstArgument = unsafe round.pointee.scatters[scattered].firstArgument
            whole.argumentCount = unsafe round.pointee.scatters[scattered].argumentCount
        }
        unsafe mergeReplies(round, steps, count, &scattered)
        var cycles: UInt64 = 0
        for index in 0..<count { unsafe cycles &+= steps[index].hash }
        unsafe self.pointee.statistics.pointee.commands.pointee.count(Int(whole.command), cycles: cycles)
        unsafe withUnsafeMutablePointer(to: &whole) { unsafe observe($0, round, cycles, output, start) }
    }

    private func mergeReplies(
        _ round: UnsafeMutablePointer<Round>, _ steps: UnsafeMutablePointer<Step>, _ count: Int,
        _ scattered: inout Int
    ) {
        let scatter = scattered
        if unsafe self.pointee.commands[Int(steps.pointee.command)].route == .scatter { scattered += 1 }
        if unsafe steps.pointee.replies != .on { return }
        let output = unsafe self.pointee.output
        for index in 0..<count {
            let share = unsafe reply(of: steps + index, round)
            if share.isEmpty || share[0] == RESPByte.minus {
                unsafe output.pointee.bytes.append(share)
                return
            }
        }
        let how = unsafe self.pointee.commands[Int(steps.pointee.command)].merge
        let writer = unsafe ReplyWriter(output, protocolVersion: 2)
        switch how {
        case .firstError: unsafe output.pointee.bytes.append(reply(of: steps, round))
        case .sum:
            var sum: Int64 = 0
            for index in 0..<count { unsafe sum &+= integer(reply(of: steps + index, round)) }
            writer.integer(sum)
        case .concatenate:
            var elements = 0
            for index in 0..<count {
                var cursor = unsafe ReplyCursor(reply(of: steps + index, round))
                elements += cursor.enter() ?? 0
            }
            writer.array(elements)
            for index in 0..<count {
                let share = unsafe reply(of: steps + index, round)
                var cursor = ReplyCursor(share)
                _ = cursor.enter()
                unsafe output.pointee.bytes.append(share.dropFirst(cursor.position))
            }
        case .keyOrder: unsafe mergeInKeyOrder(round, round.pointee.scatters[scatter], steps, count, writer)
        }
    }

    private func mergeInKeyOrder(
        _ round: UnsafeMutablePointer<Round>, _ scatter: Scatter, _ steps: UnsafeMutablePointer<Step>,
        _ count: Int, _ writer: ReplyWriter
    ) {
        var cursors = unsafe [ReplyCursor?](repeating: nil, count: self.pointee.map.shardCount)
        for index in 0..<count {
            var cursor = unsafe ReplyCursor(reply(of: steps + index, round))
            _ = cursor.enter()
            unsafe cursors[Int(steps[index].shard)] = cursor
        }
        writer.array(scatter.keyCount)
        for key in 0..<scatter.keyCount {
            let shard = unsafe Int(round.pointee.keyShards[scatter.firstKeyShard + key])
            guard let element = cursors[shard]?.next() else { preconditionFailure("a share lacks an element") }
            writer.raw(element)
        }
    }

    /// The number of an integer reply.
    private func integer(_ reply: ByteView) -> Int64 {
        guard reply.count > 3 else { return 0 }
        return IntegerText.parse(reply.dropFirst(1).prefix(reply.count - 3)) ?? 0
    }
}
