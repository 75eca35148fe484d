// What a cache remembers of entries that it has evicted: two bytes each.
import Platform

/// Sets of sixteen 16-bit words, newest first: 13 bits of a hash, its fingerprint, and 3 bits of the owner's, the mark.
/// An entry's set is chosen by other bits of its hash, so that a lookup reads 32 bytes; a fingerprint of one of 16
/// others matches by chance in 1 of 500 lookups. A set forgets its oldest entry for a new one, and as the sets fill
/// evenly, how far back in its set an entry stands tells how many were remembered after it.
/// The memory of it is the "ghost queue" of S3-FIFO (Yang et al., SOSP 2023). The owner calls `deallocate()`.
@safe
package struct GhostTable {
    /// What was remembered of an entry.
    package struct Recollection: Equatable {
        /// The mark that came with it.
        package let mark: Int
        /// About how many entries have been remembered since.
        package let age: Int
    }

    /// The words of a set.
    package static var ways: Int { 16 }

    private typealias Words = UnsafeMutablePointer<UInt16>

    /// The sets in blocks of 1,024: one is allocated when it is needed for the first time, so that no single operation
    /// has to clear them all.
    private var blocks: UnsafeMutablePointer<Words?>?
    private var blockCount = 0
    private var blockMemory = 0
    package private(set) var setCount = 0

    private static var setsInBlock: Int { 1024 }

    package init() { unsafe blocks = nil }

    /// How many entries it remembers.
    package var capacity: Int { setCount * GhostTable.ways }

    /// The memory that it takes so far.
    package var memoryBytes: Int {
        blockCount == 0 ? 0 : Allocator.sizeClass(blockCount * 8) + blockMemory
    }

    /// Makes room for about `entries` of them and forgets all that there are.
    package mutating func resize(for entries: Int) {
        deallocate()
        setCount = max(1, (entries + GhostTable.ways / 2) / GhostTable.ways)
        blockCount = (setCount + GhostTable.setsInBlock - 1) / GhostTable.setsInBlock
        let memory = unsafe Allocator.allocate(blockCount * 8).bindMemory(to: Words?.self, capacity: blockCount)
        unsafe memory.initialize(repeating: nil, count: blockCount)
        unsafe blocks = unsafe memory
    }

    package mutating func deallocate() {
        if let blocks = unsafe blocks {
            for index in 0..<blockCount {
                if let words = unsafe blocks[index] {
                    unsafe Allocator.deallocate(UnsafeMutableRawPointer(words), size: bytes(ofBlock: index))
                }
            }
            unsafe Allocator.deallocate(UnsafeMutableRawPointer(blocks), size: blockCount * 8)
        }
        self = GhostTable()
    }

    /// The size of a block: the last one has what remains.
    private func bytes(ofBlock index: Int) -> Int {
        min(GhostTable.setsInBlock, setCount - index * GhostTable.setsInBlock) * GhostTable.ways * 2
    }

    /// Remembers an entry; returns the mark of the one that is forgotten for it, if there is one.
    /// - Precondition: 0 ≤ `mark` < 8, and `resize` was called.
    package mutating func remember(_ hash: UInt64, mark: Int) -> Int? {
        precondition(UInt(bitPattern: mark) < 8 && setCount > 0, "no such mark, or no room was made")
        let (number, fingerprint) = place(of: hash)
        let set = unsafe block(number / GhostTable.setsInBlock) + number % GhostTable.setsInBlock * GhostTable.ways
        let last = unsafe set[GhostTable.ways - 1]
        unsafe (set + 1).update(from: set, count: GhostTable.ways - 1)
        unsafe set[0] = fingerprint | UInt16(mark) << 13
        return last == 0 ? nil : Int(last >> 13)
    }

    /// What is remembered of an entry, which is forgotten by that; nil if it is unknown.
    package mutating func recall(_ hash: UInt64) -> Recollection? {
        guard let blocks = unsafe blocks else { return nil }
        let (number, fingerprint) = place(of: hash)
        guard let block = unsafe blocks[number / GhostTable.setsInBlock] else { return nil }
        let set = unsafe block + number % GhostTable.setsInBlock * GhostTable.ways
        for way in 0..<GhostTable.ways where unsafe set[way] & 0x1FFF == fingerprint {
            let mark = unsafe Int(set[way] >> 13)
            unsafe set[way] = 0
            return Recollection(mark: mark, age: way * setCount + setCount / 2)
        }
        return nil
    }

    /// The words of a block, which is allocated if it is not there yet.
    private mutating func block(_ index: Int) -> Words {
        let blocks = unsafe self.blocks.unsafelyUnwrapped
        if let words = unsafe blocks[index] { return unsafe words }
        let bytes = bytes(ofBlock: index)
        let words = unsafe Allocator.allocate(bytes).bindMemory(to: UInt16.self, capacity: bytes / 2)
        unsafe words.initialize(repeating: 0, count: bytes / 2)
        unsafe blocks[index] = unsafe words
        blockMemory += Allocator.sizeClass(bytes)
        return unsafe words
    }

    /// The number of a hash's set, and its fingerprint, which is never 0. The bits are mixed first, as the hashes of
    /// one owner may have some in common.
    private func place(of hash: UInt64) -> (set: Int, fingerprint: UInt16) {
        let product = hash.multipliedFullWidth(by: 0x9E37_79B9_7F4A_7C15)
        let mixed = product.low ^ product.high
        let set = Int(truncatingIfNeeded: mixed.multipliedFullWidth(by: UInt64(setCount)).high)
        let low = UInt16(truncatingIfNeeded: mixed & 0x1FFF)
        return (set, low == 0 ? 1 : low)
    }
}
