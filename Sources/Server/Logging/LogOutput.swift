// Where log lines go and what they look like: Redis' format, to a file or to standard output.
import Logging
import Platform
import Synchronization

/// The one place that log lines are written from. Safe from any thread.
///
/// A file is opened for every line: whoever moves it away, as log rotation does, finds a new one in its place.
final class LogOutput: Sendable {
    /// What stands behind the process number.
    enum Role: UInt8 {
        /// Starting up, or not the server at all.
        case child = 0x43
        case master = 0x4d
    }

    private let lock = Mutex()
    /// Absolute; empty: standard output.
    private let path: String
    private let lowestLevel: Atomic<Int>
    private let currentRole = Atomic<UInt8>(Role.child.rawValue)

    init(path: String = "", level: Configuration.LogLevel = .notice) {
        self.path = path.isEmpty || path.hasPrefix("/") ? path : File.currentDirectory + "/" + path
        lowestLevel = Atomic(LogOutput.order(level))
    }

    var role: Role {
        get { Role(rawValue: currentRole.load(ordering: .relaxed)) ?? .child }
        set { currentRole.store(newValue.rawValue, ordering: .relaxed) }
    }

    /// Lines below this level are not written.
    func setLevel(_ level: Configuration.LogLevel) { lowestLevel.store(LogOutput.order(level), ordering: .relaxed) }

    var level: Logger.Level {
        switch lowestLevel.load(ordering: .relaxed) {
        case 0: .trace
        case 1: .info
        case 2: .notice
        default: .warning
        }
    }

    /// Why the file cannot be written to; nil if it can.
    func failure() -> SystemError? {
        if path.isEmpty { return nil }
        do throws(SystemError) {
            try File.append(path, [])
            return nil
        } catch {
            return error
        }
    }

    func write(_ level: Logger.Level, _ message: String) {
        let time = LocalTime(milliseconds: Clock.realtimeMilliseconds())
        let letter = Character(UnicodeScalar(role.rawValue))
        append("\(Process.identifier):\(letter) \(LogOutput.text(time)) \(LogOutput.mark(level)) \(message)\n")
    }

    /// What Redis writes out of its signal handler.
    func writeOfSignal(_ message: String) {
        append("\(Process.identifier):signal-handler (\(Clock.realtimeMilliseconds() / 1000)) \(message)\n")
    }

    private func append(_ line: String) {
        let bytes = Array(line.utf8)
        lock.withLock {
            // There is nowhere to complain to if this fails.
            if path.isEmpty { try? File.writeStandardOutput(bytes) } else { try? File.append(path, bytes) }
        }
    }

    private static func order(_ level: Configuration.LogLevel) -> Int {
        switch level {
        case .debug: 0
        case .verbose: 1
        case .notice: 2
        case .warning: 3
        }
    }

    private static func mark(_ level: Logger.Level) -> Character {
        switch level {
        case .trace, .debug: "."
        case .info: "-"
        case .notice: "*"
        case .warning, .error, .critical: "#"
        }
    }

    /// 21 Nov 2026 08:05:09.007
    static func text(_ time: LocalTime) -> String {
        func padded(_ number: Int, _ width: Int) -> String {
            let digits = String(number)
            return String(repeating: "0", count: max(0, width - digits.count)) + digits
        }
        let months = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]
        let date = "\(padded(time.day, 2)) \(months[time.month - 1]) \(time.year)"
        let clock = "\(padded(time.hour, 2)):\(padded(time.minute, 2)):\(padded(time.second, 2))"
        return "\(date) \(clock).\(padded(time.millisecond, 3))"
    }
}
