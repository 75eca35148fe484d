// What is sent: the commands, their weights, and what is written into them.
import Bytes
import Platform

/// Which keys and values a workload has.
package struct WorkloadOptions: Equatable, Sendable {
    /// How many keys there are.
    package var keySpace = 1
    package var keyPrefix = "key:"
    package var distribution = Distribution.uniform
    package var valueSizes = ValueSizes.fixed(3)
    package var lifetime: LifetimeRange?
    package var seed: UInt64 = 1

    /// Keys have twelve digits.
    package static let maximumKeySpace = 1_000_000_000_000

    package init() {}
}

/// One test: commands that are sent mixed, and measured together and each for itself.
package struct Workload: Equatable, Sendable {
    package let name: String
    package let commands: [CommandDescription]
    /// Commands sent once before it, on a connection of their own.
    package let preparation: [[String]]

    package init(name: String, commands: [CommandDescription], preparation: [[String]] = []) {
        precondition(!commands.isEmpty, "a workload of no commands")
        self.name = name
        self.commands = commands
        self.preparation = preparation
    }

    /// Writes every key once. Run with a sequential distribution and as many requests as there are keys.
    package static func preload(_ options: WorkloadOptions) -> Workload {
        let lifetime = options.lifetime == nil ? [] : ["EX", "__ttl__"]
        let set = CommandDescription(name: "PRELOAD", words: ["SET", "__key__", "__data__"] + lifetime)
        return Workload(name: "PRELOAD", commands: [set])
    }
}

/// Where keys, numbers, values and lifetimes come from; one a thread.
struct Draws {
    private var random: RandomSource
    private var keys: KeyChooser
    private let keySpace: Int
    private let sizes: ValueSizes
    private let lifetimes: LifetimeRange
    private let pool: ByteView

    /// `start`: the first key of this thread, for sequences. `pool` is as long as the largest value.
    init(_ options: WorkloadOptions, seed: UInt64, start: Int, pool: ByteView) {
        random = RandomSource(seed: seed)
        keys = KeyChooser(options.distribution, keys: options.keySpace, start: start)
        keySpace = options.keySpace
        sizes = options.valueSizes
        lifetimes = options.lifetime ?? LifetimeRange(seconds: 60...60)
        self.pool = pool
    }

    mutating func key(writes: Bool) -> Int { keys.next(&random, writes: writes) }
    mutating func number() -> Int { random.below(keySpace) }
    mutating func value() -> ByteView { pool.prefix(sizes.draw(&random)) }
    mutating func lifetime() -> Int { lifetimes.draw(&random) }
    mutating func below(_ bound: Int) -> Int { random.below(bound) }
}

/// The contents of values: the same letters for everybody, hard to compress.
enum ValuePool {
    static func bytes(_ count: Int) -> [UInt8] {
        var random = RandomSource(seed: 0x6E65_6564_6C65)
        return (0..<count).map { _ in UInt8(ascii: "a") + UInt8(truncatingIfNeeded: random.below(26)) }
    }
}

/// A workload ready to be sent by one thread.
@safe
struct Mix {
    let count: Int
    private let templates: UnsafeMutablePointer<RequestTemplate>
    /// At each place the sum of the weights up to and with it.
    private let limits: UnsafeMutablePointer<Int>
    private let total: Int

    init(_ workload: Workload, _ options: WorkloadOptions) throws(OptionError) {
        var built: [RequestTemplate] = []
        for command in workload.commands { built.append(try RequestTemplate(command, options)) }
        count = built.count
        unsafe templates = .allocate(capacity: count)
        unsafe limits = .allocate(capacity: count)
        var sum = 0
        for (place, command) in workload.commands.enumerated() {
            sum += command.weight
            unsafe (templates + place).initialize(to: built[place])
            unsafe (limits + place).initialize(to: sum)
        }
        total = sum
    }

    func deallocate() {
        unsafe templates.deallocate()
        unsafe limits.deallocate()
    }

    /// Appends one command and returns which.
    func encodeNext(into output: inout ByteBuffer, _ draws: inout Draws) -> Int {
        var place = 0
        if count > 1 {
            let point = draws.below(total)
            while unsafe point >= limits[place] { place &+= 1 }
        }
        unsafe templates[place].encode(into: &output, &draws)
        return place
    }
}
