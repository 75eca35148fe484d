"""Cases of scripts: EVAL, EVALSHA and SCRIPT, with what scripts may do and how their values become replies."""

import hashlib

from harness.case import Expect, case, wrong_arity

ARITIES = {"EVAL": -3, "EVAL_RO": -3, "EVALSHA": -3, "EVALSHA_RO": -3, "SCRIPT": -2}


def run(text, *arguments, keys=()):
    return ["EVAL", text, str(len(keys)), *keys, *arguments]


def sha(text):
    return hashlib.sha1(text.encode()).hexdigest()


VALUES = [
    "return 1", "return -1.9", "return 1.99999", "return 3e10", "return 2^53", "return -0", "return 'text'", "return ''",
    "return true", "return false", "return nil", "return", "", "return {}", "return {1, 2, 3}", "return {1, nil, 3}",
    "return {1, {2, {3, {4}}}, 'x', true, false}", "return {ok = 'fine'}", "return {err = 'ERR bad'}",
    "return {err = 'bad'}", "return {err = '-MY bad'}", "return {ok = 1}", "return {err = 1}",
    "return {ok = 'a\\r\\nb'}", "return {1, 2, x = 3}", "return {{ok = 'a'}, {err = 'b'}}", "return {[2] = 'x'}",
    "return function() end", "return 'a\\0b'", "return {double = 1.5}", "return {double = 1e300}",
    "return {map = {a = 1}}", "return {set = {a = true}}", "return {big_number = '123456789012345678901234567890'}",
    "return {verbatim_string = {string = 'text', format = 'txt'}}", "return {verbatim_string = {string = 'x'}}",
    "redis.setresp(3) return true", "redis.setresp(3) return false", "redis.setresp(3) return nil",
    "redis.setresp(3) return {true, false, 1}", "redis.setresp(4)", "redis.setresp()", "redis.setresp('3')",
    "return redis.status_reply('YES')", "return redis.error_reply('NO')", "return redis.error_reply('-NO way')",
    "return redis.error_reply('NO way')", "return redis.error_reply('')", "return redis.status_reply()",
    "return redis.error_reply(1)", "return redis.error_reply('a', 'b')", "return redis.status_reply({})",
    "return redis.sha1hex('abc')", "return redis.sha1hex(12)", "return redis.sha1hex()", "return redis.sha1hex('a','b')",
    "return redis.LOG_DEBUG .. redis.LOG_VERBOSE .. redis.LOG_NOTICE .. redis.LOG_WARNING",
    "return redis.REPL_ALL .. redis.REPL_NONE .. redis.REPL_AOF .. redis.REPL_SLAVE .. redis.REPL_REPLICA",
    "return redis.set_repl(redis.REPL_ALL)", "return redis.set_repl(9)", "return redis.set_repl()",
    "return redis.replicate_commands()", "return type(redis.breakpoint)", "return type(redis.debug)",
    "return redis.acl_check_cmd('get', 'x')", "return redis.acl_check_cmd('nosuch')", "return redis.acl_check_cmd()",
    "return redis.log(redis.LOG_DEBUG, 'a line')", "return redis.log('x', 'y')", "return redis.log(1)",
    "return redis.log(9, 'x')",
]

