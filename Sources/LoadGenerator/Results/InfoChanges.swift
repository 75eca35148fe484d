// What the server itself says of a test: INFO before and after it.

/// The fields of INFO that are of interest, read once.
package struct InfoSnapshot: Equatable, Sendable {
    private let fields: [String: String]

    /// - Parameter text: what INFO replies; nil if it is no INFO.
    package init?(_ text: String) {
        var fields: [String: String] = [:]
        var keys = 0
        for line in text.split(whereSeparator: \.isNewline) where line.first != "#" {
            guard let colon = line.firstIndex(of: ":") else { continue }
            let (name, value) = (String(line[..<colon]), String(line[line.index(after: colon)...]))
            fields[name] = value
            if name.hasPrefix("db"), Int(name.dropFirst(2)) != nil { keys += InfoSnapshot.keys(value) }
        }
        if fields.isEmpty { return nil }
        fields["keys"] = "\(keys)"
        self.fields = fields
    }

    /// The number in "keys=5,expires=0,…".
    private static func keys(_ text: String) -> Int {
        for part in text.split(separator: ",") where part.hasPrefix("keys=") { return Int(part.dropFirst(5)) ?? 0 }
        return 0
    }

    package func text(_ name: String) -> String? { fields[name] }
    package func number(_ name: String) -> Double? { fields[name].flatMap { Double($0) } }

    /// What the server calls itself, with its version. What does not tell is Redis or behaves as it does.
    package var server: String? {
        for (field, name) in [
            ("needletail_version", "Needletail"), ("valkey_version", "Valkey"), ("dragonfly_version", "Dragonfly"),
            ("garnet_version", "Garnet"), ("redis_version", "Redis"),
        ] {
            if let version = fields[field] { return "\(name) \(version)" }
        }
        return nil
    }
}

/// The differences between two looks at INFO.
package struct InfoChanges: Equatable, Sendable {
    package enum Unit: Sendable {
        case count, seconds, bytes
    }

    package struct Field: Equatable, Sendable {
        package let name: String
        package let unit: Unit
        package let before, after: Double
        package var difference: Double { after - before }
    }

    /// The server's name and version, if it tells them.
    package let server: String?
    /// Those that the server has, in a fixed order.
    package let fields: [Field]

    private static let interesting: [(name: String, unit: Unit)] = [
        ("total_commands_processed", .count), ("total_connections_received", .count),
        ("rejected_connections", .count), ("total_error_replies", .count),
        ("keyspace_hits", .count), ("keyspace_misses", .count), ("keys", .count),
        ("expired_keys", .count), ("evicted_keys", .count),
        ("used_cpu_user", .seconds), ("used_cpu_sys", .seconds),
        ("used_memory", .bytes), ("used_memory_rss", .bytes),
        ("total_net_input_bytes", .bytes), ("total_net_output_bytes", .bytes),
    ]

    package init(before: InfoSnapshot, after: InfoSnapshot) {
        server = after.server
        fields = InfoChanges.interesting.compactMap { name, unit in
            guard let before = before.number(name), let after = after.number(name) else { return nil }
            return Field(name: name, unit: unit, before: before, after: after)
        }
    }

    package func difference(_ name: String) -> Double? { fields.first { $0.name == name }?.difference }

    /// The processor time that the server says it has used, in seconds.
    package var processorSeconds: Double? {
        guard let user = difference("used_cpu_user"), let system = difference("used_cpu_sys") else { return nil }
        return user + system
    }
}
