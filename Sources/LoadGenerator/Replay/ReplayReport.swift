// Replays and bounds as text: a few lines for people, an object for programs.

extension Report {
    package static func table(_ result: ReplayResult) -> String {
        var lines = [
            "\(result.trace): \(result.requests) requests in \(fixed(result.seconds, 1)) s "
                + "(\(fixed(result.seconds > 0 ? Double(result.requests) / result.seconds : 0, 0)) a second)",
            "  hits \(result.hits), misses \(result.misses): hit ratio \(percent(result.hitRatio)), "
                + "of bytes \(percent(result.byteHitRatio))",
        ]
        var words = ["stored \(result.stored)"]
        if let evictions = result.evictions { words.append("evicted \(evictions)") }
        if let keys = result.keysHeld { words.append("keys held \(fixed(keys, 0))") }
        if let bytes = result.mostUsedMemory {
            words.append("used memory at most \(fixed(Double(bytes) / 1_048_576, 2)) MiB")
        }
        lines.append("  " + words.joined(separator: ", "))
        if result.errors > 0 { lines.append("  \(result.errors) errors: \(result.firstError ?? "")") }
        return lines.joined(separator: "\n")
    }

    package static func json(_ result: ReplayResult) -> String {
        var members: [(String, String)] = [
            ("trace", text(result.trace)), ("requests", "\(result.requests)"), ("hits", "\(result.hits)"),
            ("misses", "\(result.misses)"), ("hit_ratio", fixed(result.hitRatio, 6)),
            ("hit_bytes", "\(result.hitBytes)"), ("missed_bytes", "\(result.missedBytes)"),
            ("byte_hit_ratio", fixed(result.byteHitRatio, 6)), ("stored", "\(result.stored)"),
            ("errors", "\(result.errors)"), ("seconds", fixed(result.seconds, 3)),
        ]
        if let words = result.firstError { members.append(("first_error", text(words))) }
        if let evictions = result.evictions { members.append(("evicted", "\(evictions)")) }
        if let keys = result.keysHeld { members.append(("keys_held", fixed(keys, 1))) }
        if let bytes = result.mostUsedMemory { members.append(("used_memory_most", "\(bytes)")) }
        if let last = result.samples.last {
            members += [("used_memory_after", "\(last.usedMemory)"), ("keys_after", "\(last.keys)")]
        }
        return object(members)
    }

    /// The bounds of a trace; `requests` are what the hits are of.
    package static func table(_ trace: Trace, _ bounds: [CacheBounds]) -> String {
        var lines = ["\(trace.name): \(trace.count) requests for \(trace.keyCount) keys"]
        for each in bounds {
            let unit = each.capacity.overhead == nil ? "entries" : "bytes"
            lines.append(
                "  \(each.capacity.limit) \(unit): exact LRU \(percent(ratio(each.exactLRUHits, trace))), "
                    + "optimum \(percent(ratio(each.optimumHits, trace)))")
        }
        return lines.joined(separator: "\n")
    }

    package static func json(_ trace: Trace, _ bounds: [CacheBounds]) -> String {
        let objects = bounds.map { each in
            var members: [(String, String)] = [("capacity", "\(each.capacity.limit)")]
            if let overhead = each.capacity.overhead { members.append(("entry_overhead", "\(overhead)")) }
            members += [
                ("exact_lru_hits", "\(each.exactLRUHits)"), ("optimum_hits", "\(each.optimumHits)"),
                ("exact_lru", fixed(ratio(each.exactLRUHits, trace), 6)),
                ("optimum", fixed(ratio(each.optimumHits, trace), 6)),
            ]
            return object(members)
        }
        return object([
            ("trace", text(trace.name)), ("requests", "\(trace.count)"), ("keys", "\(trace.keyCount)"),
            ("key_bytes", "\(trace.uniqueBytes.keys)"), ("value_bytes", "\(trace.uniqueBytes.values)"),
            ("is_of_one_size", "\(trace.isOfOneSize)"), ("bounds", "[" + objects.joined(separator: ",") + "]"),
        ])
    }

    private static func ratio(_ hits: Int, _ trace: Trace) -> Double {
        trace.count > 0 ? Double(hits) / Double(trace.count) : 0
    }

    private static func percent(_ ratio: Double) -> String { fixed(ratio * 100, 2) + " %" }
}
