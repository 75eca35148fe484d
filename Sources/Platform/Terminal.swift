// Whether somebody is looking.
import Glibc

package enum Terminal {
    /// Whether standard error is a terminal.
    package static var isErrorATerminal: Bool { isatty(2) == 1 }
}
