// A place in a list, whether that is a lone listpack or a quicklist.
import Bytes
import Platform

/// Where one element is. Valid until the list changes in another way than through the cursor.
@safe
@usableFromInline
package struct ListCursor {
    /// The node, or nil in a lone listpack.
    @usableFromInline package let node: QuicklistNode?
    /// What the element is in; meaningless if it is a large one.
    @usableFromInline package internal(set) var listpack: Listpack
    /// Of the element in the listpack.
    @usableFromInline package internal(set) var position: Int
    /// Whether the element is alone in its node.
    @usableFromInline package let isLarge: Bool

    /// The element at `position` of a lone listpack.
    @inlinable
    package init(_ listpack: Listpack, _ position: Int) {
        node = nil
        self.listpack = listpack
        self.position = position
        isLarge = false
    }

    @inlinable
    init(_ node: QuicklistNode, _ position: Int) {
        self.node = node
        // Not looked at if the node holds a large element.
        listpack = node.listpack
        self.position = position
        isLarge = node.isLarge
    }

    /// The first or the last element of a node.
    @inlinable
    package init(_ node: QuicklistNode, atFront: Bool) {
        let isInside = !atFront && !node.isLarge
        self.init(node, isInside ? node.listpack.before(node.listpack.end) : 6)
    }

    @inlinable
    package var element: ListpackElement {
        @inline(__always) get {
            if _slowPath(isLarge), let node { return ListpackElement(node.large.view) }
            return listpack.element(position)
        }
    }

    /// The block of a large element.
    @inlinable package var large: RetainedBytes? { isLarge ? node?.large : nil }

    /// Whether the element has the text of `wanted`, which is that of a `ListpackEntry`.
    @inlinable
    @inline(__always)
    package func equals(_ wanted: ListpackElement) -> Bool { element.equals(wanted) }

    /// Goes to the next element; false, and no longer usable, if there is none.
    @inlinable
    package mutating func advance() -> Bool {
        if !isLarge {
            let next = listpack.next(position)
            if !listpack.isEnd(next) {
                position = next
                return true
            }
        }
        guard let next = node?.next else { return false }
        self = ListCursor(next, atFront: true)
        return true
    }

    /// Goes to the element before; false, and no longer usable, if there is none.
    @inlinable
    package mutating func retreat() -> Bool {
        if !isLarge && position > listpack.start {
            position = listpack.before(position)
            return true
        }
        guard let previous = node?.previous else { return false }
        self = ListCursor(previous, atFront: false)
        return true
    }

    @inlinable
    package mutating func move(forward: Bool) -> Bool { forward ? advance() : retreat() }
}

extension Quicklist {
    /// The element with that index, from 0 to `count - 1`; nil if there is none.
    package func cursor(at index: Int) -> ListCursor? {
        guard let place = node(containing: index) else { return nil }
        if place.node.isLarge { return ListCursor(place.node, atFront: true) }
        guard let position = place.node.listpack.seek(index - place.start) else { return nil }
        return ListCursor(place.node, position)
    }

    /// The first element.
    @inlinable package var firstCursor: ListCursor? { first.map { ListCursor($0, atFront: true) } }

    /// The last element.
    @inlinable package var lastCursor: ListCursor? { last.map { ListCursor($0, atFront: false) } }
}
