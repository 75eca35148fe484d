"""Random commands on sorted sets."""

from .lists import TIMEOUTS, several_keys
from .words import BOUNDS, COUNTS, FLOATS, LETTERS, LEXICAL, MEMBERS, OFFSETS, PATTERNS, SIMPLE_SCORES

ENDS = [b"MIN", b"MAX"] * 6 + [b"min", b"x"]
AGGREGATES = [b"SUM", b"MIN", b"MAX"] * 4 + [b"x"]


def add(c):
    scores = SIMPLE_SCORES if c.chance(0.85) else FLOATS
    options = [
        *c.maybe(c.pick([b"NX", b"XX"]), chance=0.2),
        *c.maybe(c.pick([b"GT", b"LT"]), chance=0.2),
        *c.maybe(b"CH", chance=0.2),
    ]
    members = c.several(MEMBERS)
    if c.chance(0.1):
        options.append(b"INCR")
        members = members[: 1 if c.chance(0.9) else 2]
    return [b"ZADD", c.key("zset"), *options, *(word for member in members for word in (c.pick(scores), member))]


def many(c):
    return [b"ZADD", c.key("zset"), *(word for member in c.many() for word in (b"%d" % c.number(-50, 50), member))]


def limit(c, chance=0.3):
    return c.maybe(b"LIMIT", c.pick(OFFSETS), c.pick(OFFSETS), chance=chance)


def range_(c):
    by_score = c.chance(0.5)
    bounds = BOUNDS if by_score else OFFSETS
    return [
        b"ZRANGE",
        c.key("zset"),
        c.pick(bounds),
        c.pick(bounds),
        *c.maybe(b"BYSCORE", chance=1 if by_score else 0),
        *c.maybe(b"REV"),
        *limit(c, 0.3 if by_score else 0.03),
        *c.maybe(b"WITHSCORES"),
    ]


def store_range(c):
    by_score = c.chance(0.5)
    bounds = BOUNDS if by_score else OFFSETS
    return [
        b"ZRANGESTORE",
        c.key("zset"),
        c.key("zset"),
        c.pick(bounds),
        c.pick(bounds),
        *c.maybe(b"BYSCORE", chance=1 if by_score else 0),
        *c.maybe(b"REV"),
        *limit(c, 0.3 if by_score else 0.03),
    ]


def old_range(c):
    name = c.pick([b"ZRANGEBYSCORE", b"ZREVRANGEBYSCORE"])
    return [name, c.key("zset"), c.pick(BOUNDS), c.pick(BOUNDS), *c.maybe(b"WITHSCORES"), *limit(c)]


def reverse_range(c):
    return [b"ZREVRANGE", c.key("zset"), c.pick(OFFSETS), c.pick(OFFSETS), *c.maybe(b"WITHSCORES")]


def lexicographic(c):
    key = c.own_key("lexicographic")
    choice = c.real()
    if choice < 0.35:
        return [b"ZADD", key, *(word for letter in c.several(LETTERS) for word in (b"0", letter))]
    if choice < 0.45:
        return [b"ZREM", key, *c.several(LETTERS)]
    bounds = [c.pick(LEXICAL), c.pick(LEXICAL)]
    if choice < 0.6:
        return [c.pick([b"ZRANGEBYLEX", b"ZREVRANGEBYLEX"]), key, *bounds, *limit(c)]
    if choice < 0.75:
        return [b"ZRANGE", key, *bounds, b"BYLEX", *c.maybe(b"REV"), *limit(c), *c.maybe(b"WITHSCORES", chance=0.05)]
    if choice < 0.85:
        return [b"ZLEXCOUNT", key, *bounds]
    if choice < 0.92:
        return [b"ZREMRANGEBYLEX", key, *bounds]
    if choice < 0.97:
        return [b"ZRANGESTORE", c.own_key("lexicographic"), key, *bounds, b"BYLEX", *c.maybe(b"REV"), *limit(c)]
    return [b"DEL", key]


def any_lexicographic(c):
    """On whatever sorted set there is; meaningless where the scores differ, which the command before tells."""
    key = c.key("zset")
    name = c.pick([b"ZRANGEBYLEX", b"ZREVRANGEBYLEX", b"ZLEXCOUNT"])
    return [[b"ZRANGE", key, b"0", b"-1", b"WITHSCORES"], [name, key, c.pick(LEXICAL), c.pick(LEXICAL)]]


