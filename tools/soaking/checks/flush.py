"""FLUSHALL: the memory goes back to the system soon, and nobody waits meanwhile."""

import time

from ..registry import Figure, check

BYTES = 2 << 30
VALUE_BYTES = 1000
LIMIT_SECONDS = 2
PROBE_SECONDS = 8
# Of what the data took, so much may stay.
REMAINDER = 0.05


@check("flush", "FLUSHALL of 2 GB gives the memory back within 2 s, and keeps no other client waiting for 2 ms")
def flush(soak):
    server = soak.start()
    keys = soak.count(BYTES // VALUE_BYTES)
    soak.fill(server, keys, VALUE_BYTES)
    taken = server.resident_bytes() - server.empty_bytes
    yield Figure("RSS of the data", taken / 1e6, "MB")
    # They find nothing after the flush; what matters is how long they wait.
    probe = soak.probe(server, PROBE_SECONDS, keys)
    time.sleep(PROBE_SECONDS / 4)
    start = time.monotonic()
    server.ask("FLUSHALL")
    yield Figure("FLUSHALL itself", (time.monotonic() - start) * 1000, "ms")
    limit = start + PROBE_SECONDS / 2
    while server.resident_bytes() - server.empty_bytes > taken * REMAINDER and time.monotonic() < limit:
        time.sleep(0.02)
    yield Figure("seconds until RSS is back", time.monotonic() - start, "s", at_most=LIMIT_SECONDS)
    latency = probe.result()["latency"]
    yield Figure("GETs meanwhile: p99.9", latency["p99.9_ms"], "ms", at_most=2)
    yield Figure("longest", latency["max_ms"], "ms")
    yield Figure("RSS in the end", (server.resident_bytes() - server.empty_bytes) / 1e6, "MB")
