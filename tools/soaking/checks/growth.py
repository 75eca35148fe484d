"""A table that grows from nothing to 20 million keys, under load."""

from ..registry import Figure, check

KEYS = 20_000_000


@check("growth", "a table that grows from 0 to 20M keys keeps no operation waiting for 2 ms")
def growth(soak):
    keys = soak.count(KEYS)
    server = soak.start()
    arguments = ["-t", "set", "-n", keys, "-r", keys, "--distribution", "sequential", "-d", 16, "-P", 32, "-c", 4]
    load = soak.bench(server, *arguments)
    yield Figure("keys", server.ask("DBSIZE"), at_least=keys)
    yield Figure("SETs/s", load["requests_per_second"])
    yield Figure("client p99.99", load["latency"]["p99.99_ms"], "ms")
    yield Figure("client's longest", load["latency"]["max_ms"], "ms")
