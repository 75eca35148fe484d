"""Random commands on hashes (those that the oracle knows)."""

from .words import COUNTS, FLOATS, INTEGERS, MEMBERS, PATTERNS, WORDS


def pairs(c, most=6):
    return [word for field in c.several(MEMBERS, most) for word in (field, c.word())]


def random_field(c):
    key = c.key("hash")
    if c.chance(0.3):
        return [[b"HKEYS", key], [b"HRANDFIELD", key]]
    count = c.pick([b"0", b"1", b"3", b"10", b"200", b"-1", b"-5", b"-20", b"x", b"-9223372036854775808"])
    if c.chance(0.5):
        return [[b"HKEYS", key], [b"HRANDFIELD", key, count]]
    return [[b"HGETALL", key], [b"HRANDFIELD", key, count, b"WITHVALUES"]]


def scan(c):
    count = [b"COUNT", b"10000"] if c.chance(0.9) else [b"COUNT", c.pick(COUNTS)]
    return [b"HSCAN", c.key("hash"), b"0", *c.maybe(b"MATCH", c.pick(PATTERNS)), *count]


COMMANDS = [
    (12, "HSET", lambda c: [b"HSET", c.key("hash"), *pairs(c)]),
    (2, "HMSET", lambda c: [b"HMSET", c.key("hash"), *pairs(c, 4)]),
    (2, "HSETNX", lambda c: [b"HSETNX", c.key("hash"), c.member(), c.word()]),
    (4, "HGET", lambda c: [b"HGET", c.key("hash"), c.member()]),
    (3, "HMGET", lambda c: [b"HMGET", c.key("hash"), *c.several(MEMBERS)]),
    (6, "HDEL", lambda c: [b"HDEL", c.key("hash"), *c.several(MEMBERS, 8)]),
    (2, "HEXISTS", lambda c: [b"HEXISTS", c.key("hash"), c.member()]),
    (1, "HSTRLEN", lambda c: [b"HSTRLEN", c.key("hash"), c.member()]),
    (2, "HLEN", lambda c: [b"HLEN", c.key("hash")]),
    (2, "HGETALL", lambda c: [b"HGETALL", c.key("hash")]),
    (1, "HKEYS", lambda c: [c.pick([b"HKEYS", b"HVALS"]), c.key("hash")]),
    (3, "HINCRBY", lambda c: [b"HINCRBY", c.key("hash"), c.member(), c.pick(INTEGERS)]),
    (3, "HINCRBYFLOAT", lambda c: [b"HINCRBYFLOAT", c.key("hash"), c.member(), c.pick(FLOATS)]),
    (0.5, "HSET", lambda c: [b"HSET", c.key("hash"), *(word for field in c.many() for word in (field, c.pick(WORDS)))]),
    (0.5, "HDEL", lambda c: [b"HDEL", c.key("hash"), *c.many()]),
    (1, "HRANDFIELD", random_field),
    (1, "HSCAN", scan),
    (1, "HSET", lambda c: [b"HSET", c.key("hash"), c.member(), c.pick(WORDS), *c.maybe(c.member(), chance=0.2)]),
]
