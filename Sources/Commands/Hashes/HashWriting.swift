// Changing hashes: HSET, HMSET, HSETNX, HDEL, HINCRBY, HINCRBYFLOAT.
import Bytes
import Containers
import Keyspace
import Platform
import RESP

extension CommandContext {
    var hashLimits: HashLimits {
        @inline(__always) get {
            var limits = unsafe settings.pointee.hashLimits
            limits.seed = keyspace.map.seed
            return limits
        }
    }

    /// Lets `body` change the hash at the key, or a new one if there is none; whoever watches the key is told.
    @inline(__always)
    func changeHash<Result>(_ key: Key, _ found: Found?, _ body: (inout HashValue) -> Result) -> Result {
        if let found {
            return database(of: key).change(found) { value in
                var hash = HashValue(value)
                let result = body(&hash)
                value = hash.value
                return result
            }
        }
        var hash = HashValue.create()
        let result = body(&hash)
        set(key, replacing: nil, .external(.hash, hash.value))
        return result
    }

    /// The same for changes of which it is not known yet whether there will be any: nobody is told.
    func reshapeHash<Result>(_ key: Key, _ found: Found, _ body: (inout HashValue) -> Result) -> Result {
        database(of: key).reshape(found) { value in
            var hash = HashValue(value)
            let result = body(&hash)
            value = hash.value
            return result
        }
    }
}

/// HSET and HMSET.
func hset(_ context: inout CommandContext, _ name: StaticString, repliesCount: Bool) {
    let arguments = context.arguments
    if arguments.count & 1 != 0 { return context.reply.wrongArity(name) }
    let key = context.key(1)
    let lookup = context.find(key, as: .hash, .write)
    if lookup.isRefused { return }
    let found = lookup.found
    let limits = context.hashLimits
    let now = context.now
    let created = context.changeHash(key, found) { hash in
        if _fastPath(arguments.count == 4) {
            return hash.set(arguments[2], arguments[3], deadline: .max, now: now, limits) ? 1 : 0
        }
        return setAll(&hash, arguments, from: 2, deadline: .max, now: now, limits)
    }
    context.database(of: key).noteChanges(arguments.count / 2 - 1)
    context.notify(.hash, "hset", key.name)
    if repliesCount { context.reply.integer(created) } else { context.reply.ok() }
}

/// Sets fields to values, given one behind the other; returns how many of them are new.
func setAll(
    _ hash: inout HashValue, _ arguments: Arguments, from start: Int, deadline: Int64?, now: Int64,
    _ limits: HashLimits
) -> Int {
    var (longest, total) = (0, 0)
    for index in start..<arguments.count {
        let length = arguments[index].count
        longest = max(longest, length)
        total += length
    }
    hash.prepare(longest: longest, total: total, limits)
    var created = 0
    for index in stride(from: start, to: arguments.count - 1, by: 2)
    where hash.set(arguments[index], arguments[index + 1], deadline: deadline, now: now, limits) {
        created += 1
    }
    return created
}

func hsetnx(_ context: inout CommandContext) {
    let key = context.key(1)
    let arguments = context.arguments
    let now = context.now
    let lookup = context.find(key, as: .hash, .write)
    if lookup.isRefused { return }
    let found = lookup.found
    if found?.hash.find(arguments[2], now: now) != nil { return context.reply.integer(0) }
    let limits = context.hashLimits
    _ = context.changeHash(key, found) { $0.set(arguments[2], arguments[3], deadline: .max, now: now, limits) }
    context.changed(key, .hash, "hset")
    context.reply.integer(1)
}

func hdel(_ context: inout CommandContext) {
    let key = context.key(1)
    guard case .found(let found) = context.findOrReplyZero(key) else { return }
    let arguments = context.arguments
    let now = context.now
    let removed = context.reshapeHash(key, found) { hash in
        var removed = 0
        for index in 2..<arguments.count where hash.remove(arguments[index], now: now) {
            removed += 1
            if hash.count == 0 { break }
        }
        return removed
    }
    if removed > 0 {
        let database = context.database(of: key)
        database.touch(key.name)
        database.noteChanges(removed)
        context.notify(.hash, "hdel", key.name)
    }
    if found.hash.count == 0 { context.removeEmptied(key, found) }
    context.reply.integer(removed)
}

extension CommandContext {
    /// The hash that is to be changed; if there is none, 0 was replied.
    fileprivate func findOrReplyZero(_ key: Key) -> TypedLookup {
        let lookup = find(key, as: .hash, .write)
        if case .absent = lookup { reply.integer(0) }
        return lookup
    }
}

// MARK: - Numbers

func hincrby(_ context: inout CommandContext) {
    guard let increment = IntegerText.parse(context.arguments[3]) else {
        return context.reply.error(ErrorText.notInteger)
    }
    let key = context.key(1)
    let lookup = context.find(key, as: .hash, .write)
    if lookup.isRefused { return }
    let found = lookup.found
    let name = context.arguments[2]
    var old: Int64 = 0
    if let field = found?.hash.find(name, now: context.now) {
        guard let value = field.value.integer ?? field.value.view.flatMap({ IntegerText.parse($0) }) else {
            return context.reply.error("ERR hash value is not an integer")
        }
        old = value
    }
    let (sum, overflows) = old.addingReportingOverflow(increment)
    if overflows { return context.reply.error(ErrorText.incrementOverflow) }
    ListpackElement(integer: sum).withBytes { context.storeNumber(key, found, name, $0) }
    context.changed(key, .hash, "hincrby")
    context.reply.integer(sum)
}

func hincrbyfloat(_ context: inout CommandContext) {
    guard let increment = LongDoubleText.parse(context.arguments[3]) else {
        return context.reply.error(ErrorText.notFloat)
    }
    if increment.isInfinite { return context.reply.error("ERR value is NaN or Infinity") }
    let key = context.key(1)
    let lookup = context.find(key, as: .hash, .write)
    if lookup.isRefused { return }
    let found = lookup.found
    let name = context.arguments[2]
    var sum = increment
    if let field = found?.hash.find(name, now: context.now) {
        guard let old = field.value.withBytes({ LongDoubleText.parse($0) }) else {
            return context.reply.error("ERR hash value is not a float")
        }
        sum = old + increment
    }
    guard sum.isFinite else { return context.reply.error(ErrorText.notFinite) }
    var text = ByteBuffer()
    defer { text.deallocate() }
    LongDoubleText.append(sum, to: &text)
    context.storeNumber(key, found, name, text.view)
    context.changed(key, .hash, "hincrbyfloat")
    context.reply.bulk(text.view)
}

extension CommandContext {
    /// Sets a field to the text of a number; it keeps its deadline.
    fileprivate func storeNumber(_ key: Key, _ found: Found?, _ name: ByteView, _ text: ByteView) {
        let limits = hashLimits
        let now = self.now
        _ = changeHash(key, found) { $0.set(name, text, deadline: nil, now: now, limits) }
    }
}
