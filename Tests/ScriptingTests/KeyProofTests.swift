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

    private func holds(library text: String) -> Bool {
        KeyProof.holds(library: Array("#!lua name=l\n\(text)".utf8)) { arguments in
            guard case .literal(let name)? = arguments.first, String(decoding: name, as: UTF8.self) == "get" else {
                return false
            }
            return arguments.count > 1 && arguments[1] == .key
        }
    }

    @Test(arguments: [
        "redis.register_function('f', function(keys, args) return redis.call('get', keys[1]) end)",
        "redis.register_function{function_name='f', callback=function(k) return redis.call('get', k[1]) end}",
        "redis.register_function({callback = function(KEYS) return redis.call('get', KEYS[1]) end, "
            + "function_name = 'f', flags = {'no-writes'}})",
        "redis.register_function('f', function(keys) local k = keys[1] return redis.call('get', k) end) "
            + "redis.register_function('g', function(keys) local k = keys[2] return redis.call('get', k) end)",
        "local function double(x) return x * 2 end redis.register_function('f', function(keys, args) "
            + "if args[1] then return double(redis.call('get', keys[1])) end end)",
        "redis.register_function('f', function(keys) for _, k in ipairs(keys) do redis.call('get', k) end end)",
        "redis.log(redis.LOG_NOTICE, 'loaded') redis.register_function('f', function() return 1 end)",
    ])
    func provenLibrary(_ text: String) { #expect(holds(library: text)) }

    @Test(arguments: [
        "redis.register_function('f', function(keys, args) return redis.call('get', args[1]) end)",
        "redis.register_function('f', function(keys) return redis.call('get', KEYS[1]) end)",
        "redis.register_function('f', function(keys) return redis.call('get', 'x') end)",
        "redis.register_function('f', function(...) return redis.call('get', ({...})[1][1]) end)",
        "local function f(keys) return redis.call('get', keys[1]) end redis.register_function('f', f)",
        "local function get(k) return redis.call('get', k) end "
            + "redis.register_function('f', function(keys) return get(keys[1]) end)",
        "local callback = function(keys) return redis.call('get', keys[1]) end "
            + "redis.register_function('f', function() return callback({'x'}) end)",
        "local a, callback = 1, function(keys) return redis.call('get', keys[1]) end",
        "local t = {callback = function(keys) return redis.call('get', keys[1]) end} "
            + "redis.register_function('f', function() return t.callback({'x'}) end)",
        "local saved local o = {register_function = function(n, f) saved = f end} "
            + "o.register_function('f', function(keys) return redis.call('get', keys[1]) end) "
            + "redis.register_function('g', function() return saved({'x'}) end)",
        "local saved redis.register_function('f', function(keys) "
            + "saved = function() return redis.call('get', keys[1]) end end) "
            + "redis.register_function('g', function() return saved() end)",
        "local redis = redis redis.register_function('f', function(keys) return redis.call('get', keys[1]) end)",
        "local ipairs = function() return function() return 1, 'x' end end redis.register_function('f', "
            + "function(keys) for _, k in ipairs(keys) do redis.call('get', k) end end)",
        "redis.register_function('f', function(keys, redis) return redis.call('get', keys[1]) end)",
        "redis.register_function('f', function(keys) keys[1] = 'x' return redis.call('get', keys[1]) end)",
        "redis.register_function('f', function(keys) keys = {'x'} return redis.call('get', keys[1]) end)",
        "redis.register_function('f', function(keys, keys) return redis.call('get', keys[1]) end)",
        "local function change(t) t[1] = 'x' end redis.register_function('f', function(keys) change(keys) "
            + "return redis.call('get', keys[1]) end)",
    ])
    func notProvenLibrary(_ text: String) { #expect(!holds(library: text)) }
}
