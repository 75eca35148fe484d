// The error texts of Redis, which clients match by their words.
import Bytes

/// Each begins with its code; `ReplyWriter.error` adds the '-' and the line's end.
package enum ErrorText {
    package static let wrongType: StaticString =
        "WRONGTYPE Operation against a key holding the wrong kind of value"
    package static let syntax: StaticString = "ERR syntax error"
    package static let notInteger: StaticString = "ERR value is not an integer or out of range"
    package static let notFloat: StaticString = "ERR value is not a valid float"
    package static let notPositive: StaticString = "ERR value is out of range, must be positive"
    package static let outOfRange: StaticString = "ERR value is out of range"
    package static let noSuchKey: StaticString = "ERR no such key"
    package static let sameObject: StaticString = "ERR source and destination objects are the same"
    package static let indexOutOfRange: StaticString = "ERR index out of range"
    package static let offsetOutOfRange: StaticString = "ERR offset is out of range"
    package static let incrementOverflow: StaticString = "ERR increment or decrement would overflow"
    package static let decrementOverflow: StaticString = "ERR decrement would overflow"
    package static let notFinite: StaticString = "ERR increment would produce NaN or Infinity"
    package static let stringTooLong: StaticString =
        "ERR string exceeds maximum allowed size (proto-max-bulk-len)"
    package static let busyKey: StaticString = "BUSYKEY Target key name already exists."
    package static let invalidDatabase: StaticString = "ERR invalid DB index"
    package static let databaseOutOfRange: StaticString = "ERR DB index is out of range"
    package static let invalidFirstDatabase: StaticString = "ERR invalid first DB index"
    package static let invalidSecondDatabase: StaticString = "ERR invalid second DB index"
    package static let invalidCursor: StaticString = "ERR invalid cursor"
    package static let minimumOrMaximumNotFloat: StaticString = "ERR min or max is not a float"
    package static let minimumOrMaximumNotString: StaticString = "ERR min or max not valid string range item"
    package static let numberOfKeysNotPositive: StaticString = "ERR numkeys should be greater than 0"
    package static let numberOfKeysTooLarge: StaticString = "ERR Number of keys can't be greater than number of args"
    package static let numberOfKeysNegative: StaticString = "ERR Number of keys can't be negative"
    package static let timeoutNotFloat: StaticString = "ERR timeout is not a float or out of range"
    package static let timeoutNotInteger: StaticString = "ERR timeout is not an integer or out of range"
    package static let timeoutNegative: StaticString = "ERR timeout is negative"
    package static let timeoutOutOfRange: StaticString = "ERR timeout is out of range"
    package static let notSupported: StaticString = "ERR This instance has cluster support disabled"

    package static let nestedMulti: StaticString = "ERR MULTI calls can not be nested"
    package static let execWithoutMulti: StaticString = "ERR EXEC without MULTI"
    package static let discardWithoutMulti: StaticString = "ERR DISCARD without MULTI"
    package static let watchInsideMulti: StaticString = "ERR WATCH inside MULTI is not allowed"
    package static let execAborted: StaticString =
        "EXECABORT Transaction discarded because of previous errors."

    package static let authenticationRequired: StaticString = "NOAUTH Authentication required."
    package static let wrongPassword: StaticString =
        "WRONGPASS invalid username-password pair or user is disabled."
    package static let noPasswordSet: StaticString =
        """
        ERR AUTH <password> called without any password configured for the default user. \
        Are you sure your configuration is correct?
        """
    package static let protectedMode: StaticString =
        """
        DENIED Redis is running in protected mode because protected mode is enabled and no password is set for the \
        default user. In this mode connections are only accepted from the loopback interface. If you want to connect \
        from external computers to Redis you may adopt one of the following solutions: 1) Just disable protected mode \
        sending the command 'CONFIG SET protected-mode no' from the loopback interface by connecting to Redis from the \
        same host the server is running, however MAKE SURE Redis is not publicly accessible from internet if you do \
        so. Use CONFIG REWRITE to make this change permanent. 2) Alternatively you can just disable the protected mode \
        by editing the Redis configuration file, and setting the protected mode option to 'no', and then restarting \
        the server. 3) If you started the server manually just for testing, restart it with the '--protected-mode no' \
        option. 4) Setup a an authentication password for the default user. NOTE: You only need to do one of the above \
        things in order for the server to start accepting connections from the outside.
        """
    package static let unsupportedProtocol: StaticString = "NOPROTO unsupported protocol version"
    package static let protocolNotInteger: StaticString =
        "ERR Protocol version is not an integer or out of range"
    package static let maximumClients: StaticString = "ERR max number of clients reached"

    package static let outOfMemory: StaticString =
        "OOM command not allowed when used memory > 'maxmemory'."
    package static let busyScript: StaticString =
        """
        BUSY Redis is busy running a script. You can only call SCRIPT KILL or SHUTDOWN NOSAVE.
        """
    package static let loading: StaticString = "LOADING Redis is loading the dataset in memory"
    package static let readOnly: StaticString = "READONLY You can't write against a read only replica."
    package static let cannotSave: StaticString =
        """
        MISCONF Redis is configured to save RDB snapshots, but it's currently unable to persist to disk. Commands \
        that may modify the data set are disabled, because this instance is configured to report errors during \
        writes if RDB snapshotting fails (stop-writes-on-bgsave-error option). Please check the Redis logs for \
        details about the RDB error.
        """
    package static let noScript: StaticString = "NOSCRIPT No matching script. Please use EVAL."
    package static let noReplicas: StaticString = "NOREPLICAS Not enough good replicas to write."
}
