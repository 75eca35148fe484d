// What other threads tell of changed keys, written to the clients that are to be told.
import Bytes
import Commands
import Containers
import Platform
import RESP
import Reactor

/// Where a worker stands when it delivers.
@safe
struct DeliveryMoment {
    /// The connection whose command is being run, if its replies stand in the worker's output and end there with a
    /// whole reply.
    var current: ConnectionPointer?
    /// The connection in the middle of whose reply this is.
    var interrupted: ConnectionPointer?
}

extension UnsafeMutablePointer where Pointee == WorkerState {
    /// Tells this worker's clients what a batch says. Changes by prefix wait for `finishBroadcasts`, and so must the
    /// batch.
    func deliver(_ batch: InvalidationBatch, _ moment: DeliveryMoment) {
        let directory = unsafe self.pointee.tracking
        batch.forEach { entry in
            switch entry.kind {
            case .read:
                guard let tracker = directory.trackers[entry.client], !tracker.choice.isBroadcast,
                    !(tracker.choice.isQuietOnOwn && entry.source == entry.client)
                else { return }
                unsafe tell(tracker, moment) { writer in
                    writer.array(1)
                    writer.bulk(entry.key)
                }
            case .broadcast: unsafe gather(entry)
            case .flush: unsafe deliverFlush(entry, moment)
            case .undeliverable: unsafe noteBroken(entry.client, moment)
            }
        }
    }

    /// A share of a command that removes everything from its shard. The first one tells every client to forget all of
    /// its copies. With the others, those have to be told again that have made new ones since: of keys that were still
    /// to be removed then.
    private func deliverFlush(_ entry: Invalidation, _ moment: DeliveryMoment) {
        let directory = unsafe self.pointee.tracking
        let before = directory.flushShares[entry.source, default: 0]
        directory.flushShares[entry.source] = before + 1 < entry.client ? before + 1 : nil
        for tracker in directory.trackers.values where tracker.choice.copies.take() || before == 0 {
            unsafe tell(tracker, moment) { $0.null() }
        }
    }

    private func gather(_ entry: Invalidation) {
        let directory = unsafe self.pointee.tracking
        for prefix in directory.prefixes where !prefix.trackers.isEmpty {
            guard ByteView.withView(prefix.bytes, { entry.key.hasPrefix($0) }) else { continue }
            if prefix.pending.isEmpty { directory.pendingPrefixes.append(prefix) }
            prefix.pending.append((entry.key, entry.source))
        }
    }

    /// All that has come is read.
    func finishInvalidations(_ moment: DeliveryMoment) {
        unsafe finishBroadcasts(moment)
        for batch in unsafe self.pointee.tracking.delivered { batch.free() }
        unsafe self.pointee.tracking.delivered.removeAll(keepingCapacity: true)
        if unsafe self.pointee.hasInvalidations { unsafe sendInvalidations() }
    }

    /// Tells of the changes by prefix that were gathered: one message a prefix and client.
    private func finishBroadcasts(_ moment: DeliveryMoment) {
        let directory = unsafe self.pointee.tracking
        if directory.pendingPrefixes.isEmpty { return }
        directory.pendingPrefixes.sort { $0.bytes.lexicographicallyPrecedes($1.bytes) }
        for prefix in directory.pendingPrefixes {
            prefix.pending.sort { $0.key.compare($1.key) < 0 }
            for tracker in prefix.trackers {
                let except = tracker.choice.isQuietOnOwn ? tracker.news.identifier : -1
                unsafe tell(prefix.pending, except: except, tracker, moment)
            }
            prefix.pending.removeAll(keepingCapacity: true)
        }
        directory.pendingPrefixes.removeAll(keepingCapacity: true)
    }

    private func tell(
        _ pending: [(key: ByteView, source: Int)], except: Int, _ tracker: Tracker, _ moment: DeliveryMoment
    ) {
        func isMeant(_ index: Int) -> Bool {
            if pending[index].source == except { return false }
            // The last of those alike that are not its own speaks for all.
            var next = index + 1
            while next < pending.count && pending[next].key == pending[index].key {
                if pending[next].source != except { return false }
                next += 1
            }
            return true
        }
        let places = pending.indices.filter(isMeant)
        if places.isEmpty { return }
        unsafe tell(tracker, moment) { writer in
            writer.array(places.count)
            for place in places { writer.bulk(pending[place].key) }
        }
    }

