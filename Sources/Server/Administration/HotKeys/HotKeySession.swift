// The tracking of hot keys that is under way, or was the last one.
import Keyspace
import Platform
import Synchronization

/// What HOTKEYS GET tells of the whole server: counters of a moment.
struct HotKeyTotals {
    var userMilliseconds = 0
    var systemMilliseconds = 0
    var networkBytes = 0

    /// What has been added since an earlier moment; counters that have been reset since then say 0.
    func since(_ start: HotKeyTotals) -> HotKeyTotals {
        HotKeyTotals(
            userMilliseconds: max(0, userMilliseconds - start.userMilliseconds),
            systemMilliseconds: max(0, systemMilliseconds - start.systemMilliseconds),
            networkBytes: max(0, networkBytes - start.networkBytes))
    }
}

struct HotKeySession {
    let request: HotKeyRequest
    /// Milliseconds since the epoch.
    let start: Int64
    let atStart: HotKeyTotals
    /// Set when it is over.
    var end: Int64?
    var atEnd: HotKeyTotals?

    var isActive: Bool { end == nil }
}

/// The one session of the server. Changed only while all shards are held, or by whoever finds its time over.
final class HotKeySessions: @unchecked Sendable {
    private let lock = Mutex()
    private var session: HotKeySession?
    /// When the session ends by itself, in milliseconds since the epoch: looked at once a turn, without the lock.
    private let deadline = Atomic<Int64>(.max)

    var current: HotKeySession? { lock.withLock { session } }

    func start(_ new: HotKeySession, until end: Int64) {
        lock.withLock { session = new }
        deadline.store(end, ordering: .relaxed)
    }

    /// Ends the session that is under way.
    func stop(at end: Int64, _ totals: HotKeyTotals) {
        deadline.store(.max, ordering: .relaxed)
        lock.withLock {
            guard session?.isActive == true else { return }
            session?.end = end
            session?.atEnd = totals
        }
    }

    func discard() { lock.withLock { session = nil } }

    /// When its time was over; nil: it is not, or there is none.
    @inline(__always)
    func overdue(at now: Int64) -> Int64? {
        let end = deadline.load(ordering: .relaxed)
        return _slowPath(now >= end) ? end : nil
    }
}

extension ServerState {
    /// Ends a session whose time is over. The shards stop tracking by themselves.
    @inline(__always)
    func tendHotKeys(now: Int64) {
        if let end = hotKeys.overdue(at: now) { hotKeys.stop(at: end, hotKeyTotals) }
    }

    /// The server's counters now.
    var hotKeyTotals: HotKeyTotals {
        let process = ProcessStatistics.current()
        return HotKeyTotals(
            userMilliseconds: Int(process.userSeconds * 1000), systemMilliseconds: Int(process.systemSeconds * 1000),
            networkBytes: sum { $0.networkInput.current + $0.networkOutput.current })
    }
}
