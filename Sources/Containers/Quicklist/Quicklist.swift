// A long list: a chain of listpacks, with nodes of their own for large elements.
import Bytes
import Platform

/// The address of a list's head: first and last node, the numbers of elements and nodes, the memory of everything, and
/// a bookmark. The address changes only in `relocated`. No deinitialiser: the owner calls `release(limit:)` until it is
/// done.
///
/// No node is empty. Large elements (see `NodeLimit.isLarge`) are alone in their node.
@safe
@usableFromInline
package struct Quicklist {
    @usableFromInline let base: UnsafeMutableRawPointer

    @usableFromInline static var headSize: Int { 48 }

    /// - Precondition: a quicklist is there.
    @inlinable
    @unsafe
    package init(address: UnsafeMutableRawPointer) { unsafe base = unsafe address }

    @inlinable package var address: UnsafeMutableRawPointer { unsafe base }

    /// An empty list.
    package static func create() -> Quicklist {
        let list = unsafe Quicklist(address: Allocator.allocate(headSize))
        list.setFirst(nil)
        list.setLast(nil)
        list.bookmark = nil
        list.count = 0
        list.nodeCount = 0
        list.memoryBytes = Allocator.sizeClass(headSize)
        return list
    }

    /// A list of one listpack, which changes hands, or of nothing if that is empty.
    package static func create(taking listpack: Listpack) -> Quicklist {
        let list = Quicklist.create()
        if listpack.isEmpty {
            listpack.release()
        } else {
            list.link(.create(listpack, count: listpack.count), after: nil)
        }
        return list
    }

    package func copy() -> Quicklist {
        let copy = Quicklist.create()
        var next = first
        while let node = next {
            let twin: QuicklistNode =
                node.isLarge
                ? .create(RetainedBytes.create(copying: node.large.view))
                : .create(node.listpack.copy(), count: node.count)
            copy.link(twin, after: copy.last)
            next = node.next
        }
        return copy
    }

    /// Frees nodes with about `limit` elements; returns whether there are more. When there are not, the list is gone.
    package func release(limit: Int) -> Bool {
        var freed = 0
        while let node = first {
            if freed >= limit { return true }
            freed += node.isLarge ? 64 : max(1, node.count / 16)
            unlink(node)
        }
        unsafe Allocator.deallocate(base, size: Quicklist.headSize)
        return false
    }

    /// The only node's listpack, taken out of the list, which is freed.
    /// - Precondition: `loneListpack` is not nil.
    package func dissolve() -> Listpack {
        guard let node = first, nodeCount == 1, !node.isLarge else {
            preconditionFailure("only a list of one listpack can become one")
        }
        let listpack = node.listpack
        unsafe Allocator.deallocate(node.base, size: QuicklistNode.size)
        unsafe Allocator.deallocate(base, size: Quicklist.headSize)
        return listpack
    }

    // MARK: - The head

    @inlinable
    package var first: QuicklistNode? {
        unsafe base.load(as: UnsafeMutableRawPointer?.self).map { unsafe QuicklistNode($0) }
    }

    @inlinable
    package var last: QuicklistNode? {
        unsafe base.load(fromByteOffset: 8, as: UnsafeMutableRawPointer?.self).map { unsafe QuicklistNode($0) }
    }

    /// A node at which a walk in steps will go on: it moves on when its node goes. nil: at no node.
    var bookmark: QuicklistNode? {
        get { unsafe base.load(fromByteOffset: 40, as: UnsafeMutableRawPointer?.self).map { unsafe QuicklistNode($0) } }
        nonmutating set {
            unsafe base.storeBytes(of: newValue?.base, toByteOffset: 40, as: UnsafeMutableRawPointer?.self)
        }
    }

    func setFirst(_ node: QuicklistNode?) {
        unsafe base.storeBytes(of: node?.base, as: UnsafeMutableRawPointer?.self)
    }

    func setLast(_ node: QuicklistNode?) {
        unsafe base.storeBytes(of: node?.base, toByteOffset: 8, as: UnsafeMutableRawPointer?.self)
    }

    /// Elements.
    @inlinable
    package internal(set) var count: Int {
        get { unsafe base.load(fromByteOffset: 16, as: Int.self) }
        nonmutating set { unsafe base.storeBytes(of: newValue, toByteOffset: 16, as: Int.self) }
    }

    @inlinable
    package internal(set) var nodeCount: Int {
        get { unsafe base.load(fromByteOffset: 24, as: Int.self) }
        nonmutating set { unsafe base.storeBytes(of: newValue, toByteOffset: 24, as: Int.self) }
    }

    /// What the allocator spends on head, nodes and contents.
    @inlinable
    package internal(set) var memoryBytes: Int {
        get { unsafe base.load(fromByteOffset: 32, as: Int.self) }
        nonmutating set { unsafe base.storeBytes(of: newValue, toByteOffset: 32, as: Int.self) }
    }

    @inlinable package var isEmpty: Bool { count == 0 }

    /// Whether freeing it takes long enough to be done in slices.
    package var isLarge: Bool { nodeCount > 64 || memoryBytes > 1 << 20 }

    /// The listpack of the only node, if there is only one.
    @inlinable
    package var loneListpack: Listpack? {
        guard nodeCount == 1, let node = first, !node.isLarge else { return nil }
        return node.listpack
    }

    // MARK: - Nodes

    /// Puts a node behind another, or first; its elements are counted in.
    func link(_ node: QuicklistNode, after previous: QuicklistNode?) {
        let next = previous == nil ? first : previous?.next
        node.setPrevious(previous)
        node.setNext(next)
        if let previous { previous.setNext(node) } else { setFirst(node) }
        if let next { next.setPrevious(node) } else { setLast(node) }
        count += node.count
        nodeCount += 1
        memoryBytes += node.memoryBytes
    }

    /// Takes a node out and frees it with its elements.
    func unlink(_ node: QuicklistNode) {
        let previous = node.previous
        let next = node.next
        if let previous { previous.setNext(next) } else { setFirst(next) }
        if let next { next.setPrevious(previous) } else { setLast(previous) }
        if let bookmark, unsafe bookmark.base == node.base { self.bookmark = next }
        count -= node.count
        nodeCount -= 1
        memoryBytes -= node.memoryBytes
        node.release()
    }

    /// Lets `body` change a node's listpack, `change` elements more or fewer, and accounts for it.
    @inline(__always)
    @discardableResult
    func update<Result>(_ node: QuicklistNode, by change: Int, _ body: (inout Listpack) -> Result) -> Result {
        var listpack = node.listpack
        let before = listpack.memoryBytes
        let result = body(&listpack)
        node.listpack = listpack
        node.count &+= change
        count &+= change
        memoryBytes &+= listpack.memoryBytes &- before
        return result
    }

    // MARK: - Both ends

    @usableFromInline
    package func append(_ text: ByteView, _ limit: NodeLimit) {
        if let last, last.allows(text.count, limit) {
            update(last, by: 1) { $0.append(text) }
        } else {
            link(newNode(text, limit), after: last)
        }
    }

    @usableFromInline
    package func prepend(_ text: ByteView, _ limit: NodeLimit) {
        if let first, first.allows(text.count, limit) {
            update(first, by: 1) { $0.prepend(text) }
        } else {
            link(newNode(text, limit), after: nil)
        }
    }

    /// A node for one element.
    func newNode(_ text: ByteView, _ limit: NodeLimit) -> QuicklistNode {
        if limit.isLarge(text.count) { return .create(RetainedBytes.create(copying: text)) }
        var listpack = Listpack.create()
        listpack.append(text)
        return .create(listpack, count: 1)
    }

    /// Puts a large element at either end; the reference changes hands.
    package func push(large: RetainedBytes, atFront: Bool) {
        link(.create(large), after: atFront ? nil : last)
    }

    /// - Precondition: here and below: the list is not empty.
    @usableFromInline
    package func removeFirst() {
        guard let first else { preconditionFailure("an empty list has no first element") }
        if first.count == 1 { return unlink(first) }
        update(first, by: -1) { $0.delete($0.start) }
    }

    @usableFromInline
    package func removeLast() {
        guard let last else { preconditionFailure("an empty list has no last element") }
        if last.count == 1 { return unlink(last) }
        update(last, by: -1) { $0.delete($0.before($0.end)) }
    }

    /// Removes up to `length` elements from the one with that index on.
    package func removeRange(index: Int, count length: Int) {
        var left = min(length, count - index)
        guard left > 0, index >= 0, let place = node(containing: index) else { return }
        var next: QuicklistNode? = place.node
        var offset = index - place.start
        while left > 0, let node = next {
            next = node.next
            let here = min(left, node.count - offset)
            if here == node.count {
                unlink(node)
            } else {
                update(node, by: -here) { $0.deleteRange(index: offset, count: here) }
            }
            left -= here
            offset = 0
        }
    }

    /// The node that has the element with that index, and the index of its first one; from the nearer end.
    func node(containing index: Int) -> (node: QuicklistNode, start: Int)? {
        guard index >= 0, index < count else { return nil }
        if index < count / 2 {
            var start = 0
            var next = first
            while let node = next {
                if index < start + node.count { return (node, start) }
                start += node.count
                next = node.next
            }
        } else {
            var start = count
            var next = last
            while let node = next {
                start -= node.count
                if index >= start { return (node, start) }
                next = node.previous
            }
        }
        return nil
    }
}
