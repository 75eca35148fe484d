"""Cases of functions: FUNCTION and its subcommands, FCALL and FCALL_RO."""

import struct

from harness.case import Step, case, wrong_arity
from harness.compare import anything, help_lines, info_fields, unordered
from harness.resp import Map

ARITIES = {"FCALL": -3, "FCALL_RO": -3, "FUNCTION": -2, "FUNCTION DELETE": 3, "FUNCTION LOAD": -3}

FLUSH = "FUNCTION FLUSH"


def library(body, name="l"):
    return f"#!lua name={name}\n{body}"


def load(body, *options, name="l"):
    return ["FUNCTION", "LOAD", *options, library(body, name)]


def one(name, library_name=None):
    """A library with one function that returns its own name."""
    body = f"redis.register_function('{name}', function() return '{name}' end)"
    return load(body, name=library_name or name)


def call(name, *arguments, keys=()):
    return ["FCALL", name, str(len(keys)), *keys, *arguments]


HEADERS = [
    "x", "", "#!lua", "#!lua\n", "#!lua name=x", "#!lua name=x\n", "#!lua name=\nx", "#!LUA name=x\nreturn 1",
    "#!js name=x\nreturn 1", "#!lua name=x name=y\nreturn 1", "#!lua foo=y\nreturn 1", '#!lua name="q"\nreturn 1',
    "#!lua name=a-b\nreturn 1", "#!lua name='a b'\nreturn 1", "#!lua NAME=x\nreturn 1",
    "#!lua name=x flags=y\nreturn 1", "#! lua name=x\nreturn 1", "#!lua  name=x \nreturn 1", "#!lua name=x\r\nreturn 1",
    '#!lua name=x "\nreturn 1', "#!\nreturn 1", "#!js\nreturn 1", "#!lua name\nreturn 1", "\n#!lua name=x\nreturn 1",
    b"#!l\xff name=x\nreturn 1", b"#!lua \xffname=x\nreturn 1", "#!lua na\0me=x\nreturn 1",
]  # fmt: skip

EMPTY = "function() end"

REGISTRATIONS = [
    "return 1", "x y", "\x1bLua", "error('boo')", "foo = 1", "return foo", "redis.call('ping')", "redis.x = 1",
    "return redis.pcall", "return KEYS", "return server", "string.x = 1", "_G.x = 1", "loadstring('x = 1')()",
    "return math.random", "return cjson", "redis.setresp(3)", "redis.sha1hex('x')", "redis.error_reply('x')",
    "return redis.breakpoint()", "redis.log(redis.LOG_DEBUG, 'x')", "return redis.log(1)", "return redis.REPL_ALL",
    "return redis.REDIS_VERSION_NUM + 'x'", "local x = nil return x.y", "return #1",
    "redis.register_function()", "redis.register_function('f')", "redis.register_function('f', 1)",
    f"redis.register_function(1, {EMPTY})", f"redis.register_function('f', {EMPTY}, 1)",
    f"redis.register_function('f g', {EMPTY})", f"redis.register_function('', {EMPTY})",
    f"redis.register_function({EMPTY})", f"redis.register_function({{}}, {EMPTY})",
    f"redis.register_function(nil, {EMPTY})", "redis.register_function(nil)", "redis.register_function({})",
    "redis.register_function{function_name = 'f'}", f"redis.register_function{{callback = {EMPTY}}}",
    f"redis.register_function{{function_name = 'f', callback = {EMPTY}, x = 1}}",
    "redis.register_function{function_name = 'f', callback = 1}",
    f"redis.register_function{{function_name = {{}}, callback = {EMPTY}}}",
    f"redis.register_function{{function_name = 12, callback = {EMPTY}}}",
    f"redis.register_function{{function_name = 'f g', callback = {EMPTY}}}",
    f"redis.register_function{{function_name = 'f', callback = {EMPTY}, flags = 1}}",
    f"redis.register_function{{function_name = 'f', callback = {EMPTY}, flags = {{1}}}}",
    f"redis.register_function{{function_name = 'f', callback = {EMPTY}, flags = {{'x'}}}}",
    f"redis.register_function{{function_name = 'f', callback = {EMPTY}, flags = {{'NO-WRITES', 'no-writes'}}}}",
    f"redis.register_function{{function_name = 'f', callback = {EMPTY}, flags = {{a = 'x'}}}}",
    f"redis.register_function{{FUNCTION_NAME = 'f', Callback = {EMPTY}, FLAGS = {{'allow-oom'}}}}",
    f"redis.register_function{{function_name = 'f', callback = {EMPTY}, description = 1}}",
    f"redis.register_function{{function_name = 'f', callback = {EMPTY}, description = {{}}}}",
    f"redis.register_function{{[1] = 2, function_name = 'f', callback = {EMPTY}}}",
    f"redis.register_function{{[{{}}] = 2, function_name = 'f', callback = {EMPTY}}}",
    f"redis.register_function('f', {EMPTY}) redis.register_function('f', {EMPTY})",
]  # fmt: skip

