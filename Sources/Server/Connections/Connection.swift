// One client's connection: its socket, what it has sent, what it has still to be sent, and its session.
import Bytes
import Platform
import RESP

/// Lives in its worker's raw memory. Only that worker touches it, but for the counters that CLIENT LIST reads, and
/// while a round of it is in flight its session may be read by whoever runs the round.
@safe
struct Connection: ~Copyable {
    let descriptor: FileDescriptor
    /// Position in the worker's slots, and the generation that tells a stale event from a current one.
    let token: UInt64
    let worker: UnsafeMutablePointer<WorkerState>
    let session: Unmanaged<Session>

    // What has been read.
    var input = ByteBuffer()
    var parser = RequestParser()
    /// Offset in `input` up to which it is parsed.
    var position = 0
    /// Offset at which the command under way begins.
    var commandStart = 0
    /// How many of the round's arguments belong to finished commands.
    var parsedArguments = 0
    /// A long argument that is being received into the memory in which it will be stored.
    var bulk: RetainedBytes?
    var bulkLength = 0
    /// The round that is being filled or is in flight; nil while nothing is under way.
    var round: UnsafeMutablePointer<Round>?

    // What has to be written: sent up to `outputSent`.
    var output = ReplyBuffer()
    var outputSent = 0
    /// When the output first exceeded its soft limit; 0: it does not.
    var softLimitSince: Int64 = 0

    /// What its session holds beside the connection's own buffers has changed since it was last counted.
    var hasStaleMemory = false
    /// The bytes of names, queued commands, watched keys and the like, as last counted.
    var sessionBytes = 0

    // State.
    var isReadable = true
    var hasHungUp = false
    var isInFlight = false
    /// Something is being done for it further down the stack; a script that takes long has other things done meanwhile.
    var isAdvancing = false
    /// A command that runs alone waits for the round before it.
    var hasSpecial = false
    var special = Step()
    /// Close when everything is written.
    var closesAfterReply = false
    /// Close as soon as nothing is in flight.
    var isClosing = false
    var isQueuedToAdvance = false
    /// Its last command waits for a key; see `Session.waiting`.
    var isWaiting = false
    /// Its next command waits for the end of CLIENT PAUSE.
    var isPaused = false
    /// Messages have been written to its output in this turn and are still to be sent.
    var hasUnsentMessages = false

    // The session's part of the hot path.
    var database: UInt16 = 0
    var protocolVersion = 2
    var isAuthenticated = true
    var isInMulti = false
    /// It listens to a channel or pattern.
    var isSubscriber = false
    var replyMode = ReplyMode.on
    var nextCommand: NextCommand = []
    /// It keeps copies of what it reads, or (`isTracked`) it is told of keys that change.
    var tracksKeys = false
    var isTracked = false
    /// Of its reads only those behind CLIENT CACHING are meant, or all but those.
    var keepsOnlyMarked = false
    var keepsUnlessMarked = false
    /// In its session is something to be sent behind the replies of the round that is in flight.
    var hasHeldMessages = false
    /// CLIENT NO-TOUCH.
    var leavesNoTrace = false
    let counters = ConnectionCounters()

    init(
        descriptor: FileDescriptor, token: UInt64, worker: UnsafeMutablePointer<WorkerState>, session: Session
    ) {
        self.descriptor = descriptor
        self.token = token
        unsafe self.worker = unsafe worker
        unsafe self.session = unsafe Unmanaged.passRetained(session)
    }
}

/// What other threads may read of a connection at any time.
struct ConnectionCounters: ~Copyable {
    /// Milliseconds since the epoch of the last command.
    let lastInteraction = Tally()
    let lastCommand = Tally(-1)
    let commandCount = Tally()
    let inputBytes = Tally()
    let inputFree = Tally()
    /// Of the command that is being received.
    let argumentBytes = Tally()
    let multiBytes = Tally()
    /// What has still to be sent, and the memory in which it waits.
    let outputBytes = Tally()
    let outputCapacity = Tally()
    /// All that the client takes; 0 before it is counted in.
    let memory = Tally()
    let database = Tally()
    let multiCount = Tally(-1)
    let watchCount = Tally()
    let protocolVersion = Tally(2)
    let networkInput = Tally()
    let networkOutput = Tally()
    /// 1 while its last command waits for a key.
    let waiting = Tally()
}

extension Connection {
    /// It must neither be advanced nor taken down.
    var isEngaged: Bool { isInFlight || isAdvancing }
}

typealias ConnectionPointer = UnsafeMutablePointer<Connection>
