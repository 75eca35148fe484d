// A shard for the tests, driven with strings.
import Bytes
import Keyspace
import Platform

/// One shard with two databases; freed when the fixture goes.
@safe
final class Fixture {
    let shard: UnsafeMutablePointer<Shard>
    let seed: UInt64 = 42
    var now: Int64 = 1_000_000

    init() {
        unsafe shard = unsafe Shard.create(index: 0, databaseCount: 2, seed: seed)
        unsafe shard.pointee.accessClock.advance(to: now)
    }

    deinit {
        unsafe Shard.destroy(shard)
    }

    var database: Database { unsafe shard.pointee.database(0) }
    var other: Database { unsafe shard.pointee.database(1) }
    var usedBytes: Int { unsafe shard.pointee.usedBytes }
    /// What the tables of the databases take, their entries not included.
    var tableBytes: Int { database.tableBytes + other.tableBytes }
    var statistics: ShardStatistics { unsafe shard.pointee.statistics }

    func withKey<Result>(_ key: String, _ body: (ByteView, UInt64) -> Result) -> Result {
        ByteView.withView(key) { body($0, KeyHash.hash($0, seed: seed)) }
    }

    func find(_ key: String, in database: Database? = nil) -> Found? {
        withKey(key) { (database ?? self.database).find($0, hash: $1, now: now) }
    }

    func get(_ key: String, in database: Database? = nil) -> String? {
        find(key, in: database)?.entry.withString { $0.string }
    }

    func set(_ key: String, _ value: String, deadline: Int64 = .max, in database: Database? = nil) {
        let target = database ?? self.database
        withKey(key) { name, hash in
            let found = target.find(name, hash: hash, now: now, .write)
            ByteView.withView(value) {
                _ = target.set(name, hash: hash, replacing: found, .string($0), deadline: deadline)
            }
        }
    }

    @discardableResult
    func remove(_ key: String) -> Bool {
        withKey(key) { name, hash in
            guard let found = database.find(name, hash: hash, now: now, .write) else { return false }
            database.remove(found, hash: hash)
            return true
        }
    }

    func append(_ key: String, _ suffix: String) {
        withKey(key) { name, hash in
            guard var found = database.find(name, hash: hash, now: now, .write) else { return }
            let length = found.entry.stringLength
            ByteView.withView(suffix) {
                database.writableString(&found, hash: hash, length: length + $0.count).write($0, at: length)
            }
        }
    }

    func setDeadline(_ key: String, _ deadline: Int64) {
        withKey(key) { name, hash in
            guard var found = database.find(name, hash: hash, now: now, .write) else { return }
            database.setDeadline(&found, hash: hash, to: deadline)
        }
    }

    func encoding(_ key: String) -> String? {
        find(key).map { "\($0.entry.encoding.name)" }
    }

    var deferredCount: Int { unsafe shard.pointee.deferredCount }

    /// What is left in the accounts when everything is gone: 0.
    func bytesWhenEmptied() -> Int {
        database.removeAll()
        other.removeAll()
        freeAll()
        return usedBytes
    }

    func freeAll() {
        while unsafe shard.pointee.freeDeferred(isOver: { false }) {}
    }

    func idleSeconds(_ entry: Entry) -> Int { unsafe shard.pointee.accessClock.idleSeconds(of: entry) }

    func swap() { unsafe shard.pointee.swap(0, 1) }

    var hasDeferred: Bool { unsafe shard.pointee.hasDeferred }

    var nextDue: Int64 { unsafe shard.pointee.nextDue }

    /// Expires what is due until `isOver`; whether more is due.
    func expire(isOver: Bool) -> Bool {
        unsafe shard.pointee.expireDue(now: now, isOver: { isOver })
    }

    func expireAll() {
        while unsafe shard.pointee.expireDue(now: now, isOver: { false }) {}
    }
}

/// A small generator with a seed.
struct Random {
    var state: UInt64

    mutating func below(_ bound: Int) -> Int {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = (state ^ state >> 30) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ mixed >> 27) &* 0x94D0_49BB_1331_11EB
        return Int((mixed ^ mixed >> 31) >> 33) % bound
    }
}
