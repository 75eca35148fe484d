// What the wrong server can do wrong.

/// One thing a server must not do. The server does it at random, with a given probability, wherever it applies.
enum Fault: CaseIterable, Sendable {
    /// INCR and its relatives answer the new number and keep the old one.
    case dropsIncrement
    /// GET and MGET answer the value before the last one.
    case staleRead
    /// SET answers OK and stores nothing.
    case lostUpdate
    /// A write is executed twice; the first reply is sent.
    case executesTwice
    /// The commands of one read are executed last to first; the replies are in their order.
    case reordersPipeline
    /// MSET and DEL of several keys can be seen half done.
    case halfMultiKey
    /// Others' commands are executed between those of a transaction.
    case execWithoutIsolation
    /// EXEC executes though a watched key has changed.
    case ignoresWatch
    /// RENAME leaves the source in place.
    case renameDuplicates
    /// RENAME removes the source and creates no target.
    case renameLoses
    /// SMOVE leaves the member in the source.
    case smoveDuplicates
    /// SMOVE removes the member and adds it nowhere.
    case smoveLoses
    /// LMOVE and BLMOVE leave the element in the source.
    case lmoveDuplicates
    /// LMOVE and BLMOVE remove the element and push it nowhere.
    case lmoveLoses
    /// A blocking pop leaves its element for the next one.
    case blockedDeliveredTwice
    /// A blocking pop removes an element and goes on waiting.
    case blockedLost
    /// A group's new entries are given to the next one as well.
    case streamDeliversTwice
    /// A group is never given one of the new entries.
    case streamSkipsEntry
    /// XADD answers an ID and adds nothing.
    case streamLosesEntry
    /// XACK counts an entry that stays pending.
    case streamCountsTwice
    /// New entries come in the wrong order.
    case streamSwapsEntries
    /// Entries are put aside for later reads than that of those behind them.
    case streamDefersEntry
    /// XAUTOCLAIM brings an entry that was acknowledged.
    case claimsAcknowledged
    /// A push answers the new length and pushes nothing.
    case pushLoses
    /// Keys live half as long as they were told to.
    case expiresEarly
    /// Keys live 300 ms longer than they were told to.
    case expiresLate
    /// Values over 16 KiB are read without their last byte.
    case truncatesBigValue
    /// Values over 16 KiB are read with one byte changed.
    case corruptsBigValue
    /// APPEND answers the new length and appends nothing.
    case appendLoses
    /// A message does not come to one of its subscribers.
    case losesMessage
    /// A message comes twice.
    case doublesMessage
    /// A message comes before the one that was sent before it.
    case swapsMessages
    /// A client that keeps a copy is not told that it has changed.
    case losesInvalidation
    /// The reply is the last one of another connection.
    case mixesReplies
    /// A connection never answers again.
    case hangs
    /// The connection is closed instead of an answer.
    case closesWithoutReason
    /// INFO counts closed connections as open.
    case leaksClients
    /// FLUSHDB empties every database.
    case flushesEverything
    /// A string that is evicted becomes what it was before its last change.
    case evictsIntoThePast
    /// CONFIG SET answers OK and changes nothing.
    case ignoresConfiguration
    /// CLIENT KILL answers that it killed, and kills nobody.
    case ignoresKill
}
