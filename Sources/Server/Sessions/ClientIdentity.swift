// CLIENT GETNAME, SETNAME, ID, SETINFO, CAPA, HELP and the switches of a connection.
import Bytes
import Commands
import Containers
import Platform
import RESP
import Reactor

func clientGetName(_ context: inout CommandContext) {
    let name = context.session.name
    if name.isEmpty { return context.reply.null() }
    ByteView.withView(name) { context.reply.bulk($0) }
}

func clientSetName(_ context: inout CommandContext) {
    guard ClientName.isValid(context.arguments[2]) else { return context.reply.error(ClientName.error) }
    context.rename(context.arguments[2])
    context.reply.ok()
}

func clientId(_ context: inout CommandContext) {
    context.reply.integer(context.session.identifier)
}

func clientSetInfo(_ context: inout CommandContext) {
    let option = context.arguments[2]
    let value = context.arguments[3]
    let isName = option.equalsIgnoringCase("lib-name")
    guard isName || option.equalsIgnoringCase("lib-ver") else {
        return context.error("ERR Unrecognized option '", quoting: option, "'")
    }
    guard ClientName.isValid(value) else {
        return context.error(
            "ERR ", quoting: isName ? ByteView("lib-name") : ByteView("lib-ver"),
            " cannot contain spaces, newlines or special characters.")
    }
    let session = context.session
    context.server.registry.lock.withLock {
        if isName { session.libraryName = value.bytes } else { session.libraryVersion = value.bytes }
    }
    unsafe context.client.pointee.hasStaleMemory = true
    context.reply.ok()
}

/// Capabilities are remembered by their letter; unknown ones are the future's.
func clientCapa(_ context: inout CommandContext) {
    let session = context.session
    let redirects = (2..<context.arguments.count).contains { context.arguments[$0].equalsIgnoringCase("redirect") }
    context.server.registry.lock.withLock { if redirects { session.followsRedirections = true } }
    context.reply.ok()
}

func clientImportSource(_ context: inout CommandContext) {
    guard context.arguments[2].onOrOff != nil else { return context.reply.error(ErrorText.syntax) }
    context.reply.error("ERR Server is not in import mode")
}

func clientNoEvict(_ context: inout CommandContext) {
    guard let isOn = context.arguments[2].onOrOff else { return context.reply.error(ErrorText.syntax) }
    let session = context.session
    context.server.registry.lock.withLock { session.isNoEvict = isOn }
    if !isOn { unsafe context.home.limitClientMemoryAnew() }
    context.reply.ok()
}

func clientNoTouch(_ context: inout CommandContext) {
    guard let isOn = context.arguments[2].onOrOff else { return context.reply.error(ErrorText.syntax) }
    let session = context.session
    context.server.registry.lock.withLock { session.isNoTouch = isOn }
    unsafe context.client.pointee.leavesNoTrace = isOn
    context.reply.ok()
}

/// The reply to CLIENT REPLY ON comes whatever was chosen before; OFF and SKIP are not answered, and an error only
/// where replies are on.
func clientReply(_ context: inout CommandContext) {
    let client = unsafe context.client
    let word = context.arguments[2]
    if word.equalsIgnoringCase("on") {
        unsafe client.pointee.replyMode = .on
        context.reply.ok()
    } else if word.equalsIgnoringCase("off") {
        unsafe client.pointee.replyMode = .off
    } else if word.equalsIgnoringCase("skip") {
        if unsafe client.pointee.replyMode != .off { unsafe client.pointee.nextCommand.insert(.unanswered) }
    } else if unsafe client.pointee.replyMode == .on {
        context.reply.error(ErrorText.syntax)
    }
}