ERRORS = [
    "return x y", "return 'open", "if", "error('boo')", "error({err = 'My boo'})", "error({err = 'ERR boo'})",
    "error()", "error('boo', 0)", "error(12)", "return foo", "foo = 1", "local x = nil; return x.y",
    "return 1 + {}", "return #1", "return {} .. 'x'", "return nil()", "string.x = 1", "redis.x = 1", "redis.call = 1",
    "math.random = nil", "rawset(redis, 'x', 1)", "rawset(_G, 'x', 1)", "setmetatable(_G, {})",
    "setmetatable(string, {})", "_G.x = 1", "_G = 1", "KEYS = {} return KEYS", "ARGV = 1", "return os", "return io",
    "return debug", "return print", "return dofile", "return loadfile", "return require", "return package",
    "return module", "return newproxy", "return getfenv", "return setfenv", "return table.foreach and 1",
    "return string.dump", "return xyz == nil", "return redis.nosuch", "return string.nosuch", "return _G.nosuch",
    "return redis.call()", "return redis.call({})", "return redis.call(true)", "return redis.call('nosuch')",
    "return redis.call('get')", "return redis.call('get', 'a', 'b')", "return redis.call('incr', KEYS[1])",
    "return redis.pcall('nosuch')", "return redis.pcall('get')", "return redis.pcall()", "return redis.pcall({})",
    "local r = redis.pcall('nosuch') return r.err", "return redis.call('multi')",
    "return redis.call('blpop', KEYS[1], 'x')", "return redis.call('config', 'nosuch')",
    "return redis.call('eval', 'return 1', 0)", "return redis.call('script', 'load', 'x')",
    "return redis.call('client', 'id')", "return {pcall(error, 'x')}", "return {pcall(error, {err = 'x'})}",
    "return {pcall(redis.call, 'nosuch')}", "local ok, e = pcall(redis.call, 'nosuch') return e.err",
    "local ok, e = pcall(function() return foo end) return e", "return {xpcall(function() error('x') end, tostring)}",
    "local function f() return redis.call('incr', 'text') end return f()", "\n\nreturn foo", "\n\n  error('x')",
    "\nreturn redis.call('nosuch')", "return redis.call('set', 'text')", "assert(false)", "assert(false, 'why')",
    "assert(nil, {err = 'why'})", "return tostring(nil) .. tostring(true)", "return loadstring('return 1 + 1')()",
    "return {loadstring('return (')}", "return load(function() return nil end)", "return loadstring('return foo')()",
    "return loadstring('foo = 1')()",
]

LUA = [
    "return type(_G)", "return _VERSION", "return type(coroutine.create)", "return collectgarbage('count') > 0",
    "return {string.find('hello', 'l+')}", "return ('x'):rep(5)", "return ('%5.2f|%d|%s|%q'):format(1.234, 7, 'a', 'b')",
    "return string.format('%.14g', 0.1)", "return tostring(1e15) .. ' ' .. tostring(1e14) .. ' ' .. tostring(0.1)",
    "return {unpack({1, 2, 3})}", "return select('#', 1, nil, nil)", "return table.concat({1, 2, 'x'}, ',')",
    "local t = {3, 1, 2} table.sort(t) return t", "local t = {} table.insert(t, 'a') return t", "return math.floor(1.5)",
    "return tostring(math.huge) .. tostring(-math.huge)", "return math.pi", "return tonumber('0x10')",
    "return tonumber('z', 36)", "return tostring(tonumber('x'))", "return {math.max(1, 5, 2), math.min(3, 2)}",
    "return string.byte('A') .. string.char(66)", "return #{1, 2, 3, nil, 5}", "local t = {} t[1] = t return type(t)",
    "local n = 0 for w in ('a b c'):gmatch('%a') do n = n + 1 end return n", "return ('abc'):upper():lower():reverse()",
    "local c = coroutine.create(function(a) local b = coroutine.yield(a + 1) return b * 2 end) "
    "local _, x = coroutine.resume(c, 1) local _, y = coroutine.resume(c, 10) return {x, y}",
    "return rawequal('a', 'a') and rawget({x = 1}, 'x')", "return next({}) == nil", "return type(next)",
    "local t = setmetatable({}, {__index = function(_, k) return k .. '!' end}) return t.x",
    "return {KEYS[1], ARGV[1], #KEYS, #ARGV, KEYS[2]}", "local n = 0 for _ in pairs(ARGV) do n = n + 1 end return n",
    "return bit.band(0xff, 0x0f) .. ' ' .. bit.bor(1, 2) .. ' ' .. bit.bxor(3, 1) .. ' ' .. bit.lshift(1, 4)",
    "return bit.tohex(255, 4) .. bit.tohex(-1)", "return bit.rshift(-1, 28) .. ' ' .. bit.arshift(-16, 2)",
    "return cjson.encode({1, 2, {a = 'b'}})", "return cjson.decode('{\"a\": [1, 2, null]}').a[2]",
    "return cjson.encode(cjson.null)", "return cjson.encode({})", "return cjson.encode('x\\n\\\"')",
    "return cjson.decode('[1.5, true, \"x\"]')", "return cjson.decode('{')", "return cjson.encode({[1] = 1, [3] = 3})",
    "return cjson.encode(1e20) .. cjson.encode(0.1)", "return cjson.encode(function() end)",
]

