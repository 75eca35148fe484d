// Starting the server: options, log, listeners, threads, and the way down.
import Logging
import Platform
import Reactor

package enum Launch {
    /// Runs the server until it is told to stop; returns the exit code of the process.
    ///
    /// - Parameter arguments: with the program's name in front.
    package static func run(_ arguments: [String]) -> Int32 {
        let words = Array(arguments.dropFirst())
        if let code = answer(words, program: arguments.first ?? "needletail") { return code }
        let store: ConfigurationStore
        do throws(ConfigurationFailure) {
            store = try ConfigurationStore.load(words)
        } catch {
            return refuse(error)
        }
        let configuration = store.configuration
        let output = LogOutput(path: configuration.logFile, level: configuration.logLevel)
        if let error = output.failure() { return refuse(.logFile(reason: error.description)) }
        if configuration.daemonize {
            do throws(SystemError) {
                try Process.daemonize()
            } catch {
                output.write(.warning, "Going into the background failed: \(error)")
                return 1
            }
        }
        Signals.setUp()
        logStart(output.logger, hasArguments: !words.isEmpty)
        output.role = .master
        do throws(LaunchFailure) {
            try start(store, output)
            return 0
        } catch {
            for line in error.lines { output.write(.warning, line) }
            return 1
        }
    }

    /// Runs from the first listener to the last thread.
    private static func start(_ store: ConfigurationStore, _ output: LogOutput) throws(LaunchFailure) {
        let log = output.logger
        let store = try limitClients(store, log)
        let configuration = store.configuration
        let listeners = try listen(configuration, log)
        let server: ServerState
        do throws(SystemError) {
            server = try ServerState(store, log: log, logOutput: output)
            try server.watch(listeners)
        } catch {
            throw LaunchFailure("Setting up the threads failed: \(error)")
        }
        log.notice("Running mode=standalone, port=\(configuration.port).")
        log.warning("Server initialized")
        if !store.ignored.isEmpty {
            log.notice("These directives are accepted but change nothing: \(store.ignored.joined(separator: ", "))")
        }
        let pidFile = PidFile(configuration)
        pidFile.write(log)
        do throws(SystemError) {
            try server.runWorkers()
        } catch {
            pidFile.remove()
            throw LaunchFailure("Starting a thread failed: \(error)")
        }
        server.leave()
    }

    private static func refuse(_ failure: ConfigurationFailure) -> Int32 {
        if case .cannotOpen = failure {
            LogOutput().write(.warning, failure.report(version: "\(ServerIdentity.compatibleVersion)"))
        } else {
            File.writeStandardError(failure.report(version: "\(ServerIdentity.compatibleVersion)"))
        }
        return 1
    }

    private static func logStart(_ log: Logger, hasArguments: Bool) {
        log.warning("oO0OoO0OoO0Oo Needletail is starting oO0OoO0OoO0Oo")
        log.warning(
            """
            Needletail version=\(ServerIdentity.version), bits=64, commit=00000000, modified=0, \
            pid=\(Process.identifier), just started, compatible with Redis \(ServerIdentity.compatibleVersion)
            """)
        if hasArguments {
            log.warning("Configuration loaded")
        } else {
            log.warning(
                """
                Warning: no config file specified, using the default config. \
                In order to specify a config file use needletail /path/to/redis.conf
                """)
        }
    }
}

/// Why the server does not start: lines for the log.
struct LaunchFailure: Error {
    let lines: [String]

    init(_ lines: String...) { self.lines = lines }
}

/// The file that holds the number of this process.
struct PidFile {
    /// nil: none is wanted.
    let path: String?

    init(_ configuration: Configuration) {
        if !configuration.pidFile.isEmpty {
            path = configuration.pidFile
        } else {
            path = configuration.daemonize ? "/var/run/redis.pid" : nil
        }
    }

    func write(_ log: Logger) {
        guard let path else { return }
        do throws(SystemError) {
            try File.overwrite(path, with: Array("\(Process.identifier)\n".utf8))
        } catch {
            log.warning("Failed to write PID file: \(error)")
        }
    }

    func remove() { if let path { File.remove(path) } }
}
