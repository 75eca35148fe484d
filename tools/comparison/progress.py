"""A line that is written over, for somebody who watches; nothing where nobody does."""

import sys
import time


class Progress:
    def __init__(self, expected_seconds, stream=sys.stderr):
        self.stream, self.is_shown = stream, stream.isatty()
        self.expected, self.start = expected_seconds, time.monotonic()

    def show(self, text, *_):
        if self.is_shown:
            left = max(0, self.expected - (time.monotonic() - self.start))
            self.stream.write(f"\r\033[K{text} (about {duration(left)} left)"[:160])
            self.stream.flush()

    def clear(self):
        if self.is_shown:
            self.stream.write("\r\033[K")
            self.stream.flush()


def duration(seconds):
    if seconds < 90:
        return f"{seconds:.0f} s"
    return f"{seconds / 60:.0f} min"
