// The router: turns the commands in a connection's input into a round's steps.
import Bytes
import Commands
import Containers
import Keyspace
import Logging
import Platform
import RESP

/// A round takes so many commands, or so many bytes, at most.
private let maximumRoundCommands = 1024
private let maximumRoundBytes = 256 << 10

/// Why a round ended.
enum RoundEnd {
    /// The input has no further complete command.
    case inputUsedUp
    /// There may be more commands; this round is full, or the next command runs alone.
    case more
    case failed(ProtocolError)
}

extension UnsafeMutablePointer where Pointee == WorkerState {
    /// Parses and routes commands until the input, the round or a command that runs alone ends it.
    func fillRound(_ connection: ConnectionPointer, _ round: UnsafeMutablePointer<Round>) -> RoundEnd {
        guard let base = unsafe connection.pointee.input.base else { return .inputUsedUp }
        let end = unsafe connection.pointee.input.count
        let firstByte = unsafe connection.pointee.position
        unsafe self.pointee.hot.limits.authenticated = unsafe connection.pointee.isAuthenticated
        // What a command can change of these ends the round.
        let isPlain =
            unsafe connection.pointee.isAuthenticated && !connection.pointee.isInMulti
            && !connection.pointee.isSubscriber && connection.pointee.replyMode == .on
            && connection.pointee.nextCommand.isEmpty && self.pointee.hot.pausedUntil == 0
        while true {
            let outcome = unsafe connection.pointee.parser.next(
                base, &connection.pointee.position, end, into: &round.pointee.arguments,
                limits: self.pointee.hot.limits)
            switch outcome {
            case .command: break
            case .incomplete: return .inputUsedUp
            case .failed(let error): return .failed(error)
            }
            let first = unsafe connection.pointee.parsedArguments
            let count = unsafe round.pointee.arguments.count &- first
            unsafe connection.pointee.parsedArguments = unsafe round.pointee.arguments.count
            unsafe connection.pointee.commandStart = unsafe connection.pointee.position
            if unsafe !(isPlain && routePlainly(connection, round, first, count)) {
                if unsafe route(connection, round, first, count) { return .more }
                // Scattering may have appended shares of the arguments.
                unsafe connection.pointee.parsedArguments = unsafe round.pointee.arguments.count
                unsafe noteMarkedSteps(connection, round)
            }
            if unsafe round.pointee.commandCount >= maximumRoundCommands
                || connection.pointee.position &- firstByte >= maximumRoundBytes
            {
                return .more
            }
        }
    }

    /// The shortest way: an ordinary command on one key, from a client in its ordinary state. False: not such a one.
    @inline(__always)
    private func routePlainly(
        _ connection: ConnectionPointer, _ round: UnsafeMutablePointer<Round>, _ first: Int, _ count: Int
    ) -> Bool {
        let arguments = unsafe round.pointee.arguments.elements(from: first)
        let index = unsafe self.pointee.commandIndex.find(arguments[0])
        if index < 0 { return false }
        let command = unsafe self.pointee.commands + index
        let arity = unsafe Int(command.pointee.arity)
        // Whatever has a key has at least two arguments, so that the arity speaks for the second.
        guard unsafe command.pointee.hasOneKey || Int(command.pointee.soleKeyCount) == count,
            arity == count || (arity < 0 && count >= 0 &- arity)
        else { return false }
        let route = unsafe self.pointee.map.route(arguments[1])
        let step = unsafe round.pointee.steps.appendPlace()
        unsafe step.pointee.hash = route.hash
        unsafe step.pointee.firstArgument = UInt32(truncatingIfNeeded: first)
        unsafe step.pointee.argumentCount = UInt32(truncatingIfNeeded: count)
        unsafe step.pointee.command = UInt16(truncatingIfNeeded: index)
        unsafe step.pointee.database = unsafe connection.pointee.database
        unsafe step.pointee.shard = Int16(truncatingIfNeeded: route.shard)
        unsafe step.pointee.outcome = .run
        unsafe step.pointee.replies = .on
        unsafe step.pointee.shares = 1
        unsafe step.pointee.isShare = false
        unsafe round.pointee.need(route.shard)
        unsafe round.pointee.commandCount &+= 1
        return true
    }

    /// Whether CLIENT PAUSE holds a command with these flags back.
    func mustWait(_ flags: CommandFlags) -> Bool {
        guard unsafe self.pointee.hot.pausedUntil > self.pointee.now else { return false }
        return unsafe !self.pointee.hot.pausesWritesOnly || flags.contains(.write) || flags.contains(.mayReplicate)
    }

