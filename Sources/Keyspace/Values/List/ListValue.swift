// A list value, however it is stored.
import Bytes
import Containers
import Platform

/// A list that is a lone listpack while it fits one node, else a quicklist. A method that changes it may move it or
/// store it in another way: `value` then says where and how.
@safe
package struct ListValue {
    package private(set) var value: ExternalValue

    /// - Precondition: `value` is that of a list.
    @inline(__always)
    package init(_ value: ExternalValue) { self.value = value }

    /// An empty list.
    package static func create() -> ListValue {
        let list = Listpack.create()
        return unsafe ListValue(ExternalValue(encoding: .listpack, address: list.address))
    }

    @inline(__always)
    private var isQuicklist: Bool { value.encoding == .quicklist }

    private var listpack: Listpack {
        @inline(__always) get { unsafe Listpack(address: value.address) }
        set { unsafe value.address = newValue.address }
    }

    @inline(__always)
    private var quicklist: Quicklist { unsafe Quicklist(address: value.address) }

    package var count: Int { isQuicklist ? quicklist.count : listpack.count }

    // MARK: - Growing

    /// Stores the list so that `count` elements of `bytes` bytes in all may be added. To be called before anything is.
    @inline(__always)
    package mutating func prepare(bytes: Int, count: Int, _ limit: NodeLimit) {
        if isQuicklist { return }
        let listpack = listpack
        if _slowPath(limit.isExceeded(bytes: listpack.totalBytes &+ bytes, count: listpack.count &+ count)) {
            becomeQuicklist()
        }
    }

    @inline(never)
    private mutating func becomeQuicklist() {
        let list = Quicklist.create(taking: listpack)
        unsafe value.address = list.address
        value.encoding = .quicklist
    }

    /// Adds an element at either end.
    /// - Precondition: `prepare` was called.
    @inline(__always)
    package mutating func push(_ text: ByteView, atFront: Bool, _ limit: NodeLimit) {
        if isQuicklist {
            if atFront { quicklist.prepend(text, limit) } else { quicklist.append(text, limit) }
        } else {
            if atFront { listpack.prepend(text) } else { listpack.append(text) }
        }
    }

    /// Adds a large element, whose reference changes hands; false, and nothing done, if it does not get a node of its
    /// own.
    package mutating func push(large: RetainedBytes, atFront: Bool, _ limit: NodeLimit) -> Bool {
        guard isQuicklist, limit.isLarge(large.count) else { return false }
        quicklist.push(large: large, atFront: atFront)
        return true
    }

    /// Inserts before or behind an element.
    /// - Precondition: `prepare` was called before the cursor was made.
    package mutating func insert(_ text: ByteView, at cursor: ListCursor, after: Bool, _ limit: NodeLimit) {
        if isQuicklist { return quicklist.insert(text, at: cursor, after: after, limit) }
        listpack.insert(text, at: after ? cursor.listpack.next(cursor.position) : cursor.position)
    }

    /// Puts another element in the place of one.
    /// - Precondition: as above.
    package mutating func replace(_ cursor: ListCursor, _ text: ByteView, _ limit: NodeLimit) {
        if isQuicklist { return quicklist.replace(cursor, text, limit) }
        listpack.replace(cursor.position, text)
    }

    // MARK: - Shrinking

    /// Removes the element at either end.
    /// - Precondition: there is one.
    @inline(__always)
    package mutating func pop(atFront: Bool) {
        if isQuicklist {
            if atFront { quicklist.removeFirst() } else { quicklist.removeLast() }
        } else {
            let list = listpack
            listpack.delete(atFront ? list.start : list.before(list.end))
        }
    }

    /// Removes up to `length` elements from the one with that index on.
    package mutating func removeRange(index: Int, count length: Int) {
        if isQuicklist {
            quicklist.removeRange(index: index, count: length)
        } else {
            listpack.deleteRange(index: index, count: length)
        }
    }

    /// Removes an element. The cursor then shows the next one in the direction; false if there is none.
    package mutating func remove(_ cursor: inout ListCursor, forward: Bool) -> Bool {
        if isQuicklist { return quicklist.remove(&cursor, forward: forward) }
        let position = cursor.position
        listpack.delete(position)
        let list = listpack
        cursor = ListCursor(list, position)
        if forward { return !list.isEnd(position) }
        return cursor.retreat()
    }

    /// Stores the list as a lone listpack again if it has become small enough. To be called after elements have been
    /// removed or replaced.
    @inline(__always)
    package mutating func shrink(_ limit: NodeLimit) {
        if isQuicklist && quicklist.nodeCount == 1 { becomeListpack(limit) }
    }

    @inline(never)
    private mutating func becomeListpack(_ limit: NodeLimit) {
        guard let lone = quicklist.loneListpack,
            limit.isSmallAgain(bytes: lone.totalBytes, count: quicklist.count)
        else { return }
        unsafe value.address = quicklist.dissolve().address
        value.encoding = .listpack
    }

    // MARK: - Reading

    /// The element with that index; negative from the end.
    package func cursor(at index: Int) -> ListCursor? {
        if isQuicklist {
            let list = quicklist
            return list.cursor(at: index < 0 ? index &+ list.count : index)
        }
        let list = listpack
        return list.seek(index).map { ListCursor(list, $0) }
    }

    /// The element at either end.
    @inline(__always)
    package func end(atFront: Bool) -> ListCursor? {
        if isQuicklist {
            let list = quicklist
            return atFront ? list.firstCursor : list.lastCursor
        }
        let list = listpack
        if list.isEmpty { return nil }
        return ListCursor(list, atFront ? list.start : list.before(list.end))
    }
}
