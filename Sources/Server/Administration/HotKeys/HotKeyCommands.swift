// HOTKEYS: which keys take most of the processor's time, and of the network.
import Bytes
import Commands
import Containers
import Keyspace
import Platform
import RESP

private let admin: CommandFlags = [.admin, .noScript]
private let everywhere: [StaticString] = ["nondeterministic_output", "request_policy:special"]

let hotKeyCommands: [Command] = unsafe [
    Command(
        "hotkeys", arity: -2, [], routing: .keyless, group: .server, since: "8.6.0",
        complexity: "Depends on subcommand.", summary: "Commands about keys that cost much.",
        subcommands: [
            Command(
                "get", arity: 2, admin, routing: .allShards, group: .server, since: "8.6.0",
                complexity: "O(K) where K is the number of keys asked for",
                summary: "Answers with the keys that have cost most.", tips: everywhere
            ) { unsafe hotKeysGet(&$0.context) },
            unsafe Command(
                "help", arity: 2, [.loading, .stale], routing: .keyless, group: .server, since: "8.6.0",
                summary: "Lists the subcommands."
            ) { unsafe hotKeysHelp(&$0.context) },
            unsafe Command(
                "reset", arity: 2, admin, routing: .allShards, group: .server, since: "8.6.0",
                summary: "Forgets what tracking has found.", tips: everywhere
            ) { unsafe hotKeysReset(&$0.context) },
            unsafe Command(
                "start", arity: -2, admin, routing: .allShards, group: .server, since: "8.6.0",
                summary: "Starts tracking the keys that cost much.",
                syntax: """
                    METRICS count [CPU] [NET] [COUNT k] [DURATION seconds] [SAMPLE ratio] \
                    [SLOTS count slot [slot ...]]
                    """,
                tips: everywhere
            ) { unsafe hotKeysStart(&$0.context) },
            unsafe Command(
                "stop", arity: 2, admin, routing: .allShards, group: .server, since: "8.6.0",
                summary: "Ends tracking; what was found stays.", tips: everywhere
            ) { unsafe hotKeysStop(&$0.context) },
        ]
    ) { unsafe $0.context.reply.error("ERR wrong number of arguments for 'hotkeys' command") }
]

/// The session as of now: one whose time is over has ended.
private func session(_ context: CommandContext) -> HotKeySession? {
    context.server.tendHotKeys(now: Clock.realtimeMilliseconds())
    return context.server.hotKeys.current
}

private func hotKeysStart(_ context: inout CommandContext) {
    if session(context)?.isActive == true {
        return context.reply.error("ERR hotkey tracking session already in progress")
    }
    var seconds: Int64 = 0
    guard var request = parseRequest(&context, seconds: &seconds) else { return }
    let server = context.server
    let now = Clock.realtimeMilliseconds()
    if seconds > 0 {
        request.endCycles = Clock.cycles() &+ UInt64(Double(seconds) * 1e6 * server.cyclesPerMicrosecond)
    }
    for index in 0..<context.keyspace.map.shardCount {
        unsafe context.keyspace.shards[index].pointee.startHotKeys(request)
    }
    server.hotKeys.start(
        HotKeySession(request: request, start: now, atStart: server.hotKeyTotals),
        until: seconds > 0 ? now + seconds * 1000 : .max)
    context.reply.ok()
}

/// Reads what follows START; nil: the error is in the reply.
private func parseRequest(_ context: inout CommandContext, seconds: inout Int64) -> HotKeyRequest? {
    let arguments = context.arguments
    var request = HotKeyRequest()
    guard arguments.count >= 4, arguments[2].equalsIgnoringCase("metrics") else {
        context.reply.error("ERR METRICS parameter is required")
        return nil
    }
    guard let metrics = number(arguments[3], 1...2) else {
        context.reply.error("ERR METRICS count must be > 0 and <= 2")
        return nil
    }
    guard parseMetrics(&context, Int(metrics), &request) else { return nil }
    var index = 4 + Int(metrics)
    while index < arguments.count {
        guard index + 1 < arguments.count else {
            context.reply.error(ErrorText.syntax)
            return nil
        }
        let (option, value) = (arguments[index], arguments[index + 1])
        if option.equalsIgnoringCase("count") {
            guard let count = number(value, 1...64) else {
                context.reply.error("ERR COUNT must be between 1 and 64")
                return nil
            }
            request.count = Int(count)
        } else if option.equalsIgnoringCase("duration") {
            guard let duration = number(value, 1...1_000_000) else {
                context.reply.error("ERR DURATION must be between 1 and 1000000")
                return nil
            }
            seconds = duration
        } else if option.equalsIgnoringCase("sample") {
            guard let ratio = number(value, 1...Int64(Int32.max)) else {
                context.reply.error("ERR SAMPLE ratio must be positive")
                return nil
            }
            request.sampleRatio = Int(ratio)
        } else if option.equalsIgnoringCase("slots") {
            context.reply.error("ERR SLOTS parameter cannot be used in non-cluster mode")
            return nil
        } else {
            context.reply.error(ErrorText.syntax)
            return nil
        }
        index += 2
    }
    return request
}

