// A sorted set, however it is stored.
import Bytes
import Containers
import Platform

/// Up to where a sorted set is kept in a listpack.
@usableFromInline
package struct SortedSetLimits {
    /// `zset-max-listpack-entries`
    package var entries = 128
    /// `zset-max-listpack-value`
    package var valueBytes = 64

    package init() {}
}

/// A sorted set that is a listpack of members and scores in turn while it is small, else a ranked tree. A method that
/// changes it may move it or store it in another way: `value` then says where and how. Scores are never NaN.
@safe
@usableFromInline
package struct SortedSetValue {
    @usableFromInline package internal(set) var value: ExternalValue

    /// - Precondition: `value` is that of a sorted set.
    @inlinable
    @inline(__always)
    package init(_ value: ExternalValue) { self.value = value }

    /// An empty sorted set, for members of up to `memberLength` bytes to begin with and `count` of them. `seed` is the
    /// key of the hash of members.
    package static func create(
        memberLength: Int, count: Int = 1, limits: SortedSetLimits, seed: UInt64
    ) -> SortedSetValue {
        if count > limits.entries || limits.entries == 0 || memberLength > limits.valueBytes {
            return SortedSetValue(RankedTree.create(seed: seed))
        }
        return unsafe SortedSetValue(ExternalValue(encoding: .listpack, address: Listpack.create().address))
    }

    /// A sorted set of what is in a tree, which changes hands; stored compactly if that is allowed.
    package static func create(taking tree: RankedTree, limits: SortedSetLimits) -> SortedSetValue {
        if tree.count > limits.entries { return SortedSetValue(tree) }
        var position = tree.start
        var length = 0
        while let element = position.element {
            if element.member.count > limits.valueBytes { return SortedSetValue(tree) }
            length &+= element.member.count
            position.moveForward()
        }
        var list = Listpack.create()
        if !list.isSafeToAdd(length) {
            list.release()
            return SortedSetValue(tree)
        }
        position = tree.start
        while let element = position.element {
            list.append(element.member)
            SortedSetValue.withEntry(element.score) { list.append($0) }
            position.moveForward()
        }
        while tree.release(limit: .max) {}
        return unsafe SortedSetValue(ExternalValue(encoding: .listpack, address: list.address))
    }

    /// What is in a tree, which changes hands.
    package init(_ tree: RankedTree) {
        value = unsafe ExternalValue(encoding: .sortedTree, address: tree.address)
    }

    @inlinable
    var isTree: Bool {
        @inline(__always) get { value.encoding == .sortedTree }
    }

    @inlinable
    var tree: RankedTree {
        @inline(__always) get { unsafe RankedTree(address: value.address) }
    }

    @inlinable
    var listpack: Listpack {
        @inline(__always) get { unsafe Listpack(address: value.address) }
        set { unsafe value.address = unsafe newValue.address }
    }

    /// Members.
    package var count: Int { isTree ? tree.count : listpack.count &>> 1 }

    /// Frees it at once: for one that never became a key's value.
    package func release() { while value.release(limit: .max) {} }

    // MARK: - Looking for a member

    /// Where a member is, or that it is not there. Valid until the set changes.
    @safe
    package struct Place {
        /// Of the member in the listpack, -1 for none; or of the tree.
        fileprivate let position: Int
        fileprivate let element: RankedElement?
        fileprivate let hash: UInt64
        package let score: Double

        package var isFound: Bool { position >= 0 || element != nil }
    }

    package func locate(_ member: ByteView) -> Place {
        if isTree {
            let hash = tree.hash(of: member)
            let element = tree.find(member, hash: hash)
            return Place(position: -1, element: element, hash: hash, score: element?.score ?? 0)
        }
        let list = listpack
        guard let position = list.find(member, from: list.start, skip: 1) else {
            return Place(position: -1, element: nil, hash: 0, score: 0)
        }
        let score = SortedSetValue.score(list.element(list.next(position)))
        return Place(position: position, element: nil, hash: 0, score: score)
    }

    /// A member's score, or nil.
    package func score(of member: ByteView) -> Double? {
        let place = locate(member)
        return place.isFound ? place.score : nil
    }

    /// A member's rank and score, or nil.
    package func rank(of member: ByteView) -> (rank: Int, score: Double)? {
        let place = locate(member)
        if !place.isFound { return nil }
        if let element = place.element { return (tree.rank(of: element), place.score) }
        let list = listpack
        var rank = 0
        var position = list.start
        while position < place.position {
            position = list.next(list.next(position))
            rank &+= 1
        }
        return (rank, place.score)
    }

    // MARK: - Changing

    /// Adds a member. `place` is what `locate` said of it: that it is not there.
    package mutating func insert(
        _ member: ByteView, _ place: Place, score: Double, limits: SortedSetLimits, seed: UInt64
    ) {
        if isTree { return tree.insert(member, hash: place.hash, score: score) }
        let list = listpack
        if list.count &>> 1 >= limits.entries || member.count > limits.valueBytes || !list.isSafeToAdd(member.count) {
            becomeTree(seed: seed)
            return tree.insert(member, score: score)
        }
        insertIntoListpack(member, score: score)
    }

    /// Gives a member that was located another score.
    package mutating func update(_ member: ByteView, _ place: Place, score: Double) {
        if let element = place.element { return tree.update(element, score: score) }
        listpack.delete(place.position, count: 2)
        insertIntoListpack(member, score: score)
    }

    /// Sets a member's score; whether it is new.
    package mutating func set(
        _ member: ByteView, score: Double, limits: SortedSetLimits, seed: UInt64
    ) {
        let place = locate(member)
        if !place.isFound {
            insert(member, place, score: score, limits: limits, seed: seed)
        } else if place.score != score {
            update(member, place, score: score)
        }
    }

    /// Removes a member; returns whether it was there.
    package mutating func remove(_ member: ByteView) -> Bool {
        if isTree { return tree.remove(member) }
        guard let position = listpack.find(member, from: listpack.start, skip: 1) else { return false }
        listpack.delete(position, count: 2)
        return true
    }

    /// Removes the members with these ranks, which all exist.
    package mutating func remove(ranks: Range<Int>) {
        if isTree { return tree.remove(ranks: ranks) }
        listpack.deleteRange(index: ranks.lowerBound &* 2, count: ranks.count &* 2)
    }

    private mutating func insertIntoListpack(_ member: ByteView, score: Double) {
        let position = placeInListpack(member, score)
        listpack.insert(member, at: position)
        let behind = listpack.next(position)
        SortedSetValue.withEntry(score) { listpack.insert($0, at: behind) }
    }

    /// Where a new member belongs.
    private func placeInListpack(_ member: ByteView, _ score: Double) -> Int {
        let list = listpack
        if let last = list.last, SortedSetValue.score(list.element(last)) < score { return list.end }
        var position = list.start
        while !list.isEnd(position) {
            let scorePosition = list.next(position)
            let other = SortedSetValue.score(list.element(scorePosition))
            if other > score || other == score && list.element(position).compare(member) > 0 { break }
            position = list.next(scorePosition)
        }
        return position
    }

    /// Stores the set as a tree, if it is not one.
    @inline(never)
    package mutating func becomeTree(seed: UInt64) {
        if isTree { return }
        let list = listpack
        let tree = RankedTree.create(seed: seed)
        var position = list.start
        while !list.isEnd(position) {
            let scorePosition = list.next(position)
            let score = SortedSetValue.score(list.element(scorePosition))
            list.element(position).withBytes { tree.insert($0, score: score) }
            position = list.next(scorePosition)
        }
        list.release()
        value = unsafe ExternalValue(encoding: .sortedTree, address: tree.address)
    }

    // MARK: - Scores in listpacks

    /// What the element behind a member means.
    @usableFromInline
    static func score(_ element: ListpackElement) -> Double {
        if let integer = element.integer { return Double(integer) }
        return element.view.flatMap { DoubleText.parse($0) } ?? 0
    }

    /// Calls `body` with the element that stands for a score.
    private static func withEntry(_ score: Double, _ body: (ListpackEntry) -> Void) {
        // As in Redis, minus zero loses its sign here.
        if score.magnitude <= 0x1p62, let integer = Int64(exactly: score) {
            return body(ListpackEntry(integer: integer))
        }
        unsafe withUnsafeTemporaryAllocation(byteCount: DoubleText.maximumLength, alignment: 8) { text in
            let start = unsafe text.baseAddress.unsafelyUnwrapped
            let length = unsafe DoubleText.write(score, to: start)
            unsafe body(ListpackEntry(ByteView(base: start, count: length)))
        }
    }
}
