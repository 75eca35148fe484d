"""Random commands on places, among sorted sets of their own and others."""

from .words import COUNTS, MEMBERS, NEAREST

UNITS = [b"m", b"km", b"ft", b"mi"] * 8 + [b"KM", b"cm", b""]
NAMES = MEMBERS[:60]


def number(c, low, high):
    return b"%.*f" % (c.pick([0, 1, 3, 6, 12]), low + (high - low) * c.real())


def place(c):
    """Longitude and latitude: near one town, anywhere, at the date line, near a pole, at an end, nowhere."""
    choice = c.real()
    if choice < 0.5:
        return number(c, 9, 11), number(c, 49, 51)
    if choice < 0.7:
        return number(c, -180, 180), number(c, -85, 85)
    if choice < 0.8:
        return c.pick([b"-", b""]) + number(c, 179, 180), number(c, -85, 85)
    if choice < 0.9:
        return number(c, -180, 180), c.pick([b"-", b""]) + number(c, 80, 85)
    if choice < 0.98:
        return c.pick([b"180", b"-180", b"0", b"90"]), c.pick([b"85.05112878", b"-85.05112878", b"0", b"66", b"-80"])
    return c.pick([b"x", b"181", b"", b"nan", b"1"]), c.pick([b"86", b"inf", b"y", b"1e300"])


def length(c):
    choice = c.real()
    if choice < 0.9:
        return b"%.*f" % (c.pick([0, 2, 7]), 10 ** (8 * c.real()))
    return c.pick([b"0", b"0", b"1e12", b"inf", b"-1", b"x"])


def distance(c):
    # A length of metres more often than one of kilometres or miles that goes round the Earth.
    unit = c.pick(UNITS)
    text = length(c)
    if unit in (b"km", b"mi") and text[:1].isdigit() and len(text.split(b".")[0]) > 5:
        text = text[3:]
    return text, unit


def add(c):
    options = [*c.maybe(c.pick([b"NX", b"XX"]), chance=0.15), *c.maybe(b"CH", chance=0.2)]
    count = c.pick([1, 1, 2, 5, 20])
    return [b"GEOADD", c.key("geo"), *options, *(word for _ in range(count) for word in (*place(c), c.pick(NAMES)))]


def many(c):
    return [b"GEOADD", c.key("geo"), *(word for member in c.many()[:120] for word in (*place(c), member))]


def member(c):
    return c.pick(NAMES) if c.chance(0.85) else b"n%d" % c.number(0, 1900)


def order(c):
    return c.maybe(c.pick([b"ASC", b"DESC"]), chance=0.5)


def options(c):
    words = [
        *order(c),
        *c.maybe(b"COUNT", c.pick(COUNTS), *c.maybe(b"ANY", chance=0.3), chance=0.35),
        *c.maybe(b"ANY", chance=0.01),
    ]
    return words


def shown(c, chosen=()):
    words = [*c.maybe(b"WITHDIST"), *c.maybe(b"WITHCOORD", chance=0.3), *c.maybe(b"WITHHASH", chance=0.3)]
    if leaves_some_out(chosen) and b"WITHDIST" not in words:
        words.append(b"WITHDIST")
    return words


def leaves_some_out(chosen):
    """Whether one of two places that are equally far may be returned without the other: which is open then, and only
    a reply with distances can be compared."""
    return b"COUNT" in chosen and b"ANY" not in chosen


def stored_nearest(command):
    """The command, whose destination is NEAREST, and what else is to be known: nobody else meets what it has stored."""
    if b"STOREDIST" in command:
        return [command, [b"ZRANGE", NEAREST, b"0", b"-1", b"WITHSCORES"], [b"DEL", NEAREST]]
    return [command, [b"DEL", NEAREST]]


def search_words(c):
    words = [b"FROMMEMBER", member(c)] if c.chance(0.4) else [b"FROMLONLAT", *place(c)]
    if c.chance(0.5):
        return [*words, b"BYRADIUS", *distance(c)]
    width, unit = distance(c)
    height, _ = distance(c)
    return [*words, b"BYBOX", width, height, unit]


def search(c):
    chosen = options(c)
    return [b"GEOSEARCH", c.key("geo"), *search_words(c), *chosen, *shown(c, chosen)]


def search_store(c):
    chosen = options(c)
    words = [*search_words(c), *chosen, *c.maybe(b"STOREDIST")]
    if leaves_some_out(chosen):
        return stored_nearest([b"GEOSEARCHSTORE", NEAREST, c.key("geo"), *words])
    return [b"GEOSEARCHSTORE", c.key("geo"), c.key("geo"), *words]


def around(c):
    """The words behind the key."""
    return [*place(c), *distance(c)] if c.chance(0.5) else [member(c), *distance(c)]


def radius(c):
    words, chosen = around(c), options(c)
    name = b"GEORADIUS" if len(words) == 4 else b"GEORADIUSBYMEMBER"
    if c.chance(0.3):
        return [name + b"_RO", c.key("geo"), *words, *chosen, *shown(c, chosen)]
    if c.chance(0.6):
        return [name, c.key("geo"), *words, *chosen, *shown(c, chosen)]
    if leaves_some_out(chosen):
        return stored_nearest([name, c.key("geo"), *words, c.pick([b"STORE", b"STOREDIST"]), NEAREST, *chosen])
    stores = [word for _ in range(c.pick([1, 1, 1, 2])) for word in (c.pick([b"STORE", b"STOREDIST"]), c.key("geo"))]
    return [name, c.key("geo"), *words, *stores, *chosen, *c.maybe(b"WITHDIST", chance=0.02)]


def read(c):
    members = [member(c) for _ in range(c.number(0, 5))]
    return [c.pick([b"GEOPOS", b"GEOHASH"]), c.key("geo"), *members]


def dist(c):
    return [b"GEODIST", c.key("geo"), member(c), member(c), *c.maybe(c.pick(UNITS), chance=0.6)]


def score(c):
    """Scores that are no geohash."""
    scores = [b"0", b"-1", b"1.5", b"4503599627370496", b"1e18", b"9.3e18", b"2e19", b"-inf", b"inf", b"3e15"]
    return [b"ZADD", c.key("geo"), c.pick(scores), c.pick(NAMES)]


def remove(c):
    return [b"ZREM", c.key("geo"), *(c.pick(NAMES) for _ in range(c.number(1, 10)))]


COMMANDS = [
    (5, "GEOADD", add),
    (1, "GEOADD", many),
    (6, "GEOSEARCH", search),
    (2, "GEOSEARCHSTORE", search_store),
    (3, "GEORADIUS", radius),
    (2, "GEOPOS", read),
    (2, "GEODIST", dist),
    (0.5, "ZADD", score),
    (1, "ZREM", remove),
]
