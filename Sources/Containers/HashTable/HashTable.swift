// An extendible hash table of entry pointers: it grows by a segment at a time and never rehashes as a whole.
import Platform

/// A directory, indexed by the top bits of the hash, points to segments; a segment holds up to some five hundred entry
/// pointers in buckets of one cache line. A full segment grows by a fifth or, at its largest, splits in two.
///
/// The table does not own its entries: whoever removes one frees it, and `detach` hands out what is left.
/// Not copyable, because it owns its segments; it has no deinitialiser, because it lives in raw memory: call `detach`.
@safe
@usableFromInline
package struct HashTable<Policy: HashTablePolicy>: ~Copyable {
    /// One word per value of the top `globalDepth` hash bits: see `DirectoryWord`. Null while the table has no segment.
    @usableFromInline var directory: UnsafeMutablePointer<UInt64>?
    /// 63 − `globalDepth`.
    @usableFromInline var directoryShift: UInt64 = 63
    /// How many segments use all of `globalDepth` bits; when none does, the directory can be halved.
    @usableFromInline var deepestCount = 0
    @usableFromInline var segmentCount = 0
    @usableFromInline var segmentBytes = 0
    @usableFromInline var visits = VisitHeap()
    /// The key of the hash.
    @usableFromInline package let seed: UInt64

    /// Entries in the table.
    @usableFromInline package internal(set) var count = 0

    /// An empty table; it takes no memory before its first entry.
    @inlinable
    package init(seed: UInt64) {
        self.seed = seed
    }

    @inlinable var globalDepth: Int { Int(truncatingIfNeeded: 63 &- directoryShift) }
    @inlinable var directoryCount: Int { 1 &<< globalDepth }

    /// The bytes that the directory, the segments and the index of deadlines take, as the allocator rounds them.
    @usableFromInline
    package var memoryBytes: Int {
        guard unsafe directory != nil else { return 0 }
        return segmentBytes + Allocator.sizeClass(directoryCount * 8) + visits.memoryBytes
    }

    @inlinable
    @inline(__always)
    func directoryWord(_ hash: UInt64) -> DirectoryWord {
        // Only called while there is a directory.
        let index = Int(truncatingIfNeeded: (hash &>> 1) &>> directoryShift)
        return unsafe DirectoryWord(bits: directory.unsafelyUnwrapped[index])
    }

    // MARK: - Finding

    /// The slot of the entry with this key, or nil. `hash` is the key's hash.
    @inlinable
    @inline(__always)
    package func find(hash: UInt64, key: Policy.Key) -> HashSlot? {
        if unsafe directory == nil { return nil }
        let word = directoryWord(hash)
        let home = word.home(hash)
        let bucket = unsafe Bucket(base: word.segment.bucket(home))
        let tags = bucket.tags
        if let slot = match(bucket, tags, hash, key) { return slot }
        if _fastPath(!tags.hasDisplaced) { return nil }
        return findDisplaced(word, home, tags, hash: hash, key: key)
    }

    @inlinable
    @inline(__always)
    func match(_ bucket: Bucket, _ tags: TagWord, _ hash: UInt64, _ key: Policy.Key) -> HashSlot? {
        var candidates = tags.matches(TagWord.tag(hash))
        while candidates != 0 {
            let index = TagWord.slot(candidates)
            if unsafe Policy.matches(bucket.entry(index), key) {
                return unsafe HashSlot(bucket: bucket.base, index: index)
            }
            candidates &= candidates &- 1
        }
        return nil
    }

    /// Looks where the meta byte of the home bucket says that some of its entries are.
    @inlinable
    @inline(never)
    func findDisplaced(
        _ word: DirectoryWord, _ home: Int, _ tags: TagWord, hash: UInt64, key: Policy.Key
    ) -> HashSlot? {
        let segment = word.segment
        if tags.inNeighbour != 0 {
            let bucket = unsafe Bucket(base: segment.bucket(Segment.neighbour(home, word.regularCount)))
            if let slot = match(bucket, bucket.tags, hash, key) { return slot }
        }
        if tags.inStash != 0 {
            for index in segment.regularCount..<segment.bucketCount {
                let bucket = unsafe Bucket(base: segment.bucket(index))
                if let slot = match(bucket, bucket.tags, hash, key) { return slot }
            }
        }
        return nil
    }

    /// Starts loading the bucket in which `hash` would be found; returns its address for `prefetchEntry`, 0 if
    /// there is none. The address says nothing after the next change of the table.
    @inlinable
    @inline(__always)
    package func prefetchBucket(hash: UInt64) -> UInt {
        if unsafe directory == nil { return 0 }
        let word = directoryWord(hash)
        let bucket = unsafe word.segment.bucket(word.home(hash))
        unsafe Prefetch.read(bucket)
        return UInt(bitPattern: bucket)
    }

    /// Starts loading the entry that probably has this hash. `address` is what `prefetchBucket` returned for it.
    @inlinable
    @inline(__always)
    package func prefetchEntry(inBucketAt address: UInt, hash: UInt64) {
        guard let base = unsafe UnsafeMutableRawPointer(bitPattern: address) else { return }
        let bucket = unsafe Bucket(base: base)
        let candidates = bucket.tags.matches(TagWord.tag(hash))
        if candidates != 0 { unsafe Prefetch.read(bucket.entry(TagWord.slot(candidates))) }
    }

    // MARK: - Changing

    /// Adds an entry whose key is not in the table yet.
    @inlinable
    @discardableResult
    package mutating func insert(hash: UInt64, entry: UnsafeMutableRawPointer) -> HashSlot {
        if unsafe directory == nil { createDirectory() }
        while true {
            if let slot = unsafe directoryWord(hash).segment.place(hash, entry) {
                count &+= 1
                return slot
            }
            enlarge(directoryWord(hash).segment)
        }
    }

    /// Takes an entry out of the table; freeing it is the caller's business.
    @inlinable
    package mutating func remove(_ slot: HashSlot, hash: UInt64) {
        let segment = directoryWord(hash).segment
        segment.clear(slot, hash: hash)
        count &-= 1
        if segment.count &* 4 < segment.bucketCount &* TagWord.slotsPerBucket { shrink(segment) }
    }

    // MARK: - Visiting

    /// Calls `body` with every entry. It must not change the table.
    @inlinable
    package func forEach(_ body: (UnsafeMutableRawPointer) -> Void) {
        guard let directory = unsafe self.directory else { return }
        var index = 0
        while index < directoryCount {
            let word = unsafe DirectoryWord(bits: directory[index])
            unsafe word.segment.forEach(body)
            index &+= 1 &<< (globalDepth &- word.localDepth)
        }
    }
}

