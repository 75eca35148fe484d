// Putting the replies of a round that went through mailboxes together, in the order of its commands.
import Bytes
import Commands
import Containers
import RESP

extension UnsafeMutablePointer where Pointee == WorkerState {
    /// Copies the replies of all records into the output.
    func assemble(_ round: UnsafeMutablePointer<Round>) {
        let output = unsafe self.pointee.output
        switch unsafe round.pointee.kind {
        case .lease, .transaction:
            unsafe output.pointee.append(round.pointee.local.pointee, from: 0, to: round.pointee.local.pointee.bytes.count)
            return
        case .parts: break
        }
        for index in unsafe 0..<round.pointee.records.count {
            let record = unsafe round.pointee.records[index]
            let steps = unsafe round.pointee.steps.elements + Int(record.firstStep)
            if record.stepCount == 1 {
                unsafe output.pointee.append(
                    replyBuffer(of: steps, round).pointee, from: steps.pointee.replyStart,
                    to: steps.pointee.replyEnd)
            } else {
                unsafe merge(round, record, steps)
            }
        }
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

    /// Makes one reply of a scattered command's shares.
    private func merge(
        _ round: UnsafeMutablePointer<Round>, _ record: Record, _ steps: UnsafeMutablePointer<Step>
    ) {
        let count = Int(record.stepCount)
        if unsafe steps.pointee.replies != .on { return }
        let output = unsafe self.pointee.output
        for index in 0..<count {
            let share = unsafe reply(of: steps + index, round)
            if share.isEmpty || share[0] == RESPByte.minus {
                unsafe output.pointee.bytes.append(share)
                return
            }
        }
        let table = unsafe self.pointee.commandTable.takeUnretainedValue()
        let how: Merge
        switch unsafe table.entries[Int(steps.pointee.command)].routing {
        case .scatter(let merge), .broadcast(let merge): how = merge
        default: how = .firstError
        }
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
        case .keyOrder: unsafe mergeInKeyOrder(round, record, steps, writer)
        }
    }

    private func mergeInKeyOrder(
        _ round: UnsafeMutablePointer<Round>, _ record: Record, _ steps: UnsafeMutablePointer<Step>,
        _ writer: ReplyWriter
    ) {
        var cursors = unsafe [ReplyCursor?](repeating: nil, count: self.pointee.map.shardCount)
        for index in 0..<Int(record.stepCount) {
            var cursor = unsafe ReplyCursor(reply(of: steps + index, round))
            _ = cursor.enter()
            unsafe cursors[Int(steps[index].shard)] = cursor
        }
        writer.array(Int(record.keyCount))
        for key in 0..<Int(record.keyCount) {
            let shard = unsafe Int(round.pointee.keyShards[Int(record.firstKeyShard) + key])
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
