// Whether the functions of a library provably use no keys but those they are called with.

extension KeyProof {
    /// Like `holds` for every function that a library registers; `keys` is whatever name its first parameter has. Not
    /// proven are libraries whose functions share a way to call commands, or hand their keys on to each other.
    package static func holds(library text: [UInt8], touchesOnlyKeys: ([CalledArgument]) -> Bool) -> Bool {
        // The first line is no Lua.
        guard let end = text.firstIndex(of: 0x0a), let tokens = LuaTokens.of(Array(text[end...])) else { return false }
        var rest: [LuaToken] = []
        var index = 0
        while index < tokens.count {
            if tokens[index].isName("function"), isRegistered(rest) {
                guard let callback = Callback(tokens, index), callback.holds(touchesOnlyKeys) else { return false }
                // What stands there instead of the function.
                rest.append(.name("nil"))
                index = callback.end
            } else {
                rest.append(tokens[index])
                index += 1
            }
        }
        return onlyRegisters(rest)
    }

    /// Whether a function that follows these tokens is written where it is registered, so that nothing else has it:
    /// `redis.register_function('name', function` or `redis.register_function{callback = function`.
    private static func isRegistered(_ before: [LuaToken]) -> Bool {
        func token(_ distance: Int) -> LuaToken {
            distance <= before.count ? before[before.count - distance] : .symbol("")
        }
        func registers(_ distance: Int) -> Bool {
            token(distance).isName("register_function") && token(distance + 1).isSymbol(".")
                && token(distance + 2).isName("redis")
        }
        if token(1).isSymbol(","), case .string = token(2) { return token(3).isSymbol("(") && registers(4) }
        guard token(1).isSymbol("="), token(2).isName("callback") else { return false }
        var depth = 0
        var distance = 3
        while distance <= before.count {
            if case .symbol(let text) = token(distance) {
                if [")", "]", "}"].contains(text) { depth += 1 }
                if ["(", "[", "{"].contains(text) { depth -= 1 }
            }
            if depth < 0 { break }
            distance += 1
        }
        guard token(distance).isSymbol("{") else { return false }
        return registers(distance + 1) || token(distance + 1).isSymbol("(") && registers(distance + 2)
    }

    /// Outside of the functions nothing may reach `redis` but to register them, and no name that they rely on changes.
    private static func onlyRegisters(_ rest: [LuaToken]) -> Bool {
        for (index, token) in rest.enumerated() {
            guard case .name(let name) = token else { continue }
            if ["redis", "server"].contains(name) {
                guard index + 2 < rest.count, rest[index + 1].isSymbol("."),
                    ["register_function", "log", "LOG_DEBUG", "LOG_VERBOSE", "LOG_NOTICE", "LOG_WARNING"]
                        .contains(where: { rest[index + 2].isName($0) })
                else { return false }
            }
            if suspicious.contains(name) || ["ipairs", "unpack", "KEYS"].contains(name) { return false }
        }
        return true
    }

    /// A function that is registered.
    private struct Callback {
        let keys: String
        let body: [LuaToken]
        /// The token after its `end`.
        let end: Int

        /// - Parameter start: where `function` stands.
        init?(_ tokens: [LuaToken], _ start: Int) {
            guard start + 1 < tokens.count, tokens[start + 1].isSymbol("("),
                let close = tokens[start...].firstIndex(where: { $0.isSymbol(")") })
            else { return nil }
            var parameters: [String] = []
            for token in tokens[(start + 2)..<close] {
                if case .name(let name) = token { parameters.append(name) }
            }
            let reserved: Set = ["redis", "server", "ipairs", "unpack", "call", "pcall"]
            if Set(parameters).count < parameters.count || !reserved.isDisjoint(with: parameters) { return nil }
            var depth = 1
            var index = close + 1
            while index < tokens.count {
                if case .name(let name) = tokens[index] {
                    if ["function", "do", "if", "repeat"].contains(name) { depth += 1 }
                    if ["end", "until"].contains(name) { depth -= 1 }
                }
                if depth == 0 { break }
                index += 1
            }
            guard depth == 0 else { return nil }
            keys = parameters.first ?? "KEYS"
            body = Array(tokens[(close + 1)..<index])
            end = index + 1
        }

        /// A function without parameters knows no keys.
        func holds(_ touchesOnlyKeys: ([CalledArgument]) -> Bool) -> Bool {
            // A function inside could be kept, and called when other keys are held.
            if body.contains(where: { $0.isName("function") }) { return false }
            // What KEYS is to scripts is nothing here, and the name would be taken for the keys.
            if keys != "KEYS" && body.contains(where: { $0.isName("KEYS") }) { return false }
            let tokens = body.map { $0.isName(keys) ? LuaToken.name("KEYS") : $0 }
            return KeyProof.holds(tokens, touchesOnlyKeys)
        }
    }
}
