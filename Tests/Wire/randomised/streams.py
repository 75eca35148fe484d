"""Random commands on streams. IDs grow with the run, so that most entries can be added; times are in no reply."""

from .words import COUNTS, INTEGERS

GROUPS = [b"g1", b"g2", b"g3"]
CONSUMERS = [b"alice", b"bob", b"carol", b""]
FIELDS = [b"f", b"g", b"10", b"-1", b"", b"name"]
WRONG_IDS = [b"x", b"-", b"+", b"$", b">", b"1-x", b"", b"18446744073709551615-18446744073709551615", b"0-0", b"0", b"5-*"]
# Nothing is idle for as long as the second.
IDLE = [b"0"] * 8 + [b"1000000000", b"-1", b"x"]
STRATEGIES = [b"MAXLEN", b"MINID", b"maxlen", b"minid"]
# Long enough for the oracle to notice that nothing came, short enough not to hold up the run.
TIMEOUTS = [b"5"] * 20 + [b"-1", b"x"]


def clock(c, step=0):
    c.stream_clock = getattr(c, "stream_clock", 0) + step
    return c.stream_clock


def new_id(c):
    now = clock(c, c.pick([0, 1, 1, 1, 3]))
    choice = c.real()
    if choice < 0.9:
        return b"%d-%d" % (now, c.number(1, 9))
    if choice < 0.97:
        return b"%d-*" % now
    return c.pick(WRONG_IDS)


def old_id(c):
    if c.chance(0.04):
        return c.pick(WRONG_IDS)
    moment = max(0, clock(c) - c.number(0, c.pick([5, 40, 400])))
    return b"%d-%d" % (moment, c.number(1, 9)) if c.chance(0.8) else b"%d" % moment


def start_id(c):
    """Not "+", which XREAD knows since 7.4."""
    chosen = old_id(c)
    return b"0" if chosen == b"+" else chosen


def bound(c):
    choice = c.real()
    if choice < 0.2:
        return c.pick([b"-", b"+"])
    return b"(" + old_id(c) if choice < 0.35 else old_id(c)


def trim(c):
    strategy = c.pick(STRATEGIES)
    threshold = c.pick([b"0", b"1", b"5", b"20", b"50", b"-1"]) if strategy.upper() == b"MAXLEN" else old_id(c)
    sign = c.pick([(), (b"=",), (b"~",)])
    limit = c.maybe(b"LIMIT", c.pick([b"0", b"1", b"10", b"100", b"x"]), chance=0.5 if sign == (b"~",) else 0.05)
    return [strategy, *sign, threshold, *limit]


def fields(c):
    if c.chance(0.6):
        return [b"f", c.word(), b"g", c.word()]
    return [word for _ in range(c.number(1, 4)) for word in (c.pick(FIELDS), c.word())]


def add(c):
    options = [*c.maybe(b"NOMKSTREAM", chance=0.05), *(trim(c) if c.chance(0.1) else ())]
    return [b"XADD", c.key("stream"), *options, new_id(c), *fields(c)]


def count(c):
    return c.maybe(b"COUNT", c.pick(COUNTS))


def ids(c, most=5):
    return [old_id(c) for _ in range(c.number(1, most))]


def read(c, waits=()):
    keys = c.keys("stream")
    return [b"XREAD", *count(c), *waits, b"STREAMS", *keys, *(start_id(c) for _ in keys)]


def read_group(c, waits=()):
    keys = c.keys("stream", 2)
    starts = [b">" if c.chance(0.75) else start_id(c) for _ in keys]
    group = [b"GROUP", c.pick(GROUPS), c.pick(CONSUMERS)]
    return [b"XREADGROUP", *group, *count(c), *waits, *c.maybe(b"NOACK", chance=0.1), b"STREAMS", *keys, *starts]


def create(c):
    options = [*c.maybe(b"MKSTREAM", chance=0.6), *c.maybe(b"ENTRIESREAD", c.pick(INTEGERS), chance=0.1)]
    start = c.pick([b"0", b"0", b"$", old_id(c)])
    return [b"XGROUP", b"CREATE", c.key("stream"), c.pick(GROUPS), start, *options]


def group(c):
    key, name = c.key("stream"), c.pick(GROUPS)
    choice = c.real()
    if choice < 0.5:
        return create(c)
    if choice < 0.65:
        return [b"XGROUP", b"SETID", key, name, c.pick([b"$", b"0", old_id(c)]), *c.maybe(b"ENTRIESREAD", c.pick(INTEGERS))]
    if choice < 0.75:
        return [b"XGROUP", b"DESTROY", key, name]
    return [b"XGROUP", c.pick([b"CREATECONSUMER", b"DELCONSUMER"]), key, name, c.pick(CONSUMERS)]


def claim(c):
    options = [
        *c.maybe(b"RETRYCOUNT", c.pick(INTEGERS), chance=0.2),
        *c.maybe(b"FORCE", chance=0.2),
        *c.maybe(b"JUSTID", chance=0.3),
        *c.maybe(b"LASTID", old_id(c), chance=0.1),
    ]
    return [b"XCLAIM", c.key("stream"), c.pick(GROUPS), c.pick(CONSUMERS), c.pick(IDLE), *ids(c), *options]


def claim_idle(c):
    start = [c.key("stream"), c.pick(GROUPS), c.pick(CONSUMERS), c.pick(IDLE), bound(c)]
    return [b"XAUTOCLAIM", *start, *count(c), *c.maybe(b"JUSTID", chance=0.3)]


def set_id(c):
    added = c.maybe(b"ENTRIESADDED", c.pick(INTEGERS))
    return [b"XSETID", c.key("stream"), new_id(c), *added, *c.maybe(b"MAXDELETEDID", old_id(c))]


COMMANDS = [
    (22, "XADD", add),
    (1, "XLEN", lambda c: [b"XLEN", c.key("stream")]),
    (4, "XRANGE", lambda c: [c.pick([b"XRANGE", b"XREVRANGE"]), c.key("stream"), bound(c), bound(c), *count(c)]),
    (4, "XDEL", lambda c: [b"XDEL", c.key("stream"), *ids(c)]),
    (1.5, "XTRIM", lambda c: [b"XTRIM", c.key("stream"), *trim(c)]),
    (3, "XREAD", read),
    (8, "XREADGROUP", read_group),
    (3, "XGROUP", group),
    (5, "XACK", lambda c: [b"XACK", c.key("stream"), c.pick(GROUPS), *ids(c)]),
    (2, "XPENDING", lambda c: [b"XPENDING", c.key("stream"), c.pick(GROUPS)]),
    (3, "XCLAIM", claim),
    (2, "XAUTOCLAIM", claim_idle),
    (2, "XINFO", lambda c: [b"XINFO", b"GROUPS", c.key("stream")]),
    (0.5, "XSETID", set_id),
]

# Commands that wait: beside the oracle only with something to take, or for a moment.
WAITING = [
    (2, "XREAD", lambda c: read(c, [b"BLOCK", c.pick(TIMEOUTS)])),
    (2, "XREADGROUP", lambda c: read_group(c, [b"BLOCK", c.pick(TIMEOUTS)])),
]
