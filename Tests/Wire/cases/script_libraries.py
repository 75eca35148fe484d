"""Cases of the libraries that scripts have: cmsgpack, struct, cjson and bit."""

from harness.case import case

MESSAGES = [
    "return type(cmsgpack_safe)", "return cmsgpack.pack()", "return cmsgpack.unpack()", "return cmsgpack.unpack({})",
    "return {cmsgpack.unpack('')}", "return {cmsgpack.unpack(12)}", "return {cmsgpack.unpack('\\193')}",
    "return {cmsgpack.unpack('\\146\\1')}", "return {cmsgpack.unpack('\\146\\1\\193')}",
    "return {cmsgpack.unpack('\\129\\192\\1')}",
    "return {cmsgpack.unpack('\\129\\203\\127\\248\\0\\0\\0\\0\\0\\0\\1')}",
    "return {cmsgpack.unpack('\\207\\255\\255\\255\\255\\255\\255\\255\\255')}",
    "return {cmsgpack.unpack('\\1\\2\\3')}", "return {cmsgpack.unpack_one('\\1\\2\\3')}",
    "return {cmsgpack.unpack_one('\\1\\2\\3',1)}", "return {cmsgpack.unpack_one('\\1\\2\\3',2)}",
    "return {cmsgpack.unpack_one('\\1\\2\\3',3)}", "return {cmsgpack.unpack_one('\\1\\2\\3',4)}",
    "return {cmsgpack.unpack_one('\\1\\2\\3',-1)}", "return {cmsgpack.unpack_limit('\\1\\2\\3',-1)}",
    "return {cmsgpack.unpack_limit('\\1\\2\\3')}", "return {cmsgpack.unpack_limit('\\1\\2\\3',2)}",
    "return {cmsgpack.unpack_limit('\\1\\2\\3',2,1)}", "return {cmsgpack.unpack_limit('\\1\\2\\3',0)}",
    "return {cmsgpack.unpack_limit('\\1\\2\\3',0,1)}", "return {cmsgpack.unpack_limit('\\1\\2\\3',1,'x')}",
    "return {cmsgpack.unpack_limit('\\1\\2\\3',4294967297,0)}", "return {cmsgpack.unpack_one('\\1\\2\\3','1')}",
    "return {cmsgpack.unpack(string.rep('\\145',9000))}", "return {cmsgpack.unpack(string.rep('\\145',7900))}",
    "return {cmsgpack.unpack(string.rep('\\129\\1',9000))}", "return {cmsgpack.unpack(string.rep('\\129',9000))}",
    "return {cmsgpack.unpack(string.rep('\\1',9000))}",
    "return {cmsgpack.unpack_limit(string.rep('\\1',9000), 8500)}", "return {pcall(cmsgpack.unpack)}", "cmsgpack.x=1",
    "local p=cmsgpack.unpack return p(nil)", "return {cmsgpack.unpack_one('\\1\\2\\3',4294967297)}",
    "return {cmsgpack.unpack_one('\\1\\2\\3',2^31)}", "return {cmsgpack.unpack_one('\\1\\2\\3',2^63)}",
    "return {cmsgpack.unpack_limit('\\1\\2\\3',2^31)}", "return {cmsgpack.unpack_limit('\\1\\2\\3',2^32,1)}",
    "return {cmsgpack.unpack_limit('\\1\\2\\3',2^32,0)}", "return {cmsgpack.unpack_limit('\\1\\2\\3',-2^32,1)}",
    "cmsgpack.pack=nil", "setmetatable(cmsgpack,{})", "return cmsgpack.nosuch", "return cmsgpack.pack(redis) ~= nil",
    "return {cmsgpack.unpack(cmsgpack.pack({1,2,{a='b'}},nil,false))}", "return #cmsgpack.pack(unpack({},1,100))",
    "return cmsgpack.pack(unpack({},1,7900)):len()",
]

