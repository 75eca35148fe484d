// What the wrong server stores, and what its connections share.
import Foundation
import LoadGenerator
import Platform

/// The value of a key.
enum StoredValue {
    case string([UInt8])
    case list([[UInt8]])
    case set(Set<[UInt8]>)
    case hash([[UInt8]: [UInt8]])
    case sortedSet([[UInt8]: Double])
    case stream(StoredStream)

    var isEmptyCollection: Bool {
        switch self {
        case .string, .stream: false
        case .list(let elements): elements.isEmpty
        case .set(let members): members.isEmpty
        case .hash(let fields): fields.isEmpty
        case .sortedSet(let scores): scores.isEmpty
        }
    }
}

/// A key's value and when it goes.
struct StoredEntry {
    var value: StoredValue
    /// In nanoseconds of the monotonic clock.
    var deadline: Int64?
}

/// Where a key is.
struct StoredPlace: Hashable {
    let database: Int
    let key: [UInt8]
}

/// The keyspace and everything else under the server's one lock. All of it is used with the lock held.
final class ServerStore: @unchecked Sendable {
    let condition = NSCondition()
    let fault: Fault?
    let probability: Double
    let lacking: Set<String>
    /// With more keys than this, any of them are evicted; nil: never.
    let keyLimit: Int?
    private(set) var evictedKeys = 0
    private var random: RandomSource

    var isClosing = false
    var sessions: [Int: WrongSession] = [:]
    var threads: [Platform.Thread.Handle] = []
    var connectionCount = 0
    /// Connections that are gone and still counted.
    var leakedClients = 0
    var strikes = 0
    var configuration = [
        "maxmemory": "0", "maxmemory-policy": "noeviction", "timeout": "0", "slowlog-max-len": "128",
        "slowlog-log-slower-than": "10000", "latency-monitor-threshold": "0", "hz": "10", "maxclients": "10000",
        "tcp-keepalive": "300", "save": "", "appendonly": "no", "active-expire-effort": "1",
        "lazyfree-lazy-user-del": "no",
    ]
    private(set) var entries: [StoredPlace: StoredEntry] = [:]
    /// How often a key was changed.
    private(set) var versions: [StoredPlace: Int] = [:]
    /// Strings before their last change.
    private var former: [StoredPlace: [UInt8]] = [:]
    /// The last reply, and whose it was.
    var lastReply: (session: Int, reply: StoredReply)?

    init(fault: Fault?, probability: Double, seed: UInt64, lacking: Set<String>, keyLimit: Int?) {
        self.keyLimit = keyLimit
        self.fault = fault
        self.probability = probability
        self.lacking = lacking
        random = RandomSource(seed: seed)
        if keyLimit != nil {
            configuration["maxmemory"] = "2000000"
            configuration["maxmemory-policy"] = "allkeys-random"
        }
    }

    func locked<Result>(_ body: () throws -> Result) rethrows -> Result {
        condition.lock()
        defer { condition.unlock() }
        return try body()
    }

    /// Whether the server does `fault` now.
    func strikes(_ candidate: Fault) -> Bool {
        guard fault == candidate, random.unit() < probability else { return false }
        strikes += 1
        return true
    }

    /// Lets the others in for a moment.
    func pause() {
        condition.unlock()
        Clock.sleep(microseconds: 300)
        condition.lock()
    }

    /// A number below `bound`.
    func chance(below bound: Int) -> Int { random.below(bound) }

    // MARK: keys

    /// What the key holds, if it is not past its deadline.
    func entry(_ place: StoredPlace) -> StoredEntry? {
        guard let entry = entries[place] else { return nil }
        if let deadline = entry.deadline, Clock.monotonicNanoseconds() >= deadline {
            remove(place)
            return nil
        }
        return entry
    }

    /// Stores a value; an empty collection removes the key.
    func put(_ place: StoredPlace, _ value: StoredValue, deadline: Int64?) {
        if case .string(let old)? = entries[place]?.value { former[place] = old }
        versions[place, default: 0] += 1
        invalidate(place.key)
        entries[place] = value.isEmptyCollection ? nil : StoredEntry(value: value, deadline: deadline)
    }

    @discardableResult
    func remove(_ place: StoredPlace) -> Bool {
        guard entries.removeValue(forKey: place) != nil else { return false }
        versions[place, default: 0] += 1
        invalidate(place.key)
        return true
    }

    /// Removes keys at random until there are no more than may be.
    func evict() {
        guard let keyLimit else { return }
        while entries.count > keyLimit {
            let place = entries.keys[entries.keys.index(entries.keys.startIndex, offsetBy: random.below(entries.count))]
            evictedKeys += 1
            if let old = former[place], strikes(.evictsIntoThePast) {
                put(place, .string(old), deadline: nil)
            } else {
                remove(place)
            }
        }
    }

    /// Removes all keys of a database, or of all.
    func flush(database: Int?) {
        for place in Array(entries.keys) where database == nil || place.database == database { remove(place) }
    }

    func count(database: Int) -> Int {
        entries.keys.filter { $0.database == database && entry($0) != nil }.count
    }

    /// The string that was there before, if there was one.
    func formerString(_ place: StoredPlace) -> [UInt8]? { former[place] }

    /// The deadline so many milliseconds from now, as right as the server is.
    func deadline(milliseconds: Int) -> Int64 {
        var nanoseconds = Int64(clamping: milliseconds).multipliedReportingOverflow(by: 1_000_000).partialValue
        if strikes(.expiresEarly) { nanoseconds /= 2 }
        if strikes(.expiresLate) { nanoseconds += 300_000_000 }
        return Clock.monotonicNanoseconds() + nanoseconds
    }
}
