"""A value of ten million members goes, in whatever way, and nobody else notices."""

import time

from ..registry import Figure, check
from ..soak import DEBUG

MEMBERS = 10_000_000
OTHERS = 100_000
RATE = 10_000
STRING_MEGABYTES = 512

MAKE = {
    "hash": "HSET {key} __key__ __data__",
    "set": "SADD {key} __key__",
    "zset": "ZADD {key} __index__ __key__",
    "list": "RPUSH {key} __key__",
}
# What makes a value go. Each type goes in three of the ways; they share what frees it.
WAYS = {
    "hash": ("DEL", "expired", "FLUSHDB"),
    "set": ("UNLINK", "overwritten", "FLUSHALL"),
    "zset": ("DEL", "expired", "FLUSHALL"),
    "list": ("UNLINK", "renamed over", "FLUSHDB"),
}


@check("big-keys", "10M members of a hash, set, zset, list go in all ways: p99.9 of GETs on other keys below 2 ms")
def big_keys(soak):
    members = soak.count(MEMBERS)
    # The first way has them all; the others have a fifth, which shows the same slices.
    for kind in MAKE:
        server = soak.start(*DEBUG)
        server.ask("CONFIG", "SET", "proto-max-bulk-len", 1 << 30)
        slices = []
        for number, way in enumerate(WAYS[kind]):
            count = members if number == 0 else max(1, members // 5)
            make(soak, server, kind, "doomed", count)
            yield from gone(soak, server, f"{kind}, {way}", way, slices)
        yield Figure(f"{kind}, longest slice", max(slices), "ms", at_most=1)
        server.stop()


@check("big-strings", "a string of 512 MB goes in all ways: p99.9 of GETs on other keys below 2 ms")
def big_strings(soak):
    server = soak.start(*DEBUG)
    slices = []
    for way in ("DEL", "overwritten", "expired", "FLUSHALL"):
        server.ask("SETRANGE", "doomed", soak.count(STRING_MEGABYTES << 20) - 1, "x")
        yield from gone(soak, server, way, way, slices)
    yield Figure("longest slice", max(slices), "ms", at_most=1)


def make(soak, server, kind, key, count):
    arguments = ["--command", MAKE[kind].format(key=key), "-n", count, "-r", count, "--distribution", "sequential"]
    soak.bench(server, *arguments, "-d", 16, "-P", 200, "-c", 2, "--key-prefix", "m:")


def gone(soak, server, title, way, slices):
    """Lets the value go in the middle of a run of GETs on other keys."""
    flushes = way.startswith("FLUSH")
    if not flushes:
        # A flush would take them along; GETs that find nothing measure as well.
        soak.fill(server, OTHERS)
    server.ask("SET", "other", "x")
    server.ask("CONFIG", "RESETSTAT")
    server.time_loops()
    probe = soak.probe(server, 2.5, OTHERS, RATE)
    time.sleep(0.5)
    do(server, way)
    turn = None
    freed = time.time() + 15
    while time.time() < freed:
        fields = server.fields("memory")
        if fields["lazyfree_pending_objects"] == 0 and (way != "expired" or server.ask("EXISTS", "doomed") == 0):
            break
        time.sleep(0.02)
    latency = probe.result()["latency"]
    turn = server.longest_turn_ms()
    slices.append(server.fields("stats")["lazyfree_slice_max_microseconds"] / 1000)
    yield Figure(f"{title}: p99.9", latency["p99.9_ms"], "ms", at_most=2)
    yield Figure("longest wait", latency["max_ms"], "ms")
    yield Figure("longest turn", turn, "ms")


def do(server, way):
    if way in ("DEL", "UNLINK"):
        server.ask(way, "doomed")
    elif way == "overwritten":
        server.ask("SET", "doomed", "small")
    elif way == "expired":
        server.ask("PEXPIRE", "doomed", 50)
    elif way == "renamed over":
        server.ask("RENAME", "other", "doomed")
    else:
        server.ask(way)