# What functions return, one after the other.
BODIES = [
    "return 1", "return {keys, args}", "return keys[1]", "error('boo')", "error({err = 'MY boo'})",
    "return redis.call('nosuch')", "return foo", "foo = 1", "return KEYS", "return ARGV", "return redis.nosuch == nil",
    "return redis.register_function == nil", "redis.register_function('x', function() end)",
    "return early.call('ping')",
    "early.register_function('x', function() end)", "count = count + 1 return count", "return _G.redis.call('ping')",
    "redis.setresp(3) return redis.call('hgetall', 'hash')", "redis.setresp(3) return true",
    "keys[1] = 'x' return keys",
    "return redis.error_reply('x')", "return redis.status_reply('FINE')", "return early.log(redis.LOG_DEBUG, 'x')",
    "return loadstring('return foo')()", "return loadstring('return redis.call(\"ping\")')()",
    "return redis.call('fcall', 'f1', 0)", "return redis.call('function', 'list')", "_G.x = 1", "rawset(_G, 'x', 1)",
    "return redis.call('get', keys[1])", "return redis.call('set', keys[1], args[1])", "return cjson.encode({1, 2})",
    "return cmsgpack.unpack(cmsgpack.pack('x'))", "return struct.pack('b', 65)", "return bit.band(7, 2)",
    "return redis.sha1hex('')", "return redis.pcall('get')", "return redis.call('get')", "redis.x = 1", "string.x = 1",
    "local r = {} for name in pairs(_G) do r[#r + 1] = name end table.sort(r) return r",
    "local r = {} for name in pairs(redis) do r[#r + 1] = name end table.sort(r) return r",
    "return type(redis.REDIS_VERSION) .. type(redis.REDIS_VERSION_NUM)", "return nil", "return {}",
    "return {1, nil, 2}",
    "return select('#', keys, args)", "return redis.call('select', 3)", "return redis.call('swapdb', 0, 0)",
]  # fmt: skip

FUNCTIONS = "local early, count = redis, 0\n" + "\n".join(
    f"redis.register_function('f{number}', function(keys, args) {body} end)" for number, body in enumerate(BODIES)
)

PROVEN = """
redis.register_function{function_name = 'read', flags = {'no-writes'}, callback = function(keys, args)
    return redis.call('get', keys[1])
end}
redis.register_function('write', function(keys, args) return redis.call('set', keys[1], args[1]) end)
redis.register_function('add', function(keys)
    local sum = 0
    for _, key in ipairs(keys) do sum = sum + redis.call('incr', key) end
    return sum
end)
redis.register_function('ping', function() return redis.call('ping') end)
"""

FLAGS = """
redis.register_function{function_name = 'reads', flags = {'no-writes'}, callback = function(keys, args)
    return redis.call('get', keys[1])
end}
redis.register_function('writes', function(keys, args) return redis.call('set', keys[1], args[1]) end)
redis.register_function{function_name = 'tries', flags = {'no-writes'}, callback = function(keys, args)
    return redis.pcall('set', keys[1], args[1])
end}
redis.register_function{function_name = 'fails', flags = {'no-writes'}, callback = function(keys, args)
    return redis.call('set', keys[1], args[1])
end}
"""


