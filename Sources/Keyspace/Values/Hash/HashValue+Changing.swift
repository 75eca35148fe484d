// Setting and removing the fields of a hash.
import Bytes
import Containers
import Platform

extension HashValue {
    /// Sets a field to a value and a deadline (`Int64.max`: none; nil: the one it has). Returns whether the field is
    /// new.
    @inlinable
    @inline(__always)
    package mutating func set(
        _ name: ByteView, _ text: ByteView, deadline: Int64?, now: Int64, _ limits: HashLimits
    ) -> Bool {
        if value.encoding == .hashTable { return setInTable(name, text, deadline: deadline, now: now) }
        return setInListpack(name, text, deadline: deadline, now: now, limits)
    }

    @usableFromInline
    func setInTable(_ name: ByteView, _ text: ByteView, deadline: Int64?, now: Int64) -> Bool {
        let table = self.table
        let hash = table.hash(name)
        guard let found = table.find(name, hash: hash) else {
            table.insert(name, hash: hash, value: text, deadline: deadline ?? .max)
            return true
        }
        let isExpired = found.element.isExpired(now: now)
        let kept = isExpired ? .max : found.element.deadline
        table.replace(found, hash: hash, value: text, deadline: deadline ?? kept)
        return isExpired
    }

    @usableFromInline
    mutating func setInListpack(
        _ name: ByteView, _ text: ByteView, deadline: Int64?, now: Int64, _ limits: HashLimits
    ) -> Bool {
        let hasDeadline = deadline ?? .max != .max
        if needsTable(name, text, limits) {
            becomeTable(limits)
            return setInTable(name, text, deadline: deadline, now: now)
        }
        if hasDeadline { becomeListpackWithDeadlines() }
        if value.encoding == .listpackWithDeadlines {
            let isNew = setBeforeDeadline(name, text, deadline: deadline, now: now)
            if isNew && count > limits.entries { becomeTable(limits) }
            return isNew
        }
        if let position = listpack.find(name, from: listpack.start, skip: 1) {
            listpack.replace(listpack.next(position), text)
            return false
        }
        listpack.append(name)
        listpack.append(text)
        if listpack.count > limits.entries &* 2 { becomeTable(limits) }
        return true
    }

    /// Whether these are too long for a listpack.
    @inline(__always)
    private func needsTable(_ name: ByteView, _ text: ByteView, _ limits: HashLimits) -> Bool {
        name.count > limits.valueBytes || text.count > limits.valueBytes
            || !listpack.isSafeToAdd(name.count &+ text.count &+ 64)
    }

    /// Stores the hash so that names and values of these lengths will fit. Redis looks at all of a command's first.
    package mutating func prepare(longest: Int, total: Int, _ limits: HashLimits) {
        if value.encoding == .hashTable { return }
        if longest > limits.valueBytes || !listpack.isSafeToAdd(total) { becomeTable(limits) }
    }

    /// `set` in a listpack with deadlines.
    private mutating func setBeforeDeadline(_ name: ByteView, _ text: ByteView, deadline: Int64?, now: Int64) -> Bool {
        guard let position = listpack.find(name, from: listpack.start, skip: 2) else {
            insert(ListpackEntry(name), ListpackEntry(text), deadline ?? .max)
            return true
        }
        let place = listpack.next(position)
        let old = self.deadline(behind: place)
        let isExpired = old < now
        let new = deadline ?? (isExpired ? .max : old)
        if new == old {
            listpack.replace(place, text)
        } else {
            listpack.delete(position, count: 3)
            insert(ListpackEntry(name), ListpackEntry(text), new)
        }
        return isExpired
    }

    /// Puts a field in its place by its deadline.
    private mutating func insert(_ name: ListpackEntry, _ text: ListpackEntry, _ deadline: Int64) {
        var place = listpack.end
        if deadline != .max {
            place = listpack.start
            while !listpack.isEnd(place) {
                let value = listpack.next(place)
                if self.deadline(behind: value) > deadline { break }
                place = listpack.next(listpack.next(value))
            }
        }
        listpack.insert(name, at: place)
        place = listpack.next(place)
        listpack.insert(text, at: place)
        listpack.insert(ListpackEntry(integer: deadline == .max ? 0 : deadline), at: listpack.next(place))
    }

