// The configuration as the server reads it: typed, immutable, replaced whole.
import Bytes
import Keyspace

package struct Configuration: Sendable {
    package enum LogLevel: String, Sendable { case debug, verbose, notice, warning }
    /// Who may do something: nobody, everybody, or connections from this machine.
    package enum Permission: String, Sendable { case no, yes, local }

    // Process
    package let threads: Int
    package let shards: Int
    package let databases: Int
    package let daemonize: Bool
    package let pidFile: String
    package let directory: String
    /// Empty: standard output.
    package let logFile: String
    package let logLevel: LogLevel
    package let frequency: Int
    package let shutdownTimeoutSeconds: Int
    package let debugCommand: Permission
    package let protectedDirectives: Permission

    // Network. An address may begin with '-': not being able to listen on it is no error. `*` is any IPv4 address.
    package let addresses: [String]
    /// 0: no TCP.
    package let port: Int
    /// Empty: none.
    package let unixSocket: String
    /// 0: as the process' mask has it.
    package let unixSocketMode: Int
    package let backlog: Int
    package let keepAliveSeconds: Int
    /// Idle clients are closed after this; 0: never.
    package let idleTimeoutSeconds: Int
    package let protectedMode: Bool
    package let password: [UInt8]
    package let maximumClients: Int
    package let maximumBulkLength: Int
    package let queryBufferLimit: Int
    package let normalOutputLimits: OutputLimits
    package let replicaOutputLimits: OutputLimits
    package let pubsubOutputLimits: OutputLimits

    // Memory and expiry
    /// 0: no limit.
    package let maximumMemory: Int
    package let evictionPolicy: EvictionPolicy
    package let evictionSamples: Int
    package let evictionTenacity: Int
    /// For clients' buffers; 0: no limit.
    package let maximumClientMemory: Int
    let defragmentation: DefragmentationSettings
    package let lfuLogFactor: Int
    package let lfuDecayMinutes: Int
    package let activeExpireEffort: Int
    package let lazyEviction: Bool
    package let lazyExpire: Bool
    package let lazyServerDelete: Bool
    package let lazyUserDelete: Bool
    package let lazyUserFlush: Bool

    // Encodings
    package let encodings: EncodingLimits

    // Observation
    /// Negative: nothing is logged.
    package let slowLogMicroseconds: Int
    package let slowLogLength: Int
    package let latencyThresholdMilliseconds: Int
    package let tracksLatency: Bool
    package let latencyPercentiles: [Double]
    /// The canonical letters.
    package let keyspaceEvents: String
    package let busyReplyMilliseconds: Int
    package let trackingTableKeys: Int
}

/// Up to where values are kept in their compact forms.
package struct EncodingLimits: Sendable, Equatable {
    package let hashEntries: Int
    package let hashValueBytes: Int
    /// Positive: entries of a node; -1…-5: 4 KiB…64 KiB a node.
    package let listNodeSize: Int
    package let listCompressDepth: Int
    package let integerSetEntries: Int
    package let setEntries: Int
    package let setValueBytes: Int
    package let sortedSetEntries: Int
    package let sortedSetValueBytes: Int
    package let streamNodeBytes: Int
    package let streamNodeEntries: Int
    package let hyperLogLogSparseBytes: Int
}
