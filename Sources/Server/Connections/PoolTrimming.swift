// Memory that workers keep for their next connections: what was not needed for a while is given back.
import Bytes
import Commands
import Containers
import Platform
import RESP

/// What a worker's pools have been needed for since the last look.
struct PoolDemand {
    /// The fewest inputs and rounds that lay there.
    var leastInputs = 0
    var leastRounds = 0
    /// Something was taken since then.
    var isUsed = false
    /// There will be another look.
    var isAwaited = false
    /// When to look again, in milliseconds since the epoch.
    var nextLook: Int64 = 0
}

/// How much a worker's pools may hold: as much as is useful, but all pools together a few hundredths of `maxmemory`, so
/// that they do not crowd the keys out of a small cache.
struct PoolLimits {
    /// Inputs of 64 KB.
    let inputs: Int
    /// Rounds that keep their buffers.
    let rounds: Int
    /// What the reply of one part keeps.
    let replyCapacity: Int

    init(maximumMemory: Int, workers: Int, shards: Int) {
        let share = maximumMemory == 0 ? Int.max : maximumMemory / 64 / workers
        inputs = max(1, min(64, share / (64 << 10)))
        replyCapacity = max(1 << 10, min(64 << 10, share / 2 / (shards + 1)))
        rounds = max(1, min(16, share / (replyCapacity * (shards + 1))))
    }
}

/// The milliseconds between two looks.
private let interval: Int64 = 1000

extension UnsafeMutablePointer where Pointee == WorkerState {
    /// A round from the pool, or a new one.
    func takeFreeRound() -> UnsafeMutablePointer<Round> {
        guard let round = unsafe self.pointee.freeRounds.popLast() else {
            return unsafe Round.make(origin: self.pointee.index, shardCount: self.pointee.map.shardCount)
        }
        unsafe self.pointee.poolDemand.isUsed = true
        let left = unsafe self.pointee.freeRounds.count
        if unsafe left < self.pointee.poolDemand.leastRounds { unsafe self.pointee.poolDemand.leastRounds = left }
        return unsafe round
    }

    /// The memory of an input from the pool, if there is one.
    func takeFreeInput() -> ByteBufferBox? {
        guard let box = unsafe self.pointee.freeInputs.popLast() else { return nil }
        unsafe self.pointee.poolDemand.isUsed = true
        let left = unsafe self.pointee.freeInputs.count
        if unsafe left < self.pointee.poolDemand.leastInputs { unsafe self.pointee.poolDemand.leastInputs = left }
        return box
    }

    /// Once a second gives back what has lain in the pools all the while. Returns the milliseconds until there may be
    /// something again, -1: the pools are not used.
    func trimPools() -> Int32 {
        guard unsafe self.pointee.poolDemand.isUsed || self.pointee.poolDemand.isAwaited else { return -1 }
        let now = unsafe self.pointee.now
        let next = unsafe self.pointee.poolDemand.nextLook
        if now < next { return Int32(clamping: next - now) }
        // What lies deepest was not used.
        let inputs = unsafe min(self.pointee.poolDemand.leastInputs, self.pointee.freeInputs.count)
        for _ in 0..<inputs {
            guard let box = unsafe self.pointee.freeInputs.popLast() else { break }
            if let base = unsafe box.base { unsafe Allocator.deallocate(base, size: box.capacity) }
        }
        let rounds = unsafe min(self.pointee.poolDemand.leastRounds, self.pointee.freeRounds.count)
        for index in 0..<rounds { unsafe self.pointee.freeRounds[index].pointee.shrink() }
        // If nothing was taken all the while there is nothing left.
        let isAwaited = unsafe self.pointee.poolDemand.isUsed
        unsafe self.pointee.poolDemand = unsafe PoolDemand(
            leastInputs: self.pointee.freeInputs.count, leastRounds: self.pointee.freeRounds.count,
            isAwaited: isAwaited, nextLook: now + interval)
        return isAwaited ? Int32(interval) : -1
    }
}