COMMANDS = [
    "return redis.call('get', KEYS[1])", "return redis.call('set', KEYS[1], 'v')", "return redis.call('GET', 'text')",
    "return redis.call('incr', 'counter')", "return redis.call('set', 'n', 12.0)", "return redis.call('set', 'n', 12.5)",
    "return redis.call('get', 'n')", "return redis.call('set', 'n', 1e20)", "return redis.call('get', 'n')",
    "return redis.call('set', 'n', -0.1)", "return redis.call('get', 'n')", "return redis.call('lrange', 'list', 0, -1)",
    "return redis.call('hgetall', 'hash')", "return redis.call('mget', 'text', 'none', 'counter')",
    "return redis.call('zrange', 'zset', 0, -1, 'WITHSCORES')", "return redis.call('zscore', 'zset', 'a')",
    "return redis.call('get', 'none') == false", "return redis.call('lpop', 'none') == false",
    "return redis.call('lrange', 'none', 0, -1)", "return type(redis.call('set', 'x', 'y').ok)",
    "return redis.call('ping')", "return redis.call('echo', 'x')", "return redis.call('type', 'list').ok",
    "return redis.call('exists', 'text', 'none', 'list')", "return redis.call('del', 'x', 'n')",
    "redis.setresp(3) return redis.call('hgetall', 'hash')", "redis.setresp(3) return redis.call('get', 'none') == nil",
    "redis.setresp(3) return redis.call('hgetall', 'hash').map.f", "redis.setresp(3) return redis.call('zscore', 'zset', 'a')",
    "redis.setresp(3) return redis.call('zscore', 'zset', 'a').double * 2",
    "redis.setresp(3) return redis.call('smembers', 'set')", "redis.setresp(3) return redis.call('smembers', 'set').set.m",
    "return redis.call('blpop', 'none', 0)", "return redis.call('blpop', 'list', 0)", "return redis.call('expire', 'text', 100)",
    "return redis.call('ttl', 'text')", "return redis.call('persist', 'text')", "return redis.call('rename', 'text', 'text2')",
    "return redis.call('rename', 'text2', 'text')", "return redis.call('dbsize')", "return redis.call('object', 'encoding', 'hash')",
    "return redis.call('sort', 'list', 'ALPHA')", "redis.call('set', 'a', '1') redis.call('nosuch') return 1",
    "return redis.call('get', 'a')", "local r = {} for i = 1, 50 do r[i] = redis.call('incr', 'many') end return r[50]",
    "return redis.call('setrange', 'big', 100000, 'x')", "return #redis.call('get', 'big')",
    "for i = 1, 300 do redis.call('rpush', 'long', i) end return #redis.call('lrange', 'long', 0, -1)",
    "return redis.call('LPOS', 'list', 'b')", "return redis.pcall('incr', 'text')", "return redis.pcall('incr', 'text').err",
    "return redis.call('select', 1)", "return redis.call('get', 'text')", "return redis.call('swapdb', 0, 1)",
    "return redis.call('get', 'text')", "return redis.call('swapdb', 0, 1)", "return redis.call('flushdb')",
]

FILL = [
    "SET text v", "SET counter 10", "RPUSH list a b c", "HSET hash f v", "ZADD zset 1.5 a", "SADD set m",
]

