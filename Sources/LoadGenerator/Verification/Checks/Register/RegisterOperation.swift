// What clients do to one key whose value is a number or nothing, and what it should do.

/// One command on a register.
enum RegisterAction: Equatable, Sendable {
    case read
    case write(Int64)
    /// Writes if the value is `from`.
    case compareAndSet(from: Int64, to: Int64)
    /// Writes, and tells what was there.
    case exchange(Int64)
    case delete
    /// Adds to the number, or to 0 if there is none, and tells the sum.
    case add(Int64)
}

/// What the server answered.
enum RegisterResult: Equatable, Sendable {
    case done
    /// nil: the key is not there.
    case value(Int64?)
    /// Whether a compare-and-set has written, or a deletion deleted.
    case applied(Bool)
}

/// One operation as its client saw it.
struct RegisterOperation: Equatable, Sendable {
    let client: Int
    let action: RegisterAction
    /// nil: unknown, and so is whether it has happened.
    let result: RegisterResult?
    /// Nanoseconds: before it was sent, and after its reply; without a result it may end at any time.
    let start, end: Int64

    /// Whether it can tell about others but do nothing to them.
    var changesNothing: Bool {
        switch (action, result) {
        case (.read, _), (.compareAndSet, .applied(false)): true
        default: false
        }
    }
}

/// The state of a register, as a number: quick to compare and to hash.
struct RegisterState: Hashable {
    let code: Int64

    static let absent = RegisterState(code: -1)
    /// What came before is not known.
    static let anything = RegisterState(code: -2)

    init(code: Int64) { self.code = code }
    init(_ value: Int64?) { code = value ?? -1 }

    /// The state after an operation; nil if the operation cannot have had its result here. If the server evicts the key
    /// may have gone just before; that it has not gone is assumed as long as possible, as what is there can go later.
    func after(_ operation: RegisterOperation, evicts: Bool = false) -> RegisterState? {
        if let after = whileThere(operation) { return after }
        return evicts ? RegisterState.absent.whileThere(operation) : nil
    }

    private func whileThere(_ operation: RegisterOperation) -> RegisterState? {
        let isKnown = self != .anything
        switch (operation.action, operation.result) {
        case (.read, .value(let seen)): return !isKnown || self == RegisterState(seen) ? RegisterState(seen) : nil
        case (.read, _): return self
        case (.write(let value), _): return RegisterState(value)
        case (.compareAndSet(let from, let to), .applied(true)):
            return !isKnown || code == from ? RegisterState(to) : nil
        case (.compareAndSet(let from, _), .applied(false)): return code == from ? nil : self
        case (.compareAndSet(let from, let to), _): return code == from ? RegisterState(to) : self
        case (.exchange(let value), .value(let seen)):
            return !isKnown || self == RegisterState(seen) ? RegisterState(value) : nil
        case (.exchange(let value), _): return RegisterState(value)
        case (.delete, .applied(let wasThere)):
            return !isKnown || (self != .absent) == wasThere ? .absent : nil
        case (.delete, _): return .absent
        case (.add(let step), .value(let seen)):
            guard let seen else { return nil }
            return !isKnown || (self == .absent ? 0 : code) == seen - step ? RegisterState(seen) : nil
        case (.add(let step), _): return isKnown ? RegisterState((self == .absent ? 0 : code) + step) : self
        }
    }
}

extension RegisterOperation: CustomStringConvertible {
    /// With microseconds from `origin`.
    func line(from origin: Int64) -> String {
        func time(_ nanoseconds: Int64) -> String { Report.fixed(Double(nanoseconds - origin) / 1000, 1) }
        let until = result == nil ? "?" : time(end)
        return "\(time(start)) to \(until) µs: client \(client) \(description)"
    }

    var description: String {
        func text(_ value: Int64?) -> String { value.map { "\($0)" } ?? "nothing" }
        let unknown = result == nil ? ", outcome unknown" : ""
        switch (action, result) {
        case (.read, .value(let seen)): return "reads \(text(seen))"
        case (.read, _): return "reads" + unknown
        case (.write(let value), _): return "writes \(value)" + unknown
        case (.compareAndSet(let from, let to), .applied(false)): return "would replace \(from) by \(to), but does not"
        case (.compareAndSet(let from, let to), .some): return "replaces \(from) by \(to)"
        case (.compareAndSet(let from, let to), nil): return "would replace \(from) by \(to)" + unknown
        case (.exchange(let value), .value(let seen)): return "writes \(value) in place of \(text(seen))"
        case (.exchange(let value), _): return "writes \(value)" + unknown
        case (.delete, .applied(true)): return "deletes it"
        case (.delete, .applied(false)): return "finds nothing to delete"
        case (.delete, _): return "deletes it" + unknown
        case (.add(let step), .value(let seen)): return "adds \(step) and is told \(text(seen))"
        case (.add(let step), _): return "adds \(step)" + unknown
        }
    }
}
