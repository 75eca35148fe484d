// Reading hashes: HGET, HMGET, HGETALL, HKEYS, HVALS, HEXISTS, HLEN, HSTRLEN.
import Bytes
import Containers
import Keyspace
import RESP

extension Found {
    /// The hash that the entry holds.
    var hash: HashValue {
        @inline(__always) get { HashValue(entry.external) }
    }
}

func hget(_ context: inout CommandContext) {
    switch context.find(context.key(1), as: .hash) {
    case .found(let found):
        if let field = found.hash.find(context.arguments[2], now: context.now) {
            context.reply.bulk(field.value)
        } else {
            context.reply.null()
        }
    case .absent: context.reply.null()
    case .refused: break
    }
}

func hmget(_ context: inout CommandContext) {
    let lookup = context.find(context.key(1), as: .hash)
    if lookup.isRefused { return }
    let found = lookup.found
    let arguments = context.arguments
    context.reply.array(arguments.count - 2)
    for index in 2..<arguments.count {
        if context.reply.isFull { return }
        if let field = found?.hash.find(arguments[index], now: context.now) {
            context.reply.bulk(field.value)
        } else {
            context.reply.null()
        }
    }
}

func hgetall(_ context: inout CommandContext) {
    switch context.find(context.key(1), as: .hash) {
    case .found(let found):
        let reply = context.reply
        let hash = found.hash
        reply.map(hash.liveCount(now: context.now))
        hash.forEach(now: context.now) { name, value in
            reply.bulk(name)
            reply.bulk(value)
        }
    case .absent: context.reply.map(0)
    case .refused: break
    }
}

func hkeys(_ context: inout CommandContext) {
    switch context.find(context.key(1), as: .hash) {
    case .found(let found):
        let reply = context.reply
        let hash = found.hash
        reply.array(hash.liveCount(now: context.now))
        hash.forEach(now: context.now) { name, _ in reply.bulk(name) }
    case .absent: context.reply.array(0)
    case .refused: break
    }
}

func hvals(_ context: inout CommandContext) {
    switch context.find(context.key(1), as: .hash) {
    case .found(let found):
        let reply = context.reply
        let hash = found.hash
        reply.array(hash.liveCount(now: context.now))
        hash.forEach(now: context.now) { _, value in reply.bulk(value) }
    case .absent: context.reply.array(0)
    case .refused: break
    }
}

func hexists(_ context: inout CommandContext) {
    switch context.find(context.key(1), as: .hash) {
    case .found(let found):
        context.reply.integer(found.hash.find(context.arguments[2], now: context.now) != nil ? 1 : 0)
    case .absent: context.reply.integer(0)
    case .refused: break
    }
}

/// As in Redis, fields that are past their deadline count until they are removed.
func hlen(_ context: inout CommandContext) {
    switch context.find(context.key(1), as: .hash) {
    case .found(let found): context.reply.integer(found.hash.count)
    case .absent: context.reply.integer(0)
    case .refused: break
    }
}

func hstrlen(_ context: inout CommandContext) {
    switch context.find(context.key(1), as: .hash) {
    case .found(let found):
        context.reply.integer(found.hash.find(context.arguments[2], now: context.now)?.value.textLength ?? 0)
    case .absent: context.reply.integer(0)
    case .refused: break
    }
}
