// A node of a stream: a listpack of entries, in the format of Redis.
import Bytes
import Platform

/// The format (https://redis.io/docs/latest/develop/internals and what a server saves): first the numbers of entries
/// that live and that are deleted, the number of the first entry's fields, their names, and 0. Then the entries: flags,
/// ID as a difference from the first one's (two integers), the number of fields, names and values (without number and
/// names if they are those of the first entry), and how many elements that was.
@safe
@usableFromInline
package struct StreamNode {
    package private(set) var listpack: Listpack
    /// The ID of its first entry, deleted or not.
    package let firstID: StreamID

    static var deletedFlag: Int64 { 1 }
    static var sameFieldsFlag: Int64 { 2 }

    /// The largest entry that there may be.
    package static var largestEntry: Int { Listpack.safetyLimit }

    /// - Precondition: `address` is a listpack in this format.
    package init(address: UnsafeMutableRawPointer, firstID: StreamID) {
        listpack = unsafe Listpack(address: address)
        self.firstID = firstID
    }

    // MARK: - Making

    /// A node with one entry. `fields` are names and values, one behind the other.
    package static func create<Fields: StreamFields>(_ id: StreamID, _ fields: Fields) -> StreamNode {
        var listpack = Listpack.create()
        let count = fields.count / 2
        listpack.append(integer: 1)
        listpack.append(integer: 0)
        listpack.append(integer: Int64(count))
        for index in 0..<count { listpack.append(fields[index * 2]) }
        listpack.append(integer: 0)
        var node = unsafe StreamNode(address: listpack.address, firstID: id)
        node.write(id, fields, hasSameFields: true)
        return node
    }

    /// Whether another entry, of `bytes` bytes of names and values, still belongs in this node.
    package func accepts(bytes: Int, maximumBytes: Int, maximumEntries: Int) -> Bool {
        let limit = maximumBytes <= 0 || maximumBytes > Listpack.safetyLimit ? Listpack.safetyLimit : maximumBytes
        if listpack.totalBytes &+ bytes >= limit { return false }
        return maximumEntries <= 0 || liveCount &+ deletedCount < maximumEntries
    }

    /// Adds an entry behind all others.
    package mutating func append<Fields: StreamFields>(_ id: StreamID, _ fields: Fields) {
        replaceInteger(listpack.start, integer(listpack.start) &+ 1)
        write(id, fields, hasSameFields: hasFields(of: fields))
    }

    private func hasFields<Fields: StreamFields>(of fields: Fields) -> Bool {
        var position = fieldCountPosition
        guard integer(position) == Int64(fields.count / 2) else { return false }
        var index = 0
        while index < fields.count {
            position = listpack.next(position)
            if !listpack.equals(position, fields[index]) { return false }
            index &+= 2
        }
        return true
    }

    private mutating func write<Fields: StreamFields>(_ id: StreamID, _ fields: Fields, hasSameFields: Bool) {
        let count = fields.count
        let milliseconds = ListpackEntry(integer: Int64(bitPattern: id.milliseconds &- firstID.milliseconds))
        let sequence = ListpackEntry(integer: Int64(bitPattern: id.sequence &- firstID.sequence))
        // Of the fields only the values are written, or all and before them how many they are.
        let first = hasSameFields ? 1 : 0
        let step = hasSameFields ? 2 : 1
        let elements = hasSameFields ? count / 2 &+ 3 : count &+ 4
        let fieldCount = ListpackEntry(integer: Int64(count / 2))
        let elementCount = ListpackEntry(integer: Int64(elements))
        var bytes = 2 &+ milliseconds.size &+ sequence.size &+ elementCount.size
        if !hasSameFields { bytes &+= fieldCount.size }
        for index in stride(from: first, to: count, by: step) { bytes &+= ListpackEntry(fields[index]).size }
        listpack.append(count: elements &+ 1, bytes: bytes) { tail in
            tail.write(integer: hasSameFields ? StreamNode.sameFieldsFlag : 0)
            tail.write(milliseconds)
            tail.write(sequence)
            if !hasSameFields { tail.write(fieldCount) }
            for index in stride(from: first, to: count, by: step) { tail.write(fields[index]) }
            tail.write(elementCount)
        }
    }

    // MARK: - Counts

    /// Entries that are not deleted.
    package var liveCount: Int { Int(truncatingIfNeeded: integer(listpack.start)) }

    package var deletedCount: Int { Int(truncatingIfNeeded: integer(listpack.next(listpack.start))) }

    private var fieldCountPosition: Int { listpack.next(listpack.next(listpack.start)) }

    @inline(__always)
    func integer(_ position: Int) -> Int64 { listpack.element(position).integer ?? 0 }

    @inline(__always)
    private mutating func replaceInteger(_ position: Int, _ value: Int64) {
        listpack.replace(position, integer: value)
    }

    // MARK: - Entries

    /// The number of the first entry's fields, and where their names begin.
    package var fields: (count: Int, position: Int) {
        let position = fieldCountPosition
        return (Int(truncatingIfNeeded: integer(position)), listpack.next(position))
    }

    /// Where the first entry begins, if the first entry's fields are known.
    package func entriesPosition(_ fields: (count: Int, position: Int)) -> Int {
        listpack.next(skip(fields.count, from: fields.position))
    }

    @inline(__always)
    func skip(_ count: Int, from position: Int) -> Int {
        var position = position
        for _ in 0..<count { position = listpack.next(position) }
        return position
    }

    /// The entry at `position`.
    @inline(__always)
    package func entry(at position: Int, _ fields: (count: Int, position: Int)) -> StreamEntry {
        let flags = integer(position)
        var place = listpack.next(position)
        let milliseconds = firstID.milliseconds &+ UInt64(bitPattern: integer(place))
        place = listpack.next(place)
        let sequence = firstID.sequence &+ UInt64(bitPattern: integer(place))
        place = listpack.next(place)
        let hasSameFields = flags & StreamNode.sameFieldsFlag != 0
        var count = fields.count
        if !hasSameFields {
            count = Int(truncatingIfNeeded: integer(place))
            place = listpack.next(place)
        }
        return StreamEntry(
            id: StreamID(milliseconds, sequence), isDeleted: flags & StreamNode.deletedFlag != 0, fieldCount: count,
            listpack: listpack, position: position, namesPosition: hasSameFields ? fields.position : 0,
            valuesPosition: place)
    }

    /// The ID of its last entry, deleted or not.
    package var lastID: StreamID {
        var place = listpack.before(listpack.end)
        for _ in 0..<integer(place) { place = listpack.before(place) }
        return entry(at: place, fields).id
    }

    // MARK: - Deleting

    /// Marks an entry as deleted. Positions may change.
    package mutating func delete(_ entry: StreamEntry) {
        mark(entry)
        noteDeleted(1)
    }

    /// Marks the first entries as deleted, so many at most and only those below an ID; returns how many there were.
    package mutating func deleteFirst(_ most: Int, below bound: StreamID? = nil) -> Int {
        let fields = fields
        var position = entriesPosition(fields)
        var count = 0
        while count < most && !listpack.isEnd(position) {
            let entry = entry(at: position, fields)
            if let bound, entry.id >= bound { break }
            if !entry.isDeleted {
                mark(entry)
                count &+= 1
            }
            position = entry.end
        }
        noteDeleted(count)
        return count
    }

    /// Flags are always stored in one byte, so that nothing moves.
    private mutating func mark(_ entry: StreamEntry) {
        replaceInteger(entry.position, integer(entry.position) | StreamNode.deletedFlag)
    }

    private mutating func noteDeleted(_ count: Int) {
        let start = listpack.start
        replaceInteger(start, integer(start) &- Int64(count))
        let second = listpack.next(start)
        replaceInteger(second, integer(second) &+ Int64(count))
    }
}

