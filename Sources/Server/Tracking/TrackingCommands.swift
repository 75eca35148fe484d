// CLIENT TRACKING, CACHING, TRACKINGINFO and GETREDIR.
import Bytes
import Commands
import Containers
import Keyspace
import Platform
import RESP
import Reactor
import Synchronization

func clientTracking(_ context: inout CommandContext) {
    guard var request = trackingRequest(context) else { return }
    let word = context.arguments[2]
    if word.equalsIgnoringCase("off") {
        context.track(nil, nil)
        return context.reply.ok()
    }
    guard word.equalsIgnoringCase("on") else { return context.reply.error(ErrorText.syntax) }
    let current = context.session.tracking
    if let refusal = refusal(of: request, current) { return context.reply.error(refusal) }
    if request.choice.isBroadcast {
        let existing = current?.prefixes ?? []
        if let (one, other, kind) = collision(request.choice.prefixes, existing) {
            return context.reply.errorParts { line in
                line.append("ERR Prefix '")
                line.append(one)
                line.append(kind)
                line.append(other)
                line.append("'. Prefixes for a single client must not overlap.")
            }
        }
        if request.choice.prefixes.isEmpty { request.choice.prefixes = [[]] }
        let all = Set(existing).union(request.choice.prefixes)
        request.choice.prefixes = all.sorted { $0.lexicographicallyPrecedes($1) }
    }
    context.track(request.choice, request.receiver)
    context.reply.ok()
}

/// What the options of CLIENT TRACKING say.
private struct TrackingRequest {
    var choice = TrackingChoice()
    var receiver: ConnectionName?
}

/// Nil: an error has been written.
private func trackingRequest(_ context: CommandContext) -> TrackingRequest? {
    let arguments = context.arguments
    var request = TrackingRequest()
    var index = 3
    while index < arguments.count {
        let option = arguments[index]
        let hasValue = index + 1 < arguments.count
        index += 1
        if option.equalsIgnoringCase("redirect") && hasValue {
            guard redirect(&request, to: arguments[index], context) else { return nil }
            index += 1
        } else if option.equalsIgnoringCase("prefix") && hasValue {
            request.choice.prefixes.append(arguments[index].bytes)
            index += 1
        } else if option.equalsIgnoringCase("bcast") {
            request.choice.isBroadcast = true
        } else if option.equalsIgnoringCase("optin") {
            request.choice.isOptIn = true
        } else if option.equalsIgnoringCase("optout") {
            request.choice.isOptOut = true
        } else if option.equalsIgnoringCase("noloop") {
            request.choice.isQuietOnOwn = true
        } else {
            context.reply.error(ErrorText.syntax)
            return nil
        }
    }
    return request
}

private func redirect(_ request: inout TrackingRequest, to text: ByteView, _ context: CommandContext) -> Bool {
    if request.choice.redirection != 0 {
        context.reply.error("ERR A client can only redirect to a single other client")
        return false
    }
    guard let number = IntegerText.parse(text) else {
        context.reply.error(ErrorText.notInteger)
        return false
    }
    let registry = context.server.registry
    request.receiver = registry.lock.withLock {
        guard let session = registry.sessions[Int(number)], let connection = unsafe session.connection else {
            return nil
        }
        return unsafe ConnectionName(worker: session.workerIndex, token: connection.pointee.token)
    }
    if request.receiver == nil {
        context.reply.error("ERR The client ID you want redirect to does not exist")
        return false
    }
    request.choice.redirection = Int(number)
    return true
}

