// Which commands a script may call without leaving the shards of its keys.
import Bytes
import Commands
import RESP
import Scripting

extension CommandTable {
    /// Whether a script provably uses no keys but those it is called with, and no command that needs more than them.
    func namesItsKeys(_ text: [UInt8]) -> Bool { KeyProof.holds(text) { touchesOnlyKeys($0) } }

    /// The same of the functions of a library.
    func functionsNameTheirKeys(_ text: [UInt8]) -> Bool { KeyProof.holds(library: text) { touchesOnlyKeys($0) } }

    private func touchesOnlyKeys(_ arguments: [CalledArgument]) -> Bool {
        guard let index = command(arguments) else { return false }
        switch unsafe compiled[index].route {
        case .keyless: return true
        case .keyed, .keyedBySpecs, .scatter, .blocking: break
        default: return false
        }
        return entries[index].keys.allSatisfy { areKeys(arguments, where: $0) }
    }

    /// The command or subcommand that the literal first arguments name.
    private func command(_ arguments: [CalledArgument]) -> Int? {
        guard case .literal(let name)? = arguments.first else { return nil }
        let index = ByteView.withView(name) { find($0) }
        if index < 0 || entries[index].subcommands.isEmpty { return index < 0 ? nil : index }
        guard arguments.count > 1, case .literal(let subcommand) = arguments[1] else { return nil }
        let found = ByteView.withView(subcommand) { findSubcommand(of: index, $0) }
        return found < 0 ? nil : found
    }

    /// Whether all keys of a specification are elements of KEYS. Only what stands at fixed places can be followed.
    private func areKeys(_ arguments: [CalledArgument], where spec: KeySpec) -> Bool {
        guard case .index(let start) = spec.begin, !spec.use.contains(.incomplete) else { return false }
        let isOpen = arguments.last == .unknowns || arguments.last == .keys
        func isKey(_ position: Int) -> Bool { position >= arguments.count || arguments[position] == .key }
        switch spec.find {
        case .range(let last, let step, let limit):
            if last >= 0 {
                // An open end may reach into the keys.
                let end = start + last
                if isOpen && end >= arguments.count - 1 { return end == start && arguments.last == .keys }
                return stride(from: start, through: end, by: step).allSatisfy(isKey)
            }
            guard last == -1, limit <= 1 else { return false }
            if isOpen { return step == 1 && arguments.last == .keys && (start..<arguments.count - 1).allSatisfy(isKey) }
            return stride(from: start, to: arguments.count, by: step).allSatisfy(isKey)
        case .keyCount(let countAt, let first, let step):
            guard start + countAt < arguments.count, case .literal(let text) = arguments[start + countAt],
                let count = ByteView.withView(text, { IntegerText.parse($0) }), count > 0, count < 1 << 20
            else { return false }
            let firstKey = start + first
            let end = firstKey + Int(count) * step
            if isOpen && end >= arguments.count { return false }
            return stride(from: firstKey, to: end, by: step).allSatisfy(isKey)
        case .unknown: return false
        }
    }
}
