// A key that clients keep copies of, and who they are.
import Bytes
import Containers
import Platform

/// A client that keeps copies, and the worker that it lives on.
@safe
package struct KeyReader: Hashable, BitwiseCopyable {
    let bits: UInt64

    package init(identifier: Int, worker: Int) {
        bits = UInt64(worker) << 56 | UInt64(identifier) & ~(0xFF << 56)
    }

    package var identifier: Int { Int(bits & ~(0xFF << 56)) }
    package var worker: Int { Int(bits >> 56) }
}

/// One block of raw memory: hash, number of readers, length of the name, the name, the readers.
@safe
package struct TrackedKey: BitwiseCopyable {
    let base: UnsafeMutableRawPointer

    private static var nameOffset: Int { 16 }

    init(_ base: UnsafeMutableRawPointer) { unsafe self.base = unsafe base }

    private static func size(name: Int, readers: Int) -> Int { nameOffset + (name + 7) / 8 * 8 + readers * 8 }

    static func create(_ name: ByteView, hash: UInt64, _ reader: KeyReader) -> TrackedKey {
        let key = unsafe TrackedKey(Allocator.allocate(Allocator.sizeClass(size(name: name.count, readers: 1))))
        unsafe key.base.storeBytes(of: hash, as: UInt64.self)
        unsafe key.base.storeBytes(of: 1, toByteOffset: 8, as: UInt32.self)
        unsafe key.base.storeBytes(of: UInt32(name.count), toByteOffset: 12, as: UInt32.self)
        unsafe ByteMemory.copy(key.base + nameOffset, name.base, name.count)
        unsafe key.readers.storeBytes(of: reader.bits, as: UInt64.self)
        return key
    }

    package var hash: UInt64 { unsafe base.load(as: UInt64.self) }
    package var readerCount: Int { unsafe Int(base.load(fromByteOffset: 8, as: UInt32.self)) }
    package var name: ByteView {
        unsafe ByteView(base: base + Self.nameOffset, count: Int(base.load(fromByteOffset: 12, as: UInt32.self)))
    }

    private var readers: UnsafeMutableRawPointer { unsafe base + Self.nameOffset + (name.count + 7) / 8 * 8 }

    package func reader(_ index: Int) -> KeyReader {
        precondition(UInt(bitPattern: index) < UInt(bitPattern: readerCount), "no such reader")
        return unsafe readers.load(fromByteOffset: index * 8, as: KeyReader.self)
    }

    /// The memory that it takes.
    var memoryBytes: Int { Allocator.sizeClass(Self.size(name: name.count, readers: readerCount)) }

    func contains(_ reader: KeyReader) -> Bool {
        for index in 0..<readerCount where self.reader(index) == reader { return true }
        return false
    }

    /// Adds a reader; what comes back takes this one's place.
    func adding(_ reader: KeyReader) -> TrackedKey {
        let count = readerCount
        let before = memoryBytes
        let after = Allocator.sizeClass(Self.size(name: name.count, readers: count + 1))
        var key = self
        if before != after {
            key = unsafe TrackedKey(Allocator.allocate(after))
            unsafe ByteMemory.copy(key.base, UnsafeRawPointer(base), before)
            unsafe Allocator.deallocate(base, size: before)
        }
        unsafe key.base.storeBytes(of: UInt32(count + 1), toByteOffset: 8, as: UInt32.self)
        unsafe key.readers.storeBytes(of: reader.bits, toByteOffset: count * 8, as: UInt64.self)
        return key
    }

    func free() { unsafe Allocator.deallocate(base, size: memoryBytes) }
}

/// How the table reads what it points to.
enum TrackedKeyPolicy: HashTablePolicy {
    static func hash(of entry: UnsafeMutableRawPointer, seed: UInt64) -> UInt64 { unsafe TrackedKey(entry).hash }
    static func matches(_ entry: UnsafeMutableRawPointer, _ key: ByteView) -> Bool {
        unsafe TrackedKey(entry).name == key
    }
    static func deadline(of entry: UnsafeMutableRawPointer) -> Int64 { .max }
}