def algebra(c, name, destination=(), with_scores=True):
    keys = [c.key("zset") if c.chance(0.8) else c.key("set") for _ in range(c.number(1, 4))]
    count = b"%d" % len(keys) if c.chance(0.95) else c.pick(COUNTS)
    options = []
    if not name.startswith(b"ZDIFF") or c.chance(0.05):
        if c.chance(0.3):
            options += [b"WEIGHTS", *(c.pick(SIMPLE_SCORES if c.chance(0.9) else FLOATS) for _ in keys)]
        options += c.maybe(b"AGGREGATE", c.pick(AGGREGATES))
    return [name, *destination, count, *keys, *options, *c.maybe(b"WITHSCORES", chance=0.5 if with_scores else 0.02)]


def storing(c):
    return algebra(c, c.pick([b"ZUNIONSTORE", b"ZINTERSTORE", b"ZDIFFSTORE"]), [c.key("zset")], with_scores=False)


def cardinality(c):
    keys = c.keys("zset", 4)
    count = b"%d" % len(keys) if c.chance(0.93) else c.pick(COUNTS)
    return [b"ZINTERCARD", count, *keys, *c.maybe(b"LIMIT", c.pick(COUNTS))]


def drawn(c):
    key = c.key("zset")
    if c.chance(0.3):
        return [[b"ZRANGE", key, b"0", b"-1"], [b"ZRANDMEMBER", key]]
    count = c.pick([b"0", b"1", b"3", b"10", b"200", b"-1", b"-5", b"-20", b"x", b"-9223372036854775808"])
    if c.chance(0.5):
        return [[b"ZRANGE", key, b"0", b"-1"], [b"ZRANDMEMBER", key, count]]
    return [[b"ZRANGE", key, b"0", b"-1", b"WITHSCORES"], [b"ZRANDMEMBER", key, count, b"WITHSCORES"]]


def scan(c):
    count = [b"COUNT", b"10000"] if c.chance(0.9) else [b"COUNT", c.pick(COUNTS)]
    return [b"ZSCAN", c.key("zset"), b"0", *c.maybe(b"MATCH", c.pick(PATTERNS)), *count]


def remove_range(c):
    if c.chance(0.5):
        return [b"ZREMRANGEBYRANK", c.key("zset"), c.pick(OFFSETS), c.pick(OFFSETS)]
    return [b"ZREMRANGEBYSCORE", c.key("zset"), c.pick(BOUNDS), c.pick(BOUNDS)]


def pop(c):
    return [c.pick([b"ZPOPMIN", b"ZPOPMAX"]), c.key("zset"), *c.maybe(c.pick(COUNTS))]


COMMANDS = [
    (14, "ZADD", add),
    (3, "ZINCRBY", lambda c: [b"ZINCRBY", c.key("zset"), c.pick(FLOATS), c.member()]),
    (4, "ZREM", lambda c: [b"ZREM", c.key("zset"), *c.several(MEMBERS, 8)]),
    (1, "ZCARD", lambda c: [b"ZCARD", c.key("zset")]),
    (2, "ZSCORE", lambda c: [b"ZSCORE", c.key("zset"), c.member()]),
    (1, "ZMSCORE", lambda c: [b"ZMSCORE", c.key("zset"), *c.several(MEMBERS)]),
    (3, "ZRANK", lambda c: [c.pick([b"ZRANK", b"ZREVRANK"]), c.key("zset"), c.member()]),
    (2, "ZCOUNT", lambda c: [b"ZCOUNT", c.key("zset"), c.pick(BOUNDS), c.pick(BOUNDS)]),
    (5, "ZRANGE", range_),
    (2, "ZREVRANGE", reverse_range),
    (3, "ZRANGEBYSCORE", old_range),
    (2, "ZRANGESTORE", store_range),
    (5, "ZADD", lexicographic),
    (0.5, "ZLEXCOUNT", any_lexicographic),
    (2, "ZREMRANGEBYRANK", remove_range),
    (3, "ZPOPMIN", pop),
    (2, "ZMPOP", lambda c: [b"ZMPOP", *several_keys(c, "zset", c.pick(ENDS))]),
    (2, "ZUNION", lambda c: algebra(c, c.pick([b"ZUNION", b"ZINTER", b"ZDIFF"]))),
    (4, "ZUNIONSTORE", storing),
    (1, "ZINTERCARD", cardinality),
    (0.5, "ZADD", many),
    (0.5, "ZREM", lambda c: [b"ZREM", c.key("zset"), *c.many()]),
    (1, "ZRANDMEMBER", drawn),
    (0.5, "ZSCAN", scan),
]

WAITING = [
    (2, "BZPOPMIN", lambda c: [c.pick([b"BZPOPMIN", b"BZPOPMAX"]), *c.keys("zset"), c.pick(TIMEOUTS)]),
    (2, "BZMPOP", lambda c: [b"BZMPOP", c.pick(TIMEOUTS), *several_keys(c, "zset", c.pick(ENDS))]),
]
