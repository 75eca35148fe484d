// The log handler behind the server's logger.
import Logging

/// Hands messages to the output; metadata is appended as `key=value`.
struct OutputLogHandler: LogHandler {
    let output: LogOutput
    var metadata: Logger.Metadata = [:]

    /// The output decides, so that a change of `loglevel` reaches every copy.
    var logLevel: Logger.Level {
        get { output.level }
        set {}
    }

    init(_ output: LogOutput) { self.output = output }

    subscript(metadataKey key: String) -> Logger.Metadata.Value? {
        get { metadata[key] }
        set { metadata[key] = newValue }
    }

    func log(event: LogEvent) {
        var text = event.message.description
        let all = metadata.merging(event.metadata ?? [:]) { $1 }
        for (key, value) in all.sorted(by: { $0.key < $1.key }) { text += " \(key)=\(value)" }
        output.write(event.level, text)
    }
}

extension LogOutput {
    var logger: Logger { Logger(label: "needletail") { _ in OutputLogHandler(self) } }
}