/// Why options do not go together, or not with what the client has chosen before.
private func refusal(of request: TrackingRequest, _ current: TrackingChoice?) -> StaticString? {
    let choice = request.choice
    if !choice.isBroadcast && !choice.prefixes.isEmpty { return "ERR PREFIX option requires BCAST mode to be enabled" }
    if let current, current.isBroadcast != choice.isBroadcast {
        return """
            ERR You can't switch BCAST mode on/off before disabling tracking for this client, and then re-enabling \
            it with a different mode.
            """
    }
    if choice.isBroadcast && (choice.isOptIn || choice.isOptOut) {
        return "ERR OPTIN and OPTOUT are not compatible with BCAST"
    }
    if choice.isOptIn && choice.isOptOut { return "ERR You can't specify both OPTIN mode and OPTOUT mode" }
    if let current, choice.isOptIn && current.isOptOut || choice.isOptOut && current.isOptIn {
        return """
            ERR You can't switch OPTIN/OPTOUT mode before disabling tracking for this client, and then re-enabling \
            it with a different mode.
            """
    }
    return nil
}

/// Two prefixes of which one begins with the other, and what the error says between them.
private func collision(_ new: [[UInt8]], _ existing: [[UInt8]]) -> ([UInt8], [UInt8], StaticString)? {
    func overlap(_ one: [UInt8], _ other: [UInt8]) -> Bool { one.starts(with: other) || other.starts(with: one) }
    for (index, prefix) in new.enumerated() {
        if let other = existing.first(where: { overlap($0, prefix) }) {
            return (prefix, other, "' overlaps with an existing prefix '")
        }
        if let other = new[(index + 1)...].first(where: { overlap($0, prefix) }) {
            return (prefix, other, "' overlaps with another provided prefix '")
        }
    }
    return nil
}

func clientCaching(_ context: inout CommandContext) {
    guard let choice = context.session.tracking else {
        return context.reply.error(
            """
            ERR CLIENT CACHING can be called only when the client is in tracking mode with OPTIN or OPTOUT mode \
            enabled
            """)
    }
    guard let isYes = context.arguments[2].yesOrNo else { return context.reply.error(ErrorText.syntax) }
    if isYes && !choice.isOptIn {
        return context.reply.error("ERR CLIENT CACHING YES is only valid when tracking is enabled in OPTIN mode.")
    }
    if !isYes && !choice.isOptOut {
        return context.reply.error("ERR CLIENT CACHING NO is only valid when tracking is enabled in OPTOUT mode.")
    }
    unsafe context.client.pointee.nextCommand.insert(.marked)
    context.reply.ok()
}

func clientGetRedirection(_ context: inout CommandContext) {
    context.reply.integer(context.session.tracking?.redirection ?? -1)
}

func clientTrackingInfo(_ context: inout CommandContext) {
    let reply = context.reply
    let choice = context.session.tracking
    let isMarked = unsafe context.client.pointee.nextCommand.contains(.marked)
    var flags: [StaticString] = [choice == nil ? "off" : "on"]
    if let choice {
        if choice.isBroadcast { flags.append("bcast") }
        if choice.isOptIn { flags.append("optin") }
        if choice.isOptIn && isMarked { flags.append("caching-yes") }
        if choice.isOptOut { flags.append("optout") }
        if choice.isOptOut && isMarked { flags.append("caching-no") }
        if choice.isQuietOnOwn { flags.append("noloop") }
        if context.session.isTrackingBroken { flags.append("broken_redirect") }
    }
    reply.map(3)
    reply.bulk("flags")
    reply.set(flags.count)
    for flag in flags { reply.bulk(flag) }
    reply.bulk("redirect")
    reply.integer(choice?.redirection ?? -1)
    reply.bulk("prefixes")
    let prefixes = choice?.prefixes ?? []
    reply.array(prefixes.count)
    for prefix in prefixes { ByteView.withView(prefix) { reply.bulk($0) } }
}

extension CommandContext {
    /// Begins, changes or (nil) ends the tracking of the connection that asks; the reply waits until all know who must.
    func track(_ choice: TrackingChoice?, _ receiver: ConnectionName?) {
        let waits = server.canWait(commandIndex)
        unsafe home.track(client, choice, receiver, waits: waits)
    }
}

