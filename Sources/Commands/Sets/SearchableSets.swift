// Sets in which many members are looked for.
import Containers
import Keyspace

/// A listpack is searched from its beginning: for many searches its members are copied to a table, which goes with
/// this.
struct SearchableSets: ~Copyable {
    private let sets: [SetValue]
    private var copies: [SetValue] = []

    /// - Parameter lookups: how many members will be looked for.
    init(_ sets: [SetValue], lookups: Int, seed: UInt64) {
        // From about there on a copy costs less than it saves.
        guard lookups >= 80, sets.contains(where: SearchableSets.isSlow) else {
            self.sets = sets
            return
        }
        var quick: [SetValue] = []
        for set in sets {
            if SearchableSets.isSlow(set) {
                var copy = SetValue(set.value.copy())
                copy.becomeTable(seed: seed)
                copies.append(copy)
                quick.append(copy)
            } else {
                quick.append(set)
            }
        }
        self.sets = quick
    }

    deinit {
        for copy in copies { copy.release() }
    }

    private static func isSlow(_ set: SetValue) -> Bool { set.value.encoding == .listpack && set.count >= 24 }

    @inline(__always)
    func allContain(_ member: ListpackElement) -> Bool {
        for set in sets where !set.contains(member) { return false }
        return true
    }

    @inline(__always)
    func anyContains(_ member: ListpackElement) -> Bool {
        for set in sets where set.contains(member) { return true }
        return false
    }
}
