"""Random commands on the bits of strings, and on HyperLogLogs."""

from .words import INTEGERS, OFFSETS

BITS = [b"0", b"1", b"7", b"8", b"63", b"64", b"100", b"1000", b"353", b"4000"] * 4 + [
    b"70000",
    b"300000",
    b"-1",
    b"x",
    b"",
    b"4294967296",
    b"9223372036854775807",
]
TYPES = [b"u1", b"i1", b"u8", b"i8", b"u5", b"i13", b"i16", b"u32", b"i33", b"u63", b"i64"] * 3
TYPES += [b"u64", b"i65", b"i0", b"x"]
PLACES = BITS + [b"#0", b"#1", b"#2", b"#9", b"#x"]
WAYS = [b"WRAP", b"SAT", b"FAIL"] * 5 + [b"x"]
OPERATIONS = [b"AND", b"OR", b"XOR"] * 4 + [b"NOT", b"nand"]


def setbit(c):
    return [b"SETBIT", c.key("string"), c.pick(BITS), c.pick([b"0", b"1", b"1", b"0", b"1", b"2"])]


def ends(c):
    return [c.pick(OFFSETS), c.pick(OFFSETS), *c.maybe(c.pick([b"BIT", b"BYTE", b"BIT", b"x"]), chance=0.5)]


def bitcount(c):
    return [b"BITCOUNT", c.key("string"), *(ends(c) if c.chance(0.7) else ())]


def bitpos(c):
    made = [b"BITPOS", c.key("string"), c.pick([b"0", b"1", b"1", b"0", b"2"])]
    choice = c.real()
    if choice < 0.3:
        return made
    return [*made, c.pick(OFFSETS)] if choice < 0.5 else [*made, *ends(c)]


def bitop(c):
    name = c.pick(OPERATIONS)
    sources = c.keys("string", 1 if name == b"NOT" and c.chance(0.9) else 5)
    return [b"BITOP", name, c.key("string"), *sources]


def steps(c, writes):
    made = []
    for _ in range(c.number(0, 4)):
        choice = c.real()
        place = [c.pick(TYPES), c.pick(PLACES)]
        if choice < 0.4 or not writes:
            made += [b"GET", *place]
        elif choice < 0.6:
            made += [b"SET", *place, c.pick(INTEGERS)]
        elif choice < 0.85:
            made += [b"INCRBY", *place, c.pick(INTEGERS)]
        else:
            made += [b"OVERFLOW", c.pick(WAYS)]
    return made


def bitfield(c):
    return [b"BITFIELD", c.key("string"), *steps(c, True)]


def bitfield_ro(c):
    return [b"BITFIELD_RO", c.key("string"), *steps(c, c.chance(0.05))]


def elements(c):
    if c.chance(0.1):
        first = c.number(0, 20000)
        return [b"%d" % (first + n) for n in range(c.number(20, 1000))]
    return c.members(8) if c.chance(0.95) else []


def debug(c):
    # GETREG answers with 16,384 numbers.
    return [b"PFDEBUG", c.pick([b"ENCODING", b"DECODE", b"TODENSE"] * 5 + [b"GETREG", b"x"]), c.key("hyperloglog")]


COMMANDS = [
    (6, "SETBIT", setbit),
    (3, "GETBIT", lambda c: [b"GETBIT", c.key("string"), c.pick(BITS)]),
    (3, "BITCOUNT", bitcount),
    (3, "BITPOS", bitpos),
    (4, "BITOP", bitop),
    (4, "BITFIELD", bitfield),
    (2, "BITFIELD_RO", bitfield_ro),
    (8, "PFADD", lambda c: [b"PFADD", c.key("hyperloglog"), *elements(c)]),
    (4, "PFCOUNT", lambda c: [b"PFCOUNT", *c.keys("hyperloglog", 3)]),
    (3, "PFMERGE", lambda c: [b"PFMERGE", c.key("hyperloglog"), *c.keys("hyperloglog", 3)]),
    (2, "GET", lambda c: [b"GET", c.key("hyperloglog")]),
    (0.5, "PFDEBUG", debug),
    # Damage.
    (0.5, "SETBIT", lambda c: [b"SETBIT", c.own_key("hyperloglog"), b"%d" % c.number(100, 400), b"1"]),
    (0.5, "DEL", lambda c: [b"DEL", c.own_key("hyperloglog")]),
]
