// Moving a shard's entries and values out of sparse pages, in slices: active defragmentation.
import Bytes
import Containers
import Platform

/// How far the walk through a shard has come. Nothing in it is an address: between slices anything may change.
struct Defragmentation {
    /// A key whose value takes more than one slice.
    struct Large {
        let database: Int
        let key: [UInt8]
        var progress: RelocationProgress
    }

    var database = 0
    var walk = RelocationWalk()
    var large: [Large] = []
}

extension Shard {
    /// The steps that a value gets at once; with more to do it waits for its turn.
    private static var stepsAtOnce: Int { 4 }

    /// Moves blocks in small steps until `isOver` says that time is up; returns false when all databases have been
    /// walked through, and begins anew with the next call.
    package mutating func defragment(_ mover: inout BlockMover, isOver: () -> Bool) -> Bool {
        while !isOver() {
            if defragmentation.large.isEmpty {
                if defragmentation.database >= databaseCount {
                    defragmentation = Defragmentation()
                    return false
                }
                let number = defragmentation.database
                if !database(number).relocateEntries(&defragmentation, &mover, &statistics) {
                    defragmentation.database = number + 1
                    defragmentation.walk = RelocationWalk()
                }
            } else {
                defragmentLarge(&mover)
            }
        }
        return true
    }

    /// One step through the last of the large values, which may have changed in any way meanwhile.
    private mutating func defragmentLarge(_ mover: inout BlockMover) {
        guard var large = defragmentation.large.popLast() else { return }
        let database = database(large.database)
        guard let value = ByteView.withView(large.key, { database.externalValue(of: $0) }) else { return }
        for _ in 0..<Shard.stepsAtOnce where !value.relocateParts(&large.progress, &mover) { return }
        defragmentation.large.append(large)
    }

    /// Gives up a walk that is under way.
    package mutating func abandonDefragmentation() { defragmentation = Defragmentation() }
}

extension Database {
    /// The external object of a key, if it has one.
    fileprivate func externalValue(of key: ByteView) -> ExternalValue? {
        let hash = unsafe KeyHash.hash(key, seed: storage.pointee.contents.table.seed)
        guard let slot = unsafe storage.pointee.contents.table.find(hash: hash, key: key) else { return nil }
        let entry = unsafe Entry(slot.entry)
        return entry.encoding.isExternal ? entry.external : nil
    }

    /// One step through the table; returns whether there is more.
    fileprivate func relocateEntries(
        _ state: inout Defragmentation, _ mover: inout BlockMover, _ statistics: inout ShardStatistics
    ) -> Bool {
        let number = index
        var walk = state.walk
        let isMore = unsafe storage.pointee.contents.table.relocateEntries(&walk, &mover) { address, mover in
            let before = mover.movedCount
            let size = unsafe Allocator.sizeClass(Entry(address).size)
            let moved = unsafe mover.relocate(address, size: size)
            let entry = unsafe Entry(moved ?? address)
            if _slowPath(entry.encoding.isExternal) {
                if let progress = entry.relocateExternal(&mover) {
                    state.large.append(
                        Defragmentation.Large(database: number, key: entry.key.bytes, progress: progress))
                }
            }
            if mover.movedCount == before {
                statistics.defragmentedKeyMisses &+= 1
            } else {
                statistics.defragmentedKeyHits &+= 1
            }
            return unsafe moved
        }
        state.walk = walk
        return isMore
    }
}

extension Entry {
    /// Moves the external object and its first parts; returns how far that came if there are more.
    fileprivate func relocateExternal(_ mover: inout BlockMover) -> RelocationProgress? {
        var value = external
        value.relocate(&mover)
        external = value
        var progress = RelocationProgress()
        for _ in 0..<4 where !value.relocateParts(&progress, &mover) { return nil }
        return progress
    }
}
