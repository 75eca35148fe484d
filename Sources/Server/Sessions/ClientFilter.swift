// Which connections CLIENT KILL and CLIENT LIST are about.
import Bytes
import Commands
import Containers
import RESP

/// The types of connections.
enum ClientKind {
    case normal, master, replica, pubsub

    init?(_ word: ByteView) {
        if word.equalsIgnoringCase("normal") {
            self = .normal
        } else if word.equalsIgnoringCase("master") || word.equalsIgnoringCase("primary") {
            self = .master
        } else if word.equalsIgnoringCase("slave") || word.equalsIgnoringCase("replica") {
            self = .replica
        } else if word.equalsIgnoringCase("pubsub") {
            self = .pubsub
        } else {
            return nil
        }
    }
}

/// Options and their values; a connection must fit all of them.
struct ClientFilter {
    enum Criterion {
        case identifiers(Set<Int64>)
        case kind(ClientKind)
        case user(String), address(String), localAddress(String), ip(String)
        case name([UInt8]), libraryName([UInt8]), libraryVersion([UInt8])
        /// Seconds.
        case maximumAge(Int64), idle(Int64)
        case database(Int64)
        /// Letters, of which all must be there.
        case flags(String), capabilities(String)
    }

    var wanted: [Criterion] = []
    var unwanted: [Criterion] = []
    var skipsOwn = true

    /// Reads options from position `start` on; false: an error has been written.
    mutating func parse(_ arguments: Arguments, from start: Int, _ context: CommandContext) -> Bool {
        var index = start
        while index < arguments.count {
            guard index + 1 < arguments.count else {
                context.reply.error(ErrorText.syntax)
                return false
            }
            let option = arguments[index]
            let value = arguments[index + 1]
            index += 2
            if option.equalsIgnoringCase("skipme") {
                guard let skips = value.yesOrNo else {
                    context.reply.error(ErrorText.syntax)
                    return false
                }
                skipsOwn = skips
                continue
            }
            let isNegated = option.count > 4 && option.prefix(4).equalsIgnoringCase("not-")
            let name = isNegated ? option.dropFirst(4) : option
            guard let criterion = Self.criterion(name, value, arguments, &index, context) else { return false }
            if isNegated { unwanted.append(criterion) } else { wanted.append(criterion) }
        }
        return true
    }

    /// One option; ID may have several values, which `index` is moved behind. Nil: an error has been written.
    private static func criterion(
        _ option: ByteView, _ value: ByteView, _ arguments: Arguments, _ index: inout Int, _ context: CommandContext
    ) -> Criterion? {
        if option.equalsIgnoringCase("id") { return identifiers(value, arguments, &index, context) }
        if option.equalsIgnoringCase("type") {
            if let kind = ClientKind(value) { return .kind(kind) }
            context.error("ERR Unknown client type '", quoting: value, "'")
            return nil
        }
        if option.equalsIgnoringCase("user") {
            if value == "default" { return .user(value.string) }
            context.error("ERR No such user '", quoting: value, "'")
            return nil
        }
        if option.equalsIgnoringCase("addr") { return .address(value.string) }
        if option.equalsIgnoringCase("laddr") { return .localAddress(value.string) }
        if option.equalsIgnoringCase("ip") { return .ip(value.string) }
        if option.equalsIgnoringCase("name") { return .name(value.bytes) }
        if option.equalsIgnoringCase("lib-name") { return .libraryName(value.bytes) }
        if option.equalsIgnoringCase("lib-ver") { return .libraryVersion(value.bytes) }
        if option.equalsIgnoringCase("flags") { return .flags(value.string) }
        if option.equalsIgnoringCase("capa") { return .capabilities(value.string) }
        if let criterion = number(option, value, context) { return criterion }
        return nil
    }

    private static func number(_ option: ByteView, _ value: ByteView, _ context: CommandContext) -> Criterion? {
        let isAge = option.equalsIgnoringCase("maxage")
        let isIdle = option.equalsIgnoringCase("idle")
        guard isAge || isIdle || option.equalsIgnoringCase("db") else {
            context.reply.error(ErrorText.syntax)
            return nil
        }
        guard let number = IntegerText.parse(value) else {
            if isAge {
                context.reply.error("ERR maxage is not an integer or out of range")
            } else {
                context.reply.error(isIdle ? ErrorText.notInteger : ErrorText.invalidDatabase)
            }
            return nil
        }
        if isAge || isIdle {
            if number > 0 { return isAge ? .maximumAge(number) : .idle(number) }
            context.reply.error(isAge ? "ERR maxage should be greater than 0" : "ERR idle should be greater than 0")
            return nil
        }
        if unsafe number >= 0 && number < Int64(context.settings.pointee.databaseCount) { return .database(number) }
        context.reply.error(ErrorText.databaseOutOfRange)
        return nil
    }

    private static func identifiers(
        _ value: ByteView, _ arguments: Arguments, _ index: inout Int, _ context: CommandContext
    ) -> Criterion? {
        var all: Set<Int64> = []
        var next: ByteView? = value
        while let text = next {
            guard let identifier = IntegerText.parse(text), identifier > 0 else {
                context.reply.error("ERR client-id should be greater than 0")
                return nil
            }
            all.insert(identifier)
            next = nil
            if index < arguments.count, IntegerText.parse(arguments[index]) != nil {
                next = arguments[index]
                index += 1
            }
        }
        return .identifiers(all)
    }
}

extension ClientFilter {
    /// Whether the filter lets a session through. The registry's lock is held.
    func matches(_ session: Session, own: Int, now: Int64) -> Bool {
        if skipsOwn && session.identifier == own { return false }
        return wanted.allSatisfy { fits(session, $0, now) } && !unwanted.contains { fits(session, $0, now) }
    }

    private func fits(_ session: Session, _ criterion: Criterion, _ now: Int64) -> Bool {
        guard let connection = unsafe session.connection else { return false }
        switch criterion {
        case .identifiers(let identifiers): return identifiers.contains(Int64(session.identifier))
        case .kind(let kind): return kind == session.kind
        case .user(let user): return session.user == user
        case .address(let address): return session.peerName == address
        case .localAddress(let address): return session.localName == address
        case .ip(let ip): return session.peerName.hasPrefix(ip + ":") || session.peerName.hasPrefix("[\(ip)]:")
        case .name(let name): return session.name == name
        case .libraryName(let name): return session.libraryName == name
        case .libraryVersion(let version): return session.libraryVersion == version
        case .maximumAge(let seconds): return (now - session.createdAt) / 1000 >= seconds
        case .idle(let seconds):
            return unsafe (now - Int64(connection.pointee.counters.lastInteraction.current)) / 1000 >= seconds
        case .database(let number): return unsafe Int64(connection.pointee.counters.database.current) == number
        case .flags(let letters):
            let server = unsafe connection.pointee.worker.pointee.server.takeUnretainedValue()
            let has = unsafe server.flags(of: session, ConnectionNumbers(connection))
            return letters.allSatisfy { has.contains($0) }
        case .capabilities(let letters): return letters.allSatisfy { $0 == "r" && session.followsRedirections }
        }
    }
}
