"""The traces that are replayed: made by needletail-bench replay, or read from a file."""

import dataclasses
import pathlib


@dataclasses.dataclass(frozen=True)
class Trace:
    name: str
    title: str
    # What needletail-bench replay makes, or None for a file.
    shape: str | None
    keys: int = 0
    # The budget, in percent of what all keys take in Redis.
    share: float = 10
    size: str = "256"
    file: pathlib.Path | None = None

    def arguments(self, requests, scale, seed):
        """For needletail-bench replay; `scale` divides the number of keys as it divides the requests."""
        if self.file is not None:
            return ["--trace", str(self.file)]
        keys = max(1, int(self.keys * scale))
        return [
            *("--make", self.shape, "--keyspace", str(keys), "--requests", str(requests)),
            *("--size", self.size, "--seed", str(seed)),
        ]


STANDARD = [
    Trace("zipf-0.7", "zipf 0.7", "zipf:0.7", 500_000),
    Trace("zipf-0.9", "zipf 0.9", "zipf:0.9", 500_000),
    Trace("zipf-1.1", "zipf 1.1", "zipf:1.1", 500_000),
    Trace("zipf-scans", "zipf 0.9 and scans", "zipf-scans", 200_000),
    Trace("loop", "loop", "loop", 150_000),
    Trace("shift", "shifting working set", "shift", 100_000),
    # Half of what it asks for comes once: a tenth of all that would hold everything that comes again.
    Trace("one-hit", "one-hit wonders", "one-hit", 200_000, share=5),
]
# Only where it is asked for: the optimum is none where sizes differ.
OTHERS = [
    Trace("sizes", "zipf 0.9, sizes from 64 to 4096", "zipf:0.9", 200_000, size="64:40,256:30,1024:20,4096:10"),
    Trace("uniform", "uniform", "uniform", 200_000),
]
ALL = {trace.name: trace for trace in STANDARD + OTHERS}


def from_file(path, share):
    return Trace(path.stem, path.stem, None, share=share, file=path.absolute())
