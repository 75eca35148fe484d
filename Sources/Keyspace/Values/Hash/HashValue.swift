// A hash value, however it is stored: what it is and what is in it.
import Bytes
import Containers
import Platform

/// When a small hash becomes a big one.
@usableFromInline
package struct HashLimits {
    /// The most fields in a listpack (`hash-max-listpack-entries`).
    @usableFromInline package var entries = 512
    /// The longest name or value in a listpack (`hash-max-listpack-value`).
    @usableFromInline package var valueBytes = 64
    /// The key of the hash of names, for the table of a big one.
    @usableFromInline package var seed: UInt64 = 0

    package init() {}

    package init(entries: Int, valueBytes: Int) {
        self.entries = entries
        self.valueBytes = valueBytes
    }
}

/// A field that was found; valid until the hash changes.
@safe
@usableFromInline
package struct HashField {
    @usableFromInline package let value: ListpackElement
    /// When it expires, in milliseconds since the Unix epoch; `Int64.max`: never.
    @usableFromInline package let deadline: Int64

    @inlinable
    @inline(__always)
    init(value: ListpackElement, deadline: Int64) {
        self.value = value
        self.deadline = deadline
    }
}

/// A hash in a listpack of names and values; in one of names, values and deadlines (0: none), those with the earliest
/// deadlines first and those without at the end; or in a table of elements. A method that changes it may move it or
/// store it in another way: `value` then says where and how. A field past its deadline looks as if it were gone.
@safe
@usableFromInline
package struct HashValue {
    @usableFromInline package var value: ExternalValue

    /// - Precondition: `value` is that of a hash.
    @inlinable
    @inline(__always)
    package init(_ value: ExternalValue) { self.value = value }

    /// An empty hash.
    package static func create() -> HashValue {
        unsafe HashValue(ExternalValue(encoding: .listpack, address: Listpack.create().address))
    }

    @inlinable
    var listpack: Listpack {
        @inline(__always) get { unsafe Listpack(address: value.address) }
        set { unsafe value.address = newValue.address }
    }

    @inlinable
    var table: ElementTable {
        @inline(__always) get { unsafe ElementTable(address: value.address) }
    }

    /// How many elements of the listpack a field has.
    @inlinable var stride: Int { value.encoding == .listpackWithDeadlines ? 3 : 2 }

    /// The number of fields, those past their deadline that nobody has removed yet included.
    @inlinable
    package var count: Int {
        switch value.encoding {
        case .hashTable: table.count
        case .listpack: listpack.count / 2
        default: listpack.count / 3
        }
    }

    // MARK: - Reading

    /// The field of that name, or nil.
    @inlinable
    @inline(__always)
    package func find(_ name: ByteView, now: Int64) -> HashField? {
        if value.encoding == .hashTable {
            guard let element = table.find(name)?.element, !element.isExpired(now: now) else { return nil }
            return HashField(value: ListpackElement(element.value), deadline: element.deadline)
        }
        return findInListpack(name, now: now)
    }

    @usableFromInline
    func findInListpack(_ name: ByteView, now: Int64) -> HashField? {
        let list = listpack
        let stride = self.stride
        guard let position = list.find(name, from: list.start, skip: stride - 1) else { return nil }
        let place = list.next(position)
        let deadline = stride == 2 ? .max : deadline(behind: place)
        return deadline < now ? nil : HashField(value: list.element(place), deadline: deadline)
    }

    /// The deadline that follows the value at `place`.
    func deadline(behind place: Int) -> Int64 {
        let list = listpack
        let stored = list.element(list.next(place)).integer ?? 0
        return stored == 0 ? .max : stored
    }

    /// The number of fields that are not past their deadline: exact, and not always quick.
    package func liveCount(now: Int64) -> Int {
        if nextDue == .max { return count }
        var live = 0
        forEach(now: now) { _, _ in live += 1 }
        return live
    }

    /// Calls `body` with the names and values of all fields. It must not change the hash.
    @inlinable
    package func forEach(now: Int64, _ body: (ListpackElement, ListpackElement) -> Void) {
        switch value.encoding {
        case .hashTable:
            table.forEach { element in
                if element.isExpired(now: now) { return }
                body(ListpackElement(element.name), ListpackElement(element.value))
            }
        case .listpack:
            let list = listpack
            var position = list.start
            while !list.isEnd(position) {
                let place = list.next(position)
                body(list.element(position), list.element(place))
                position = list.next(place)
            }
        default:
            forEachWithDeadline { name, value, deadline in if deadline >= now { body(name, value) } }
        }
    }

    /// Calls `body` with the names, values and deadlines of a listpack.
    @usableFromInline
    func forEachWithDeadline(_ body: (ListpackElement, ListpackElement, Int64) -> Void) {
        let list = listpack
        var position = list.start
        while !list.isEnd(position) {
            let place = list.next(position)
            let last = list.next(place)
            let deadline = list.element(last).integer ?? 0
            body(list.element(position), list.element(place), deadline == 0 ? .max : deadline)
            position = list.next(last)
        }
    }

    /// One step of a walk through the fields: calls `body` with the names and values of those whose hash position is at
    /// least `position` and before the returned one; nil after the last step. A small hash takes one step. Positions
    /// are below 2⁴⁸.
    package func scan(
        from position: UInt64, now: Int64, _ body: (ListpackElement, ListpackElement) -> Void
    ) -> UInt64? {
        guard value.encoding == .hashTable else {
            forEach(now: now, body)
            return nil
        }
        return table.scan(from: position) { element in
            if element.isExpired(now: now) { return }
            body(ListpackElement(element.name), ListpackElement(element.value))
        }
    }

    /// Whether it is big: a walk through it takes several steps.
    package var isTable: Bool { value.encoding == .hashTable }

    /// Whether fields can be chosen at random one by one without looking at all of them.
    package var isRandomAccess: Bool { value.encoding == .hashTable && table.nextDue == .max }

    /// A field chosen at random, all of them equally likely, and something that tells it from others.
    /// - Precondition: `isRandomAccess`, and the hash is not empty.
    package func randomField(
        _ random: () -> UInt64
    ) -> (name: ListpackElement, value: ListpackElement, identity: UInt) {
        guard let element = table.randomElement(random) else { preconditionFailure("the hash is empty") }
        return (ListpackElement(element.name), ListpackElement(element.value), element.identity)
    }
}
