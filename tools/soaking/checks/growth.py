"""A table that grows from nothing to 20 million keys, under load."""

import time

from comparison.servers import ComparisonError

from ..registry import Figure, check
from ..soak import DEBUG

KEYS = 20_000_000
FREEING_SECONDS = 30
ARENAS = 64


@check("growth", "a table that grows from 0 to 20M keys keeps no operation waiting for 2 ms")
def growth(soak):
    """Twice: the second time in pages that the process has already, so that what is measured is the table's growth.

    The first touch of a page is the system's affair; on virtual machines it can take as long as the host likes.
    """
    keys = soak.count(KEYS)
    server = soak.start(*DEBUG)
    yield from fill(soak, server, keys, "in new pages", {})
    # From now on the allocator keeps what is freed, in those of these arenas that there are.
    for arena in range(ARENAS):
        server.call("DEBUG", "MALLCTL", f"arena.{arena}.dirty_decay_ms", -1)
    server.ask("FLUSHALL")
    end = time.monotonic() + FREEING_SECONDS
    while server.fields("memory")["lazyfree_pending_objects"]:
        if time.monotonic() > end:
            raise ComparisonError(f"the keys were not freed within {FREEING_SECONDS} s")
        time.sleep(0.05)
    yield from fill(soak, server, keys, "again", {"at_most": 2})


def fill(soak, server, keys, title, limit):
    server.time_loops()
    arguments = ["-t", "set", "-n", keys, "-r", keys, "--distribution", "sequential", "-d", 16, "-P", 16, "-c", 4]
    load = soak.bench(server, *arguments)
    # A turn of the loop has up to 64 of these commands.
    longest = server.longest_turn_ms()
    yield Figure(f"{title}: keys", server.ask("DBSIZE"), at_least=keys)
    yield Figure("longest turn of the loop", longest, "ms", **limit)
    yield Figure("turns over 1 ms", server.fields("debug")["eventloop_cpu_over_1ms"])
    yield Figure("SETs/s", load["requests_per_second"])
    yield Figure("client p99.99", load["latency"]["p99.99_ms"], "ms")
    yield Figure("client's longest", load["latency"]["max_ms"], "ms")