    /// Adds one command to the round. True: it runs alone, after the round.
    func route(
        _ connection: ConnectionPointer, _ round: UnsafeMutablePointer<Round>, _ first: Int, _ count: Int
    ) -> Bool {
        var step = Step()
        step.firstArgument = UInt32(truncatingIfNeeded: first)
        step.argumentCount = UInt32(truncatingIfNeeded: count)
        step.database = unsafe connection.pointee.database
        step.replies = unsafe connection.pointee.replyMode
        let arguments = unsafe round.pointee.arguments.window(from: first, count: count)
        step.outcome = unsafe identify(connection, arguments, &step.command)
        if unsafe connection.pointee.nextCommand.contains(.unanswered) {
            unsafe connection.pointee.nextCommand.remove(.unanswered)
            step.replies = .skip
        }
        if step.outcome != .run {
            if unsafe step.outcome == .unknownCommand && closesOnAttack(connection, arguments) { return true }
            unsafe rejectOrQueue(connection, arguments, &step)
            unsafe append(round, step)
            return false
        }
        let command = unsafe self.pointee.commands + Int(step.command)
        if unsafe self.pointee.hot.pausedUntil != 0 && mustWait(command.pointee.flags) {
            return unsafe runAlone(connection, step)
        }
        switch unsafe command.pointee.route {
        case .keyless: unsafe append(round, step)
        case .keyed: return unsafe routeKeyed(connection, round, arguments, &step)
        case .keyedBySpecs: return unsafe routeBySpecs(connection, round, arguments, &step)
        case .keyedOrAllShards:
            if unsafe self.pointee.map.shardCount > 1 && arguments.haveSortPatterns {
                return unsafe runAlone(connection, step)
            }
            return unsafe routeKeyed(connection, round, arguments, &step)
        case .scatter: return unsafe scatter(connection, round, arguments, &step)
        case .broadcast:
            unsafe broadcast(round, &step)
        case .cursor:
            return unsafe routeCursor(connection, round, arguments, &step)
        case .ordered:
            // What it sends must not overtake what stands before it.
            if unsafe round.pointee.shards.count > 0 || self.pointee.hasCrowdedReaders {
                return unsafe runAlone(connection, step)
            }
            unsafe append(round, step)
        case .script:
            if unsafe !namesItsKeys(step.command, arguments) { return unsafe runAlone(connection, step) }
            return unsafe routeBySpecs(connection, round, arguments, &step)
        case .blocking:
            if unsafe command.pointee.waitsOnDemand && !arguments.haveBlockOption {
                return unsafe routeBySpecs(connection, round, arguments, &step)
            }
            return unsafe runAlone(connection, step)
        case .allShards, .session: return unsafe runAlone(connection, step)
        }
        return false
    }

    /// SCAN goes to the shard that its cursor names.
    private func routeCursor(
        _ connection: ConnectionPointer, _ round: UnsafeMutablePointer<Round>, _ arguments: Arguments,
        _ step: inout Step
    ) -> Bool {
        guard arguments.count > 1, let cursor = ScanCursor.parse(arguments[1]) else {
            step.outcome = .invalidCursor
            unsafe append(round, step)
            return false
        }
        // The first step of a walk may go over several shards, so that a small database is seen in one call.
        if unsafe cursor == 0 && self.pointee.map.shardCount > 1 { return unsafe runAlone(connection, step) }
        let named = ScanCursor.shard(cursor)
        let shard = unsafe named < self.pointee.map.shardCount ? named : 0
        step.shard = Int16(truncatingIfNeeded: shard)
        unsafe round.pointee.need(shard)
        unsafe append(round, step)
        return false
    }

    /// Finds the command and checks what needs no key. The order of checks is Redis'.
    private func identify(
        _ connection: ConnectionPointer, _ arguments: Arguments, _ command: inout UInt16
    ) -> Verdict {
        var index = unsafe self.pointee.commandIndex.find(arguments[0])
        if index < 0 { return .unknownCommand }
        if unsafe self.pointee.commands[index].hasSubcommands && arguments.count > 1 {
            let container = index
            index = unsafe self.pointee.commandTable.takeUnretainedValue().findSubcommand(of: container, arguments[1])
            if index < 0 {
                command = UInt16(truncatingIfNeeded: container)
                return .unknownSubcommand
            }
        }
        command = UInt16(truncatingIfNeeded: index)
        let compiled = unsafe self.pointee.commands + index
        let arity = unsafe Int(compiled.pointee.arity)
        if arity >= 0 ? arguments.count != arity : arguments.count < -arity { return .wrongArity }
        if unsafe !connection.pointee.isAuthenticated && !compiled.pointee.flags.contains(.noAuthentication) {
            return .needsAuthentication
        }
        if unsafe self.pointee.memory.isRefusing && refusesForMemory(connection, index) {
            return .outOfMemory
        }
        if unsafe connection.pointee.isSubscriber && mayOnlySubscribe(connection, index) { return .subscriber }
        if unsafe connection.pointee.isInMulti && !runsInsideMulti(compiled.pointee.flags, index) {
            return unsafe compiled.pointee.flags.contains(.noMulti) ? .noMulti : .queued
        }
        return .run
    }

    /// In RESP2 a subscriber cannot tell a reply from a message.
    @inline(never)
    private func mayOnlySubscribe(_ connection: ConnectionPointer, _ index: Int) -> Bool {
        if unsafe connection.pointee.protocolVersion >= 3 { return false }
        return unsafe self.pointee.server._withUnsafeGuaranteedRef { !$0.subscriberCommands.contains(index) }
    }

