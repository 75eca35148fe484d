"""Random commands on strings."""

from .words import FLOATS, INTEGERS, OFFSETS


def set_(c):
    expiry = c.future() if c.chance(0.2) else ()
    return [
        b"SET",
        c.key("string"),
        c.word(),
        *c.maybe(c.pick([b"NX", b"XX"]), chance=0.2),
        *c.maybe(b"GET", chance=0.2),
        *expiry,
        *c.maybe(b"KEEPTTL", chance=0.1),
    ]


def getex(c):
    return [b"GETEX", c.key("string"), *(c.future() if c.chance(0.5) else ()), *c.maybe(b"PERSIST", chance=0.2)]


def lcs(c):
    return [
        b"LCS",
        c.key("string"),
        c.key("string"),
        *c.maybe(c.pick([b"LEN", b"IDX"])),
        *c.maybe(b"WITHMATCHLEN"),
        *c.maybe(b"MINMATCHLEN", c.pick(INTEGERS), chance=0.2),
    ]


def pairs(c):
    return [word for _ in range(c.number(1, 5)) for word in (c.key("string"), c.word())]


def setex(c):
    name = c.pick([b"SETEX", b"PSETEX"])
    time = c.seconds()
    return [name, c.key("string"), time + b"000" if name == b"PSETEX" and len(time) > 3 else time, c.word()]


COMMANDS = [
    (12, "SET", set_),
    (6, "GET", lambda c: [b"GET", c.key("string")]),
    (2, "STRLEN", lambda c: [b"STRLEN", c.key("string")]),
    (2, "GETDEL", lambda c: [b"GETDEL", c.key("string")]),
    (3, "GETEX", getex),
    (2, "GETSET", lambda c: [b"GETSET", c.key("string"), c.word()]),
    (2, "SETNX", lambda c: [b"SETNX", c.key("string"), c.word()]),
    (2, "SETEX", setex),
    (4, "APPEND", lambda c: [b"APPEND", c.key("string"), c.word()]),
    (3, "GETRANGE", lambda c: [b"GETRANGE", c.key("string"), c.pick(OFFSETS), c.pick(OFFSETS)]),
    (1, "SUBSTR", lambda c: [b"SUBSTR", c.key("string"), c.pick(OFFSETS), c.pick(OFFSETS)]),
    (3, "SETRANGE", lambda c: [b"SETRANGE", c.key("string"), c.pick([b"0", b"3", b"100", b"-1", b"x"]), c.word()]),
    (2, "INCR", lambda c: [c.pick([b"INCR", b"DECR"]), c.key("string")]),
    (3, "INCRBY", lambda c: [c.pick([b"INCRBY", b"DECRBY"]), c.key("string"), c.pick(INTEGERS)]),
    (3, "INCRBYFLOAT", lambda c: [b"INCRBYFLOAT", c.key("string"), c.pick(FLOATS)]),
    (4, "MGET", lambda c: [b"MGET", *c.any_keys(6)]),
    (3, "MSET", lambda c: [b"MSET", *pairs(c)]),
    (2, "MSETNX", lambda c: [b"MSETNX", *pairs(c)]),
    (1, "LCS", lcs),
    # Weights for SORT.
    (1, "MSET", lambda c: [b"MSET", *(w for _ in range(4) for w in (c.own_key("weight"), c.pick(FLOATS)))]),
    (1, "MSET", lambda c: [b"MSET", *(w for _ in range(4) for w in (c.own_key("weight"), b"%d" % c.number(0, 50)))]),
]
