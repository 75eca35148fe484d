// Receiving a long argument straight into the memory in which it will be stored.
import Bytes
import Containers
import Platform
import RESP

/// The first memory for a long argument, unless it is shorter.
private let firstCapacity = 256 << 10

extension UnsafeMutablePointer where Pointee == WorkerState {
    /// If the parser waits inside a long argument: takes what is there of it. True: the rest is to be read by
    /// `readBulk`.
    func beginBulk(_ connection: ConnectionPointer) -> Bool {
        guard let pending = unsafe connection.pointee.parser.pendingBulk, pending.received < pending.length,
            let base = unsafe connection.pointee.input.base
        else { return false }
        let position = unsafe connection.pointee.position
        let bulk = RetainedBytes.create(capacity: min(pending.length, max(firstCapacity, pending.received * 2)))
        let received = unsafe ByteView(base: base + position, count: pending.received)
        unsafe ByteMemory.copy(bulk.start, received.base, received.count)
        bulk.setCount(received.count)
        unsafe connection.pointee.position = position + received.count
        unsafe connection.pointee.bulk = bulk
        unsafe connection.pointee.bulkLength = pending.length
        return true
    }

    /// Reads more of a long argument. The memory grows with what has come, never with what was announced. True:
    /// something came.
    func readBulk(_ connection: ConnectionPointer) -> Bool {
        guard var bulk = unsafe connection.pointee.bulk else { return false }
        let length = unsafe connection.pointee.bulkLength
        if bulk.count == bulk.capacity {
            let larger = min(length, bulk.capacity * 4)
            if unsafe !makeRoom(for: larger, connection) { return false }
            bulk = bulk.writable(capacity: larger)
            unsafe connection.pointee.bulk = bulk
            unsafe noteMemory(connection)
            if unsafe connection.pointee.isClosing { return false }
        }
        let wanted = min(bulk.capacity, length) - bulk.count
        let result = unsafe connection.pointee.descriptor.read(into: bulk.start + bulk.count, count: wanted)
        guard case .bytes(let count) = result else {
            unsafe connection.pointee.isReadable = false
            if result != .wouldBlock { unsafe connection.pointee.isClosing = true }
            return false
        }
        bulk.setCount(bulk.count + count)
        unsafe countInput(connection, count)
        if unsafe connection.pointee.queryBytes > self.pointee.hot.queryBufferLimit {
            unsafe dropForInput(connection)
            return false
        }
        if unsafe count < wanted && !connection.pointee.hasHungUp { unsafe connection.pointee.isReadable = false }
        if bulk.count == length {
            unsafe connection.pointee.bulk = nil
            let round = unsafe takeRound(connection)
            unsafe round.pointee.retained.pointee.append(bulk.address)
            unsafe round.pointee.retainedBytes += bulk.memoryBytes
            unsafe connection.pointee.parser.supplyBulk(bulk.view, into: &round.pointee.arguments)
        }
        return true
    }

    /// Before a long argument's memory grows: what it will take is evicted first, in slices, and as long as that takes
    /// the connection waits. False: it goes on in the next turn. What cannot be evicted is no reason to wait: the
    /// command will be told when it runs.
    private func makeRoom(for bytes: Int, _ connection: ConnectionPointer) -> Bool {
        let limit = unsafe self.pointee.hot.maximumMemory
        if limit == 0 || bytes > limit / 2 { return true }
        if unsafe settleMemory(adding: bytes) != .running { return true }
        unsafe queueToAdvance(connection)
        return false
    }

    func countInput(_ connection: ConnectionPointer, _ count: Int) {
        unsafe self.pointee.statistics.pointee.networkInput.add(count)
        unsafe connection.pointee.counters.networkInput.add(count)
        unsafe connection.pointee.counters.lastInteraction.set(Int(self.pointee.now))
    }
}
