// The clients that want to be told of changed keys, as their own worker and the others know them.
import Bytes
import Commands
import Platform
import Reactor
import Synchronization

/// Whether a client may have made copies since it was last told to forget all of them. Set by the thread that holds
/// the shard of a key that the client reads; taken where the client is told. Who removes everything from a shard holds
/// it later, and tells later still.
final class CopyMark: Sendable {
    /// What it had before it began to be tracked is not known.
    private let isSet = Atomic<Bool>(true)

    func set() {
        if !isSet.load(ordering: .relaxed) { isSet.store(true, ordering: .relaxed) }
    }

    func take() -> Bool { isSet.exchange(false, ordering: .relaxed) }
}

/// What a client has chosen by CLIENT TRACKING ON; in its session.
struct TrackingChoice {
    /// It wants to be told of all keys with its prefixes, not of those that it has read.
    var isBroadcast = false
    /// Only what it reads behind CLIENT CACHING YES is meant; or all but that behind CLIENT CACHING NO.
    var isOptIn = false
    var isOptOut = false
    /// What it changes itself it need not be told.
    var isQuietOnOwn = false
    /// The client that is told instead; 0: itself.
    var redirection = 0
    /// Sorted.
    var prefixes: [[UInt8]] = []
    let copies = CopyMark()
}

/// A client, at the worker of the connection that is told.
final class Tracker {
    let news: TrackerNews
    var choice: TrackingChoice { unsafe news.choice.unsafelyUnwrapped }

    init(_ news: TrackerNews) { self.news = news }
}

/// What becomes of a client's tracking, for all workers.
struct TrackerNews {
    let identifier: Int
    /// The worker that the client lives on, and its connection there.
    let home: Int
    let token: UInt64
    /// Nil: it no longer tracks.
    let choice: TrackingChoice?
    /// The connection that is told, and its worker.
    let receiverWorker: Int
    let receiverToken: UInt64

    /// Whether those who change keys must know of it.
    var concernsAll: Bool { choice.map { $0.isBroadcast || receiverWorker != home } ?? false }
}

/// A prefix of keys: who wants to be told, and on which worker.
final class BroadcastPrefix {
    let bytes: [UInt8]
    private(set) var members: [Int: Int] = [:]
    /// One bit for each worker with members.
    private(set) var workers: UInt64 = 0
    /// The members that are told here.
    var trackers: [Tracker] = []
    /// Keys that were changed, with the clients that did it, until all that has come is known.
    var pending: [(key: ByteView, source: Int)] = []

    init(_ bytes: [UInt8]) { self.bytes = bytes }

    func setMember(_ identifier: Int, at worker: Int?) {
        members[identifier] = worker
        workers = members.values.reduce(0) { $0 | 1 << UInt64($1) }
    }
}

/// What one worker knows of tracking. For its thread alone.
@safe
final class TrackingDirectory {
    /// Clients whose invalidations are delivered here, by number.
    private(set) var trackers: [Int: Tracker] = [:]
    /// Clients of all workers whose invalidations are delivered on another worker than their own, and on which.
    private(set) var redirections: [Int: Int] = [:]
    /// All prefixes of all clients, sorted.
    private(set) var prefixes: [BroadcastPrefix] = []
    /// The step that is being run stood behind CLIENT CACHING.
    var isMarked = false
    /// The connection whose script takes long, while other things are done.
    var interrupted: ConnectionPointer?
    /// What is to be sent, by worker.
    var outgoing: [InvalidationBatch?]
    /// Commands that remove everything and of which not all shares were heard of: how many were, by the client that
    /// sent them.
    var flushShares: [Int: Int] = [:]
    /// Batches that were read and are to be freed.
    var delivered: [InvalidationBatch] = []
    /// Prefixes with something pending.
    var pendingPrefixes: [BroadcastPrefix] = []

    init(workerCount: Int) { outgoing = Array(repeating: nil, count: workerCount) }

    /// Takes over what another worker, or this one, has announced.
    func learn(_ news: TrackerNews, at worker: Int) {
        let identifier = news.identifier
        trackers[identifier] = nil
        redirections[identifier] = nil
        for prefix in prefixes {
            prefix.trackers.removeAll { $0.news.identifier == identifier }
            if prefix.members[identifier] != nil { prefix.setMember(identifier, at: nil) }
        }
        if let choice = news.choice {
            if news.receiverWorker != news.home { redirections[identifier] = news.receiverWorker }
            let tracker = Tracker(news)
            if news.receiverWorker == worker { trackers[identifier] = tracker }
            for bytes in choice.prefixes {
                let prefix = findOrAdd(bytes)
                prefix.setMember(identifier, at: news.receiverWorker)
                if news.receiverWorker == worker { prefix.trackers.append(tracker) }
            }
        }
        prefixes.removeAll { $0.members.isEmpty }
    }

    private func findOrAdd(_ bytes: [UInt8]) -> BroadcastPrefix {
        if let prefix = prefixes.first(where: { $0.bytes == bytes }) { return prefix }
        let prefix = BroadcastPrefix(bytes)
        prefixes.append(prefix)
        prefixes.sort { $0.bytes.lexicographicallyPrecedes($1.bytes) }
        return prefix
    }
}
