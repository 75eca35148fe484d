// Running commands while hot keys are tracked: what each has cost is told to the tracker of its keys' shard.
import Bytes
import Commands
import Containers
import Keyspace
import Platform
import RESP

extension UnsafeMutablePointer where Pointee == WorkerState {
    /// Runs steps on a shard whose hot keys are tracked, or of a client that is told of keys that it has read: the
    /// first `count` of the round, or those that a part names.
    @inline(never)
    func runTracked(
        _ round: UnsafeMutablePointer<Round>, part: UnsafeMutablePointer<Part>?, count: Int,
        _ shard: UnsafeMutablePointer<Shard>, into reply: UnsafeMutablePointer<ReplyBuffer>, started: inout UInt64
    ) {
        let steps = unsafe round.pointee.steps.elements
        for index in 0..<count {
            let step = unsafe steps + (part.map { unsafe Int($0.pointee.steps[index]) } ?? index)
            let before = started
            if let connection = unsafe round.pointee.connection, unsafe connection.pointee.tracksKeys {
                unsafe self.pointee.tracking.isMarked = step - steps < round.pointee.markedSteps
            }
            unsafe run(step, of: round, into: reply, started: &started)
            unsafe account(step, of: round, shard, cycles: started &- before, now: started)
            if let connection = unsafe round.pointee.connection, unsafe connection.pointee.tracksKeys {
                unsafe rememberKeys(readBy: step, round, for: connection)
            }
            if unsafe _slowPath(shard.pointee.waiting.hasChanges) { unsafe serveWaiting(shard) }
        }
    }

    /// Tells what a step has cost. All shards of its keys are held; `shard` is one of them.
    @inline(__always)
    func account(
        _ step: UnsafeMutablePointer<Step>, of round: UnsafeMutablePointer<Round>,
        _ shard: UnsafeMutablePointer<Shard>, cycles: UInt64, now: UInt64
    ) {
        guard unsafe step.pointee.outcome == .run, let tracker = unsafe shard.pointee.hotKeys else { return }
        switch unsafe self.pointee.commands[Int(step.pointee.command)].route {
        case .keyless, .ordered, .broadcast, .allShards, .cursor, .session: return
        case .keyed, .keyedBySpecs, .keyedOrAllShards, .scatter, .blocking, .script: break
        }
        let bytes = unsafe step.pointee.replyEnd &- step.pointee.replyStart
        if unsafe _slowPath(tracker.pointee.takes(cycles: cycles, replyBytes: bytes)) {
            unsafe noteKeys(step, of: round, shard, cycles: cycles, replyBytes: bytes, now: now)
        }
    }

    /// The same of a step on a lease. `start` and `end`: the cycle counter.
    @inline(__always)
    func accountLeased(
        _ step: UnsafeMutablePointer<Step>, of round: UnsafeMutablePointer<Round>, from start: UInt64, to end: UInt64
    ) {
        guard unsafe round.pointee.shards.count > 0 else { return }
        let shard = unsafe self.pointee.shards[round.pointee.shards[0]]
        if unsafe _slowPath(shard.pointee.tracksHotKeys) {
            unsafe account(step, of: round, shard, cycles: end &- start, now: end)
        }
    }

    /// Divides what a step has cost among its keys.
    @inline(never)
    private func noteKeys(
        _ step: UnsafeMutablePointer<Step>, of round: UnsafeMutablePointer<Round>,
        _ shard: UnsafeMutablePointer<Shard>, cycles: UInt64, replyBytes: Int, now: UInt64
    ) {
        guard let tracker = unsafe shard.pointee.hotKeys else { return }
        if unsafe now >= tracker.pointee.request.endCycles { return unsafe shard.pointee.stopHotKeys() }
        let weight = unsafe tracker.pointee.weight(cycles: cycles, replyBytes: replyBytes, now: now)
        if weight == 0 { return }
        let arguments = unsafe round.pointee.arguments.window(
            from: Int(step.pointee.firstArgument), count: Int(step.pointee.argumentCount))
        let table = unsafe self.pointee.commandTable._withUnsafeGuaranteedRef { $0 }
        let specs = unsafe table.entries[Int(step.pointee.command)].keys
        var keyCount = 0
        for spec in specs {
            for _ in spec.positions(in: arguments) ?? stride(from: 0, to: 0, by: 1) { keyCount += 1 }
        }
        if keyCount == 0 { return }
        let bytes = unsafe weight * Double(replyBytes + requestBytes(arguments)) / Double(keyCount)
        let time = weight * Double(cycles) / Double(keyCount)
        for spec in specs {
            for position in spec.positions(in: arguments) ?? stride(from: 0, to: 0, by: 1) {
                let route = unsafe self.pointee.map.route(arguments[position])
                let home = unsafe self.pointee.shards[route.shard]
                if unsafe !home.pointee.tracksHotKeys { continue }
                unsafe home.pointee.hotKeys?.pointee.note(
                    arguments[position], hash: route.hash, cycles: time, bytes: bytes)
            }
        }
    }

    /// What a request takes on the wire: `*2\r\n$3\r\nGET\r\n…`.
    private func requestBytes(_ arguments: Arguments) -> Int {
        func digits(_ number: Int) -> Int {
            var (count, bound) = (1, 10)
            while number >= bound && count < 18 { (count, bound) = (count + 1, bound * 10) }
            return count
        }
        var total = 3 + digits(arguments.count)
        for index in 0..<arguments.count { total += 5 + digits(arguments[index].count) + arguments[index].count }
        return total
    }
}
