"""What a key costs: resident and by the server's own count."""

import time

from comparison import elements

from ..registry import Figure, check

# As many as tools/compare --memory writes. Of other numbers the segments of the table are in other size classes, and
# those that are just being left cost up to 3 bytes a key more.
KEYS = 2_000_000
# Bytes of the value, and the most bytes that a key of 16 bytes may take with it.
LIMITS = {16: 62, 64: 110, 256: 335}
ELEMENTS = 300_000


@check("density", "a key of 16 bytes with a value of 16, 64 or 256 bytes takes at most 62, 110 or 335 bytes of RSS")
def density(soak):
    for size, limit in LIMITS.items():
        server = soak.start()
        keys = soak.count(KEYS)
        empty = server.fields("memory")["used_memory"]
        soak.fill(server, keys, size)
        resident, used = settled(server, empty)
        yield Figure(f"value of {size} bytes: RSS", resident / keys, "B", at_most=limit)
        yield Figure("used_memory", used / keys, "B", at_most=limit)
        server.stop()
    for shape in elements.shapes(soak.count(ELEMENTS)):
        server = soak.start()
        empty = server.fields("memory")["used_memory"]
        elements.fill(server, shape)
        resident, used = settled(server, empty)
        yield Figure(f"an element of {shape.title}: RSS", resident / shape.elements(), "B")
        yield Figure("used_memory", used / shape.elements(), "B")
        server.stop()


def settled(server, empty):
    """What the data take once unused pages have gone back."""
    time.sleep(1.5)
    return server.resident_bytes() - server.empty_bytes, server.fields("memory")["used_memory"] - empty
