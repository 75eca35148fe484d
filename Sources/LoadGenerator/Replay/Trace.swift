// What a cache was asked for: keys in the order of the requests, with the sizes of their values.
import Bytes

/// Requests of a cache's clients, oldest first. Keys are numbered from 0 in the order in which they first appear.
package struct Trace: Sendable {
    /// What the report calls it.
    package let name: String
    /// The key of each request.
    package private(set) var keys: [Int32] = []
    /// Bytes of the value that a miss of each request stores.
    package private(set) var sizes: [Int32] = []
    /// The names of the keys, one behind the other.
    private(set) var names: [UInt8] = []
    /// Where the name of each key begins, and behind the last one where it ends.
    private(set) var nameStarts: [Int] = [0]

    package init(name: String) { self.name = name }

    package var count: Int { keys.count }
    package var keyCount: Int { nameStarts.count - 1 }

    /// The largest value of all requests.
    package var largestSize: Int { Int(sizes.max() ?? 0) }

    package var isOfOneSize: Bool { sizes.allSatisfy { $0 == sizes[0] } }

    /// Bytes of all keys, and of their values as they are first asked for.
    package var uniqueBytes: (keys: Int, values: Int) {
        var isSeen = [Bool](repeating: false, count: keyCount)
        var values = 0
        for (key, size) in zip(keys, sizes) where !isSeen[Int(key)] {
            isSeen[Int(key)] = true
            values += Int(size)
        }
        return (names.count, values)
    }

    package func nameLength(_ key: Int) -> Int { nameStarts[key + 1] - nameStarts[key] }

    package func keyName(_ key: Int) -> [UInt8] { Array(names[nameStarts[key]..<nameStarts[key + 1]]) }

    /// Gives the next key a name and returns its number.
    mutating func addKey(_ name: some Sequence<UInt8>) -> Int32 {
        names.append(contentsOf: name)
        nameStarts.append(names.count)
        return Int32(nameStarts.count - 2)
    }

    /// - Precondition: the key has been added.
    mutating func append(key: Int32, size: Int) {
        precondition(key >= 0 && key < keyCount && 0...ValueSizes.maximum ~= size, "no such request")
        keys.append(key)
        sizes.append(Int32(size))
    }

    mutating func reserve(_ requests: Int) {
        keys.reserveCapacity(requests)
        sizes.reserveCapacity(requests)
    }

    /// The most requests and keys that a trace may have.
    package static let maximum = 1_000_000_000
}