    /// EXEC, DISCARD, MULTI, WATCH, QUIT and RESET act at once inside MULTI.
    @inline(never)
    private func runsInsideMulti(_ flags: CommandFlags, _ index: Int) -> Bool {
        unsafe self.pointee.server._withUnsafeGuaranteedRef { $0.immediateCommands.contains(index) }
    }

    @inline(never)
    private func rejectOrQueue(_ connection: ConnectionPointer, _ arguments: Arguments, _ step: inout Step) {
        let session = unsafe connection.pointee.session.takeUnretainedValue()
        let server = unsafe self.pointee.server.takeUnretainedValue()
        if step.outcome != .queued && step.outcome != .unknownCommand && Int(step.command) == server.execIndex {
            // An EXEC that cannot run ends the transaction all the same, and forgets the keys even if there is none.
            unsafe connection.pointee.isInMulti = false
            unsafe connection.pointee.counters.multiCount.set(-1)
            session.transaction.clear()
            unsafe connection.pointee.hasStaleMemory = true
            unsafe forgetWatchedKeys(connection)
            return
        }
        guard unsafe connection.pointee.isInMulti else { return }
        unsafe connection.pointee.hasStaleMemory = true
        if step.outcome == .queued {
            session.transaction.append(arguments, command: step.command)
            unsafe connection.pointee.counters.multiCount.set(session.transaction.count)
        } else {
            session.transaction.isAborted = true
        }
    }

    /// HTTP requests come from browsers that somebody has tricked into talking to us: the connection is closed at once.
    @inline(never)
    private func closesOnAttack(_ connection: ConnectionPointer, _ arguments: Arguments) -> Bool {
        guard arguments[0].equalsIgnoringCase("post") || arguments[0].equalsIgnoringCase("host:") else { return false }
        let server = unsafe self.pointee.server.takeUnretainedValue()
        let peer = unsafe connection.pointee.session.takeUnretainedValue().peer.text
        server.log.warning(
            """
            Possible SECURITY ATTACK detected: \(peer) sent an HTTP request (POST or Host:), as a web page does \
            that was made to reach this port from inside. Connection aborted.
            """)
        unsafe connection.pointee.isClosing = true
        return true
    }

    @inline(__always)
    func append(_ round: UnsafeMutablePointer<Round>, _ step: Step) {
        unsafe round.pointee.steps.append(step)
        unsafe round.pointee.commandCount &+= 1
    }

    func runAlone(_ connection: ConnectionPointer, _ step: Step) -> Bool {
        unsafe connection.pointee.special = step
        unsafe connection.pointee.hasSpecial = true
        return true
    }

    /// Commands whose keys one range by index names.
    @inline(__always)
    func routeKeyed(
        _ connection: ConnectionPointer, _ round: UnsafeMutablePointer<Round>, _ arguments: Arguments,
        _ step: inout Step
    ) -> Bool {
        let command = unsafe self.pointee.commands + Int(step.command)
        let first = unsafe Int(command.pointee.firstKey)
        let last = unsafe command.pointee.lastKey
        guard first < arguments.count else {
            unsafe append(round, step)
            return false
        }
        let route = unsafe self.pointee.map.route(arguments[first])
        step.hash = route.hash
        step.shard = Int16(truncatingIfNeeded: route.shard)
        if unsafe Int(last) != first && self.pointee.map.shardCount > 1 {
            let end = last >= 0 ? Int(last) : arguments.count + Int(last)
            var index = unsafe first + Int(command.pointee.keyStep)
            while index <= end && index < arguments.count {
                if unsafe self.pointee.map.route(arguments[index]).shard != route.shard {
                    return unsafe runAlone(connection, step)
                }
                unsafe index += Int(command.pointee.keyStep)
            }
        }
        unsafe round.pointee.need(route.shard)
        unsafe append(round, step)
        return false
    }

    /// Commands whose keys need the whole machinery of specs.
    private func routeBySpecs(
        _ connection: ConnectionPointer, _ round: UnsafeMutablePointer<Round>, _ arguments: Arguments,
        _ step: inout Step
    ) -> Bool {
        var shard = -1
        var isSpread = false
        let table = unsafe self.pointee.commandTable._withUnsafeGuaranteedRef { $0 }
        for spec in table.entries[Int(step.command)].keys {
            for position in spec.positions(in: arguments) ?? stride(from: 0, to: 0, by: 1) {
                let route = unsafe self.pointee.map.route(arguments[position])
                if shard < 0 {
                    shard = route.shard
                    step.hash = route.hash
                } else if shard != route.shard {
                    isSpread = true
                }
            }
        }
        if isSpread { return unsafe runAlone(connection, step) }
        if shard >= 0 {
            step.shard = Int16(truncatingIfNeeded: shard)
            unsafe round.pointee.need(shard)
        } else {
            // No key could be found; the handler will say what is wrong, on any shard.
            step.shard = 0
            unsafe round.pointee.need(0)
        }
        unsafe append(round, step)
        return false
    }
}
