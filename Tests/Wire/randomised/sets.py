"""Random commands on sets."""

from .words import COUNTS, MEMBERS, PATTERNS


def drawn(c):
    key = c.key("set")
    count = [c.pick([b"0", b"1", b"3", b"10", b"200", b"-1", b"-5", b"-20", b"x", b"-9223372036854775808"])]
    return [[b"SMEMBERS", key], [b"SRANDMEMBER", key, *(count if c.chance(0.7) else [])]]


def scan(c):
    count = [b"COUNT", b"10000"] if c.chance(0.9) else [b"COUNT", c.pick(COUNTS)]
    return [b"SSCAN", c.key("set"), b"0", *c.maybe(b"MATCH", c.pick(PATTERNS)), *count]


def cardinality(c):
    keys = c.keys("set", 4)
    count = b"%d" % len(keys) if c.chance(0.93) else c.pick(COUNTS)
    return [b"SINTERCARD", count, *keys, *c.maybe(b"LIMIT", c.pick(COUNTS))]


def storing(c):
    return [c.pick([b"SINTERSTORE", b"SUNIONSTORE", b"SDIFFSTORE"]), c.key("set"), *c.keys("set", 4)]


COMMANDS = [
    (14, "SADD", lambda c: [b"SADD", c.key("set"), *c.members()]),
    (7, "SREM", lambda c: [b"SREM", c.key("set"), *c.members(10)]),
    (3, "SISMEMBER", lambda c: [b"SISMEMBER", c.key("set"), c.member()]),
    (2, "SMISMEMBER", lambda c: [b"SMISMEMBER", c.key("set"), *c.several(MEMBERS)]),
    (2, "SCARD", lambda c: [b"SCARD", c.key("set")]),
    (1, "SMEMBERS", lambda c: [b"SMEMBERS", c.key("set")]),
    (3, "SMOVE", lambda c: [b"SMOVE", c.key("set"), c.key("set"), c.member()]),
    (3, "SINTER", lambda c: [c.pick([b"SINTER", b"SUNION", b"SDIFF"]), *c.keys("set", 4)]),
    (4, "SINTERSTORE", storing),
    (1, "SINTERCARD", cardinality),
    (0.5, "SADD", lambda c: [b"SADD", c.key("set"), *c.many()]),
    (0.5, "SREM", lambda c: [b"SREM", c.key("set"), *c.many()]),
    (1, "SRANDMEMBER", drawn),
    (0.5, "SSCAN", scan),
    # The size, all of it, or more: nothing is left to chance.
    (0.5, "SPOP", lambda c: [b"SPOP", c.key("set"), c.pick([b"0", b"1000", b"-1", b"x", b"99999999999999999999"])]),
]


def pop(c):
    """The last command of a batch: what was taken is put back, for the two servers take what they like."""
    return [b"SPOP", c.own_key("set"), *c.maybe(c.pick([b"1", b"2", b"3", b"5"]), chance=0.6)]
