// From a changed key to the workers whose clients have read it, and from what a client reads to the shards' tables.
import Bytes
import Commands
import Containers
import Keyspace
import RESP
import Reactor
import Synchronization

extension UnsafeMutablePointer where Pointee == WorkerState {
    /// Remembers for a connection that keeps copies which ones a step has read. Their shards are held.
    @inline(never)
    func rememberKeys(
        readBy step: UnsafeMutablePointer<Step>, _ round: UnsafeMutablePointer<Round>, for connection: ConnectionPointer
    ) {
        guard unsafe step.pointee.outcome == .run else { return }
        let arguments = unsafe round.pointee.arguments.window(
            from: Int(step.pointee.firstArgument), count: Int(step.pointee.argumentCount))
        unsafe rememberKeys(of: Int(step.pointee.command), arguments, for: connection)
    }

    /// The same of a command that a script has called.
    func rememberKeys(calledByScript index: Int, _ arguments: Arguments) {
        guard let connection = unsafe self.pointee.context.pointee.connection?.assumingMemoryBound(to: Connection.self),
            unsafe connection.pointee.tracksKeys
        else { return }
        unsafe rememberKeys(of: index, arguments, for: connection)
    }

    private func rememberKeys(of index: Int, _ arguments: Arguments, for connection: ConnectionPointer) {
        let flags = unsafe self.pointee.commands[index].flags
        guard unsafe connection.pointee.tracksKeys, flags.contains(.readonly), !flags.contains(.pubsub) else { return }
        let session = unsafe connection.pointee.session._withUnsafeGuaranteedRef { $0 }
        let isMarked = unsafe self.pointee.tracking.isMarked || connection.pointee.nextCommand.contains(.marked)
        if unsafe isMarked ? connection.pointee.keepsUnlessMarked : connection.pointee.keepsOnlyMarked { return }
        guard let choice = session.tracking else { return }
        choice.copies.set()
        if choice.isBroadcast { return }
        let reader = KeyReader(identifier: session.identifier, worker: session.workerIndex)
        let table = unsafe self.pointee.commandTable._withUnsafeGuaranteedRef { $0 }
        // A script's keys are those that it reads.
        if table.entries[index].group == .scripting { return }
        for spec in table.entries[index].keys where !spec.use.contains(.notKey) {
            for position in spec.positions(in: arguments) ?? stride(from: 0, to: 0, by: 1) {
                let route = unsafe self.pointee.map.route(arguments[position])
                unsafe self.pointee.shards[route.shard].note(reader, of: arguments[position], hash: route.hash)
            }
        }
    }

    /// A key has changed, or it is no longer known who has read it: notes for each worker what it is to tell. The
    /// shard is held by this thread.
    func noteInvalidation(_ tracked: TrackedKey?, _ key: ByteView, _ cause: ChangeCause) {
        let directory = unsafe self.pointee.tracking
        let source = unsafe cause == .command ? runningClient : 0
        if let tracked {
            for index in 0..<tracked.readerCount {
                let reader = tracked.reader(index)
                var worker = reader.worker
                if !directory.redirections.isEmpty { worker = directory.redirections[reader.identifier] ?? worker }
                unsafe append(
                    Invalidation(kind: .read, client: reader.identifier, source: source, key: key), to: worker)
            }
        }
        if cause == .forgotten || directory.prefixes.isEmpty { return }
        var workers: UInt64 = 0
        for prefix in directory.prefixes
        where ByteView.withView(prefix.bytes, { key.hasPrefix($0) }) { workers |= prefix.workers }
        while workers != 0 {
            unsafe append(
                Invalidation(kind: .broadcast, client: 0, source: source, key: key), to: workers.trailingZeroBitCount)
            workers &= workers &- 1
        }
    }

    /// Everything in the shards at hand was removed, by a command or by one of its `shares`.
    func noteFlush(shares: Int) {
        let server = unsafe self.pointee.server._withUnsafeGuaranteedRef { $0 }
        if server.trackerCount.load(ordering: .acquiring) == 0 { return }
        let source = unsafe runningClient
        for worker in 0..<server.workerCount {
            unsafe append(Invalidation(kind: .flush, client: shares, source: source, key: .empty), to: worker)
        }
    }

    func append(_ entry: Invalidation, to worker: Int) {
        let directory = unsafe self.pointee.tracking
        var batch = directory.outgoing[worker] ?? InvalidationBatch()
        batch.append(entry)
        directory.outgoing[worker] = batch
        unsafe self.pointee.hasInvalidations = true
    }

    /// The client whose command this thread is running; 0: none.
    private var runningClient: Int {
        guard let connection = unsafe self.pointee.context.pointee.connection else { return 0 }
        return unsafe connection.assumingMemoryBound(to: Connection.self).pointee.session._withUnsafeGuaranteedRef {
            $0.identifier
        }
    }

    /// Sends what has been noted. Before a shard is given back: whoever has seen a change, or its reply, finds the
    /// invalidations on their way.
    @inline(never)
    func sendInvalidations() {
        unsafe self.pointee.hasInvalidations = false
        let directory = unsafe self.pointee.tracking
        let server = unsafe self.pointee.server._withUnsafeGuaranteedRef { $0 }
        for worker in 0..<server.workerCount {
            guard let batch = directory.outgoing[worker] else { continue }
            directory.outgoing[worker] = nil
            unsafe server.workers[worker].statistics.pointee.messageBacklog.wrappingAdd(
                batch.memoryBytes, ordering: .relaxed)
            unsafe self.pointee.kernel.send(batch.post, to: worker)
        }
    }
}

/// Where the commands that remove everything say so.
let noteFlushOfCommand: FlushSink = { worker, shares in
    unsafe worker.assumingMemoryBound(to: WorkerState.self).noteFlush(shares: shares)
}

extension ServerState {
    /// Makes the shards tell of keys that change. Before the threads start.
    func watchReaders() {
        for index in 0..<map.shardCount {
            unsafe shards[index].pointee.onReadersLost = { tracked, key, cause in
                unsafe WorkerStatePointer.current?.noteInvalidation(tracked, key, cause)
            }
        }
    }
}