    /// Writes one message to the connection that is told on behalf of a client; `write` writes what has changed.
    private func tell(_ tracker: Tracker, _ moment: DeliveryMoment, _ write: (ReplyWriter) -> Void) {
        let isRedirected = tracker.choice.redirection != 0
        guard let receiver = unsafe connection(tracker.news.receiverToken) else {
            // Only a redirection can outlive the connection that it leads to.
            unsafe append(
                Invalidation(kind: .undeliverable, client: tracker.news.identifier, source: 0, key: .empty),
                to: tracker.news.home)
            return
        }
        let isRESP3 = unsafe receiver.pointee.protocolVersion >= 3
        if unsafe !isRESP3 && !(isRedirected && receiver.pointee.isSubscriber) { return }
        unsafe push(to: receiver, moment) { writer in
            if isRESP3 {
                writer.raw(">2\r\n$10\r\ninvalidate\r\n")
            } else {
                writer.raw("*3\r\n$7\r\nmessage\r\n$20\r\n__redis__:invalidate\r\n")
            }
            write(writer)
        }
    }

    /// Writes something to a connection, behind the replies to all that it has sent and that was begun.
    private func push(to receiver: ConnectionPointer, _ moment: DeliveryMoment, _ write: (ReplyWriter) -> Void) {
        if unsafe receiver.pointee.isClosing || receiver.pointee.closesAfterReply { return }
        let version = unsafe receiver.pointee.protocolVersion
        if unsafe receiver == moment.current {
            return unsafe write(ReplyWriter(self.pointee.output, protocolVersion: version))
        }
        if unsafe receiver.pointee.isInFlight || receiver == moment.interrupted
            || receiver == self.pointee.tracking.interrupted
        {
            var text = ReplyBuffer()
            unsafe withUnsafeMutablePointer(to: &text) { unsafe write(ReplyWriter($0, protocolVersion: version)) }
            unsafe receiver.pointee.session._withUnsafeGuaranteedRef { $0.heldMessages.append(text.bytes.view) }
            unsafe receiver.pointee.hasHeldMessages = true
            text.deallocate()
            return
        }
        let before = unsafe receiver.pointee.output.length
        unsafe withUnsafeMutablePointer(to: &receiver.pointee.output) {
            unsafe write(ReplyWriter($0, protocolVersion: version))
        }
        unsafe noteMessage(to: receiver, wasEmpty: before == 0, bytes: receiver.pointee.output.length - before)
    }

    /// A round's replies stand in the output: what was held back meanwhile follows.
    @inline(__always)
    func releaseHeldMessages(_ connection: ConnectionPointer) {
        if unsafe _slowPath(connection.pointee.hasHeldMessages) { unsafe releaseHeldMessagesSlowly(connection) }
    }

    @inline(never)
    private func releaseHeldMessagesSlowly(_ connection: ConnectionPointer) {
        unsafe connection.pointee.hasHeldMessages = false
        let session = unsafe connection.pointee.session._withUnsafeGuaranteedRef { $0 }
        unsafe self.pointee.output.pointee.bytes.append(session.heldMessages.view)
        session.heldMessages.deallocate()
    }

    /// A client of this worker could not be told something: the connection that it has named is gone.
    private func noteBroken(_ identifier: Int, _ moment: DeliveryMoment) {
        let server = unsafe self.pointee.server._withUnsafeGuaranteedRef { $0 }
        let found = unsafe server.registry.lock.withLock { () -> (ConnectionPointer, Int)? in
            guard let session = server.registry.sessions[identifier], let connection = unsafe session.connection,
                session.tracking != nil
            else { return nil }
            session.isTrackingBroken = true
            return unsafe (connection, session.tracking?.redirection ?? 0)
        }
        guard let (connection, redirection) = unsafe found, unsafe connection.pointee.protocolVersion >= 3 else {
            return
        }
        unsafe push(to: connection, moment) { writer in
            writer.raw(">2\r\n$21\r\ntracking-redir-broken\r\n")
            writer.integer(redirection)
        }
    }
}