extension UnsafeMutablePointer where Pointee == WorkerState {
    /// - Parameter receiver: the connection that is told instead of this one.
    func track(
        _ connection: ConnectionPointer, _ choice: TrackingChoice?, _ receiver: ConnectionName?, waits: Bool
    ) {
        let session = unsafe connection.pointee.session.takeUnretainedValue()
        let server = unsafe self.pointee.server.takeUnretainedValue()
        let before = session.tracking
        if before == nil && choice == nil { return }
        let concernedAll = session.trackingConcernsAll
        server.registry.lock.withLock {
            session.tracking = choice
            session.isTrackingBroken = false
        }
        unsafe connection.pointee.hasStaleMemory = true
        unsafe connection.pointee.tracksKeys = choice != nil
        unsafe connection.pointee.keepsOnlyMarked = choice?.isOptIn ?? false
        unsafe connection.pointee.keepsUnlessMarked = choice?.isOptOut ?? false
        if choice == nil { unsafe connection.pointee.nextCommand.remove(.marked) }
        if before == nil { server.trackerCount.wrappingAdd(1, ordering: .releasing) }
        if choice == nil { server.trackerCount.wrappingSubtract(1, ordering: .releasing) }
        let here = unsafe self.pointee.index
        let news = unsafe TrackerNews(
            identifier: session.identifier, home: here, token: connection.pointee.token, choice: choice,
            receiverWorker: receiver?.worker ?? here, receiverToken: receiver?.token ?? connection.pointee.token)
        session.trackingConcernsAll = news.concernsAll
        unsafe learn(news)
        unsafe connection.pointee.isTracked = unsafe connection.pointee.isTracked || choice != nil
        let broadcasters = (choice?.isBroadcast ?? false ? 1 : 0) - (before?.isBroadcast ?? false ? 1 : 0)
        if broadcasters != 0 { unsafe addBroadcasters(broadcasters, for: waits ? connection : nil) }
        if concernedAll || news.concernsAll { unsafe announce(news, for: waits ? connection : nil) }
    }

    /// Takes over what has become of a client's tracking.
    func learn(_ news: TrackerNews) {
        unsafe self.pointee.tracking.learn(news, at: self.pointee.index)
        guard news.choice != nil, unsafe news.receiverWorker == self.pointee.index else { return }
        unsafe connection(news.receiverToken)?.pointee.isTracked = true
    }

    /// - Parameter connection: whose reply waits until all have heard; nil: nobody waits.
    private func announce(_ news: TrackerNews, for connection: ConnectionPointer?) {
        let server = unsafe self.pointee.server.takeUnretainedValue()
        let home = unsafe self
        let token = unsafe connection?.pointee.token
        for index in 0..<server.workerCount where index != news.home {
            let worker = unsafe server.workers + index
            unsafe expectAcknowledgement(connection)
            unsafe worker.pointee.kernel.post {
                unsafe worker.learn(news)
                if let token { unsafe home.pointee.kernel.post { unsafe home.acknowledge(token) } }
            }
        }
    }

    /// Lets all shards tell of changes, or no longer. Not before the command is over: who enters a shard may have to
    /// run what others have sent there, in the same context.
    private func addBroadcasters(_ count: Int, for connection: ConnectionPointer?) {
        let home = unsafe self
        let token = unsafe connection?.pointee.token
        let shardCount = unsafe self.pointee.map.shardCount
        for _ in 0..<shardCount { unsafe expectAcknowledgement(connection) }
        unsafe self.pointee.kernel.post {
            for shard in 0..<shardCount {
                unsafe home.runOnShard(shard) {
                    unsafe $0.pointee.addBroadcasters(count)
                    if let token { unsafe home.pointee.kernel.post { unsafe home.acknowledge(token) } }
                }
            }
        }
    }

    private func expectAcknowledgement(_ connection: ConnectionPointer?) {
        unsafe connection?.pointee.session._withUnsafeGuaranteedRef { $0.outstandingAcknowledgements += 1 }
    }

    /// A connection ends: nobody is to be told on its behalf any more.
    func abandonTracking(_ connection: ConnectionPointer) {
        unsafe track(connection, nil, nil, waits: false)
        unsafe connection.pointee.session._withUnsafeGuaranteedRef { $0.heldMessages.deallocate() }
    }
}