HEADERS = [
    "#!lua\nreturn 1", "#!lua flags=no-writes\nreturn redis.call('set','a',1)",
    "#!lua flags=no-writes\nreturn redis.pcall('set','a',1)", "#!lua flags=no-writes\nreturn redis.call('incr')",
    "#!lua flags=no-writes,allow-oom\nreturn redis.call('get','a')", "#!lua flags=bad\nreturn 1",
    "#!lua foo=bar\nreturn 1", "#!lua name=x\nreturn 1", "#!luax\nreturn 1", "#!\nreturn 1", "#!lua",
    "#!lua flags=\nreturn 1", "#!lua flags=no-writes, allow-oom\nreturn 1",
    "#!lua flags=no-writes flags=allow-oom\nreturn 1", "#!lua flags=no-writes\nerror('x')", "#!lua\n\nreturn nope",
    "#!lua flags=allow-cross-slot-keys,no-cluster,allow-stale\nreturn 1", "# comment\nreturn 1",
    " #!lua\nreturn 1", "#!lua  flags=no-writes\nreturn 1", '#!lua "flags=no-writes"\nreturn 1',
    "#!lua flags=no-writes\r\nreturn 1",
]

OUT_OF_MEMORY = [
    "return redis.call('get', KEYS[1])", "return redis.call('set', KEYS[1], 1)", "return redis.pcall('set', KEYS[1], 1)",
    "redis.call('del', KEYS[1]) return redis.call('set', KEYS[1], 1)",
    "redis.pcall('incr', KEYS[1]) return redis.call('set', KEYS[1], 1)",
    "#!lua\nreturn redis.call('get', KEYS[1])", "#!lua\nreturn 1",
    "#!lua flags=allow-oom\nreturn redis.call('set', KEYS[1], 2)",
    "#!lua flags=no-writes\nreturn redis.call('get', KEYS[1])",
]

