// A set value, however it is stored.
import Bytes
import Containers
import Platform

/// A set that is an intset while all members are integers and few, a listpack while they are few and short, else a
/// table of elements. A method that changes it may move it or store it in another way: `value` then says where and how.
/// The conversions are those of Redis 7.2.
///
/// `seed` is the key of the hash, everywhere the same. Members that are passed in must not be views of this very set.
@safe
@usableFromInline
package struct SetValue {
    @usableFromInline package var value: ExternalValue

    /// - Precondition: `value` is that of a set.
    @inlinable
    @inline(__always)
    package init(_ value: ExternalValue) { self.value = value }

    // MARK: - New sets

    package static func emptyIntegers() -> SetValue {
        unsafe SetValue(ExternalValue(encoding: .integerSet, address: IntegerSet.create().address))
    }

    package static func emptyListpack() -> SetValue {
        unsafe SetValue(ExternalValue(encoding: .listpack, address: Listpack.create().address))
    }

    package static func emptyTable(seed: UInt64, capacity: Int = 0) -> SetValue {
        let table = ElementTable.create(seed: seed, capacity: capacity)
        return unsafe SetValue(ExternalValue(encoding: .hashTable, address: table.address))
    }

    /// An empty set in the form that suits so many members if they are like `member`.
    package static func empty(for member: ByteView, count: Int, _ limits: SetLimits, seed: UInt64) -> SetValue {
        if count <= limits.integers, IntegerText.parse(member) != nil { return emptyIntegers() }
        // The members may turn out to be the same again and again.
        return count <= limits.listpackEntries ? emptyListpack() : emptyTable(seed: seed, capacity: min(count, 1024))
    }

    /// Frees a set that nobody has got.
    package func release() { while value.release(limit: .max) {} }

    // MARK: - How it is stored

    @inlinable package var integers: IntegerSet { unsafe IntegerSet(address: value.address) }
    @inlinable package var listpack: Listpack { unsafe Listpack(address: value.address) }
    @inlinable package var table: ElementTable { unsafe ElementTable(address: value.address) }

    @inlinable
    package var count: Int {
        switch value.encoding {
        case .hashTable: table.count
        case .listpack: listpack.count
        default: integers.count
        }
    }

    /// Whether the two are one and the same object.
    @inlinable
    package func isSame(as other: SetValue) -> Bool { unsafe value.address == other.value.address }

    // MARK: - Members

    @inlinable
    package func contains(_ member: ByteView) -> Bool {
        switch value.encoding {
        case .hashTable: return table.find(member) != nil
        case .listpack: return listpack.contains(member)
        default:
            guard let integer = IntegerText.parse(member) else { return false }
            return integers.contains(integer)
        }
    }

    /// The same for a member of another set.
    package func contains(_ member: ListpackElement) -> Bool {
        if let text = member.view { return contains(text) }
        guard let integer = member.integer else { return false }
        switch value.encoding {
        case .hashTable: return member.withBytes { table.find($0) != nil }
        case .listpack: return listpack.find(integer: integer, from: listpack.start) != nil
        default: return integers.contains(integer)
        }
    }

    // MARK: - Adding

    /// Adds a member; false if it was there.
    @inlinable
    package mutating func insert(_ member: ByteView, _ limits: SetLimits, seed: UInt64) -> Bool {
        if value.encoding == .hashTable {
            let table = self.table
            let hash = table.hash(member)
            if table.find(member, hash: hash) != nil { return false }
            table.insert(member, hash: hash)
            return true
        }
        return insertCompactly(member, limits, seed: seed)
    }

    @usableFromInline
    mutating func insertCompactly(_ member: ByteView, _ limits: SetLimits, seed: UInt64) -> Bool {
        if value.encoding == .listpack {
            if listpack.contains(member) { return false }
            append(ListpackElement(member), length: member.count, limits, seed: seed)
            return true
        }
        if let integer = IntegerText.parse(member) { return insertAmongIntegers(integer, limits, seed: seed) }
        let set = integers
        let count = set.count
        let longest = count == 0 ? 0 : max(SetValue.digits(set[0]), SetValue.digits(set[count - 1]))
        if count < limits.listpackEntries && max(member.count, longest) <= limits.listpackValue
            && member.count + count * 11 < Listpack.safetyLimit
        {
            becomeListpack()
            append(ListpackElement(member), length: member.count, limits, seed: seed)
        } else {
            becomeTable(seed: seed)
            table.insert(member, hash: table.hash(member))
        }
        return true
    }

    /// Adds a member of another set; false if it was there. `isNew`: it is known not to be.
    package mutating func insert(
        _ member: ListpackElement, _ limits: SetLimits, seed: UInt64, isNew: Bool = false
    ) -> Bool {
        switch value.encoding {
        case .hashTable:
            let table = self.table
            return member.withBytes { text in
                let hash = table.hash(text)
                if !isNew && table.find(text, hash: hash) != nil { return false }
                table.insert(text, hash: hash)
                return true
            }
        case .listpack:
            if !isNew && contains(member) { return false }
            append(member, length: member.textLength, limits, seed: seed)
            return true
        default:
            if let text = member.view { return insertCompactly(text, limits, seed: seed) }
            return insertAmongIntegers(member.integer ?? 0, limits, seed: seed)
        }
    }

    private mutating func insertAmongIntegers(_ integer: Int64, _ limits: SetLimits, seed: UInt64) -> Bool {
        var set = integers
        guard set.insert(integer) else { return false }
        unsafe value.address = set.address
        if set.count > limits.integers { becomeTable(seed: seed) }
        return true
    }

    /// Adds a member that a listpack does not have to it, or to the table that it becomes.
    private mutating func append(_ member: ListpackElement, length: Int, _ limits: SetLimits, seed: UInt64) {
        var list = listpack
        if list.count < limits.listpackEntries && length <= limits.listpackValue && list.isSafeToAdd(length) {
            if let text = member.view { list.append(text) } else { list.append(integer: member.integer ?? 0) }
            unsafe value.address = list.address
        } else {
            becomeTable(seed: seed)
            member.withBytes { table.insert($0, hash: table.hash($0)) }
        }
    }

    private static func digits(_ integer: Int64) -> Int { ListpackElement(integer: integer).textLength }

    // MARK: - Removing

    /// Removes a member; false if it was not there.
    @inlinable
    package mutating func remove(_ member: ByteView) -> Bool {
        value.encoding == .hashTable ? table.remove(member) : removeCompactly(member)
    }

    @usableFromInline
    mutating func removeCompactly(_ member: ByteView) -> Bool {
        if value.encoding == .listpack {
            var list = listpack
            guard let position = list.find(member, from: list.start) else { return false }
            list.delete(position)
            unsafe value.address = list.address
            return true
        }
        guard let integer = IntegerText.parse(member) else { return false }
        return remove(integer: integer)
    }

    private mutating func remove(integer: Int64) -> Bool {
        var set = integers
        guard set.remove(integer) else { return false }
        unsafe value.address = set.address
        return true
    }

    /// Removes a member of another set; false if it was not there.
    package mutating func remove(_ member: ListpackElement) -> Bool {
        if let integer = member.integer, value.encoding == .integerSet { return remove(integer: integer) }
        return member.withBytes { remove($0) }
    }

    // MARK: - Conversions

    /// Stores the set as a table if so many members are about to be added, although some may be there already.
    @inlinable
    package mutating func prepare(adding count: Int, _ limits: SetLimits, seed: UInt64) {
        if _fastPath(value.encoding == .hashTable) { return }
        if count > (value.encoding == .listpack ? limits.listpackEntries : limits.integers) { becomeTable(seed: seed) }
    }

    /// Stores a set as an intset if it is not too large for one.
    /// - Precondition: every member is an integer.
    package mutating func becomeIntegers(_ limits: SetLimits) {
        if value.encoding == .integerSet || count > limits.integers { return }
        var set = IntegerSet.create()
        forEach { member in
            _ = member.withBytes { text in IntegerText.parse(text).map { set.insert($0) } }
        }
        unsafe replace(by: ExternalValue(encoding: .integerSet, address: set.address))
    }

    private mutating func becomeListpack() {
        var list = Listpack.create()
        forEach { list.append(integer: $0.integer ?? 0) }
        unsafe replace(by: ExternalValue(encoding: .listpack, address: list.address))
    }

    /// Stores the set as a table.
    @usableFromInline
    package mutating func becomeTable(seed: UInt64) {
        let table = ElementTable.create(seed: seed, capacity: count + 1)
        forEach { member in
            member.withBytes { table.insert($0, hash: table.hash($0)) }
        }
        unsafe replace(by: ExternalValue(encoding: .hashTable, address: table.address))
    }

    private mutating func replace(by other: ExternalValue) {
        release()
        value = other
    }
}
