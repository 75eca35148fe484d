// Why the server cannot start with what it was told.

package enum ConfigurationFailure: Error, Equatable {
    case line(number: Int, text: String, reason: String)
    case cannotOpen(path: String, reason: String)
    case logFile(reason: String)

    /// What is printed before the process ends; a bad line exactly as Redis prints it, `version` after its name.
    package func report(version: String) -> String {
        switch self {
        case .line(let number, let text, let reason):
            """

            *** FATAL CONFIG FILE ERROR (Redis \(version)) ***
            Reading the configuration file, at line \(number)
            >>> '\(text)'
            \(reason)

            """
        case .cannotOpen(let path, let reason):
            "Fatal error, can't open config file '\(path)': \(reason)"
        case .logFile(let reason):
            """

            *** FATAL CONFIG FILE ERROR (Redis \(version)) ***
            Can't open the log file: \(reason)

            """
        }
    }
}
