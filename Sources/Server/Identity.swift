// Names that a server is given when it starts.
import Platform
import Synchronization

extension ServerState {
    /// 40 random hexadecimal digits.
    static func randomIdentifier() -> String {
        var random = SystemRandomNumberGenerator()
        return String((0..<40).map { _ in Array("0123456789abcdef")[Int.random(in: 0..<16, using: &random)] })
    }

    var replicationIdentifier: String { replication.identifier }

    /// The most memory that was ever seen in use.
    func notePeak(_ used: Int) -> Int { peakBytes.max(used, ordering: .relaxed).newValue }
}

/// The identifier of the history of this data.
final class ReplicationIdentity: @unchecked Sendable {
    private let lock = Mutex()
    private var current = ServerState.randomIdentifier()

    var identifier: String { lock.withLock { current } }

    func change() { lock.withLock { current = ServerState.randomIdentifier() } }
}
