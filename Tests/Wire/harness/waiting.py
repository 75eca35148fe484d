"""Waiting for something to become true, and for threads that work side by side; both with a bound."""

import threading
import time

SECONDS = 20
THREAD_SECONDS = 60


def until(condition, seconds=SECONDS):
    """Asks again and again; what the condition gave last, so `assert until(...)` says whether it came to that."""
    end = time.monotonic() + seconds
    while not (found := condition()) and time.monotonic() < end:
        time.sleep(0.005)
    return found


def together(*functions):
    """Runs each in a thread of its own; the first failure of any is raised here."""
    failures = []

    def guarded(function):
        try:
            function()
        except BaseException as failure:  # noqa: BLE001
            failures.append(failure)

    threads = [threading.Thread(target=guarded, args=(function,), daemon=True) for function in functions]
    for thread in threads:
        thread.start()
    end = time.monotonic() + THREAD_SECONDS
    for thread in threads:
        thread.join(max(0, end - time.monotonic()))
    if failures:
        raise failures[0]
    assert not any(thread.is_alive() for thread in threads), "a thread did not end"
