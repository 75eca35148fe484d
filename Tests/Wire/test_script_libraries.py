"""Random values, bytes and formats for cmsgpack, struct and bit, in scripts on Needletail and the oracle alike.

The seed is fixed, so that a failure comes again; WIRE_SEED changes it and WIRE_COMMANDS makes the test longer.
"""

import random

from harness.alike import COMMANDS, SEED, run_alike

# Shows any value of Lua as a text: numbers with all their digits, texts in hexadecimal, tables in order.
SHOW = """
local function show(value, depth)
    local kind = type(value)
    if kind == 'string' then
        return '<' .. value:gsub('.', function(c) return string.format('%%02x', c:byte()) end) .. '>'
    end
    if kind == 'number' then return string.format('%%.17g', value) end
    if kind ~= 'table' then return tostring(value) end
    if depth > 40 then return 'deep' end
    local parts = {}
    for key, element in pairs(value) do
        parts[#parts + 1] = show(key, depth + 1) .. '=' .. show(element, depth + 1)
    end
    table.sort(parts)
    return '{' .. table.concat(parts, ',') .. '}'
end
return show({pcall(function() return %s end)}, 0)
"""

NUMBERS = [
    "1e300", "-1e300", "1/0", "-1/0", "0/0", "-0", "1.5", "0.1", "1e19", "-1e19", "1.8446744073709552e19",
    "9.2233720368547758e18", "2^31", "-2^31", "2^32", "'7'", "'0x10'",
]  # fmt: skip
LETTERS = "bBhHlLTiIfdscx <>!=zq9"
BIT_FUNCTIONS = "tobit bnot bswap band bor bxor lshift rshift arshift rol ror tohex".split()


def text(data):
    return "'" + "".join(f"\\{byte:03d}" for byte in data) + "'"


class Generator:
    """Makes one script after the other."""

    def __init__(self, seed):
        self.random = random.Random(seed)
        self.pick = self.random.choice

    def count(self, most):
        return self.random.randint(0, most)

    def listed(self, make, most):
        return ", ".join(make() for _ in range(self.count(most)))

    def bytes(self, most):
        return bytes(self.pick([0, 1, 255, self.random.randrange(256)]) for _ in range(self.count(most)))

    def number(self):
        power = self.pick([1, -1]) * (1 << self.count(70)) + self.random.randint(-1, 1)
        return self.pick([str(self.random.randint(-40, 300)), str(power), repr(self.random.uniform(-1e3, 1e3)),
                          self.pick(NUMBERS)])  # fmt: skip

    def value(self, depth=0):
        makers = [
            self.number,
            lambda: self.pick(["true", "false", "nil", "function() end", "{}", "cjson.null"]),
            lambda: text(self.bytes(8)),
            lambda: f"('x'):rep({self.pick([0, 5, 31, 32, 33, 255, 256])})",
        ]
        if depth < 3:
            makers += [
                lambda: "{" + self.listed(lambda: self.value(depth + 1), 17) + "}",
                lambda: "{" + self.listed(lambda: f"[{self.key()}] = {self.value(depth + 1)}", 5) + "}",
                lambda: (lambda levels: "{" * levels + self.value(3) + "}" * levels)(self.count(18)),
            ]
        return self.pick(makers)()

    def key(self):
        return self.pick([str(self.random.randint(-1, 4)), "1.5", "'k'", "'l'", "true", "2^32"])

    def message(self):
        codes = [self.random.randrange(256), self.random.randint(0xC0, 0xDF), self.random.randint(0x80, 0xA5), 1]
        return text(self.pick([*codes, self.random.randrange(256)]) for _ in range(self.count(14)))

    def format(self):
        made = ""
        for _ in range(self.count(8)):
            letter = self.pick(LETTERS) if self.random.random() < 0.95 else chr(self.random.randint(1, 255))
            sizes = ["", "0", "1", "2", "4", "8", "9", "17", "32", "99", "2147483647", "2147483648", "99999999999"]
            made += letter + (self.pick(sizes) if letter in "iIc!" else "")
        return text(made.encode("latin-1"))

    def field(self):
        return self.pick([self.number(), self.number(), text(self.bytes(6))])

    def expression(self):
        def small():
            return str(self.random.randint(-1, 5))

        plain = "".join(self.pick("bBhHlLifd<>!") for _ in range(self.count(6)))
        return self.pick([
            lambda: f"cmsgpack.pack({self.listed(self.value, 3)})",
            lambda: f"cmsgpack.unpack(cmsgpack.pack({self.listed(self.value, 3)}))",
            lambda: f"cmsgpack.unpack({self.message()})",
            lambda: f"cmsgpack.unpack_one({self.message()}, {small()})",
            lambda: f"cmsgpack.unpack_limit({self.message()}, {small()}, {small()})",
            lambda: f"struct.pack({self.format()}{''.join(', ' + self.field() for _ in range(self.count(8)))})",
            lambda: f"struct.unpack({self.format()}, {text(self.bytes(40))}, {self.pick(['1', '2', '0', '-1', '99'])})",
            lambda: f"struct.unpack('{plain}', struct.pack('{plain}', {', '.join(self.number() for _ in range(7))}))",
            lambda: f"struct.size({self.format()})",
            lambda: f"bit.{self.pick(BIT_FUNCTIONS)}({self.listed(self.number, 3)})",
        ])()  # fmt: skip

    def command(self):
        return ["EVAL", SHOW % self.expression(), "0"]


def test_random_values(flushed, threads):
    ours, oracle = flushed.needletail.connect(), flushed.oracle.connect()
    try:
        run_alike(ours, oracle, Generator(SEED * 1000 + threads), COMMANDS // 8, set(), f"{threads} threads")
    finally:
        for connection in (ours, oracle):
            connection.call("SCRIPT", "FLUSH")
            connection.close()
