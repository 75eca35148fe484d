// Whether a script provably uses no keys but those it is called with.

/// What is known of an argument of a command that a script calls.
package enum CalledArgument: Equatable {
    /// These bytes.
    case literal([UInt8])
    /// One of the elements of KEYS.
    case key
    /// Some text.
    case unknown
    /// The last argument, which may stand for any number of them, all elements of KEYS.
    case keys
    /// The last argument, which may stand for any number of them.
    case unknowns
}

/// Follows the keys of a script through its text. Sound, not complete: what it does not understand it does not prove.
///
/// Understood are `redis.call` and `redis.pcall` (or a local name for one of them) with a literal command, and keys
/// that are `KEYS[…]`, a local variable that was once set to one, or the variable of a loop over `ipairs(KEYS)`.
package struct KeyProof {
    private let tokens: [LuaToken]
    /// Names that stand for elements of KEYS, and for `redis.call`.
    private var keyNames: Set<String> = []
    private var callNames: Set<String> = []
    /// Where those names are declared: not uses.
    private var declarations: Set<Int> = []

    /// - Parameter touchesOnlyKeys: whether a command with these arguments (the first is its name) has keys only where
    ///   the arguments are elements of KEYS, and needs nothing but their shards.
    package static func holds(_ text: [UInt8], touchesOnlyKeys: ([CalledArgument]) -> Bool) -> Bool {
        guard let tokens = LuaTokens.of(text) else { return false }
        return holds(tokens, touchesOnlyKeys)
    }

    static func holds(_ tokens: [LuaToken], _ touchesOnlyKeys: ([CalledArgument]) -> Bool) -> Bool {
        var proof = KeyProof(tokens: tokens)
        proof.findNames()
        return proof.isSoundlyNamed && proof.usesAreKnown && proof.callsAreKnown(touchesOnlyKeys)
    }

    private init(tokens: [LuaToken]) { self.tokens = tokens }

    private func token(_ index: Int) -> LuaToken {
        tokens.indices.contains(index) ? tokens[index] : .symbol("")
    }

    private func name(_ index: Int) -> String? {
        guard case .name(let text) = token(index) else { return nil }
        return text
    }

    // MARK: - Names

    private mutating func findNames() {
        for index in tokens.indices {
            if token(index).isName("local"), !token(index + 1).isName("function") { findLocals(after: index) }
            if token(index).isName("for") { findLoop(at: index) }
        }
    }

    /// `local a, b = KEYS[1], redis.call`
    private mutating func findLocals(after start: Int) {
        var names: [(String, Int)] = []
        var index = start + 1
        while let name = name(index) {
            names.append((name, index))
            index += 1
            guard token(index).isSymbol(",") else { break }
            index += 1
        }
        guard token(index).isSymbol("=") else { return }
        index += 1
        for (name, place) in names {
            if let end = keyExpression(at: index) {
                keyNames.insert(name)
                declarations.insert(place)
                index = end
            } else if isCallFunction(at: index), !token(index + 3).isSymbol("(") {
                callNames.insert(name)
                declarations.insert(place)
                index += 3
            } else {
                return
            }
            guard token(index).isSymbol(",") else { return }
            index += 1
        }
    }

    /// `for _, key in ipairs(KEYS) do`
    private mutating func findLoop(at index: Int) {
        guard let key = name(index + 3), token(index + 2).isSymbol(","), token(index + 4).isName("in"),
            token(index + 5).isName("ipairs"), token(index + 6).isSymbol("("), token(index + 7).isName("KEYS"),
            token(index + 8).isSymbol(")")
        else { return }
        keyNames.insert(key)
        declarations.insert(index + 3)
    }

    /// Where `KEYS[…]` that begins at `index` and is the whole expression ends; nil: it is none.
    private func keyExpression(at index: Int) -> Int? {
        guard token(index).isName("KEYS"), token(index + 1).isSymbol("["), let end = closing(index + 1) else {
            return nil
        }
        return endsExpression(end + 1) ? end + 1 : nil
    }

    /// Whether an expression ends before this token: no operator, call or subscript follows.
    private func endsExpression(_ index: Int) -> Bool {
        switch token(index) {
        case .symbol(let text): ["", ",", ")", ";", "}", "]"].contains(text)
        case .name(let text): !["and", "or"].contains(text)
        case .string, .number: false
        }
    }

    private func isCallFunction(at index: Int) -> Bool {
        (token(index).isName("redis") || token(index).isName("server")) && token(index + 1).isSymbol(".")
            && (token(index + 2).isName("call") || token(index + 2).isName("pcall"))
    }

    /// The bracket that closes the one at `index`.
    private func closing(_ index: Int) -> Int? {
        var depth = 0
        for place in index..<tokens.count {
            guard case .symbol(let text) = token(place) else { continue }
            if ["(", "[", "{"].contains(text) { depth += 1 }
            if [")", "]", "}"].contains(text) { depth -= 1 }
            if depth == 0 { return place }
        }
        return nil
    }

    // MARK: - Uses

    /// Every name that matters is declared once and never changed. Other declarations of the same name, as a parameter
    /// or a loop's variable, look like changes here, and so do some uses that are none.
    private var isSoundlyNamed: Bool {
        for name in keyNames.union(callNames) {
            for index in tokens.indices where token(index).isName(name) && !declarations.contains(index) {
                // A field of that name is something else.
                if token(index - 1).isSymbol(".") || token(index - 1).isSymbol(":") { continue }
                if token(index + 1).isSymbol("=") || token(index - 1).isName("local") { return false }
                if token(index - 1).isName("for") || token(index - 1).isName("function") { return false }
                if token(index + 1).isName("in") { return false }
                let isListed =
                    token(index - 1).isSymbol(",") || token(index + 1).isSymbol(",") || token(index - 1).isSymbol("(")
                if isListed && !isInCall(index) { return false }
            }
            if declarations.filter({ self.name($0) == name }).count != 1 { return false }
        }
        return true
    }

    /// Whether the innermost bracket around a token is that of a call's arguments or of a table, and no parameter list.
    private func isInCall(_ index: Int) -> Bool {
        var depth = 0
        var place = index - 1
        while place >= 0 {
            if token(place).isName("function") || token(place).isName("end") { return false }
            if case .symbol(let text) = token(place) {
                if [")", "]", "}"].contains(text) { depth += 1 }
                if ["(", "[", "{"].contains(text) {
                    if depth == 0 { return isNoParameterList(place) }
                    depth -= 1
                }
            }
            place -= 1
        }
        return false
    }

    private func isNoParameterList(_ place: Int) -> Bool {
        if token(place - 1).isName("function") { return false }
        // `function name(`, `function a.b:c(`
        var before = place - 1
        while let _ = name(before), token(before - 1).isSymbol(".") || token(before - 1).isSymbol(":") { before -= 2 }
        return !token(before - 1).isName("function")
    }

    static let suspicious: Set<String> = [
        "_G", "load", "loadstring", "getfenv", "setfenv", "setmetatable", "getmetatable", "rawset", "rawget",
        "coroutine",
    ]

    /// KEYS, `redis` and what could reach them by another way appear only as they are understood.
    private var usesAreKnown: Bool {
        for index in tokens.indices {
            guard let name = name(index) else { continue }
            if token(index - 1).isSymbol(".") || token(index - 1).isSymbol(":") { continue }
            if Self.suspicious.contains(name) { return false }
            switch name {
            case "KEYS": if !isKnownUseOfKeys(index) { return false }
            case "redis", "server":
                guard token(index + 1).isSymbol("."), self.name(index + 2) != nil else { return false }
                // `redis.call = …`, `redis.call` as a value that is no name of ours.
                if isCallFunction(at: index), !token(index + 3).isSymbol("("), !isDeclared(callAt: index) {
                    return false
                }
            case "ipairs", "unpack": if !token(index + 1).isSymbol("(") { return false }
            default:
                if callNames.contains(name), !declarations.contains(index), !token(index + 1).isSymbol("(") {
                    return false
                }
            }
        }
        return true
    }

    /// Whether `redis.call` stands where a name of ours gets its value: `local call = redis.call`.
    private func isDeclared(callAt index: Int) -> Bool {
        guard token(index - 1).isSymbol("="), let name = name(index - 2) else { return false }
        return callNames.contains(name) && declarations.contains(index - 2)
    }

    private func isKnownUseOfKeys(_ index: Int) -> Bool {
        if token(index - 1).isSymbol("#") { return !token(index + 1).isSymbol("[") }
        if token(index + 1).isSymbol("["), let end = closing(index + 1) {
            // Neither assigned nor part of a list of things to be assigned.
            if token(end + 1).isSymbol("=") { return false }
            let isListed = token(end + 1).isSymbol(",") || token(index - 1).isSymbol(",")
            return !isListed || isInCall(index) || isAfterEquals(index)
        }
        return token(index - 1).isSymbol("(") && token(index + 1).isSymbol(")")
            && (token(index - 2).isName("ipairs") || token(index - 2).isName("unpack"))
    }

    /// Whether the token stands among the values of `local a, b = x, y` or of `return x, y`.
    private func isAfterEquals(_ index: Int) -> Bool {
        var place = index - 1
        while place >= 0 {
            switch token(place) {
            case .symbol("="): return true
            case .name("return"): return true
            case .name("KEYS"), .number, .symbol("["), .symbol("]"), .symbol(","): place -= 1
            default: return false
            }
        }
        return false
    }

    // MARK: - Calls

    private func callsAreKnown(_ touchesOnlyKeys: ([CalledArgument]) -> Bool) -> Bool {
        for index in tokens.indices {
            var bracket: Int?
            if isCallFunction(at: index), token(index + 3).isSymbol("(") { bracket = index + 3 }
            if let name = name(index), callNames.contains(name), token(index + 1).isSymbol("("),
                !token(index - 1).isSymbol("."), !token(index - 1).isSymbol(":")
            {
                bracket = index + 1
            }
            guard let bracket else { continue }
            guard let end = closing(bracket), touchesOnlyKeys(calledArguments(bracket + 1, end)) else { return false }
        }
        return true
    }

    /// What is known of the arguments between the brackets.
    private func calledArguments(_ start: Int, _ end: Int) -> [CalledArgument] {
        var arguments: [CalledArgument] = []
        var first = start
        var index = start
        while first < end {
            var depth = 0
            while index < end {
                if case .symbol(let text) = token(index) {
                    if ["(", "[", "{"].contains(text) { depth += 1 }
                    if [")", "]", "}"].contains(text) { depth -= 1 }
                    if text == "," && depth == 0 { break }
                }
                // A function's body may have commas of its own: given up on.
                if token(index).isName("function") { return [.unknowns] }
                index += 1
            }
            arguments.append(argument(first, index, isLast: index >= end))
            index += 1
            first = index
        }
        return arguments
    }

    private func argument(_ first: Int, _ end: Int, isLast: Bool) -> CalledArgument {
        if end - first == 1 {
            switch token(first) {
            case .string(let bytes): return .literal(bytes)
            case .number(let text): return .literal(Array(text.utf8))
            case .name(let name): return keyNames.contains(name) ? .key : .unknown
            case .symbol(let text): return text == "..." && isLast ? .unknowns : .unknown
            }
        }
        if keyExpression(at: first) == end { return .key }
        guard isLast, token(end - 1).isSymbol(")") else { return .unknown }
        if end - first == 4, token(first).isName("unpack"), token(first + 2).isName("KEYS") { return .keys }
        return .unknowns
    }
}
