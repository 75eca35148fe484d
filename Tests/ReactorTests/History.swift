// What may be said about the shards' logs after a run.

/// Judges the logs of a toy world against what its workers asked for.
struct History {
    let world: ToyWorld

    /// How many batches ran on a shard another number of times than asked for.
    var miscounted: Int {
        var wrong = 0
        for (index, shard) in world.shards.enumerated() {
            var expected: [Int: Int] = [:]
            for worker in world.workers {
                for (number, request) in worker.issued.enumerated() where request.shards.contains(index) {
                    expected[Request.identifier(worker: worker.index, number: number)] = 1
                }
            }
            for identifier in shard.log { expected[identifier, default: 0] -= 1 }
            wrong += expected.values.count { $0 != 0 }
        }
        return wrong
    }

    /// How many times a shard ran two requests of one worker in another order than they were made.
    var reordered: Int {
        var wrong = 0
        for shard in world.shards {
            var last = [Int](repeating: -1, count: world.workers.count)
            for identifier in shard.log {
                let worker = Request.worker(of: identifier)
                if Request.number(of: identifier) <= last[worker] { wrong += 1 }
                last[worker] = Request.number(of: identifier)
            }
        }
        return wrong
    }

    /// Whether one order of everything exists that agrees with every shard's log and with the order in which each
    /// stream made its requests: then nobody can tell the server from one that runs a request at a time.
    var isSequential: Bool {
        var offsets: [Int] = []
        var count = 0
        for worker in world.workers {
            offsets.append(count)
            count += worker.issued.count
        }
        var followers = [[Int]](repeating: [], count: count)
        var predecessors = [Int](repeating: 0, count: count)
        func order(_ first: Int, before second: Int) {
            followers[first].append(second)
            predecessors[second] += 1
        }
        for worker in world.workers {
            var last: [Int: Int] = [:]
            for (number, request) in worker.issued.enumerated() {
                let node = offsets[worker.index] + number
                if let before = last.updateValue(node, forKey: request.stream) { order(before, before: node) }
            }
        }
        for shard in world.shards {
            let nodes = shard.log.map { offsets[Request.worker(of: $0)] + Request.number(of: $0) }
            for (first, second) in zip(nodes, nodes.dropFirst()) { order(first, before: second) }
        }
        var ready = predecessors.indices.filter { predecessors[$0] == 0 }
        var placed = 0
        while let node = ready.popLast() {
            placed += 1
            for follower in followers[node] {
                predecessors[follower] -= 1
                if predecessors[follower] == 0 { ready.append(follower) }
            }
        }
        return placed == count
    }
}
