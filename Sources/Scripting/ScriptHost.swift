// What scripts ask of the server that runs them.
import Bytes
import RESP

/// Called by the machine while a script runs. C functions, as a stored closure would be counted at every call.
@safe
package struct ScriptHost {
    /// Passed to every function.
    package var owner: UnsafeMutableRawPointer
    /// Runs a command. `arguments` is the address of an `Arguments`; the reply goes to `reply`, a `ReplyBuffer`, in the
    /// given version of the protocol.
    package var call:
        @convention(c) (
            _ owner: UnsafeMutableRawPointer, _ arguments: UnsafeRawPointer, _ reply: UnsafeMutableRawPointer,
            _ protocolVersion: Int
        ) -> Void
    /// Whether the user may run a command: 1 or 0; -1: there is no such command, or not with these arguments.
    package var check: @convention(c) (_ owner: UnsafeMutableRawPointer, _ arguments: UnsafeRawPointer) -> Int
    /// A line for the log: a level from 0 (debug) to 3 (warning) and a `ByteView`.
    package var log: @convention(c) (_ owner: UnsafeMutableRawPointer, _ level: Int, _ text: UnsafeRawPointer) -> Void
    /// Asked now and then while a script runs: a `ScriptVerdict`. Does other work if it is time.
    package var mustEnd: @convention(c) (_ owner: UnsafeMutableRawPointer) -> Int

    package init(
        owner: UnsafeMutableRawPointer,
        call:
            @escaping @convention(c) (UnsafeMutableRawPointer, UnsafeRawPointer, UnsafeMutableRawPointer, Int) -> Void,
        check: @escaping @convention(c) (UnsafeMutableRawPointer, UnsafeRawPointer) -> Int,
        log: @escaping @convention(c) (UnsafeMutableRawPointer, Int, UnsafeRawPointer) -> Void,
        mustEnd: @escaping @convention(c) (UnsafeMutableRawPointer) -> Int
    ) {
        unsafe self.owner = unsafe owner
        unsafe self.call = unsafe call
        unsafe self.check = unsafe check
        unsafe self.log = unsafe log
        unsafe self.mustEnd = unsafe mustEnd
    }
}

/// What becomes of a running script.
package enum ScriptVerdict: Int {
    case goesOn = 0
    /// It goes on, and is asked more often.
    case takesLong = 1
    case mustEnd = 2
}