/// Reads the names of metrics; unknown ones are passed over, as long as there is one that is known.
private func parseMetrics(_ context: inout CommandContext, _ count: Int, _ request: inout HotKeyRequest) -> Bool {
    let names = 4..<min(4 + count, context.arguments.count)
    for index in names {
        let name = context.arguments[index]
        if name.equalsIgnoringCase("cpu") {
            if request.countsTime {
                context.reply.error("ERR METRICS CPU defined more than once!")
                return false
            }
            request.countsTime = true
        } else if name.equalsIgnoringCase("net") {
            if request.countsBytes {
                context.reply.error("ERR METRICS NET defined more than once!")
                return false
            }
            request.countsBytes = true
        }
    }
    if names.count != count {
        context.reply.error("ERR METRICS count does not match number of metric types provided")
        return false
    }
    if !request.countsTime && !request.countsBytes {
        context.reply.error("ERR METRICS no valid metrics passed. Supported: CPU|NET")
        return false
    }
    return true
}

private func number(_ text: ByteView, _ range: ClosedRange<Int64>) -> Int64? {
    guard let number = IntegerText.parse(text), range.contains(number) else { return nil }
    return number
}

private func hotKeysStop(_ context: inout CommandContext) {
    guard session(context)?.isActive == true else { return context.reply.null() }
    for index in 0..<context.keyspace.map.shardCount {
        unsafe context.keyspace.shards[index].pointee.stopHotKeys()
    }
    context.server.hotKeys.stop(at: Clock.realtimeMilliseconds(), context.server.hotKeyTotals)
    context.reply.ok()
}

private func hotKeysReset(_ context: inout CommandContext) {
    if session(context)?.isActive == true {
        return context.reply.error("ERR hotkey tracking session in progress, stop tracking first")
    }
    for index in 0..<context.keyspace.map.shardCount {
        unsafe context.keyspace.shards[index].pointee.discardHotKeys()
    }
    context.server.hotKeys.discard()
    context.reply.ok()
}

/// A list of one map, as Redis has it: whoever asks many nodes joins the lists.
private func hotKeysGet(_ context: inout CommandContext) {
    guard let session = session(context) else { return context.reply.null() }
    let server = context.server
    let request = session.request
    let totals = (session.atEnd ?? server.hotKeyTotals).since(session.atStart)
    let duration = (session.end ?? Clock.realtimeMilliseconds()) - session.start
    var cycles: UInt64 = 0
    var byTime: [SpaceSaving.Item] = []
    var byBytes: [SpaceSaving.Item] = []
    for index in 0..<context.keyspace.map.shardCount {
        guard let tracker = unsafe context.keyspace.shards[index].pointee.hotKeys else { continue }
        unsafe cycles &+= tracker.pointee.totalCycles
        // A key lives on one shard: the lists have nothing in common.
        unsafe byTime += tracker.pointee.byTime()
        unsafe byBytes += tracker.pointee.byBytes()
    }
    func microseconds(_ cycles: UInt64) -> Int64 { Int64(Double(cycles) / server.cyclesPerMicrosecond) }
    let reply = context.reply
    func field(_ name: StaticString, _ value: Int64) {
        reply.bulk(name)
        reply.integer(value)
    }
    func list(_ name: StaticString, _ items: [SpaceSaving.Item], _ value: (UInt64) -> Int64) {
        let heaviest = items.sorted { $0.weight > $1.weight }.prefix(request.count)
        reply.bulk(name)
        reply.array(heaviest.count * 2)
        for item in heaviest {
            ByteView.withView(item.bytes) { reply.bulk($0) }
            reply.integer(value(item.weight))
        }
    }
    reply.array(1)
    reply.map(7 + (request.countsTime ? 3 : 0) + (request.countsBytes ? 2 : 0))
    field("tracking-active", session.isActive ? 1 : 0)
    field("sample-ratio", Int64(request.sampleRatio))
    reply.bulk("selected-slots")
    reply.array(1)
    reply.array(2)
    reply.integer(0)
    reply.integer(16383)
    field("all-commands-all-slots-us", microseconds(cycles))
    field("net-bytes-all-commands-all-slots", Int64(totals.networkBytes))
    field("collection-start-time-unix-ms", session.start)
    field("collection-duration-ms", max(0, duration))
    if request.countsTime {
        field("total-cpu-time-user-ms", Int64(totals.userMilliseconds))
        field("total-cpu-time-sys-ms", Int64(totals.systemMilliseconds))
    }
    if request.countsBytes { field("total-net-bytes", Int64(totals.networkBytes)) }
    if request.countsTime { list("by-cpu-time-us", byTime, microseconds) }
    if request.countsBytes { list("by-net-bytes", byBytes) { Int64(clamping: $0) } }
}

private func hotKeysHelp(_ context: inout CommandContext) {
    context.help(
        "HOTKEYS",
        [
            "START METRICS count [CPU] [NET] [COUNT k] [DURATION seconds] [SAMPLE ratio]",
            "    Start tracking the keys that cost most: processor time, bytes on the network, or both.",
            "    * COUNT: how many keys to find. Default: 10.",
            "    * DURATION: stop after so many seconds. Default: when told to.",
            "    * SAMPLE: look at one command in so many. Default: 1.",
            "STOP", "    Stop tracking. What was found stays until RESET or the next START.",
            "GET", "    Return the keys that have cost most, and what all commands have cost.",
            "RESET", "    Forget what was found, after STOP.",
        ])
}