CASES = wrong_arity(ARITIES) + [
    *[case(f"EVAL: value {number}", run(text)) for number, text in enumerate(VALUES)],
    *[case(f"EVAL: error {number}", "SET text v", run(text, "a", keys=["text"])) for number, text in enumerate(ERRORS)],
    *[case(f"EVAL: Lua {number}", run(text, "arg", keys=["key"])) for number, text in enumerate(LUA)],
    case("EVAL: commands", *FILL, *[run(text, keys=["text"]) for text in COMMANDS]),
    case(
        "EVAL: number of keys",
        "EVAL 'return KEYS' x",
        "EVAL 'return KEYS' -1",
        "EVAL 'return KEYS' 2 a",
        "EVAL 'return {KEYS, ARGV}' 2 a b c d",
        "EVAL 'return {KEYS, ARGV}' 0 a b",
        "EVAL 'return {KEYS, ARGV}' 9223372036854775807 a b",
        "EVAL 'return 1' 1.5",
        "EVAL_RO 'return KEYS' 2 a",
    ),
    case(
        "EVALSHA",
        ["EVALSHA", sha("return 41"), "0"],
        "EVAL 'return 41' 0",
        ["EVALSHA", sha("return 41"), "0"],
        ["EVALSHA", sha("return 41").upper(), "0"],
        ["EVALSHA_RO", sha("return 41"), "0"],
        "EVALSHA nosuch 0",
        "EVALSHA nosuch x",
        "EVALSHA_RO nosuch x",
        "EVALSHA nosuch 5",
        "EVALSHA ffffffffffffffffffffffffffffffffffffffff 0",
        "EVALSHA ffffffffffffffffffffffffffffffffffffffff x",
        "EVALSHA zfffffffffffffffffffffffffffffffffffffff 0",
    ),
    case(
        "EVAL_RO: writes are refused",
        "SET k v",
        ["EVAL_RO", "return redis.call('get', KEYS[1])", "1", "k"],
        ["EVAL_RO", "return redis.call('set', KEYS[1], 'x')", "1", "k"],
        ["EVAL_RO", "return redis.pcall('set', KEYS[1], 'x')", "1", "k"],
        "GET k",
    ),
    case(
        "SCRIPT",
        "SCRIPT FLUSH",
        ["SCRIPT", "LOAD", "return 1"],
        ["SCRIPT", "EXISTS", sha("return 1"), sha("return 2"), "x"],
        ["SCRIPT", "LOAD", "return ("],
        "SCRIPT FLUSH ASYNC",
        ["SCRIPT", "EXISTS", sha("return 1")],
        "SCRIPT FLUSH SYNC",
        "SCRIPT FLUSH NOW",
        "SCRIPT FLUSH SYNC NOW",
        "SCRIPT KILL",
        "SCRIPT DEBUG NO",
        "SCRIPT DEBUG MAYBE",
        "SCRIPT NOSUCH",
        "SCRIPT LOAD",
        "SCRIPT EXISTS",
    ),
    case("SCRIPT: help", "SCRIPT HELP x"),
    case(
        "SCRIPT SHOW",
        Expect(["SCRIPT", "LOAD", "return 'shown'"], b"$40\r\n" + sha("return 'shown'").encode() + b"\r\n"),
        Expect(["SCRIPT", "SHOW", sha("return 'shown'")], b"$14\r\nreturn 'shown'\r\n"),
        Expect("SCRIPT SHOW x", b"-NOSCRIPT No matching script. Please use EVAL.\r\n"),
        needs=["EVAL"],
    ),
    case(
        "EVAL in MULTI",
        "MULTI",
        run("return redis.call('set', KEYS[1], ARGV[1])", "v", keys=["k"]),
        run("return redis.call('get', 'k')"),
        run("return foo"),
        "GET k",
        "EXEC",
    ),
    case(
        "EVAL on several keys",
        "MSET a 1 b 2 c 3 d 4",
        run(
            "local sum = 0 for _, key in ipairs(KEYS) do sum = sum + redis.call('get', key) end return sum",
            keys=["a", "b", "c", "d"],
        ),
        run("return redis.call('mget', unpack(KEYS))", keys=["a", "b", "c", "d", "e"]),
        run("redis.call('rename', KEYS[1], KEYS[2]) return redis.call('get', KEYS[2])", keys=["a", "e"]),
        "MGET a b c d e",
    ),
    *(case(f"EVAL: first line {text!r}", run(text), ["SCRIPT", "LOAD", text]) for text in HEADERS),
    *(case(f"EVAL_RO: first line {text!r}", ["EVAL_RO", text, "0"]) for text in HEADERS),
    case(
        "EVAL: out of memory",
        "SET k value",
        "CONFIG SET maxmemory 100000",
        *(run(text, keys=["k"]) for text in OUT_OF_MEMORY),
        ["EVAL_RO", "return redis.call('get', KEYS[1])", "1", "k"],
        ["SCRIPT", "LOAD", "return 'much'"],
        "CONFIG SET maxmemory 0",
        "GET k",
    ),
    case(
        "EVAL: errors are counted where they happen",
        "CONFIG RESETSTAT",
        run("redis.pcall('lpush', KEYS[1], 1) redis.call('set', KEYS[1], 1) redis.pcall('lpush', KEYS[1], 1) return 1",
            keys=["k"]),
        run("return redis.call('lpush', KEYS[1], 1)", keys=["k"]),
        "SET k 1",
        run("return redis.call('lpush', KEYS[1], 1)", keys=["k"]),
        run("return redis.pcall('nosuch')"),
        run("return redis.pcall('get')"),
        run("return redis.error_reply('OTHER x')"),
        "INFO errorstats",
    ),
    case("PUBLISH in scripts", run("return {redis.call('publish', 'x', 'y'), redis.call('spublish', 'x', 'y')}")),
    case("SUBSCRIBE in scripts", run("return redis.call('subscribe', 'x')"), run("return redis.pcall('ssubscribe', 'x')")),
]
