"""What the machine itself does to a thread: nothing of the server is in these figures.

Limits of a millisecond or two mean something only where these are well below. All times are the thread's own
processor time, as in the checks: what other processes took is not in them, but what a hypervisor took is.
"""

import gc
import mmap
import time

from ..registry import Figure, check

WATCH_SECONDS = 10
FRESH_BYTES = 1 << 30


@check("machine", "how long this machine keeps a thread that only looks at the clock, and one that touches new memory")
def machine(soak):
    gc.disable()
    try:
        yield from gaps("looking at the clock", looks(soak.seconds(WATCH_SECONDS)))
        yield from gaps("touching new pages", touches(soak.count(FRESH_BYTES)))
    finally:
        gc.enable()


def looks(seconds):
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        yield


def touches(size):
    with mmap.mmap(-1, size) as memory:
        for place in range(0, size, mmap.PAGESIZE):
            memory[place] = 1
            yield


def gaps(title, steps):
    last, longest, long = time.thread_time_ns(), 0, 0
    for _ in steps:
        now = time.thread_time_ns()
        longest = max(longest, now - last)
        long += now - last > 1_000_000
        last = now
    yield Figure(f"{title}: longest step", longest / 1e6, "ms")
    yield Figure("steps over 1 ms", long)
