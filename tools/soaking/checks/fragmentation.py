"""Values of other sizes than before: what is left between them must not stay with the process."""

import time

from ..mixed import MixedValues
from ..registry import Figure, check

BYTES = 2 << 30
# No size of the second list fits the pages that values of the first one have left.
FIRST_SIZES = [20, 90, 200, 400, 900, 1700, 3500]
SECOND_SIZES = [50, 140, 290, 600, 1200, 2600]
DELETED = 0.75
LIMIT = 1.25
PATIENCE_SECONDS = 30


@check("fragmentation", "2 GB of mixed sizes, 75 % deleted, refilled with other sizes: RSS ≤ 1.25 × used_memory in 30 s")
def fragmentation(soak):
    server = soak.start("--activedefrag", "yes")
    values = MixedValues(server, soak.stack)
    byte_count = soak.count(BYTES)
    keys = values.fill("first", FIRST_SIZES, byte_count)
    yield Figure("RSS ÷ used_memory when filled", ratio(server))
    values.delete(keys, DELETED)
    yield Figure("after the deletion", ratio(server))
    values.fill("second", SECOND_SIZES, int(byte_count * DELETED))
    start = time.monotonic()
    yield Figure("after the refill", ratio(server))
    seconds = 0.0
    while ratio(server) > LIMIT and seconds < PATIENCE_SECONDS:
        time.sleep(0.25)
        seconds = time.monotonic() - start
    yield Figure("seconds until it is kept", seconds, "s", at_most=PATIENCE_SECONDS)
    time.sleep(max(0.0, 5 - seconds))
    yield Figure("in the end", ratio(server), at_most=LIMIT)
    fields = server.fields()
    yield Figure("blocks moved", fields["active_defrag_hits"])
    yield Figure("processor time for that", fields["total_active_defrag_time"] / 1000, "s")


def ratio(server):
    return server.resident_bytes() / max(1, server.fields("memory")["used_memory"])
