// The cold half of a connection: who it is, its transaction, and what CLIENT INFO says of it.
import Bytes
import Containers
import Platform
import RESP

/// One a connection. Touched by the connection's worker; other threads read it under the registry's lock, under which
/// the worker changes what they read.
@safe
final class Session: @unchecked Sendable {
    let identifier: Int
    let peer: SocketAddress
    let local: SocketAddress
    let descriptor: Int32
    let isUnixSocket: Bool
    let createdAt: Int64
    let workerIndex: Int
    var connection: ConnectionPointer?

    // Read by others: changed under the registry's lock.
    var name: [UInt8] = []
    var libraryName: [UInt8] = []
    var libraryVersion: [UInt8] = []
    var user = "default"
    var isMonitor = false
    var isNoEvict = false
    /// It is being closed because clients take too much memory.
    var isEvicted = false
    var isNoTouch = false
    /// CLIENT CAPA REDIRECT.
    var followsRedirections = false
    var kind = ClientKind.normal
    /// What it has subscribed to.
    var channelCount = 0
    var patternCount = 0
    var shardChannelCount = 0

    /// What CLIENT TRACKING has switched on; nil: nothing.
    var tracking: TrackingChoice?
    /// The connection that it named was gone when it was to be told something.
    var isTrackingBroken = false

    /// All workers know of its tracking.
    var trackingConcernsAll = false
    /// What was to be sent to it while a round was in flight.
    var heldMessages = ByteBuffer()
    /// What it listens to; nil: nothing.
    var subscriptions: Subscriptions?
    /// The command that waits for a key.
    var waiting: WaitingCommand?

    var transaction = QueuedTransaction()
    /// A protocol error that is told when the commands before it are answered.
    var protocolFailure: ProtocolError?
    /// Workers that have still to do what the command under way asked of them, and its reply until then, with what is
    /// to follow it.
    var outstandingAcknowledgements = 0
    var heldReply: [UInt8] = []
    /// That reply is complete, and only they are waited for.
    var isReplyHeld = false
    /// While that reply confirms subscriptions: what it confirms, and the number of its announcement.
    var unconfirmed: Set<Channel> = []
    var announcement = 0

    init(
        identifier: Int, descriptor: FileDescriptor, peer: SocketAddress, local: SocketAddress,
        isUnixSocket: Bool, createdAt: Int64, workerIndex: Int
    ) {
        self.identifier = identifier
        self.descriptor = descriptor.number
        self.peer = peer
        self.local = local
        self.isUnixSocket = isUnixSocket
        self.createdAt = createdAt
        self.workerIndex = workerIndex
    }
}
