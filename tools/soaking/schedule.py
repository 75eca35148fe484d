"""Things that are due at known times, and how long after that they are gone."""

import dataclasses
import time


@dataclasses.dataclass
class Schedule:
    """`count` deadlines, evenly from `start` on over `spread` seconds; times in seconds since the epoch."""

    count: int
    spread: float
    start: float

    def deadline_ms(self, index):
        return int((self.start + index / self.count * self.spread) * 1000)

    def due(self, moment):
        """How many are due then."""
        return max(0, min(self.count, (moment - self.start) / self.spread * self.count))

    def lag(self, moment, gone, share):
        """How long ago so many were due that `gone` is this share of them: 0 if it is more of those due now."""
        behind = moment - (self.start + min(1, gone / share / self.count) * self.spread)
        return max(0.0, min(behind, moment - self.start))


def watch(schedule, gone, share=0.999, every=0.2, patience=20):
    """Asks `gone()` until all are gone; the longest lag at which that share was gone, in seconds."""
    longest = 0.0
    end = schedule.start + schedule.spread
    while True:
        before = time.time()
        count = gone()
        # What is counted may have been counted as early as this.
        longest = max(longest, schedule.lag(before, count, share))
        if count >= schedule.count and before > end:
            return longest
        if before > end + patience:
            return max(longest, before - end)
        time.sleep(every)
