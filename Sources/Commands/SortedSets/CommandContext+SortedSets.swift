// Short cuts of handlers to sorted sets.
import Bytes
import Containers
import Keyspace
import RESP

extension CommandContext {
    @inline(__always)
    var sortedSetLimits: SortedSetLimits { unsafe settings.pointee.sortedSetLimits }

    /// The key of the hash of members.
    @inline(__always)
    var memberSeed: UInt64 { keyspace.map.seed }

    /// The sorted set behind a key, to be read. Nil: `whenAbsent` or an error was replied.
    @inline(__always)
    func readSortedSet(_ index: Int = 1, whenAbsent: (ReplyWriter) -> Void) -> SortedSetValue? {
        switch find(key(index), as: .sortedSet, .read) {
        case .found(let found): return SortedSetValue(found.entry.external)
        case .absent:
            whenAbsent(reply)
            return nil
        case .refused: return nil
        }
    }

    /// The sorted set behind a key, to be changed. Nil: `whenAbsent` or an error was replied.
    @inline(__always)
    func writableSortedSet(_ key: Key, whenAbsent: (ReplyWriter) -> Void) -> Found? {
        switch find(key, as: .sortedSet, .write) {
        case .found(let found): return found
        case .absent:
            whenAbsent(reply)
            return nil
        case .refused: return nil
        }
    }

    /// Lets `body` change a sorted set in place.
    @inline(__always)
    func changeSortedSet<Result>(
        _ key: Key, _ found: Found, _ body: (inout SortedSetValue) -> Result
    ) -> Result {
        database(of: key).change(found) { value in
            var set = SortedSetValue(value)
            let result = body(&set)
            value = set.value
            return result
        }
    }

    /// Removes the members with these ranks, and the key if nothing is left; tells of it.
    func remove(_ key: Key, _ found: Found, ranks: Range<Int>, event: StaticString) {
        if ranks.isEmpty { return }
        let isAll = SortedSetValue(found.entry.external).count == ranks.count
        if !isAll { changeSortedSet(key, found) { $0.remove(ranks: ranks) } }
        database(of: key).noteChanges(ranks.count)
        notify(.sortedSet, event, key.name)
        // A set that loses everything goes as a whole: a large one is freed in slices.
        if isAll { removeEmptied(key, found) }
    }

    /// Makes a sorted set the value of a key, whatever it held; an empty one removes the key. Replies with the number
    /// of members.
    func store(_ set: SortedSetValue, at key: Key, event: StaticString) {
        let count = set.count
        let old = find(key, .write)
        if count == 0 {
            set.release()
            if let old {
                remove(key, old)
                changed(key, .generic, "del")
            }
        } else {
            self.set(key, replacing: old, .external(.sortedSet, set.value))
            changed(key, .sortedSet, event)
        }
        reply.integer(count)
    }
}

extension ReplyWriter {
    /// Members of a sorted set, `count` of them from a rank on, with their scores or without. In RESP3 each member and
    /// its score are a pair, in RESP2 only if `nested`.
    func members(
        _ set: SortedSetValue, from rank: Int, count: Int, reversed: Bool, withScores: Bool, nested: Bool
    ) {
        if count <= 0 { return array(0) }
        let isNested = withScores && nested
        array(withScores && !nested ? count &* 2 : count)
        var cursor = set.cursor(rank: rank, reversed: reversed)
        var left = count
        while true {
            if isNested { array(2) }
            bulk(cursor.member)
            if withScores { double(cursor.score) }
            left &-= 1
            if left == 0 { return }
            cursor.advance()
        }
    }
}