/// Names and values of an entry that is to be added, one behind the other.
package protocol StreamFields {
    /// Names and values together.
    var count: Int { get }
    subscript(index: Int) -> ByteView { get }
}

/// One entry, as a view of its node: valid until that changes.
@safe
package struct StreamEntry {
    package let id: StreamID
    let isDeleted: Bool
    package let fieldCount: Int
    let listpack: Listpack
    let position: Int
    /// Where the names are if they are the first entry's; 0: they stand before their values.
    let namesPosition: Int
    let valuesPosition: Int

    /// The position behind it.
    var end: Int {
        var place = valuesPosition
        for _ in 0..<(namesPosition == 0 ? fieldCount &* 2 : fieldCount) { place = listpack.next(place) }
        return listpack.next(place)
    }

    /// Calls `body` with every name and value.
    package func forEachField(_ body: (ListpackElement, ListpackElement) -> Void) {
        var name = namesPosition
        var value = valuesPosition
        for _ in 0..<fieldCount {
            if namesPosition == 0 {
                let place = listpack.next(value)
                body(listpack.element(value), listpack.element(place))
                value = listpack.next(place)
            } else {
                body(listpack.element(name), listpack.element(value))
                name = listpack.next(name)
                value = listpack.next(value)
            }
        }
    }
}
