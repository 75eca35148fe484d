// What the keyspace must be able to do with a value that is not in the entry itself.
import Bytes
import Containers
import Platform

/// An external object and how it is stored. A new encoding adds its case to each function here. What changes it may
/// move it: then it assigns a new address, and `Database.change` puts that into the entry.
@safe
@usableFromInline
package struct ExternalValue {
    @usableFromInline package var encoding: ValueEncoding
    @usableFromInline package var address: UnsafeMutableRawPointer

    /// - Precondition: `address` is an object of that encoding.
    @inlinable
    @unsafe
    package init(encoding: ValueEncoding, address: UnsafeMutableRawPointer) {
        self.encoding = encoding
        unsafe self.address = unsafe address
    }

    /// The bytes it holds, as the allocator rounds them.
    @usableFromInline
    package var memoryBytes: Int {
        switch encoding {
        case .integer, .embedded, .raw: 0
        case .retained: unsafe RetainedBytes(address: address).memoryBytes
        case .listpack: unsafe Listpack(address: address).memoryBytes
        case .integerSet: unsafe IntegerSet(address: address).memoryBytes
        case .quicklist: unsafe Quicklist(address: address).memoryBytes
        case .listpackWithDeadlines: unsafe Listpack(address: address).memoryBytes
        case .hashTable: unsafe ElementTable(address: address).memoryBytes
        case .sortedTree: unsafe RankedTree(address: address).memoryBytes
        case .stream: unsafe StreamValue(address: address).memoryBytes
        }
    }

    /// Whether freeing takes so long that it should be done in slices.
    package var isLarge: Bool {
        switch encoding {
        case .integer, .embedded, .raw: false
        case .retained: unsafe RetainedBytes(address: address).memoryBytes > 1 << 20
        case .listpack, .integerSet: false
        case .quicklist: unsafe Quicklist(address: address).isLarge
        case .listpackWithDeadlines: false
        case .hashTable: unsafe ElementTable(address: address).count > 256
        case .sortedTree: unsafe RankedTree(address: address).count > 512
        case .stream: unsafe StreamValue(address: address).isLarge
        }
    }

    /// Whether it consists of more than a few blocks of memory.
    var isManyBlocks: Bool {
        switch encoding {
        case .quicklist: unsafe Quicklist(address: address).nodeCount > 4
        case .hashTable, .sortedTree: true
        case .stream: unsafe StreamValue(address: address).isManyBlocks
        default: false
        }
    }

    /// Frees a part of it, at most about `limit` elements; returns whether there is more.
    package func release(limit: Int) -> Bool {
        switch encoding {
        case .integer, .embedded, .raw: break
        case .retained: unsafe RetainedBytes(address: address).release()
        case .listpack: unsafe Listpack(address: address).release()
        case .integerSet: unsafe IntegerSet(address: address).release()
        case .quicklist: return unsafe Quicklist(address: address).release(limit: limit)
        case .listpackWithDeadlines: unsafe Listpack(address: address).release()
        case .hashTable: return unsafe ElementTable(address: address).release(limit: limit)
        case .sortedTree: return unsafe RankedTree(address: address).release(limit: limit)
        case .stream: return unsafe StreamValue(address: address).release(limit: limit)
        }
        return false
    }

    /// The same value once more, for another entry. What is never changed while it is shared is only counted.
    package func copy() -> ExternalValue {
        switch encoding {
        case .integer, .embedded, .raw: break
        case .retained: unsafe RetainedBytes(address: address).retain()
        case .listpack: return unsafe moved(to: Listpack(address: address).copy().address)
        case .integerSet: return unsafe moved(to: IntegerSet(address: address).copy().address)
        case .quicklist: return unsafe moved(to: Quicklist(address: address).copy().address)
        case .listpackWithDeadlines: return unsafe moved(to: Listpack(address: address).copy().address)
        case .hashTable: return unsafe moved(to: ElementTable(address: address).copy().address)
        case .sortedTree: return unsafe moved(to: RankedTree(address: address).copy().address)
        case .stream: return unsafe StreamValue(address: address).copy().value
        }
        return self
    }

    /// When elements of it have to be looked at because they are due, in milliseconds since the epoch; `Int64.max`:
    /// never.
    @usableFromInline
    package var nextDue: Int64 {
        switch encoding {
        case .hashTable: return unsafe ElementTable(address: address).nextDue
        case .listpackWithDeadlines:
            let list = unsafe Listpack(address: address)
            let deadline = list.element(index: 2)?.integer ?? 0
            return deadline == 0 ? .max : deadline
        default: return .max
        }
    }

    /// An object of the same encoding elsewhere.
    private func moved(to address: UnsafeMutableRawPointer) -> ExternalValue {
        unsafe ExternalValue(encoding: encoding, address: address)
    }
}
