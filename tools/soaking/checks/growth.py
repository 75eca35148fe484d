"""A table that grows from nothing to 20 million keys, under load."""

from ..registry import Figure, check
from ..soak import DEBUG

KEYS = 20_000_000


@check("growth", "a table that grows from 0 to 20M keys keeps no operation waiting for 2 ms")
def growth(soak):
    keys = soak.count(KEYS)
    server = soak.start(*DEBUG)
    server.time_loops()
    arguments = ["-t", "set", "-n", keys, "-r", keys, "--distribution", "sequential", "-d", 16, "-P", 16, "-c", 4]
    load = soak.bench(server, *arguments)
    # A turn of the loop has up to 64 of these commands.
    longest = server.longest_turn_ms()
    yield Figure("keys", server.ask("DBSIZE"), at_least=keys)
    yield Figure("longest turn of the loop", longest, "ms", at_most=2)
    yield Figure("turns over 1 ms", server.fields("debug")["eventloop_cpu_over_1ms"])
    yield Figure("SETs/s", load["requests_per_second"])
    yield Figure("client p99.99", load["latency"]["p99.99_ms"], "ms")
    yield Figure("client's longest", load["latency"]["max_ms"], "ms")
