"""Random commands on lists."""

from .words import COUNTS, MEMBERS, OFFSETS

PLACES = [b"BEFORE", b"AFTER", b"before", b"x"]
SIDES = [b"LEFT", b"RIGHT"] * 6 + [b"left", b"x"]
# Long enough for the oracle to notice that nothing came, short enough not to hold up the run.
SHORT = b"0.005"
TIMEOUTS = [SHORT] * 20 + [b"-1", b"x", b"nan"]


def elements(c, most=6):
    if c.chance(0.03):
        return [b"e" * c.pick([100, 2000, 5000, 9000])]
    return c.several(MEMBERS, most)


def push(c):
    return [c.pick([b"LPUSH", b"RPUSH", b"LPUSH", b"RPUSH", b"LPUSHX", b"RPUSHX"]), c.key("list"), *elements(c)]


def pop(c):
    return [c.pick([b"LPOP", b"RPOP"]), c.key("list"), *c.maybe(c.pick(COUNTS))]


def position(c):
    return [
        b"LPOS",
        c.key("list"),
        c.member(),
        *c.maybe(b"RANK", c.pick(OFFSETS)),
        *c.maybe(b"COUNT", c.pick(COUNTS)),
        *c.maybe(b"MAXLEN", c.pick(COUNTS), chance=0.3),
    ]


def several_keys(c, group, side):
    keys = c.keys(group)
    count = b"%d" % len(keys) if c.chance(0.93) else c.pick(COUNTS)
    return [count, *keys, side, *c.maybe(b"COUNT", c.pick(COUNTS))]


COMMANDS = [
    (14, "LPUSH", push),
    (0.5, "RPUSH", lambda c: [c.pick([b"LPUSH", b"RPUSH"]), c.key("list"), *c.many()]),
    (6, "LPOP", pop),
    (2, "LLEN", lambda c: [b"LLEN", c.key("list")]),
    (4, "LRANGE", lambda c: [b"LRANGE", c.key("list"), c.pick(OFFSETS), c.pick(OFFSETS)]),
    (3, "LINDEX", lambda c: [b"LINDEX", c.key("list"), c.pick(OFFSETS)]),
    (3, "LSET", lambda c: [b"LSET", c.key("list"), c.pick(OFFSETS), elements(c)[0]]),
    (4, "LINSERT", lambda c: [b"LINSERT", c.key("list"), c.pick(PLACES), c.member(), elements(c)[0]]),
    (3, "LREM", lambda c: [b"LREM", c.key("list"), c.pick(OFFSETS), c.member()]),
    (2, "LTRIM", lambda c: [b"LTRIM", c.key("list"), c.pick(OFFSETS), c.pick(OFFSETS)]),
    (2, "LPOS", position),
    (2, "RPOPLPUSH", lambda c: [b"RPOPLPUSH", c.key("list"), c.key("list")]),
    (3, "LMOVE", lambda c: [b"LMOVE", c.key("list"), c.key("list"), c.pick(SIDES), c.pick(SIDES)]),
    (3, "LMPOP", lambda c: [b"LMPOP", *several_keys(c, "list", c.pick(SIDES))]),
]

# Commands that wait: beside the oracle only with something to take, or for a moment.
WAITING = [
    (3, "BLPOP", lambda c: [c.pick([b"BLPOP", b"BRPOP"]), *c.keys("list"), c.pick(TIMEOUTS)]),
    (2, "BLMOVE", lambda c: [b"BLMOVE", c.key("list"), c.key("list"), c.pick(SIDES), c.pick(SIDES), c.pick(TIMEOUTS)]),
    (1, "BRPOPLPUSH", lambda c: [b"BRPOPLPUSH", c.key("list"), c.key("list"), c.pick(TIMEOUTS)]),
    (2, "BLMPOP", lambda c: [b"BLMPOP", c.pick(TIMEOUTS), *several_keys(c, "list", c.pick(SIDES))]),
]