    /// Removes a field; returns whether it was there.
    @inlinable
    package mutating func remove(_ name: ByteView, now: Int64) -> Bool {
        guard value.encoding == .hashTable else { return removeFromListpack(name, now: now) }
        let table = self.table
        let hash = table.hash(name)
        guard let found = table.find(name, hash: hash) else { return false }
        let isExpired = found.element.isExpired(now: now)
        table.remove(found, hash: hash)
        return !isExpired
    }

    @usableFromInline
    mutating func removeFromListpack(_ name: ByteView, now: Int64) -> Bool {
        let stride = self.stride
        guard let position = listpack.find(name, from: listpack.start, skip: stride - 1) else { return false }
        let isExpired = stride == 3 && deadline(behind: listpack.next(position)) < now
        listpack.delete(position, count: stride)
        return !isExpired
    }

    // MARK: - Deadlines

    /// When `removeDue` has something to do next, in milliseconds since the epoch; `Int64.max`: never.
    package var nextDue: Int64 { value.nextDue }

    /// Gives a field that is there a deadline, or takes it away (`Int64.max`).
    package mutating func setDeadline(_ name: ByteView, _ deadline: Int64) {
        if value.encoding == .hashTable {
            let hash = table.hash(name)
            guard let found = table.find(name, hash: hash) else { return }
            return table.setDeadline(found, hash: hash, deadline)
        }
        if value.encoding == .listpack {
            if deadline == .max { return }
            becomeListpackWithDeadlines()
        }
        guard let position = listpack.find(name, from: listpack.start, skip: 2) else { return }
        let place = listpack.next(position)
        if self.deadline(behind: place) == deadline { return }
        var text = ByteBuffer()
        defer { text.deallocate() }
        listpack.element(place).append(to: &text)
        listpack.delete(position, count: 3)
        insert(ListpackEntry(name), ListpackEntry(text.view), deadline)
    }

    /// Removes fields that are past their deadline, about `limit` of them; returns how many. Fewer if few are due in
    /// each part of a large hash, as all of a part has to be looked at.
    package mutating func removeDue(now: Int64, limit: Int) -> Int {
        var removed = 0
        switch value.encoding {
        case .hashTable:
            // A visit takes as long as removing so many fields.
            var work = 0
            while work < limit && table.nextDue < now {
                let found = table.removeDue(now: now - 1)
                removed += found
                work += found + 128
            }
        case .listpackWithDeadlines:
            var position = listpack.start
            while !listpack.isEnd(position) {
                let place = listpack.next(position)
                if deadline(behind: place) >= now { break }
                position = listpack.next(listpack.next(place))
                removed += 1
            }
            listpack.delete(listpack.start, count: removed * 3)
        default: break
        }
        return removed
    }

    // MARK: - Conversions

    /// Stores the hash in a table, for good.
    @inline(never)
    private mutating func becomeTable(_ limits: HashLimits) {
        let old = self
        let table = ElementTable.create(seed: limits.seed)
        func insert(_ name: ListpackElement, _ value: ListpackElement, _ deadline: Int64) {
            name.withBytes { name in
                value.withBytes { table.insert(name, hash: table.hash(name), value: $0, deadline: deadline) }
            }
        }
        if value.encoding == .listpack {
            forEach(now: 0) { insert($0, $1, .max) }
        } else {
            forEachWithDeadline { insert($0, $1, $2) }
        }
        value = unsafe ExternalValue(encoding: .hashTable, address: table.address)
        old.listpack.release()
    }

    @inline(never)
    private mutating func becomeListpackWithDeadlines() {
        if value.encoding != .listpack { return }
        let old = self
        var list = Listpack.create()
        forEach(now: 0) { name, value in
            list.append(ListpackEntry(name))
            list.append(ListpackEntry(value))
            list.append(integer: 0)
        }
        value = unsafe ExternalValue(encoding: .listpackWithDeadlines, address: list.address)
        old.listpack.release()
    }
}