/// Nobody is blocked yet; the arguments are checked all the same.
func clientUnblock(_ context: inout CommandContext) {
    let arguments = context.arguments
    if arguments.count > 4 { return context.wrongSubcommand("CLIENT") }
    if arguments.count == 4, !arguments[3].equalsIgnoringCase("timeout"), !arguments[3].equalsIgnoringCase("error") {
        return context.reply.error("ERR CLIENT UNBLOCK reason should be TIMEOUT or ERROR")
    }
    guard let identifier = IntegerText.parse(arguments[2]) else { return context.reply.error(ErrorText.notInteger) }
    let waiting = context.server.registry.withAll { sessions in
        sessions.first { Int64($0.identifier) == identifier }?.waiting
    }
    guard let waiting, waiting.take() else { return context.reply.integer(0) }
    if arguments.count == 4 && arguments[3].equalsIgnoringCase("error") {
        waiting.reply = ByteView("-UNBLOCKED client unblocked via CLIENT UNBLOCK\r\n").bytes
    } else {
        waiting.surrenderReply()
    }
    let home = unsafe waiting.home
    unsafe home.pointee.kernel.post { unsafe home.deliver(waiting) }
    context.reply.integer(1)
}

extension ByteView {
    /// "on" or "off" in any case.
    var onOrOff: Bool? {
        equalsIgnoringCase("on") ? true : equalsIgnoringCase("off") ? false : nil
    }

    /// "yes" or "no" in any case.
    var yesOrNo: Bool? {
        equalsIgnoringCase("yes") ? true : equalsIgnoringCase("no") ? false : nil
    }
}

func clientHelp(_ context: inout CommandContext) {
    context.help(
        "CLIENT",
        [
            "CACHING (YES|NO)", "    Switch tracking for the next command's keys in OPTIN and OPTOUT modes.",
            "CAPA <option> [<option> ...]", "    Tell the server what the client understands.",
            "GETREDIR", "    The client that invalidations of tracked keys go to.",
            "GETNAME", "    The name of this connection.",
            "ID", "    The number of this connection.",
            "IMPORT-SOURCE (ON|OFF)", "    Mark this connection as the source of an import.",
            "INFO", "    Describe this connection.",
            "KILL <ip:port>", "    Close the connection from this address.",
            "KILL <option> <value> [<option> <value> [...]]", "    Close connections. Options are:",
            "    * ADDR (<ip:port>|<unixsocket>:0)", "      Those from this address.",
            "    * LADDR (<ip:port>|<unixsocket>:0)", "      Those to this address of the server.",
            "    * ID <client-id> [<client-id> ...]", "      Those with these numbers.",
            "    * TYPE (NORMAL|MASTER|REPLICA|PUBSUB)", "      Those of this type.",
            "    * USER <username>", "      Those of this user.",
            "    * MAXAGE <seconds>", "      Those that are older.",
            "    * NAME, IDLE, FLAGS, LIB-NAME, LIB-VER, DB, CAPA, IP and NOT-<option>",
            "      As their names say.",
            "    * SKIPME (YES|NO)", "      Whether this connection is spared (default: yes).",
            "LIST [options ...]", "    Describe connections, one a line. Options are those of KILL.",
            "UNPAUSE", "    End the wait that PAUSE began.",
            "PAUSE <timeout> [WRITE|ALL]", "    Make all clients, or those that write, wait for so many milliseconds.",
            "REPLY (ON|OFF|SKIP)", "    Choose whether this connection gets replies.",
            "SETINFO (LIB-NAME|LIB-VER) <value>", "    Note the client library of this connection.",
            "SETNAME <name>", "    Give this connection a name.",
            "UNBLOCK <clientid> [TIMEOUT|ERROR]", "    End the wait of a blocked connection.",
            "TRACKING (ON|OFF) [REDIRECT <id>] [BCAST] [PREFIX <prefix> [...]]", "         [OPTIN] [OPTOUT] [NOLOOP]",
            "    Switch the tracking of keys for client-side caching.",
            "TRACKINGINFO", "    The state of tracking for this connection.",
            "NO-EVICT (ON|OFF)", "    Keep this connection open when memory is short.",
            "NO-TOUCH (ON|OFF)", "    Let this connection's commands leave no trace on keys.",
        ])
}
