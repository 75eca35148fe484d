// What one worker's machine has loaded of the libraries.
import Bytes
import RESP
import Scripting

/// Libraries are loaded when one of their functions is first called here.
final class WorkerFunctions {
    /// A function that can be called by its name.
    final class Known {
        let library: FunctionLibrary
        let index: Int
        /// The next one whose name has the same hash.
        let next: Known?
        var callback: CompiledScript?

        init(_ place: FunctionPlace, next: Known?) {
            library = place.library
            index = place.index
            self.next = next
        }

        var description: FunctionDescription { library.functions[index] }
    }

    /// The call that goes on here.
    struct Running {
        let function: Known
        let arguments: Arguments
        /// Milliseconds since the epoch.
        let startedAt: Int64
    }

    var running: Running?
    /// Others know of that call.
    var isShown = false
    private var known: [UInt64: Known] = [:]
    private var replaced: [UInt64: Known] = [:]
    /// The callbacks of what is loaded, in the order of the functions.
    private var loaded: [ObjectIdentifier: (library: FunctionLibrary, callbacks: [CompiledScript])] = [:]
    /// Callbacks of libraries that are gone.
    private var unwanted: [CompiledScript] = []
    private var generation = 0

    /// The function of that name; nil if there is none.
    /// - Parameter namesItsKeys: only the shards of its keys are held. Should the function have been replaced since
    ///   that was decided, the one before is found.
    func find(_ name: ByteView, in store: FunctionStore, _ machine: ScriptMachine, namesItsKeys: Bool = false) -> Known?
    {
        if store.generation != generation { refresh(store, machine) }
        let hash = Self.hash(name)
        let found = Self.find(name, known[hash])
        guard namesItsKeys, let found, !found.library.namesItsKeys else { return found }
        return Self.find(name, replaced[hash])
    }

    private static func find(_ name: ByteView, _ first: Known?) -> Known? {
        var candidate = first
        while let found = candidate {
            if ByteView.withView(found.description.name, { $0.equalsIgnoringCase(name) }) { return found }
            candidate = found.next
        }
        return nil
    }

    /// FNV-1a of the name in lower case.
    private static func hash(_ name: ByteView) -> UInt64 {
        var hash: UInt64 = 0xcbf2_9ce4_8422_2325
        for byte in name { hash = (hash ^ UInt64(ByteView.lowercased(byte))) &* 0x100_0000_01b3 }
        return hash
    }

    /// The function to call; the library is loaded if need be.
    func callback(of function: Known, _ machine: ScriptMachine, host: ScriptHost) throws(ScriptFailure)
        -> CompiledScript
    {
        if let callback = function.callback { return callback }
        let identifier = ObjectIdentifier(function.library)
        if loaded[identifier] == nil {
            let text = function.library.text
            let registered = try ByteView.withView(text) { (view) throws(ScriptFailure) in
                try machine.loadLibrary(FunctionLibrary.body(of: view), host: host)
            }
            adopt(function.library, registered)
        }
        guard let callbacks = loaded[identifier]?.callbacks, callbacks.count == function.library.functions.count else {
            throw ScriptFailure("The library did not register its functions again")
        }
        function.callback = callbacks[function.index]
        return callbacks[function.index]
    }

    /// Keeps what a library has registered in this worker's machine.
    func adopt(_ library: FunctionLibrary, _ registered: [RegisteredFunction]) {
        loaded[ObjectIdentifier(library)] = (library, registered.map(\.callback))
    }

    /// Takes over what there is now. What was loaded and is still there stays, with all that it remembers.
    func refresh(_ store: FunctionStore, _ machine: ScriptMachine) {
        let (content, generation) = store.copy()
        self.generation = generation
        known = Self.index(content.functions)
        replaced = Self.index(content.replaced)
        let kept = Set(
            (content.functions.values.map(\.library) + content.replaced.values.map(\.library))
                .map { ObjectIdentifier($0) })
        for (identifier, entry) in loaded where !kept.contains(identifier) {
            unwanted += entry.callbacks
            loaded[identifier] = nil
        }
        // While a script runs its machine is not to be touched.
        if machine.isRunning { return }
        for callback in unwanted { machine.forget(callback) }
        unwanted = []
    }

    private static func index(_ places: [[UInt8]: FunctionPlace]) -> [UInt64: Known] {
        var index: [UInt64: Known] = [:]
        for (key, place) in places {
            let hash = ByteView.withView(key) { Self.hash($0) }
            index[hash] = Known(place, next: index[hash])
        }
        return index
    }
}
