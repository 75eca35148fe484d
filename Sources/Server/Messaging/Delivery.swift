// Delivery: messages that have come to this worker, written to its connections and sent.
import Bytes
import Commands
import Containers
import Platform
import RESP
import Reactor
import Synchronization

/// One message at one worker.
@safe
private struct Delivery {
    let message: ChannelMessage
    /// The last of this worker's announcements that the sender knew of.
    let known: Int
    /// The connection whose command is being run.
    let current: ConnectionPointer?
}

/// A connection that has been written so much is sent it at once; others once a turn.
private let promptBytes = 64 << 10

extension UnsafeMutablePointer where Pointee == WorkerState {
    /// Writes everything that was sent to this worker to the connections that listen.
    ///
    /// - Parameter current: the connection whose command is being run, if its replies stand in the worker's output and
    ///   end there with a whole reply.
    /// - Parameter interrupted: the connection whose transaction is being run.
    func deliverMessages(
        behindRepliesOf current: ConnectionPointer? = nil, amidRepliesOf interrupted: ConnectionPointer? = nil
    ) {
        guard var post = unsafe self.pointee.kernel.takePosts() else { return }
        let index = unsafe self.pointee.index
        let moment = unsafe DeliveryMoment(current: current, interrupted: interrupted)
        while true {
            let following = unsafe post.following
            let bytes: Int
            if unsafe post.pointee.kind == InvalidationBatch.postKind {
                let batch = unsafe InvalidationBatch(of: post)
                bytes = batch.memoryBytes
                unsafe deliver(batch, moment)
                unsafe self.pointee.tracking.delivered.append(batch)
            } else {
                let message = unsafe ChannelMessage.of(post, at: index)
                bytes = message.memoryBytes
                unsafe deliver(Delivery(message: message, known: ChannelMessage.known(post), current: current))
                message.release()
            }
            unsafe self.pointee.statistics.pointee.messageBacklog.wrappingSubtract(bytes, ordering: .relaxed)
            guard let next = unsafe following else { break }
            unsafe post = unsafe next
        }
        if unsafe !self.pointee.tracking.delivered.isEmpty { unsafe finishInvalidations(moment) }
    }

    private func deliver(_ delivery: Delivery) {
        let message = delivery.message
        let name = message.channel
        if let channel = unsafe self.pointee.directory.find(name, message.kind, hash: message.hash) {
            for place in 0..<channel.localCount { unsafe append(delivery, nil, channel, channel.subscriber(place)) }
        }
        guard message.kind == .channel else { return }
        for index in unsafe 0..<self.pointee.directory.patternList.count {
            let pattern = unsafe self.pointee.directory.patternList[index]
            if pattern.localCount == 0 || !pattern.matches(name) { continue }
            for place in 0..<pattern.localCount { unsafe append(delivery, pattern, pattern, pattern.subscriber(place)) }
        }
    }

    /// - Parameter channel: the channel or pattern for whose sake the connection gets it.
    private func append(
        _ delivery: Delivery, _ pattern: Channel?, _ channel: Channel, _ connection: ConnectionPointer
    ) {
        let message = delivery.message
        if unsafe connection.pointee.isClosing || connection.pointee.closesAfterReply { return }
        let version = unsafe connection.pointee.protocolVersion
        if unsafe connection == delivery.current {
            // Its reply may have to be taken back as bytes alone.
            unsafe message.write(pattern, to: ReplyWriter(self.pointee.output, protocolVersion: version), copying: true)
            return
        }
        if unsafe connection.pointee.isInFlight && isHeldBack(delivery, pattern, channel, connection) { return }
        let isFirst = unsafe connection.pointee.output.isEmpty
        unsafe withUnsafeMutablePointer(to: &connection.pointee.output) {
            unsafe message.write(pattern, to: ReplyWriter($0, protocolVersion: version), copying: false)
        }
        let bytes = message.tail.count + (message.payload?.count ?? 0)
        unsafe noteMessage(to: connection, wasEmpty: isFirst, bytes: bytes)
    }

    /// A message of so many bytes has been written to a connection's output: it is sent at the end of the turn at last.
    func noteMessage(to connection: ConnectionPointer, wasEmpty: Bool, bytes: Int) {
        if wasEmpty {
            unsafe connection.pointee.hasUnsentMessages = true
            unsafe self.pointee.unsent.append(connection.pointee.token)
        } else if unsafe !connection.pointee.hasUnsentMessages {
            // The socket is full; the limits are all that is left to look at.
            unsafe connection.pointee.counters.outputBytes.add(bytes)
            unsafe checkOutput(connection)
        } else if unsafe connection.pointee.output.bytes.count > promptBytes {
            unsafe sendMessages(connection)
        }
    }

    /// While the reply to SUBSCRIBE waits for other workers: what was sent by those who know of the subscription comes
    /// behind the reply, so that all that follows the reply is whole. Of what others have sent the connection gets what
    /// it was subscribed to before, and before the reply (false).
    private func isHeldBack(
        _ delivery: Delivery, _ pattern: Channel?, _ channel: Channel, _ connection: ConnectionPointer
    ) -> Bool {
        let message = delivery.message
        let session = unsafe connection.pointee.session._withUnsafeGuaranteedRef { $0 }
        if session.outstandingAcknowledgements == 0 { return false }
        if delivery.known < session.announcement { return session.unconfirmed.contains(channel) }
        var text = ReplyBuffer()
        unsafe withUnsafeMutablePointer(to: &text) {
            let writer = unsafe ReplyWriter($0, protocolVersion: connection.pointee.protocolVersion)
            message.write(pattern, to: writer, copying: true)
        }
        session.heldReply += text.bytes.view.bytes
        text.deallocate()
        return true
    }

    /// Sends what has been written to connections in this turn.
    func sendMessages() {
        while let token = unsafe self.pointee.unsent.popLast() {
            guard let connection = unsafe connection(token), unsafe connection.pointee.hasUnsentMessages else {
                continue
            }
            unsafe sendMessages(connection)
            if unsafe connection.pointee.isClosing && !connection.pointee.isInFlight {
                unsafe queueToAdvance(connection)
            }
        }
    }

    private func sendMessages(_ connection: ConnectionPointer) {
        unsafe connection.pointee.hasUnsentMessages = false
        if unsafe !connection.pointee.output.isEmpty { unsafe drainOutput(connection) }
    }
}

extension ChannelMessage {
    /// Writes the message as those get it who listen to its channel or, if one is given, to a pattern.
    func write(_ pattern: Channel?, to writer: ReplyWriter, copying: Bool) {
        let isRESP3 = writer.isRESP3
        if let pattern {
            writer.raw(isRESP3 ? ">4\r\n$8\r\npmessage\r\n" : "*4\r\n$8\r\npmessage\r\n")
            writer.bulk(pattern.name)
        } else if kind == .shardChannel {
            writer.raw(isRESP3 ? ">3\r\n$8\r\nsmessage\r\n" : "*3\r\n$8\r\nsmessage\r\n")
        } else {
            writer.raw(isRESP3 ? ">3\r\n$7\r\nmessage\r\n" : "*3\r\n$7\r\nmessage\r\n")
        }
        writer.raw(tail)
        guard let payload else { return }
        if copying { writer.raw(payload.view) } else { unsafe writer.buffer.pointee.append(reference: payload) }
        writer.raw("\r\n")
    }
}
