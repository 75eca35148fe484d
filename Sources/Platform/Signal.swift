// Signals as events: one thread waits for them, and no handler runs in the middle of anything.
import CLinux
import Glibc

/// The signals that the server knows.
package enum Signal: Sendable {
    case terminate, interrupt
    /// Does nothing but end the wait.
    case nudge

    /// As in the log.
    package var name: String {
        switch self {
        case .terminate: "SIGTERM"
        case .interrupt: "SIGINT"
        case .nudge: "SIGUSR1"
        }
    }
}

package enum Signals {
    /// From now on the signals wait until `wait` takes them, in this thread and in those that it starts; a hang-up of
    /// the terminal or of a connection is ignored. Call before any thread is started.
    package static func setUp() {
        signal(SIGPIPE, SIG_IGN)
        signal(SIGHUP, SIG_IGN)
        var set = awaited
        unsafe pthread_sigmask(SIG_BLOCK, &set, nil)
    }

    /// Waits for a signal, up to `milliseconds` unless nil; nil when the time is over.
    package static func wait(milliseconds: Int64?) -> Signal? {
        var set = awaited
        var information = unsafe siginfo_t()
        while true {
            let number: Int32
            if let milliseconds {
                var time = timespec(
                    tv_sec: Int(max(0, milliseconds) / 1000), tv_nsec: Int(max(0, milliseconds) % 1000) * 1_000_000)
                number = unsafe sigtimedwait(&set, &information, &time)
            } else {
                number = unsafe sigwaitinfo(&set, &information)
            }
            switch number {
            case SIGTERM: return .terminate
            case SIGINT: return .interrupt
            case SIGUSR1: return .nudge
            default: if errno != EINTR { return nil }
            }
        }
    }

    /// Ends the wait of the waiting thread. From any thread.
    package static func nudge() { kill(getpid(), SIGUSR1) }

    private static var awaited: sigset_t {
        var set = sigset_t()
        unsafe sigemptyset(&set)
        for number in [SIGTERM, SIGINT, SIGUSR1] { unsafe sigaddset(&set, number) }
        return set
    }
}
