// Which scripts provably use no keys but their own.
import Testing

@testable import Scripting

@Suite struct KeyProofTests {
    /// A stand-in for the command table: GET has a key first, MGET only keys, SET a key first.
    private func holds(_ text: String) -> Bool {
        KeyProof.holds(Array(text.utf8)) { arguments in
            switch arguments.first {
            case .literal(let name)? where ["get", "set", "expire"].contains(String(decoding: name, as: UTF8.self)):
                return arguments.count > 1 && arguments[1] == .key
            case .literal(let name)? where String(decoding: name, as: UTF8.self) == "mget":
                return arguments.dropFirst().allSatisfy { $0 == .key || $0 == .keys }
            default: return false
            }
        }
    }

    @Test(arguments: [
        "return redis.call('get', KEYS[1])",
        "return redis.pcall(\"get\", KEYS[#KEYS])",
        "local k = KEYS[1] redis.call('set', k, ARGV[1]) return redis.call('get', k)",
        "local a, b = KEYS[1], KEYS[2]; return {redis.call('get', a), redis.call('get', b)}",
        "for i, key in ipairs(KEYS) do redis.call('set', key, i) end",
        "for i = 1, #KEYS do redis.call('get', KEYS[i]) end -- redis.call('get', 'x')",
        "return redis.call('mget', unpack(KEYS))",
        "local call = redis.call; return call('get', KEYS[1])",
        "return redis.call('set', KEYS[1], ARGV[1], unpack(ARGV, 2))",
        "return #ARGV",
        "#!lua flags=no-writes\nreturn redis.call('get', KEYS[1])",
        "--[==[ redis.call('get', 'x') ]==] return [[redis.call('get', 'x')]]",
        "if redis.call('get', KEYS[1]) == ARGV[1] then return redis.call('set', KEYS[1], 1) else return 0 end",
    ])
    func proven(_ text: String) { #expect(holds(text)) }

    @Test(arguments: [
        "return redis.call('get', 'x')",
        "return redis.call('get', KEYS[1] .. 'x')",
        "return redis.call('get', ARGV[1])",
        "return redis.call(ARGV[1], KEYS[1])",
        "local k = KEYS[1] k = 'x' return redis.call('get', k)",
        "local k = KEYS[1] local k = 'x' return redis.call('get', k)",
        "local k = KEYS[1] local a, k = 1, 'x' return redis.call('get', k)",
        "local k = KEYS[1] local a a, k = 1, 'x' return redis.call('get', k)",
        "local k = KEYS[1] local function f(k) return redis.call('get', k) end return f('x')",
        "local k = KEYS[1] local f = function(a, k) return redis.call('get', k) end return f(1, 'x')",
        "local k = KEYS[1] for k in pairs({x = 1}) do redis.call('get', k) end",
        "local k = KEYS[1] for k = 1, 2 do redis.call('get', k) end",
        "local k = KEYS[1] or 'x' return redis.call('get', k)",
        "KEYS[1] = 'x' return redis.call('get', KEYS[1])",
        "local a a, KEYS[1] = 1, 'x' return redis.call('get', KEYS[1])",
        "KEYS[1], KEYS[2] = 'x', 'y' return redis.call('get', KEYS[1])",
        "KEYS = {'x'} return redis.call('get', KEYS[1])",
        "local KEYS = {'x'} return redis.call('get', KEYS[1])",
        "local t = KEYS t[1] = 'x' return redis.call('get', KEYS[1])",
        "table.insert(KEYS, 'x') return redis.call('get', KEYS[#KEYS])",
        "local r = redis return r.call('get', 'x')",
        "return redis['call']('get', 'x')",
        "return pcall(redis.call, 'get', 'x')",
        "local f = redis.call; local t = {f} return t[1]('get', 'x')",
        "return loadstring('return redis.call(\"get\", \"x\")')()",
        "return _G.redis.call('get', 'x')",
        "local ipairs = function() return function() return 1, 'x' end end "
            + "for i, k in ipairs(KEYS) do redis.call('get', k) end",
        "local unpack = function() return 'x' end return redis.call('mget', unpack(KEYS))",
        "local call = redis.call local call = print return call('get', KEYS[1])",
        "return redis.call('get', (function() return 'x' end)())",
        "return redis.call('mget', KEYS[1], unpack(ARGV))",
        "return redis.call('get', KEYS[1] and 'x')",
        "return redis.call 'get'",
        "return redis.call('keys', '*')",
    ])
    func notProven(_ text: String) { #expect(!holds(text)) }
}
