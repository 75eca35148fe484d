// AUTH and HELLO: who is there, and which protocol they speak.
import Bytes
import Commands
import Containers
import Platform
import RESP

/// What HELLO and INFO call the server: clients choose what they use by the version of Redis.
enum ServerIdentity {
    static let compatibleVersion: StaticString = "7.4.0"
    static let version: StaticString = "0.1.0"
}

let authenticationCommands: [Command] = unsafe [
    Command(
        "auth", arity: -2,
        [.noScript, .loading, .stale, .fast, .noAuthentication, .allowBusy, .sensitive], [.connection],
        routing: .session, group: .connection, since: "1.0.0",
        complexity: "O(N) where N is the number of passwords defined for the user",
        summary: "Authenticates the connection.", syntax: "[username] password"
    ) { unsafe authenticate(&$0.context) },
    unsafe Command(
        "hello", arity: -1,
        [.noScript, .loading, .stale, .fast, .noAuthentication, .allowBusy, .sensitive], [.connection],
        routing: .session, group: .connection, since: "6.0.0",
        summary: "Chooses the protocol version, and tells what the server is.",
        syntax: "[protover [AUTH username password] [SETNAME clientname]]"
    ) { unsafe hello(&$0.context) },
]

/// Whether a user of this name has this password. There is one user so far.
private func isKnown(_ user: ByteView, _ password: ByteView, _ server: ServerState) -> Bool {
    user == "default" && server.acceptsPassword(password)
}

private func authenticate(_ context: inout CommandContext) {
    let arguments = context.arguments
    if arguments.count > 3 { return context.reply.error(ErrorText.syntax) }
    let server = context.server
    if arguments.count == 2 && !server.hasPassword { return context.reply.error(ErrorText.noPasswordSet) }
    let user = arguments.count == 2 ? ByteView("default") : arguments[1]
    guard isKnown(user, arguments[arguments.count - 1], server) else {
        return context.reply.error(ErrorText.wrongPassword)
    }
    unsafe context.client.pointee.isAuthenticated = true
    context.reply.ok()
}

/// The options of HELLO behind the version.
private struct HelloOptions {
    var user: ByteView?
    var password = ByteView.empty
    var name: ByteView?
}

private func hello(_ context: inout CommandContext) {
    let arguments = context.arguments
    var version = unsafe context.client.pointee.protocolVersion
    if arguments.count > 1 {
        guard let number = IntegerText.parse(arguments[1]) else {
            return context.reply.error(ErrorText.protocolNotInteger)
        }
        guard number == 2 || number == 3 else { return context.reply.error(ErrorText.unsupportedProtocol) }
        version = Int(number)
    }
    guard let options = helloOptions(&context) else { return }
    if let user = options.user {
        guard isKnown(user, options.password, context.server) else {
            return context.reply.error(ErrorText.wrongPassword)
        }
        unsafe context.client.pointee.isAuthenticated = true
    }
    if unsafe !context.client.pointee.isAuthenticated {
        return context.reply.error(
            """
            NOAUTH HELLO must be called with the client already authenticated, otherwise the HELLO AUTH \
            <user> <pass> option can be used to authenticate the client and select the RESP protocol version at the \
            same time
            """)
    }
    if let name = options.name { context.rename(name) }
    unsafe context.client.pointee.protocolVersion = version
    unsafe context.client.pointee.counters.protocolVersion.set(version)
    context.reply.protocolVersion = version
    writeGreeting(context, version)
}

private func helloOptions(_ context: inout CommandContext) -> HelloOptions? {
    let arguments = context.arguments
    var options = HelloOptions()
    var index = 2
    while index < arguments.count {
        let left = arguments.count - 1 - index
        if arguments[index].equalsIgnoringCase("auth") && left >= 2 {
            options.user = arguments[index + 1]
            options.password = arguments[index + 2]
            index += 3
        } else if arguments[index].equalsIgnoringCase("setname") && left >= 1 {
            guard ClientName.isValid(arguments[index + 1]) else {
                context.reply.error(ClientName.error)
                return nil
            }
            options.name = arguments[index + 1]
            index += 2
        } else {
            context.error("ERR Syntax error in HELLO option '", quoting: arguments[index], "'")
            return nil
        }
    }
    return options
}

private func writeGreeting(_ context: CommandContext, _ version: Int) {
    let reply = context.reply
    reply.map(7)
    reply.bulk("server")
    reply.bulk("redis")
    reply.bulk("version")
    reply.bulk(ServerIdentity.compatibleVersion)
    reply.bulk("proto")
    reply.integer(version)
    reply.bulk("id")
    reply.integer(context.session.identifier)
    reply.bulk("mode")
    reply.bulk("standalone")
    reply.bulk("role")
    reply.bulk("master")
    reply.bulk("modules")
    reply.array(0)
}

/// The rules for names of connections and of client libraries.
enum ClientName {
    static let error: StaticString = "ERR Client names cannot contain spaces, newlines or special characters."

    /// Printable ASCII without spaces, or nothing.
    static func isValid(_ name: ByteView) -> Bool { name.allSatisfy { $0 >= 0x21 && $0 <= 0x7e } }
}

extension CommandContext {
    /// Gives the connection a name that is valid; an empty one takes it away.
    func rename(_ name: ByteView) {
        let session = session
        server.registry.lock.withLock { session.name = name.bytes }
        unsafe client.pointee.hasStaleMemory = true
    }
}
