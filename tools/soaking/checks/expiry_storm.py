"""A million keys that are due in the same second keep nobody waiting."""

import statistics
import time

from ..registry import Figure, check
from ..soak import DEBUG

COUNT = 1_000_000
OTHERS = 100_000
RATE = 10_000
ROUNDS = 3


@check("expiry-storm", "1M keys due in one second do not raise the p99.9 of GETs on other keys above twice its usual")
def expiry_storm(soak):
    count, server = soak.count(COUNT), soak.start(*DEBUG)
    soak.fill(server, OTHERS)
    quiet, stormy, seconds, turns = [], [], [], []
    for _ in range(ROUNDS):
        start = time.time() + 4 + count / 40_000
        deadlines = [b"%d" % int(start * 1000 + index) for index in range(1000)]
        value = b"0123456789abcdef"
        server.feed(("SET", b"due:%d" % index, value, "PXAT", deadlines[index % 1000]) for index in range(count))
        time.sleep(0.3)
        quiet.append(soak.probe(server, 2, OTHERS, RATE).result()["latency"])
        late = time.time() - start
        if late > -0.5:
            yield Figure("written before the first was due", -late, "s", at_least=0.5)
        time.sleep(max(0, start - time.time() - 0.3))
        server.time_loops()
        probe = soak.probe(server, 2, OTHERS, RATE)
        while server.ask("DBSIZE") > OTHERS and time.time() < start + 20:
            time.sleep(0.02)
        seconds.append(time.time() - start)
        turns.append(server.longest_turn_ms())
        stormy.append(probe.result()["latency"])
    usual = statistics.median(one["p99.9_ms"] for one in quiet)
    storm = statistics.median(one["p99.9_ms"] for one in stormy)
    yield Figure("p99.9 usually", usual, "ms")
    yield Figure("p99.9 in the storm", storm, "ms")
    yield Figure("ratio", storm / usual, at_most=2)
    yield Figure("longest wait in the storm", max(one["max_ms"] for one in stormy), "ms")
    yield Figure("all gone after", max(seconds), "s", at_most=2)
    slice_ms = server.fields("stats")["expire_slice_max_microseconds"] / 1000
    yield Figure("longest slice", slice_ms, "ms", at_most=1)
    yield Figure("longest turn of the loop", statistics.median(turns), "ms", at_most=1)
