// Who has read which keys: remembering, telling once, limits, forgetting all.
import Bytes
import Testing

@testable import Keyspace

@Suite struct TrackingTests {
    /// What a shard has told.
    private final class Told {
        var readers: [String: [Int]] = [:]
        var causes: [ChangeCause] = []
    }

    private func withShard(_ body: (UnsafeMutablePointer<Shard>, Told) -> Void) {
        let shard = unsafe Shard.create(index: 0, databaseCount: 2, seed: 7)
        defer { unsafe Shard.destroy(shard) }
        let told = Told()
        unsafe shard.pointee.onReadersLost = { tracked, key, cause in
            told.causes.append(cause)
            told.readers[key.string] = tracked.map { key in (0..<key.readerCount).map { key.reader($0).identifier } }
        }
        unsafe body(shard, told)
    }

    private func read(_ shard: UnsafeMutablePointer<Shard>, _ key: String, by client: Int) {
        ByteView.withView(key) {
            unsafe shard.note(KeyReader(identifier: client, worker: 3), of: $0, hash: KeyHash.hash($0, seed: 7))
        }
    }

    private func write(_ shard: UnsafeMutablePointer<Shard>, _ key: String, in database: Int = 0) {
        ByteView.withView(key) { unsafe shard.pointee.database(database).touch($0) }
    }

    @Test func readersAreToldOnce() {
        unsafe withShard { shard, told in
            for client in [5, 6, 5, 7, 6] { unsafe read(shard, "k", by: client) }
            unsafe #expect(shard.pointee.trackedKeyCount == 1 && shard.pointee.trackedItemCount == 3)
            unsafe write(shard, "other")
            #expect(told.causes.isEmpty)
            unsafe write(shard, "k", in: 1)
            unsafe write(shard, "k")
            #expect(told.readers == ["k": [5, 6, 7]] && told.causes == [.command])
            unsafe #expect(shard.pointee.trackedKeyCount == 0 && shard.pointee.trackedItemCount == 0)
        }
    }

    @Test func changesCostNothingWhileNobodyReads() {
        unsafe withShard { shard, told in
            let empty = unsafe shard.pointee.usedBytes
            unsafe #expect(shard.pointee.database(0).storage.pointee.observedCount == 0)
            unsafe read(shard, "k", by: 5)
            unsafe #expect(shard.pointee.database(1).storage.pointee.observedCount == DatabaseStorage.telling)
            unsafe #expect(shard.pointee.usedBytes > empty)
            unsafe write(shard, "k")
            unsafe shard.pointee.limitTracking(to: 10)
            unsafe #expect(shard.pointee.database(1).storage.pointee.observedCount == 0)
        }
    }

    @Test func aLimitIsKept() {
        unsafe withShard { shard, told in
            unsafe shard.pointee.limitTracking(to: 50)
            for number in 0..<500 { unsafe read(shard, "k\(number)", by: 5) }
            unsafe #expect(shard.pointee.trackedKeyCount == 50 && told.readers.count == 450)
            #expect(told.causes.allSatisfy { $0 == .forgotten })
            unsafe shard.pointee.limitTracking(to: 20)
            unsafe #expect(shard.pointee.wantsTending && shard.pointee.hasUntendedTracking)
            unsafe #expect(!shard.tendTracking { false })
            unsafe #expect(shard.pointee.trackedKeyCount == 20 && told.readers.count == 480)
        }
    }

    @Test func everythingIsForgottenInSlices() {
        unsafe withShard { shard, told in
            let empty = unsafe shard.pointee.usedBytes
            for number in 0..<5000 { unsafe read(shard, "k\(number)", by: number) }
            let full = unsafe shard.pointee.usedBytes
            unsafe shard.pointee.forgetReaders()
            unsafe #expect(shard.pointee.trackedKeyCount == 0 && shard.pointee.trackedItemCount == 0)
            unsafe #expect(shard.tendTracking { true } && shard.pointee.usedBytes < full)
            unsafe #expect(!shard.tendTracking { false } && shard.pointee.usedBytes == empty)
            #expect(told.causes.isEmpty)
        }
    }

    @Test func whoWantsPrefixesIsToldOfAll() {
        unsafe withShard { shard, told in
            unsafe shard.pointee.addBroadcasters(1)
            unsafe write(shard, "k")
            #expect(told.causes == [.command] && told.readers["k"] == nil)
            unsafe shard.pointee.addBroadcasters(-1)
            unsafe write(shard, "l")
            #expect(told.causes.count == 1)
        }
    }
}
