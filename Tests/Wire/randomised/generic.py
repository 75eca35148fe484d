"""Random commands on keys of any type: expiry, moving, walking, databases."""

from .words import ALL_KEYS, COUNTS, DATABASES, PATTERNS


def expire(c):
    name = c.pick([b"EXPIRE", b"PEXPIRE", b"EXPIREAT", b"PEXPIREAT"])
    amount = c.stamp() if name.endswith(b"AT") else c.seconds()
    if name[:1] == b"P" and len(amount) > 3 and amount.isdigit() and len(amount) < 14:
        amount += b"000"
    condition = c.maybe(c.pick([b"NX", b"XX", b"GT", b"LT"]), chance=0.4)
    return [name, c.any_key(), amount, *condition, *c.maybe(c.pick([b"GT", b"LT", b"XX", b"BAD"]), chance=0.1)]


def copy(c):
    database = (b"DB", c.pick([*DATABASES * 3, b"99", b"x"])) if c.chance(0.3) else ()
    return [b"COPY", c.any_key(), c.any_key(), *database, *c.maybe(b"REPLACE", chance=0.6)]


def scan(c):
    count = [b"COUNT", b"10000"] if c.chance(0.9) else [b"COUNT", c.pick(COUNTS)]
    return [
        b"SCAN",
        b"0",
        *c.maybe(b"MATCH", c.pick(PATTERNS)),
        *count,
        *c.maybe(b"TYPE", c.pick([b"string", b"hash", b"list", b"set", b"zset", b"LIST", b"none"]), chance=0.3),
    ]


def swap(c):
    return [b"SWAPDB", c.pick([*DATABASES * 3, b"x", b"99"]), c.pick([*DATABASES * 3, b"x", b"-1"])]


def bad(c):
    """A command's name with whatever arguments."""
    names = c.names
    return [c.pick(names), *(c.pick([c.any_key(), c.member(), c.member(), b"0", b"1"]) for _ in range(c.number(0, 5)))]


def flush(c):
    if c.chance(0.98):
        return [b"DBSIZE"]
    return [c.pick([b"FLUSHDB", b"FLUSHALL"]), *c.maybe(c.pick([b"SYNC", b"ASYNC", b"x"]))]


COMMANDS = [
    (10, "DEL", lambda c: [c.pick([b"DEL", b"UNLINK"]), *c.any_keys(2)]),
    (3, "EXISTS", lambda c: [c.pick([b"EXISTS", b"TOUCH"]), *c.any_keys(6)]),
    (3, "TYPE", lambda c: [b"TYPE", c.any_key()]),
    (5, "OBJECT", lambda c: [b"OBJECT", b"ENCODING", c.any_key()]),
    (1, "OBJECT", lambda c: [b"OBJECT", c.pick([b"REFCOUNT", b"IDLETIME", b"FREQ", b"NOSUCH"]), c.any_key()]),
    (6, "EXPIRE", expire),
    (3, "TTL", lambda c: [c.pick([b"TTL", b"PTTL", b"EXPIRETIME", b"PEXPIRETIME"]), c.any_key()]),
    (2, "PERSIST", lambda c: [b"PERSIST", c.any_key()]),
    (3, "RENAME", lambda c: [c.pick([b"RENAME", b"RENAMENX"]), c.any_key(), c.any_key()]),
    (4, "COPY", copy),
    (2, "MOVE", lambda c: [b"MOVE", c.any_key(), c.pick([*DATABASES * 3, b"77", b"x"])]),
    (3, "SELECT", lambda c: [b"SELECT", c.pick([b"0"] * 8 + [b"1", b"1", b"2", b"x"])]),
    (0.5, "SWAPDB", swap),
    (2, "DBSIZE", flush),
    (0.5, "KEYS", lambda c: [b"KEYS", c.pick([*PATTERNS, c.pick(ALL_KEYS)])]),
    (0.5, "SCAN", scan),
    (0.5, "RANDOMKEY", lambda c: [[b"KEYS", b"*"], [b"RANDOMKEY"]]),
    (1, "ECHO", lambda c: [b"ECHO", c.word()]),
    (1, "PING", lambda c: [b"PING", *c.maybe(c.word())]),
    (2, "PING", bad),
]