/// A word of the directory: the segment's address in the low 48 bits, then 10 bits with the number of its regular
/// buckets, then 6 bits with its depth — all that finding a bucket takes, so that the segment's header is not loaded.
@safe
@usableFromInline
struct DirectoryWord {
    @usableFromInline let bits: UInt64

    @inlinable
    @inline(__always)
    init(bits: UInt64) {
        self.bits = bits
    }

    @usableFromInline
    init(_ segment: Segment) {
        let address = unsafe UInt64(UInt(bitPattern: segment.base))
        precondition(address >> 48 == 0 && segment.regularCount < 1024 && segment.localDepth < 64)
        bits = address | UInt64(segment.regularCount) << 48 | UInt64(segment.localDepth) << 58
    }

    @inlinable
    var segment: Segment {
        @inline(__always) get {
            let address = UInt(truncatingIfNeeded: bits & 0xFFFF_FFFF_FFFF)
            return unsafe Segment(base: UnsafeMutableRawPointer(bitPattern: address).unsafelyUnwrapped)
        }
    }

    @inlinable var regularCount: Int { Int(truncatingIfNeeded: bits &>> 48 & 1023) }
    @inlinable var localDepth: Int { Int(truncatingIfNeeded: bits &>> 58) }

    @inlinable
    @inline(__always)
    func home(_ hash: UInt64) -> Int {
        Segment.home(hash, localDepth: localDepth, regularCount: regularCount)
    }
}