def checksum(data):
    remainder = 0
    for byte in data:
        remainder ^= byte
        for _ in range(8):
            remainder = (remainder >> 1) ^ 0x95AC9329AC4BC9B5 if remainder & 1 else remainder >> 1
    return remainder


def dump(content, version=10):
    data = content + struct.pack("<H", version)
    return data + struct.pack("<Q", checksum(data))


def stored(text):
    data = text.encode()
    length = bytes([len(data)]) if len(data) < 64 else bytes([0x40 | len(data) >> 8, len(data) & 255])
    return b"\xf5" + length + data


def stored_one(name, library_name=None):
    return stored(library(f"redis.register_function('{name}', function() return 1 end)", library_name or name))


# A dump of the oracle's, compressed, of a library with the functions f (returns its keys and arguments) and g.
COMPRESSED = (
    b"\xf5\xc3@\xe3A9\x1f#!lua name=l\nredis.register_func\x08tion('f',\xe0\x00\x0c\x12keys,args) return {\xe0\x00\x12"
    b"\x05} end)\xe0\x0fG\x00{\xc0C\x00_`o\x0c'g',callback=\xc0\x1a\xe0\x02^\x00\n\xc0_\x80\x96@*\x06('set',@o\x02[1]`"
    b"\x85 \x07\x00)@u\x07,descrip@\xb0\x03='a \xe0\x02\x0e \xbc\x12lags={'no-writes',' y\x07ow-stale\xe0\x00\r\x02oom"
    b" \x0b %\x02cluA\x02 \x0c\x80&\ncross-slot-@|\x02'}}\n\x00\xe63\xb6(#v\xd5\x0c"
)

DAMAGED = [
    b"", b"x", b"x" * 20, COMPRESSED[:-1], COMPRESSED[1:], dump(b"\x00abc"), dump(b"\xf5\x20abc"), dump(b"\xf5"),
    dump(b"\xf5\xc0\x05"), dump(b"\xf5\xc1\x05\x06"), dump(b"\xf5\xc3\x05\x05abcde"),
    dump(b"\xf5\xc3\x02\x40\xff\xe0\x00"),
    dump(b"\xf5\xc3\x03\x09\x20\x00\x00"), dump(stored("x y")), dump(stored("#!lua name=x\nx y")),
    dump(stored_one("v"), 11), dump(stored_one("v") + b"\x00"), dump(stored_one("q") + stored_one("r", "q")),
    dump(stored_one("q") + stored_one("q", "w")), b"\n\x00" + b"\0" * 8,
]  # fmt: skip


def any_order(ours, oracle):
    """The same elements at every level, in any order."""

    def plain(value):
        if isinstance(value, Map):
            return sorted(repr((plain(key), plain(element))) for key, element in zip(value[::2], value[1::2]))
        return sorted(repr(plain(element)) for element in value) if isinstance(value, list) else value

    return None if plain(ours.value) == plain(oracle.value) else "differs"


