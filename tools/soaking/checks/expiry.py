"""Keys and fields that are due are gone soon, at little cost, while others are served."""

import random
import time

from ..registry import Figure, check
from ..schedule import Schedule, watch
from ..soak import DEBUG

COUNT = 1_000_000
SPREAD_SECONDS = 60
RATE = 20_000
OTHERS = 100_000


@check("expiry", "1M keys due over 60 s are gone within a second, with 5 % of a core and no turn of the loop over 1 ms")
def expiry(soak):
    count, server = soak.count(COUNT), soak.start(*DEBUG)
    plan = schedule(soak, count)

    def keys():
        for index in shuffled(count):
            yield "SET", b"due:%d" % index, b"0123456789abcdef", b"PXAT", b"%d" % plan.deadline_ms(index)

    def gone():
        return count + OTHERS - server.ask("DBSIZE")

    yield from run(soak, server, plan, keys(), gone, late="expired_late_keys")


@check("expiry-fields", "1M fields of hashes due over 60 s are gone within a second, at the same cost")
def expiry_fields(soak):
    count, server = soak.count(COUNT), soak.start(*DEBUG)
    plan = schedule(soak, count)

    def fields():
        # Half of them in one hash, the others in hashes of a thousand.
        for index in shuffled(count):
            key = b"big" if index % 2 else b"small:%d" % (index // 2 % max(1, count // 2000))
            yield "HSETEX", key, "PXAT", plan.deadline_ms(index), "FIELDS", 1, b"field:%d" % index, b"0123456789abcdef"

    def gone():
        return server.fields("stats")["expired_subkeys"]

    yield from run(soak, server, plan, fields(), gone)


def schedule(soak, count):
    """It begins when everything is written, at 40,000 commands a second or faster."""
    return Schedule(count, soak.seconds(SPREAD_SECONDS), time.time() + 3 + count / 40_000)


def shuffled(count):
    order = list(range(count))
    random.Random(1).shuffle(order)
    return order


def run(soak, server, plan, commands, gone, late=None):
    soak.fill(server, OTHERS)
    server.feed(commands)
    early = plan.start - time.time()
    yield Figure("written before the first was due", early, "s", at_least=0)
    if early < 0:
        return
    seconds = plan.start - time.time() + plan.spread + 1
    load = soak.begin(
        server, "--mix", "get:80,set:20", "-r", OTHERS, "-c", 10, "--rate", RATE, "--seconds", f"{seconds:.0f}"
    )
    time.sleep(max(0, plan.start - time.time()))
    server.time_loops()
    lag = watch(plan, gone)
    longest = server.longest_turn_ms()
    stats = server.fields("stats")
    yield Figure("99.9 % gone within", lag, "s", at_most=1)
    if late is not None:
        yield Figure("gone later than that", stats[late] / plan.count * 100, "%", at_most=0.1)
        yield Figure("longest delay", stats["expired_lag_max_milliseconds"] / 1000, "s")
    cpu = stats["expire_cycle_cpu_milliseconds"] + stats["lazyfree_cpu_milliseconds"]
    yield Figure("of a core", cpu / 10 / plan.spread, "%", at_most=5)
    yield Figure("longest slice", stats["expire_slice_max_microseconds"] / 1000, "ms", at_most=1)
    yield Figure("longest turn of the loop", longest, "ms", at_most=1)
    latency = load.result()["latency"]
    yield Figure("p99.9 of GET and SET", latency["p99.9_ms"], "ms")