STRUCTURES = [
    "struct.x=1", "return struct.pack('i')", "return struct.pack()", "return struct.pack('i','x')",
    "return struct.pack('z')", "return struct.size('z')", "return struct.size('s')", "return struct.size('c0')",
    "return struct.pack('i99',1)", "return struct.pack('!3i',1)", "return struct.pack('i99999999999',1)",
    "return struct.pack('c5','abc')", "return {struct.unpack('i','abc')}", "return {struct.unpack('i','abcd',0)}",
    "return {struct.unpack('c0','abcd')}", "return {struct.unpack('s','abcd')}",
    "return {struct.unpack('bc0','\\5abcd')}", "return {struct.unpack('b','abcd',-1)}",
    "return {struct.unpack(string.rep('b',9000),string.rep('x',9000))}", "return struct.pack('!4 b i', 1, 2)",
    "return struct.pack('!0',1)", "return struct.pack('!!',1)", "return struct.pack('i4', 1e300)",
    "return struct.size('i99')", "rawset(struct,'x',1)", "return struct.nosuch",
    "return struct.pack(string.rep('b',9000),1)", "return struct.unpack(string.rep('x',20)..'b', string.rep('a',30))",
    "return struct.size(string.rep('c2147483647',3))", "return struct.size('!c2147483647d')",
    "return struct.pack('i32',-1)", "return {struct.unpack('i16',string.rep('\\255',16))}",
    "return {struct.unpack('>i9',string.rep('\\255',9))}", "return {struct.unpack('i0','x')}",
    "return struct.pack('>i0',5)", "return struct.pack('c0','abc')", "return struct.pack('s','a\\0b')",
    "return struct.pack('s3','abc')", "return struct.pack('bi\\0zzz',1,2)", "return struct.pack('\\200',1)",
]

JSON = [
    "return cjson.encode(0.1)", "return cjson.encode(1/3)", "return cjson.encode(2^53)", "return cjson.encode(1e15)",
    "return cjson.encode(123456789012345)", "return cjson.encode(1/0)", "return cjson.encode(0/0)",
    "return cjson.encode({[1]=1,[100]=2})", "local t={} for i=1,1100 do t={t} end return #cjson.encode(t)",
    "local t={} for i=1,999 do t={t} end return #cjson.encode(t)", "return cjson.decode(string.rep('[',1100))",
    "return cjson.decode(string.rep('[',1000)..string.rep(']',1000)) and 1",
    "return cjson.decode(string.rep('[',1001)..string.rep(']',1001)) and 1", "return cjson.decode('[[[[[[1]]]]]]')",
    "return tostring(cjson.null)", "return cjson.decode('null') == cjson.null", "return cjson.decode('[null]')",
    "return cjson.encode({cjson.null})", "return tostring(cjson.decode('[1e400]')[1])", "return cjson.decode('nan')",
    "return cjson.decode('[0x10]')", "return cjson.decode('[01]')", "return cjson.decode('[Infinity]')",
    "return cjson.encode({1})", "return cjson.encode('\\0\\1\\127\\200\\\"\\\\/')",
    "return cjson.decode('\"\\\\u00e9\\\\ud834\\\\udd1e\"')", "return cjson.decode('\"\\\\ud834\"')",
    "return cjson.decode('{\"a\":1,}')", "return cjson.decode('[1,]')", "return cjson.decode('')",
    "return cjson.decode()", "return cjson.decode('[1] x')", "return cjson.decode('{\"a\" 1}')",
    "return cjson.decode('{a:1}')", "return cjson.decode('\"x')", "return cjson.encode()",
    "return cjson.encode({[true]=1})", "return cjson.encode({[1.5]=1})",
    "return cjson.encode(coroutine.create(function() end))", "return cjson.encode({f=print})",
    "return cjson.encode(tostring)", "return cjson.encode({f=tostring})", "return type(cjson.new())",
    "return cjson.new().encode({1})", "cjson.x=1", "cjson.encode=1", "rawset(cjson,'x',1)",
    "return getmetatable(cjson)==nil", "return cjson.nosuch", "cjson.new().x=1",
]

BITS = [
    "bit.x=1", "rawset(bit,'x',1)", "setmetatable(bit,{})", "return bit.nosuch", "return bit.tobit(2^31)",
    "return bit.tobit(2^32+5)", "return bit.tobit(-1)", "return bit.tobit(1.5)", "return bit.tobit(2.5)",
    "return bit.tobit(1e20)", "return bit.tobit(0/0)", "return bit.tobit(1/0)", "return bit.tobit('12')",
    "return bit.tobit('x')", "return bit.tobit()", "return bit.band()", "return bit.bor(1)",
    "return bit.band(1,2,4,-1)", "return bit.bnot(0)", "return bit.bswap(0x12345678)",
    "return bit.rol(0x12345678,12)", "return bit.ror(0x12345678,12)", "return bit.rol(1,33)",
    "return bit.lshift(1,31)", "return bit.lshift(1,32)", "return bit.rshift(-1,0)", "return bit.arshift(-256,4)",
    "return bit.tohex(-1,-8)", "return bit.tohex(0x87654321)", "return bit.tohex(1,4)", "return bit.tohex(1,0)",
    "return bit.tohex(1,99)", "return bit.tohex(1,-99)", "return bit.tohex(1,-2147483648)", "return bit.lshift()",
    "return bit.lshift(1)", "return bit.bxor(nil)",
]

