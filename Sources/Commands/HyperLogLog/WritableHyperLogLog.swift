// A HyperLogLog behind a key that is being changed.
import Bytes
import Keyspace

struct WritableHyperLogLog {
    enum Outcome {
        case unchanged, changed
        /// The runs do not cover all registers.
        case corrupt
    }

    private let database: Database
    private let hash: UInt64
    private var found: Found
    private(set) var bytes: MutableBytes
    /// The longest that it stays sparse.
    private let sparseLimit: Int
    /// A run before which nothing is going to change, if registers are raised one after the other, and its register.
    private var resumption = (offset: HyperLogLogFormat.headerBytes, first: 0)

    /// An existing one, which becomes a raw string; nobody is told of a change.
    init(_ context: borrowing CommandContext, _ key: Key, _ found: Found) {
        database = context.database(of: key)
        hash = key.hash
        sparseLimit = unsafe context.settings.pointee.sparseHyperLogLogBytes
        self.found = found
        bytes = database.writableString(&self.found, hash: hash)
    }

    /// A new one at a key where there is nothing.
    init(_ context: borrowing CommandContext, newAt key: Key) {
        let found = context.set(key, replacing: nil, .bytes(ByteView(Self.empty), isRaw: true))
        self.init(context, key, found)
        bytes[bytes.count - 1] = 0xFF
    }

    /// A header, and one run of zeros but for its last byte, which no text has.
    private static let empty: StaticString = "HYLL\u{1}\0\0\0\0\0\0\0\0\0\0\0\u{7F}\u{7F}"

    var isSparse: Bool { HyperLogLogFormat.isSparse(bytes.view) }

    @inline(__always)
    mutating func add(_ element: ByteView) -> Outcome {
        let (register, value) = HyperLogLogFormat.place(of: element)
        return raise(register, to: value)
    }

    @inline(__always)
    mutating func raise(_ register: Int, to value: UInt8) -> Outcome {
        if isSparse {
            resumption = (HyperLogLogFormat.headerBytes, 0)
            return raiseSparse(register, to: value)
        }
        return DenseRegisters.raise(register, to: value, in: bytes) ? .changed : .unchanged
    }

    /// Raises all registers to these, in their order, until it is dense. Like one by one, but it does not begin to look
    /// for a register at the first one each time.
    mutating func raiseSparse(to registers: borrowing RegisterArray) {
        var own = RegisterArray()
        guard own.raise(by: bytes.view) else { return }
        resumption = (HyperLogLogFormat.headerBytes, 0)
        var register = 0
        while isSparse && register < HyperLogLogFormat.registerCount {
            let value = registers[register]
            if value > own[register] { _ = raiseSparse(register, to: value) }
            register += 1
        }
    }

    /// Changes the length. What `bytes` was is not valid any more.
    private mutating func resize(to length: Int) {
        bytes = database.writableString(&found, hash: hash, length: length, touching: false)
    }

    // MARK: - Sparse

    private mutating func raiseSparse(_ register: Int, to value: UInt8) -> Outcome {
        if value > SparseRun.highestValue { return promote(raising: register, to: value) }
        let text = bytes.view
        var (offset, first) = resumption
        var previous = offset
        // The first register of the previous run.
        var beforePrevious = first
        while offset < text.count {
            let run = SparseRun(text, offset)
            if register < first &+ run.length {
                if run.value >= value { return .unchanged }
                let replacement = SparseReplacement(of: run, position: register &- first, value: value)
                return replace(run, at: offset, by: replacement, previous: previous)
                    ? .changed : promote(raising: register, to: value)
            }
            // Neighbours are joined from the previous run on; that one begins where it is.
            resumption = (previous, beforePrevious)
            (previous, beforePrevious) = (offset, first)
            offset &+= run.size
            first &+= run.length
        }
        return .corrupt
    }

    /// False: the string would become too long.
    private mutating func replace(
        _ run: SparseRun, at offset: Int, by replacement: SparseReplacement, previous: Int
    ) -> Bool {
        let growth = replacement.count &- run.size
        let oldCount = bytes.count
        if growth > 0 && oldCount &+ growth > sparseLimit { return false }
        let next = offset &+ run.size
        if growth > 0 { resize(to: oldCount &+ growth) }
        if growth != 0 && next < oldCount { bytes.move(from: next, to: next &+ growth, length: oldCount &- next) }
        if growth < 0 { resize(to: oldCount &+ growth) }
        replacement.write(to: bytes, at: offset)
        join(from: previous)
        HyperLogLogFormat.invalidateCardinality(of: bytes)
        return true
    }

    /// Makes one run of neighbours with the same value, among the five from `start` on.
    private mutating func join(from start: Int) {
        var offset = start
        var left = 5
        var end = bytes.count
        while offset < end && left > 0 {
            left &-= 1
            let run = SparseRun(bytes.view, offset)
            if run.value > 0 && offset &+ 1 < end {
                let next = SparseRun(bytes.view, offset &+ 1)
                let length = run.length &+ next.length
                if next.value == run.value && length <= SparseRun.longestValueRun {
                    bytes[offset &+ 1] = SparseRun.byte(value: run.value, length: length)
                    bytes.move(from: offset &+ 1, to: offset, length: end &- offset &- 1)
                    end &-= 1
                    // The joined run may go with the next one as well.
                    continue
                }
            }
            offset &+= run.size
        }
        if end < bytes.count { resize(to: end) }
    }

    // MARK: - From sparse to dense

    private mutating func promote(raising register: Int, to value: UInt8) -> Outcome {
        if !makeDense() { return .corrupt }
        return DenseRegisters.raise(register, to: value, in: bytes) ? .changed : .unchanged
    }

    /// False: it is corrupt.
    mutating func makeDense() -> Bool {
        if !isSparse { return true }
        var registers = RegisterArray()
        guard registers.raise(by: bytes.view) else { return false }
        resize(to: HyperLogLogFormat.denseBytes)
        HyperLogLogFormat.setEncoding(of: bytes, isSparse: false)
        write(registers)
        return true
    }

    /// Overwrites the registers.
    /// - Precondition: it is dense.
    func write(_ registers: borrowing RegisterArray) {
        for group in 0..<RegisterArray.groupCount {
            DenseRegisters.store(registers.group(group), group: group, in: bytes)
        }
    }
}
