// The scripts that the server knows, by the SHA-1 of their text.
import Bytes
import Platform
import RESP
import Scripting
import Synchronization

/// The 20 bytes of a SHA-1.
struct ScriptName: Hashable, BitwiseCopyable {
    /// Enough to look a script up by.
    private(set) var first: UInt64 = 0
    private var second: UInt64 = 0
    private var third: UInt32 = 0

    /// Hexadecimal digits.
    static let length = 40

    /// Nil if the text is not 40 hexadecimal digits.
    init?(_ text: ByteView) {
        guard text.count == ScriptName.length else { return nil }
        for index in 0..<ScriptName.length {
            let byte = text[index]
            let lowered = byte | 0x20
            let digit: UInt64
            if byte >= 0x30 && byte <= 0x39 {
                digit = UInt64(byte &- 0x30)
            } else if lowered >= 0x61 && lowered <= 0x66 {
                digit = UInt64(lowered &- 0x57)
            } else {
                return nil
            }
            if index < 16 {
                first = first << 4 | digit
            } else if index < 32 {
                second = second << 4 | digit
            } else {
                third = third << 4 | UInt32(digit)
            }
        }
    }
}

/// A script as every worker knows it.
final class Script: Sendable {
    let name: ScriptName
    /// The name in lower case.
    let hexadecimal: [UInt8]
    let text: [UInt8]
    let header: ScriptHeader
    /// Whether all keys that it uses are provably among those it is called with.
    let namesItsKeys: Bool

    init(name: ScriptName, hexadecimal: [UInt8], text: [UInt8], header: ScriptHeader, namesItsKeys: Bool) {
        self.header = header
        self.name = name
        self.hexadecimal = hexadecimal
        self.text = text
        self.namesItsKeys = namesItsKeys
    }
}

/// All scripts. Workers keep what they need of it and look again when the generation has changed.
final class ScriptStore: @unchecked Sendable {
    private let lock = Mutex()
    private var scripts: [ScriptName: Script] = [:]
    private let generationCounter = Atomic<Int>(0)

    /// Grows when scripts are forgotten.
    var generation: Int { generationCounter.load(ordering: .acquiring) }

    func find(_ name: ScriptName) -> Script? { lock.withLock { scripts[name] } }

    func add(_ script: Script) { lock.withLock { scripts[script.name] = script } }

    var count: Int { lock.withLock { scripts.count } }

    /// The memory of all texts, and what keeping them costs.
    var memoryBytes: Int { lock.withLock { scripts.values.reduce(0) { $0 + $1.text.count + 160 } } }

    func removeAll() {
        lock.withLock { scripts.removeAll() }
        generationCounter.wrappingAdd(1, ordering: .acquiringAndReleasing)
    }
}