CASES = wrong_arity(ARITIES) + [
    case("FUNCTION LOAD: first lines", FLUSH, *[["FUNCTION", "LOAD", text] for text in HEADERS], FLUSH),
    case(
        "FUNCTION LOAD: options",
        FLUSH,
        "FUNCTION LOAD FOO x",
        "FUNCTION LOAD REPLACE",
        "FUNCTION LOAD REPLACE FOO x",
        "FUNCTION LOAD REPLACE x",
        one("f", "l"),
        one("f", "l"),
        one("f", "m"),
        one("F", "m"),
        load("redis.register_function('f', function() return 'new' end)", "REPLACE"),
        "FCALL f 0",
        load("redis.register_function('g', function() return 'g' end)", "replace", "REPLACE"),
        "FCALL f 0",
        "FCALL g 0",
        load("x y", "REPLACE"),
        "FCALL g 0",
        one("h", "L"),
        load("redis.register_function('g', function() return 'g' end)", "REPLACE", name="L"),
        "FCALL h 0",
        FLUSH,
    ),
    case(
        "FUNCTION LOAD: what a library may do",
        *[step for body in REGISTRATIONS for step in (FLUSH, load(body), ("FUNCTION LIST", any_order))],
        FLUSH,
    ),
    case("FUNCTION LOAD: without end", FLUSH, load("while true do end"), ("FUNCTION LIST", any_order)),
    case(
        "FCALL: what functions may do",
        FLUSH,
        "HSET hash f v",
        load(FUNCTIONS),
        *[call(f"f{number}", "a1", "a2", keys=["k1"]) for number in range(len(BODIES))],
        *[call(f"F{number}") for number in range(len(BODIES))],
        FLUSH,
    ),
    case(
        "FCALL: number of keys",
        FLUSH,
        load("redis.register_function('f', function(keys, args) return {keys, args} end)"),
        "FCALL f 0",
        "FCALL f 2 a b c d",
        "FCALL F 1 a",
        "FCALL f 3 a b",
        "FCALL f -1",
        "FCALL f x",
        "FCALL f 1.5",
        "FCALL f ''",
        "FCALL f 9223372036854775807",
        "FCALL nosuch x",
        "FCALL nosuch 0",
        "FCALL '' 0",
        "FCALL_RO nosuch 0",
        FLUSH,
        "FCALL f 0",
    ),
    case(
        "FCALL: flags",
        FLUSH,
        load(FLAGS),
        "FCALL writes 1 k v",
        "FCALL_RO writes 1 k v",
        "FCALL reads 1 k",
        "FCALL_RO reads 1 k",
        "FCALL fails 1 k v",
        "FCALL_RO fails 1 k v",
        "FCALL tries 1 k v",
        "FCALL_RO tries 1 k v",
        FLUSH,
    ),
    case(
        "FCALL: keys on one shard and on several",
        FLUSH,
        load(PROVEN),
        *[f"FCALL write 1 key{number} {number}" for number in range(20)],
        *[f"FCALL read 1 key{number}" for number in range(20)],
        "FCALL add 3 key1 key2 key3",
        "FCALL add 5 {t}1 {t}2 {t}3 {t}4 {t}5",
        "FCALL add 1 text",
        "FCALL write 0 v",
        "FCALL write 2 key1 key2",
        "FCALL read 1 key1 extra",
        "FCALL ping 0",
        "FCALL ping 2 key1 key2",
        "FCALL_RO read 1 key2",
        "MGET key1 key2 key3 {t}1 {t}5",
        load(PROVEN.replace("keys[1])", "'key9')"), "REPLACE"),
        "FCALL read 1 key1",
        FLUSH,
    ),
    case(
        "FCALL in MULTI",
        FLUSH,
        one("f"),
        "MULTI",
        "FCALL f 0",
        one("g"),
        "FCALL g 0",
        ("FUNCTION LIST", anything),
        "FUNCTION DELETE f",
        "FCALL f 0",
        "FCALL g 0",
        FLUSH,
        "FUNCTION DUMP",
        "FUNCTION STATS",
        ("EXEC", any_order),
    ),
    case(
        "FUNCTION LIST",
        FLUSH,
        "FUNCTION LIST",
        load(FLAGS),
        one("one"),
        one("two"),
        *[
            (f"FUNCTION LIST{rest}", any_order)
            for rest in (
                "", " WITHCODE", " LIBRARYNAME x*", " LIBRARYNAME ?", " LIBRARYNAME L withcode", " LIBRARYNAME",
                " FOO", " WITHCODE WITHCODE", " LIBRARYNAME a LIBRARYNAME b", " x y z", " libraryname t*",
            )  # fmt: skip
        ],
        FLUSH,
    ),
    case(
        "FUNCTION STATS",
        FLUSH,
        "FUNCTION STATS",
        load(FLAGS),
        one("one"),
        "FUNCTION STATS",
        ("INFO memory", info_fields("used_memory_functions", equal=["number_of_libraries", "number_of_functions"])),
        FLUSH,
        "FUNCTION STATS",
        "FUNCTION KILL",
        "SCRIPT KILL",
        "FUNCTION STATS x",
        "FUNCTION KILL x",
    ),
    case(
        "FUNCTION DELETE and FLUSH",
        FLUSH,
        one("f"),
        "FUNCTION DELETE x",
        "FUNCTION DELETE F",
        "FUNCTION DELETE f",
        "FUNCTION DELETE f",
        "FCALL f 0",
        one("f"),
        "FUNCTION FLUSH x",
        "FCALL f 0",
        "FUNCTION FLUSH SYNC",
        "FCALL f 0",
        "FUNCTION FLUSH async",
        "FUNCTION FLUSH ASYNC x",
    ),
    case(
        "FUNCTION DUMP",
        FLUSH,
        "FUNCTION DUMP",
        # Short texts are not compressed.
        load("redis.register_function('f',print)"),
        ["FUNCTION", "RESTORE", dump(stored_one("f"))],
        "FUNCTION DUMP x",
        FLUSH,
    ),
    case(
        "FUNCTION RESTORE",
        FLUSH,
        ["FUNCTION", "RESTORE", COMPRESSED],
        ("FUNCTION LIST WITHCODE", any_order),
        "FCALL f 1 a b",
        ["FUNCTION", "RESTORE", COMPRESSED],
        ["FUNCTION", "RESTORE", COMPRESSED, "append"],
        ["FUNCTION", "RESTORE", COMPRESSED, "REPLACE"],
        ["FUNCTION", "RESTORE", COMPRESSED, "FLUSH"],
        ["FUNCTION", "RESTORE", COMPRESSED, "x"],
        ["FUNCTION", "RESTORE", COMPRESSED, "FLUSH", "x"],
        "FCALL f 1 a b",
        ["FUNCTION", "RESTORE", dump(stored_one("f", "m"))],
        ["FUNCTION", "RESTORE", dump(stored_one("f", "m")), "REPLACE"],
        ["FUNCTION", "RESTORE", dump(stored_one("h") + stored_one("i") + stored_one("f", "m"))],
        ("FUNCTION LIST", any_order),
        ["FUNCTION", "RESTORE", dump(stored_one("h") + stored_one("i"))],
        ["FUNCTION", "RESTORE", dump(stored_one("f", "m"), 9), "FLUSH"],
        ["FUNCTION", "RESTORE", dump(b"")],
        ["FUNCTION", "RESTORE", dump(b""), "FLUSH"],
        ("FUNCTION LIST", any_order),
    ),
    case(
        "FUNCTION RESTORE: damaged dumps",
        FLUSH,
        *[["FUNCTION", "RESTORE", data] for data in DAMAGED],
        "FUNCTION LIST",
    ),
    case("FUNCTION HELP", ("FUNCTION HELP", help_lines), "FUNCTION HELP x", "FUNCTION NOSUCH", "FUNCTION"),
    case(
        "FCALL: keys of a command",
        "COMMAND GETKEYS FCALL f 2 a b c",
        "COMMAND GETKEYS FCALL f 0",
        "COMMAND GETKEYS FCALL f x a",
        "COMMAND GETKEYS FCALL_RO f 1 a b",
        "COMMAND GETKEYSANDFLAGS FCALL f 2 a b c",
        "COMMAND GETKEYSANDFLAGS FCALL_RO f 1 a b",
        ("COMMAND LIST FILTERBY PATTERN function|*", unordered),
    ),
    case(
        "FCALL: not in scripts",
        FLUSH,
        one("f"),
        ["EVAL", "return redis.call('fcall', 'f', 0)", "0"],
        ["EVAL", "return redis.call('function', 'list')", "0"],
        ["EVAL", "return redis.pcall('fcall_ro', 'f', 0)", "0"],
        Step(FLUSH),
    ),
]
