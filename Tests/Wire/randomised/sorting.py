"""Random SORT and SORT_RO."""

from .words import OFFSETS

BY = [b"w:*", b"hash:*->m1", b"nothing*", b"str:*", b"w:*->x", b"*"]
GET = [b"#", b"w:*", b"hash:*->m2", b"nothing*", b"str:*", b"noasterisk", b"hash:*->1"]


def sort(c):
    name = c.pick([b"SORT", b"SORT", b"SORT_RO"])
    key = c.key(c.pick(["list", "list", "set", "zset"]))
    options = [*c.maybe(b"BY", c.pick(BY), chance=0.3)]
    stores = name == b"SORT" and c.chance(0.25)
    if not options and not stores:
        options = [*c.maybe(b"BY", b"nosort", chance=0.15)]
    options += c.maybe(b"LIMIT", c.pick(OFFSETS), c.pick(OFFSETS), chance=0.3)
    options += c.maybe(b"GET", c.pick(GET), chance=0.25)
    options += c.maybe(b"GET", c.pick(GET), chance=0.1)
    options += c.maybe(c.pick([b"ASC", b"DESC"]), chance=0.3)
    if not (stores and b"BY" in options):
        options += c.maybe(b"ALPHA", chance=0.65)
    if stores:
        options += [b"STORE", c.key("list")]
    return [name, key, *options]


COMMANDS = [(4, "SORT", sort)]
