// Moving external objects out of sparse pages.
import Bytes
import Containers
import Platform

/// How far the parts of one object have been looked at.
struct RelocationProgress {
    /// For tables of elements and the index of a ranked tree.
    var walk = RelocationWalk()
    /// For ranked trees.
    var rank = 0
    /// For quicklists, which know themselves where to go on.
    var isStarted = false
    var stream = StreamRelocation()
}

extension ExternalValue {
    /// Moves the object itself, or the head of one that has parts.
    mutating func relocate(_ mover: inout BlockMover) {
        switch encoding {
        case .integer, .embedded, .raw: break
        case .retained:
            if let moved = unsafe RetainedBytes(address: address).relocated(&mover) {
                unsafe address = unsafe moved.address
            }
        case .listpack, .listpackWithDeadlines:
            var list = unsafe Listpack(address: address)
            if list.relocate(&mover) { unsafe address = unsafe list.address }
        case .integerSet:
            var set = unsafe IntegerSet(address: address)
            if set.relocate(&mover) { unsafe address = unsafe set.address }
        case .quicklist:
            if let moved = unsafe Quicklist(address: address).relocated(&mover) {
                unsafe address = unsafe moved.address
            }
        case .hashTable:
            if let moved = unsafe ElementTable(address: address).relocated(&mover) {
                unsafe address = unsafe moved.address
            }
        case .sortedTree:
            if let moved = unsafe RankedTree(address: address).relocated(&mover) {
                unsafe address = unsafe moved.address
            }
        case .stream:
            if let moved = unsafe StreamValue(address: address).relocated(&mover) {
                unsafe address = unsafe moved.address
            }
        }
    }

    /// Moves some of its parts; returns whether there are more.
    func relocateParts(_ progress: inout RelocationProgress, _ mover: inout BlockMover) -> Bool {
        switch encoding {
        case .integer, .embedded, .raw, .retained, .listpack, .listpackWithDeadlines, .integerSet: false
        case .quicklist:
            unsafe Quicklist(address: address).relocateElements(&progress.isStarted, &mover)
        case .hashTable:
            unsafe ElementTable(address: address).relocateElements(&progress.walk, &mover)
        case .sortedTree:
            unsafe RankedTree(address: address).relocateElements(rank: &progress.rank, &progress.walk, &mover)
        case .stream: unsafe StreamValue(address: address).relocateParts(&progress.stream, &mover)
        }
    }
}
