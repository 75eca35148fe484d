// How a command asks to wait for a key, instead of replying that there is nothing.
import Bytes
import Containers
import Keyspace
import Platform
import RESP

/// What a handler wants to wait for.
@safe
package struct WaitRequest {
    /// The positions of the keys among the arguments; empty: it does not want to wait.
    package var keys = 0..<0
    /// What the key must become.
    package var type = ValueType.list
    /// When to give up, in milliseconds since the Unix epoch; 0: never.
    package var deadline: Int64 = 0
    /// When its keys are to be looked at though nobody has changed them, in milliseconds since the Unix epoch, and
    /// after how many milliseconds again; 0: never.
    package var wakeTime: Int64 = 0
    package var wakeInterval: Int64 = 0
    /// The reply when it gives up.
    package var surrender = Surrender.nullArray
    /// Whether there is something for the command when the key for whose sake it is asked has changed in whatever way,
    /// or gone; nil: there is whenever the key is of `type`.
    package var condition: Condition?
    /// What an argument means at this moment, written to at most 48 bytes instead of it: its length, or -1 if it means
    /// what it says.
    package var substitute: Substitute?

    package typealias Condition = @convention(c) (ContextPointer) -> Bool
    package typealias Substitute = @convention(c) (ContextPointer, Int, UnsafeMutableRawPointer) -> Int

    package enum Surrender {
        case null, nullArray
    }

    package init() {}

    package var isWanted: Bool { !keys.isEmpty }
}

extension CommandContext {
    /// Lets the command wait until one of the keys at these positions is of `type`, or it is time to give up. True:
    /// the handler must return without a reply; it will be called again, for the key alone for which `serves` is true.
    /// False: here nobody waits; the handler replies that there is nothing.
    package mutating func block(
        on keys: Range<Int>, becoming type: ValueType, until deadline: Int64, surrender: WaitRequest.Surrender
    ) -> Bool {
        if isInTransaction { return false }
        waiting.keys = keys
        waiting.type = type
        waiting.deadline = deadline
        waiting.surrender = surrender
        return true
    }

    /// Whether the handler may look at the key at this position: the others' shards need not be held when a waiting
    /// command is served.
    package func serves(_ index: Int) -> Bool { servedIndex == 0 || servedIndex == index }

    /// The time to give up that an argument in seconds means: 0 for none. Nil: an error was replied.
    package func waitDeadline(seconds index: Int) -> Int64? {
        guard let seconds = LongDoubleText.parse(arguments[index]) else {
            reply.error(ErrorText.timeoutNotFloat)
            return nil
        }
        let milliseconds = (seconds * 1000).rounded(.up)
        // What is too much for 64 bits counts as negative, as in Redis 7.0.
        return waitDeadline(Int64(exactly: milliseconds) ?? -1)
    }

    /// The same for an argument in milliseconds.
    package func waitDeadline(milliseconds index: Int) -> Int64? {
        guard let milliseconds = IntegerText.parse(arguments[index]) else {
            reply.error(ErrorText.timeoutNotInteger)
            return nil
        }
        return waitDeadline(milliseconds)
    }

    private func waitDeadline(_ milliseconds: Int64) -> Int64? {
        if milliseconds < 0 {
            reply.error(ErrorText.timeoutNegative)
            return nil
        }
        if milliseconds == 0 { return 0 }
        let (deadline, overflow) = milliseconds.addingReportingOverflow(now)
        if overflow {
            reply.error(ErrorText.timeoutOutOfRange)
            return nil
        }
        return deadline
    }

    /// Lets `serve` reply for the first key at these positions that has a value of `type`. If there is none, the
    /// command waits until `deadline`, or replies with null where it does not wait (nil) or cannot.
    @inline(__always)
    mutating func serveFirst(
        of keys: Range<Int>, as type: ValueType, waitingUntil deadline: Int64?,
        _ serve: (borrowing CommandContext, Key, Found) -> Void
    ) {
        for index in keys where serves(index) {
            let key = key(index)
            switch find(key, as: type, .write) {
            case .found(let found): return serve(self, key, found)
            case .absent: continue
            case .refused: return
            }
        }
        if let deadline, block(on: keys, becoming: type, until: deadline, surrender: .nullArray) { return }
        reply.nullArray()
    }
}