# What changes how cjson works stays changed: what is called, what is tried then, and what it was before.
SETTINGS = [
    ("encode_invalid_numbers(true)", "encode(1/0)", "encode_invalid_numbers(false)"),
    ("encode_invalid_numbers('null')", "encode(0/0)", "encode_invalid_numbers(false)"),
    ("encode_invalid_numbers('x')", "encode(0/0)", "encode_invalid_numbers(false)"),
    ("encode_sparse_array(true)", "encode({[1] = 1, [100] = 2})", "encode_sparse_array(false, 2, 10)"),
    ("encode_sparse_array(false, 1, 1)", "encode({[1] = 1, [3] = 2})", "encode_sparse_array(false, 2, 10)"),
    ("encode_sparse_array(true, 0, 1)", "encode({[1] = 1, [3] = 2})", "encode_sparse_array(false, 2, 10)"),
    ("encode_sparse_array('x')", "encode({[1] = 1, [3] = 2})", "encode_sparse_array(false, 2, 10)"),
    ("encode_sparse_array(true, -1)", "encode({})", "encode_sparse_array(false, 2, 10)"),
    ("encode_max_depth(2)", "encode({{{}}})", "encode_max_depth(1000)"),
    ("encode_max_depth(3)", "encode({{{}}})", "encode_max_depth(1000)"),
    ("encode_max_depth(0)", "encode({})", "encode_max_depth(1000)"),
    ("decode_max_depth(2)", "decode('[[[1]]]')", "decode_max_depth(1000)"),
    ("decode_max_depth(3)", "decode('[[[1]]]')", "decode_max_depth(1000)"),
    ("decode_invalid_numbers(false)", "decode('[0x10]')", "decode_invalid_numbers(true)"),
    ("decode_invalid_numbers(true)", "decode('[0x10]')", "decode_invalid_numbers(true)"),
    ("encode_number_precision(3)", "encode(1/3)", "encode_number_precision(14)"),
    ("encode_number_precision(14)", "encode(1/3)", "encode_number_precision(14)"),
    ("encode_number_precision(15)", "encode(1/3)", "encode_number_precision(14)"),
    ("encode_number_precision(0)", "encode(1/3)", "encode_number_precision(14)"),
    ("encode_keep_buffer(false)", "encode({1})", "encode_keep_buffer(true)"),
]

# Attempts to change what all scripts share.
SHARED = [
    "getmetatable('').__index = nil", "getmetatable('').__len = 1", "getmetatable(_G).__index = nil",
    "local _, found = pairs(redis) found.call = nil", "local _, found = pairs(_G) found.redis = nil",
    "local _, found = pairs(string) found.upper = nil", "setmetatable(getmetatable(_G), {})",
    "rawset(redis, 'call', 1)",
    "rawset(getmetatable(_G), '__index', 1)", "return type(getmetatable(_G))", "return getmetatable(redis) == nil",
    "local n = 0 for _ in pairs(redis) do n = n + 1 end return n > 10", "return ('x'):upper()", "return ('x').nosuch",
    "local n = 0 for _ in pairs({1, 2, x = 3}) do n = n + 1 end return n", "return next({x = 1})",
    "local t = setmetatable({}, {__index = {a = 1}}) return {t.a, getmetatable(t).__index.a}",
]

NAMES = ["cmsgpack", "struct", "cjson", "bit"]

SHAPES = (
    "local r = {} for k, v in pairs(%s) do if k ~= '_COPYRIGHT' and k ~= '_DESCRIPTION' then "
    "r[#r + 1] = k .. ':' .. (type(v) == 'string' and v or type(v)) end end table.sort(r) return r"
)


def scripts(texts):
    return [["EVAL", text, "0"] for text in texts]


def with_setting(change, use, before):
    """What the change returns, what comes of its use, and back to what was before."""
    return (
        f"local r = {{{{pcall(function() return cjson.{change} end)}}, {{pcall(function() return cjson.{use} end)}}}} "
        f"cjson.{before} return r"
    )


CASES = [
    case("EVAL: libraries", *scripts([SHAPES % name for name in NAMES])),
    case("EVAL: cmsgpack", *scripts(MESSAGES)),
    case("EVAL: struct", *scripts(STRUCTURES)),
    case("EVAL: cjson", *scripts(JSON)),
    case("EVAL: settings of cjson", *scripts([with_setting(*setting) for setting in SETTINGS])),
    case("EVAL: bit", *scripts(BITS)),
    case("EVAL: what scripts share", *scripts(SHARED)),
]
