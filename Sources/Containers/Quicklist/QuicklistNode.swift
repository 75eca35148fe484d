// One node of a quicklist.
import Bytes
import Platform

/// The address of a node: the previous and the next node, the contents, their number, and whether they are one large
/// element in a block of its own (`RetainedBytes`) instead of a listpack.
@safe
@usableFromInline
package struct QuicklistNode {
    @usableFromInline let base: UnsafeMutableRawPointer

    @usableFromInline static var size: Int { 32 }

    @inlinable
    init(_ base: UnsafeMutableRawPointer) { unsafe self.base = unsafe base }

    static func create(_ listpack: Listpack, count: Int) -> QuicklistNode {
        let node = unsafe QuicklistNode(Allocator.allocate(size))
        node.listpack = listpack
        node.count = count
        unsafe node.base.storeBytes(of: 0, toByteOffset: 28, as: UInt32.self)
        return node
    }

    static func create(_ large: RetainedBytes) -> QuicklistNode {
        let node = unsafe QuicklistNode(Allocator.allocate(size))
        unsafe node.base.storeBytes(of: large.address, toByteOffset: 16, as: UnsafeMutableRawPointer.self)
        node.count = 1
        unsafe node.base.storeBytes(of: 1, toByteOffset: 28, as: UInt32.self)
        return node
    }

    /// Frees the node and what is in it.
    func release() {
        if isLarge { large.release() } else { listpack.release() }
        unsafe Allocator.deallocate(base, size: QuicklistNode.size)
    }

    @inlinable
    package var previous: QuicklistNode? {
        unsafe base.load(as: UnsafeMutableRawPointer?.self).map { unsafe QuicklistNode($0) }
    }

    @inlinable
    package var next: QuicklistNode? {
        unsafe base.load(fromByteOffset: 8, as: UnsafeMutableRawPointer?.self).map { unsafe QuicklistNode($0) }
    }

    func setPrevious(_ node: QuicklistNode?) {
        unsafe base.storeBytes(of: node?.base, as: UnsafeMutableRawPointer?.self)
    }

    func setNext(_ node: QuicklistNode?) {
        unsafe base.storeBytes(of: node?.base, toByteOffset: 8, as: UnsafeMutableRawPointer?.self)
    }

    /// - Precondition: not `isLarge`.
    @inlinable
    package internal(set) var listpack: Listpack {
        @inline(__always) get {
            unsafe Listpack(address: base.load(fromByteOffset: 16, as: UnsafeMutableRawPointer.self))
        }
        nonmutating set {
            unsafe base.storeBytes(of: newValue.address, toByteOffset: 16, as: UnsafeMutableRawPointer.self)
        }
    }

    /// - Precondition: `isLarge`.
    @inlinable
    package var large: RetainedBytes {
        unsafe RetainedBytes(address: base.load(fromByteOffset: 16, as: UnsafeMutableRawPointer.self))
    }

    func setLarge(_ large: RetainedBytes) {
        unsafe base.storeBytes(of: large.address, toByteOffset: 16, as: UnsafeMutableRawPointer.self)
    }

    @inlinable
    package internal(set) var count: Int {
        @inline(__always) get { unsafe Int(base.load(fromByteOffset: 24, as: UInt32.self)) }
        nonmutating set {
            unsafe base.storeBytes(of: UInt32(truncatingIfNeeded: newValue), toByteOffset: 24, as: UInt32.self)
        }
    }

    @inlinable package var isLarge: Bool { unsafe base.load(fromByteOffset: 28, as: UInt32.self) != 0 }

    /// The bytes of the listpack or of the large element.
    var contentBytes: Int { isLarge ? large.count : listpack.totalBytes }

    var memoryBytes: Int { QuicklistNode.size + (isLarge ? large.memoryBytes : listpack.memoryBytes) }

    /// Whether an element of that length may be put here. What an element takes beside its text is taken to be 8 bytes,
    /// as in Redis.
    @inlinable
    func allows(_ length: Int, _ limit: NodeLimit) -> Bool {
        if isLarge || limit.isLarge(length) { return false }
        return !limit.isExceeded(bytes: listpack.totalBytes &+ length &+ 8, count: count &+ 1)
    }

    /// Whether both nodes' elements fit one listpack.
    func allowsMerge(_ other: QuicklistNode, _ limit: NodeLimit) -> Bool {
        if isLarge || other.isLarge { return false }
        return !limit.isExceeded(bytes: contentBytes + other.contentBytes - 7, count: count + other.count)
    }
}
