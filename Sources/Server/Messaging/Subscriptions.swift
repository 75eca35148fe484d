// Who listens to what: subscriptions of a connection, and how all workers come to know of them.
import Bytes
import Commands
import Containers
import Platform
import RESP
import Reactor

/// What a connection has subscribed to. For its worker alone.
final class Subscriptions {
    /// By kind: its channels, and its place among the connections of each.
    private var places: [[Channel: Int]] = [[:], [:], [:]]

    func count(_ kind: ChannelKind) -> Int { places[kind.rawValue].count }

    /// The channels of a kind, in no order.
    func channels(_ kind: ChannelKind) -> [Channel] { Array(places[kind.rawValue].keys) }

    func contains(_ channel: Channel, _ kind: ChannelKind) -> Bool { places[kind.rawValue][channel] != nil }

    func setPlace(_ place: Int, _ channel: Channel, _ kind: ChannelKind) { places[kind.rawValue][channel] = place }

    func remove(_ channel: Channel, _ kind: ChannelKind) -> Int? { places[kind.rawValue].removeValue(forKey: channel) }

    var isEmpty: Bool { places.allSatisfy(\.isEmpty) }
}

/// A worker has so many subscribers to a channel now.
struct SubscriptionChange {
    let kind: ChannelKind
    let name: [UInt8]
    let count: Int
    /// A connection has subscribed, not the other way round.
    let isNew: Bool
}

/// What a worker announces to all others. Messages say which of the announcements of the worker that they go to their
/// sender knew of.
struct SubscriptionNews {
    let worker: Int
    /// From 1.
    let number: Int
    let changes: [SubscriptionChange]
}

extension Session {
    /// What `SUBSCRIBE` and its like reply: channels and patterns together, shard channels apart.
    func subscriptionCount(_ kind: ChannelKind) -> Int {
        guard let subscriptions else { return 0 }
        if kind == .shardChannel { return subscriptions.count(.shardChannel) }
        return subscriptions.count(.channel) + subscriptions.count(.pattern)
    }
}

extension UnsafeMutablePointer where Pointee == WorkerState {
    /// Subscribes a connection of this worker; nil: it was subscribed already. The other workers are still to be told.
    func subscribe(_ connection: ConnectionPointer, to name: ByteView, _ kind: ChannelKind) -> SubscriptionChange? {
        let session = unsafe connection.pointee.session.takeUnretainedValue()
        let subscriptions = session.subscriptions ?? Subscriptions()
        session.subscriptions = subscriptions
        let channel = unsafe self.pointee.directory.findOrAdd(name, kind)
        if subscriptions.contains(channel, kind) { return nil }
        unsafe subscriptions.setPlace(channel.add(connection), channel, kind)
        let count = channel.localCount
        unsafe self.pointee.directory.setCount(count, of: self.pointee.index, channel, kind)
        return SubscriptionChange(kind: kind, name: name.bytes, count: count, isNew: true)
    }

    /// The same backwards; nil: it was not subscribed.
    func unsubscribe(
        _ connection: ConnectionPointer, from name: ByteView, _ kind: ChannelKind
    ) -> SubscriptionChange? {
        let session = unsafe connection.pointee.session.takeUnretainedValue()
        guard let subscriptions = session.subscriptions, let channel = unsafe self.pointee.directory.find(name, kind),
            let place = subscriptions.remove(channel, kind)
        else { return nil }
        let name = name.bytes
        if let moved = unsafe channel.remove(at: place) {
            unsafe moved.pointee.session.takeUnretainedValue().subscriptions?.setPlace(place, channel, kind)
        }
        let count = channel.localCount
        unsafe self.pointee.directory.setCount(count, of: self.pointee.index, channel, kind)
        return SubscriptionChange(kind: kind, name: name, count: count, isNew: false)
    }

    /// Ends all subscriptions of a connection. The other workers are still to be told.
    func unsubscribeAll(_ connection: ConnectionPointer) -> [SubscriptionChange] {
        guard let subscriptions = unsafe connection.pointee.session.takeUnretainedValue().subscriptions else {
            return []
        }
        var changes: [SubscriptionChange] = []
        for kind in [ChannelKind.channel, .pattern, .shardChannel] {
            for channel in subscriptions.channels(kind) {
                // The name goes with the channel.
                ByteView.withView(channel.name.bytes) { name in
                    if let change = unsafe unsubscribe(connection, from: name, kind) { changes.append(change) }
                }
            }
        }
        unsafe noteSubscriptions(of: connection)
        return changes
    }

