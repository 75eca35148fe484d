"""Waiting for something to become true, with a bound."""

import time

SECONDS = 10


def until(condition, seconds=SECONDS):
    """Asks again and again; what the condition gave last, so `assert until(...)` says whether it came to that."""
    end = time.monotonic() + seconds
    while not (found := condition()) and time.monotonic() < end:
        time.sleep(0.01)
    return found
