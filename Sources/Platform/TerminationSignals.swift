// The signals that ask the process to end.
import CLinux
import Glibc

/// SIGTERM and SIGINT, kept from interrupting any thread and waited for by one.
package struct TerminationSignals: @unchecked Sendable {
    private let set: sigset_t

    /// Blocks them for this thread and those it starts from now on; SIGPIPE and SIGHUP are ignored.
    package static func block() -> TerminationSignals {
        signal(SIGPIPE, SIG_IGN)
        signal(SIGHUP, SIG_IGN)
        var set = sigset_t()
        unsafe sigemptyset(&set)
        unsafe sigaddset(&set, SIGTERM)
        unsafe sigaddset(&set, SIGINT)
        unsafe pthread_sigmask(SIG_BLOCK, &set, nil)
        return TerminationSignals(set: set)
    }

    /// Waits for one of them; returns its name.
    package func wait() -> String {
        var set = set
        var number: Int32 = 0
        while unsafe sigwait(&set, &number) != 0 {}
        return number == SIGINT ? "SIGINT" : "SIGTERM"
    }
}
