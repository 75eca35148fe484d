// One entry of the command table: everything the server knows of a command.
import RESP

/// How the router brings a command to the shards of its keys.
package enum Routing {
    /// No keys, no shard: runs where the connection lives, in its place among the pipeline's replies.
    case keyless
    /// The same for what others will hear of: it must not overtake what stands before it in the pipeline.
    case ordered
    /// As the key specs say: on the one shard of its keys, else on a lease of all their shards.
    case keyed
    /// On the shard of the first argument; if an option of SORT may name further keys, on a lease of all shards.
    case keyedOrAllShards
    /// Split into one command a shard, each with that shard's keys; the replies are merged.
    case scatter(Merge)
    /// Runs on every shard with the same arguments; the replies are merged.
    case broadcast(Merge)
    /// On a lease of all shards.
    case allShards
    /// A script: on the shards of its keys if it provably uses no others, else on a lease of all shards.
    case script
    /// On the shard that the cursor in the first argument names.
    case cursor
    /// Changes the session or the server: ends the round before it and runs alone, where the connection lives.
    case session
}

/// How the replies of a scattered command become one.
package enum Merge {
    /// The sum of integers.
    case sum
    /// The elements of all arrays, in the order of the keys.
    case keyOrder
    /// The elements of all arrays, shard after shard.
    case concatenate
    /// The first error, else the first reply.
    case firstError
}

/// The families of commands, with the names that COMMAND DOCS prints.
package enum CommandGroup: String {
    case bitmap, connection, generic, geo, hash, hyperloglog, list, pubsub, scripting, server, set
    case sortedSet = "sorted-set"
    case stream, string, transactions
}

/// One command or subcommand.
///
/// Handlers are plain functions of the context. They are kept as C function pointers because calling a stored Swift
/// closure counts references; in a table a handler is written `{ get(&$0.context) }`.
@safe
package struct Command: @unchecked Sendable {
    package typealias Handler = @convention(c) (ContextPointer) -> Void

    /// Lower case, without the container's name.
    package var name: StaticString
    /// The number of arguments with the name; negative: at least so many.
    package var arity: Int
    package var flags: CommandFlags
    /// Categories beyond those that follow from the flags.
    package var categories: CommandCategories
    package var keys: [KeySpec]
    package var routing: Routing
    package var group: CommandGroup
    package var since: StaticString
    package var complexity: StaticString
    package var summary: StaticString
    /// The arguments in the notation of the command pages: `key value [NX | XX] [EX seconds]`.
    package var syntax: StaticString
    /// Hints for clients and proxies, as COMMAND INFO lists them.
    package var tips: [StaticString]
    package var subcommands: [Command]
    package var handler: Handler

    package init(
        _ name: StaticString, arity: Int, _ flags: CommandFlags, _ categories: CommandCategories = [],
        keys: [KeySpec] = [], routing: Routing = .keyed, group: CommandGroup, since: StaticString,
        complexity: StaticString = "O(1)", summary: StaticString, syntax: StaticString = "",
        tips: [StaticString] = [], subcommands: [Command] = [], _ handler: @escaping Handler
    ) {
        self.name = name
        self.arity = arity
        self.flags = flags
        self.categories = categories
        self.keys = keys
        self.routing = routing
        self.group = group
        self.since = since
        self.complexity = complexity
        self.summary = summary
        self.syntax = syntax
        self.tips = tips
        self.subcommands = subcommands
        unsafe self.handler = handler
    }

    /// All categories, those from the flags included.
    package var allCategories: CommandCategories {
        let all = categories.union(.implied(by: flags))
        // What scripts do is told by the commands they call.
        return categories.contains(.scripting) ? all.subtracting(.read) : all
    }
}

/// What a handler is called with: the address of the context, typed by `context`.
package typealias ContextPointer = UnsafeMutableRawPointer

extension UnsafeMutableRawPointer {
    /// The context that a handler was called with.
    package var context: CommandContext {
        unsafeAddress { unsafe UnsafePointer(self.assumingMemoryBound(to: CommandContext.self)) }
        nonmutating unsafeMutableAddress { unsafe self.assumingMemoryBound(to: CommandContext.self) }
    }
}
