// When a check or one of its rounds is over.
import Platform

/// A time, and a flag to end before it.
final class CheckEnd: @unchecked Sendable {
    /// Nanoseconds of the monotonic clock.
    let deadline: Int64
    private let flag = AtomicFlag.create()
    private let outer: CheckEnd?

    init(deadline: Int64, within outer: CheckEnd? = nil) {
        self.deadline = deadline
        self.outer = outer
    }

    deinit { flag.release() }

    func stop() { flag.set() }

    var isOver: Bool { flag.isSet || outer?.isStopped == true || Clock.monotonicNanoseconds() >= deadline }

    private var isStopped: Bool { flag.isSet || outer?.isStopped == true }
}
