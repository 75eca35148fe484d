// Going through the members of a set, and choosing some of them at random.
import Bytes
import Containers
import Platform

extension SetValue {
    /// Calls `body` with every member, integers in ascending order, those of a listpack as they came. It must not
    /// change the set.
    @inlinable
    @inline(__always)
    package func forEach(_ body: (ListpackElement) -> Void) {
        switch value.encoding {
        case .hashTable: table.forEach { body(ListpackElement($0.name)) }
        case .listpack:
            let list = listpack
            var position = list.start
            while !list.isEnd(position) {
                body(list.element(position))
                position = list.next(position)
            }
        default:
            let set = integers
            for index in 0..<set.count { body(ListpackElement(integer: set[index])) }
        }
    }

    /// The same until `body` says no; a few members of a table may follow then.
    package func walk(while body: (ListpackElement) -> Bool) {
        var goesOn = true
        switch value.encoding {
        case .hashTable:
            var position: UInt64? = 0
            while goesOn, let start = position {
                position = table.scan(from: start) { element in
                    if goesOn { goesOn = body(ListpackElement(element.name)) }
                }
            }
        case .listpack:
            let list = listpack
            var position = list.start
            while goesOn && !list.isEnd(position) {
                goesOn = body(list.element(position))
                position = list.next(position)
            }
        default:
            let set = integers
            var index = 0
            while goesOn && index < set.count {
                goesOn = body(ListpackElement(integer: set[index]))
                index += 1
            }
        }
    }

    /// One step of SSCAN: see `Database.scan`. Sets that are not tables are seen in one step.
    package func scan(from position: UInt64, _ body: (ListpackElement) -> Void) -> UInt64? {
        if value.encoding == .hashTable {
            return table.scan(from: position) { body(ListpackElement($0.name)) }
        }
        forEach(body)
        return nil
    }

    // MARK: - Chance

    /// A number below `bound`, which is positive.
    @inlinable
    package static func choose(below bound: Int, _ random: () -> UInt64) -> Int {
        Int(truncatingIfNeeded: random().multipliedFullWidth(by: UInt64(bound)).high)
    }

    /// A member chosen at random, all of them equally likely; nil if there is none. Valid until the set changes.
    @inlinable
    package func randomMember(_ random: () -> UInt64) -> ListpackElement? {
        if value.encoding == .hashTable { return table.randomElement(random).map { ListpackElement($0.name) } }
        let count = self.count
        if count == 0 { return nil }
        return compactMember(SetValue.choose(below: count, random))
    }

    @usableFromInline
    func compactMember(_ index: Int) -> ListpackElement? {
        value.encoding == .listpack ? listpack.element(index: index) : ListpackElement(integer: integers[index])
    }

    /// Removes a member chosen at random, after `body` has seen it. False: there was none.
    package mutating func removeRandom(_ random: () -> UInt64, _ body: (ListpackElement) -> Void) -> Bool {
        switch value.encoding {
        case .hashTable:
            guard let element = table.randomElement(random) else { return false }
            body(ListpackElement(element.name))
            _ = table.remove(element.name)
        case .listpack:
            var list = listpack
            guard !list.isEmpty, let position = list.seek(SetValue.choose(below: list.count, random)) else {
                return false
            }
            body(list.element(position))
            list.delete(position)
            unsafe value.address = list.address
        default:
            var set = integers
            if set.isEmpty { return false }
            let index = SetValue.choose(below: set.count, random)
            body(ListpackElement(integer: set[index]))
            set.remove(index: index)
            unsafe value.address = set.address
        }
        return true
    }

    /// Calls `body` with `wanted` different members, every selection equally likely, in the order of `forEach`.
    /// - Precondition: 0 ≤ `wanted` ≤ `count`.
    package func sample(_ wanted: Int, _ random: () -> UInt64, _ body: (ListpackElement) -> Void) {
        var left = wanted
        var rest = count
        forEach { member in
            if left == 0 { return }
            if SetValue.choose(below: rest, random) < left {
                body(member)
                left -= 1
            }
            rest -= 1
        }
    }

    /// Calls `body` with members chosen at random, `draws` times or until it returns false, the same one possibly
    /// several times.
    package func drawRepeatedly(_ draws: Int, _ random: () -> UInt64, _ body: (ListpackElement) -> Bool) {
        guard count > 0 else { return }
        if value.encoding != .listpack || draws < 4 {
            for _ in 0..<draws {
                guard let member = randomMember(random), body(member) else { return }
            }
            return
        }
        // The positions of all members, so that a draw need not count from the beginning.
        let list = listpack
        var positions = RawArray<Int>()
        defer { positions.deallocate() }
        var position = list.start
        while !list.isEnd(position) {
            positions.append(position)
            position = list.next(position)
        }
        for _ in 0..<draws {
            if !body(list.element(positions[SetValue.choose(below: positions.count, random)])) { return }
        }
    }
}
