// The script that a worker is running, as other threads see it.
import Synchronization

/// Written by the worker, and by whoever wants the script to end.
struct RunningScript: ~Copyable {
    private enum State {
        static let idle = 0
        static let reading = 1
        static let written = 2
        static let killed = 3
    }

    private let state = Atomic<Int>(State.idle)
    /// It is a function: SCRIPT KILL leaves it alone, as FUNCTION KILL does scripts.
    private let isFunction = Atomic<Bool>(false)

    /// What SCRIPT KILL came to.
    enum Kill {
        case notRunning, killed
        /// The script has written: half of its work must not be left standing.
        case hasWritten
        /// It is a script where a function was meant, or the other way round.
        case isOther
    }

    func begin(isFunction: Bool) {
        self.isFunction.store(isFunction, ordering: .relaxed)
        state.store(State.reading, ordering: .releasing)
    }

    func end() { state.store(State.idle, ordering: .relaxed) }

    /// The script is about to write. False: it must not, because it is to end.
    func noteWrite() -> Bool {
        if state.load(ordering: .relaxed) == State.written { return true }
        return state.compareExchange(expected: State.reading, desired: State.written, ordering: .relaxed).exchanged
    }

    var hasWritten: Bool { state.load(ordering: .relaxed) == State.written }

    var isKilled: Bool { state.load(ordering: .relaxed) == State.killed }

    func kill(function: Bool) -> Kill {
        let current = state.load(ordering: .acquiring)
        if current == State.idle { return .notRunning }
        if current == State.written { return .hasWritten }
        if isFunction.load(ordering: .relaxed) != function { return .isOther }
        let (exchanged, original) = state.compareExchange(
            expected: State.reading, desired: State.killed, ordering: .relaxed)
        if exchanged || original == State.killed { return .killed }
        return original == State.written ? .hasWritten : .notRunning
    }
}
