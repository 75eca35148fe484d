// The libraries of functions that the server has.
import Bytes
import Platform
import Scripting
import Synchronization

/// All libraries. A change is known to every worker at once: each looks at the generation before it looks for a
/// function.
final class FunctionStore: @unchecked Sendable {
    private let lock = Mutex()
    private var content = Content()
    private var calls: [Int: FunctionCall] = [:]
    private let generationCounter = Atomic<Int>(0)

    /// What the libraries are at one time.
    struct Content {
        var libraries: [[UInt8]: FunctionLibrary] = [:]
        var functions: [[UInt8]: FunctionPlace] = [:]
        /// Functions that were replaced by others of which less is known: calls that are on their way to the shards of
        /// their keys find these.
        var replaced: [[UInt8]: FunctionPlace] = [:]

        /// Adds a library; what stands in the way is the failure.
        mutating func add(_ library: FunctionLibrary, replaces: Bool) throws(ScriptFailure) {
            let name = String(decoding: library.name, as: UTF8.self)
            let old = libraries[library.name]
            if old != nil && !replaces { throw ScriptFailure("Library '\(name)' already exists") }
            for function in library.functions {
                if let other = functions[function.key], other.library !== old {
                    throw ScriptFailure("Function \(String(decoding: function.name, as: UTF8.self)) already exists")
                }
            }
            if let old { remove(old) }
            libraries[library.name] = library
            for (index, function) in library.functions.enumerated() where functions[function.key] == nil {
                functions[function.key] = FunctionPlace(library: library, index: index)
            }
            guard let old, old.namesItsKeys, !library.namesItsKeys else { return }
            for (index, function) in old.functions.enumerated() where functions[function.key] != nil {
                replaced[function.key] = FunctionPlace(library: old, index: index)
            }
        }

        mutating func remove(_ library: FunctionLibrary) {
            libraries[library.name] = nil
            for function in library.functions {
                functions[function.key] = nil
                replaced[function.key] = nil
            }
        }
    }

    /// Grows with every change.
    var generation: Int { generationCounter.load(ordering: .acquiring) }

    /// The libraries, and the generation they belong to.
    func copy() -> (Content, generation: Int) { lock.withLock { (content, generation) } }

    /// All libraries by name.
    var libraries: [FunctionLibrary] {
        lock.withLock { content.libraries.values.sorted { $0.name.lexicographicallyPrecedes($1.name) } }
    }

    func find(library name: [UInt8]) -> FunctionLibrary? { lock.withLock { content.libraries[name] } }

    /// Changes the libraries as one; nothing changes if `body` fails.
    func change<Failure: Error>(_ body: (inout Content) throws(Failure) -> Void) throws(Failure) {
        try lock.withLock { () throws(Failure) in
            var changed = content
            try body(&changed)
            content = changed
            generationCounter.wrappingAdd(1, ordering: .acquiringAndReleasing)
        }
    }

    var libraryCount: Int { lock.withLock { content.libraries.count } }

    var functionCount: Int { lock.withLock { content.functions.count } }

    /// The memory of all texts, and what keeping them costs.
    var memoryBytes: Int {
        lock.withLock { content.libraries.values.reduce(200) { $0 + $1.text.count + 160 + 200 * $1.functions.count } }
    }

    // MARK: - What is running

    /// Lets others know of a function that a worker has been running for a while; nil: it is done.
    func note(_ call: FunctionCall?, of worker: Int) { lock.withLock { calls[worker] = call } }

    /// The function that has been running for longest.
    var oldestCall: FunctionCall? {
        lock.withLock { calls.values.min { $0.startedAt < $1.startedAt } }
    }
}

/// Which function of which library.
struct FunctionPlace {
    let library: FunctionLibrary
    let index: Int
}

/// A call of a function that takes long.
struct FunctionCall: Sendable {
    let name: [UInt8]
    let command: [[UInt8]]
    /// Milliseconds since the epoch.
    let startedAt: Int64
}