    /// Shows in the connection and to others what has become of its subscriptions.
    func noteSubscriptions(of connection: ConnectionPointer) {
        let session = unsafe connection.pointee.session.takeUnretainedValue()
        guard let subscriptions = session.subscriptions else { return }
        let isSubscriber = !subscriptions.isEmpty
        if unsafe connection.pointee.isSubscriber != isSubscriber {
            unsafe connection.pointee.isSubscriber = isSubscriber
            unsafe self.pointee.statistics.pointee.subscribers.add(isSubscriber ? 1 : -1)
        }
        unsafe self.pointee.server.takeUnretainedValue().registry.lock.withLock {
            session.kind = isSubscriber ? .pubsub : .normal
            session.channelCount = subscriptions.count(.channel)
            session.patternCount = subscriptions.count(.pattern)
            session.shardChannelCount = subscriptions.count(.shardChannel)
        }
        if !isSubscriber { session.subscriptions = nil }
    }

    /// A connection ends: what it listened to is forgotten everywhere soon.
    func abandonSubscriptions(_ connection: ConnectionPointer) {
        let changes = unsafe unsubscribeAll(connection)
        if changes.isEmpty { return }
        let server = unsafe self.pointee.server.takeUnretainedValue()
        let news = unsafe makeNews(changes)
        for index in 0..<server.workerCount where index != news.worker {
            let worker = unsafe server.workers + index
            unsafe worker.pointee.kernel.post { unsafe worker.learn(news) }
        }
    }

    /// Changes on this worker, to be announced to all others.
    func makeNews(_ changes: [SubscriptionChange]) -> SubscriptionNews {
        let own = unsafe self.pointee.index
        unsafe self.pointee.known[own] += 1
        return unsafe SubscriptionNews(worker: own, number: self.pointee.known[own], changes: changes)
    }

    /// Another worker's subscribers have become more or fewer.
    func learn(_ news: SubscriptionNews) {
        unsafe self.pointee.known[news.worker] = news.number
        for change in news.changes {
            ByteView.withView(change.name) { name in
                let channel = unsafe self.pointee.directory.findOrAdd(name, change.kind)
                unsafe self.pointee.directory.setCount(change.count, of: news.worker, channel, change.kind)
            }
        }
    }
}

extension CommandContext {
    /// Tells the other workers; the reply waits until all of them know.
    func announce(_ changes: [SubscriptionChange]) {
        let home = unsafe home
        let connection = unsafe client
        unsafe home.noteSubscriptions(of: connection)
        if changes.isEmpty { return }
        let waits = server.canWait(commandIndex)
        unsafe home.announce(home.makeNews(changes), for: connection, waits: waits)
    }
}

extension UnsafeMutablePointer where Pointee == WorkerState {
    /// Sends news to the other workers; `waits`: the connection's reply is held back until they have heard.
    func announce(_ news: SubscriptionNews, for connection: ConnectionPointer, waits: Bool) {
        let session = unsafe connection.pointee.session.takeUnretainedValue()
        let server = unsafe self.pointee.server.takeUnretainedValue()
        let home = unsafe self
        let token = unsafe connection.pointee.token
        session.announcement = news.number
        // A transaction may announce several times.
        if session.outstandingAcknowledgements == 0 { session.unconfirmed = [] }
        session.unconfirmed.formUnion(unsafe channels(newIn: news))
        for index in 0..<server.workerCount where index != news.worker {
            let worker = unsafe server.workers + index
            if waits { session.outstandingAcknowledgements += 1 }
            unsafe worker.pointee.kernel.post {
                unsafe worker.learn(news)
                if waits { unsafe home.pointee.kernel.post { unsafe home.confirm(token) } }
            }
        }
    }

    /// The channels to which a connection has subscribed.
    private func channels(newIn news: SubscriptionNews) -> Set<Channel> {
        var channels: Set<Channel> = []
        for change in news.changes where change.isNew {
            if let channel = ByteView.withView(change.name, { unsafe self.pointee.directory.find($0, change.kind) }) {
                channels.insert(channel)
            }
        }
        return channels
    }
}

extension UnsafeMutablePointer where Pointee == WorkerState {
    /// A worker knows of a connection's subscriptions.
    func confirm(_ token: UInt64) {
        // What it has sent before it knew has been sent to this worker already.
        unsafe deliverMessages()
        unsafe acknowledge(token)
    }
}
