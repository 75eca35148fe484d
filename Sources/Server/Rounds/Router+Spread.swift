// Commands that are split into one step a shard.
import Bytes
import Commands
import Containers
import Keyspace
import RESP

extension UnsafeMutablePointer where Pointee == WorkerState {
    /// One step a shard.
    func broadcast(_ round: UnsafeMutablePointer<Round>, _ step: inout Step) {
        if let refusal = unsafe self.pointee.server._withUnsafeGuaranteedRef({ $0.refusal }) {
            step.outcome = refusal.verdict
            return unsafe append(round, step)
        }
        step.shares = unsafe UInt16(truncatingIfNeeded: self.pointee.map.shardCount)
        step.isShare = step.shares > 1
        for shard in unsafe 0..<self.pointee.map.shardCount {
            step.shard = Int16(truncatingIfNeeded: shard)
            unsafe round.pointee.need(shard)
            unsafe round.pointee.steps.append(step)
        }
        unsafe round.pointee.commandCount += 1
    }

    /// Splits a command into one step a shard, each with the shard's keys (and what follows each key).
    func scatter(
        _ connection: ConnectionPointer, _ round: UnsafeMutablePointer<Round>, _ arguments: Arguments,
        _ step: inout Step
    ) -> Bool {
        let command = unsafe self.pointee.commands + Int(step.command)
        let stride = unsafe Int(command.pointee.keyStep)
        let keyCount = (arguments.count - 1) / stride
        if unsafe self.pointee.map.shardCount == 1 || keyCount <= 1 && (arguments.count - 1) % stride == 0 {
            return unsafe routeKeyed(connection, round, arguments, &step)
        }
        if (arguments.count - 1) % stride != 0 {
            // The handler will refuse it, on any shard.
            step.shard = 0
            unsafe round.pointee.need(0)
            unsafe append(round, step)
            return false
        }
        let firstKeyShard = unsafe round.pointee.keyShards.count
        var isSpread = false
        for key in 0..<keyCount {
            let shard = unsafe self.pointee.map.route(arguments[1 + key * stride]).shard
            unsafe round.pointee.keyShards.append(UInt16(truncatingIfNeeded: shard))
            if unsafe shard != Int(round.pointee.keyShards[firstKeyShard]) { isSpread = true }
        }
        if !isSpread { return unsafe routeKeyed(connection, round, arguments, &step) }
        if let refusal = unsafe refusal(ofScattered: round, from: firstKeyShard) {
            step.outcome = refusal.verdict
            unsafe append(round, step)
            return false
        }
        let firstArgument = Int(step.firstArgument)
        let argumentCount = step.argumentCount
        let firstStep = unsafe round.pointee.steps.count
        step.isShare = true
        // Shards in the order of their first keys; a pass over the keys for each.
        for shard in unsafe 0..<self.pointee.map.shardCount {
            let start = unsafe round.pointee.arguments.count
            for key in 0..<keyCount where unsafe Int(round.pointee.keyShards[firstKeyShard + key]) == shard {
                if unsafe round.pointee.arguments.count == start {
                    unsafe round.pointee.arguments.append(round.pointee.arguments[firstArgument])
                }
                for offset in 0..<stride {
                    unsafe round.pointee.arguments.append(
                        round.pointee.arguments[firstArgument + 1 + key * stride + offset])
                }
            }
            guard unsafe round.pointee.arguments.count > start else { continue }
            step.firstArgument = UInt32(truncatingIfNeeded: start)
            step.argumentCount = unsafe UInt32(truncatingIfNeeded: round.pointee.arguments.count - start)
            step.hash = unsafe self.pointee.map.hash(round.pointee.arguments[start + 1])
            step.shard = Int16(truncatingIfNeeded: shard)
            unsafe round.pointee.need(shard)
            unsafe round.pointee.steps.append(step)
        }
        let shares = unsafe round.pointee.steps.count - firstStep
        unsafe round.pointee.steps[firstStep].shares = UInt16(truncatingIfNeeded: shares)
        unsafe round.pointee.scatters.append(
            Scatter(
                firstStep: firstStep, firstKeyShard: firstKeyShard, keyCount: keyCount,
                firstArgument: UInt32(truncatingIfNeeded: firstArgument), argumentCount: argumentCount))
        unsafe round.pointee.commandCount += 1
        return false
    }
}
