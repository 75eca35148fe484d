"""The checks there are, and the figures they yield.

A check is a generator in a file of its own under checks/, which yields figures as it finds them:

    @check("name", "what it promises, in one line")
    def name(soak):
        server = soak.start("--maxmemory", "1gb")
        soak.bench(server, "-t", "set", "-n", "100000")
        yield Figure("used memory", server.fields("memory")["used_memory"] / 1e6, "MB", at_most=1000)

`soak` is a Soak (see soak.py); what it starts, it stops. Times come from needletail-bench or from the server itself.
"""

import dataclasses
import importlib
import pkgutil

# No check takes longer than this.
LIMIT_SECONDS = 180


@dataclasses.dataclass(frozen=True)
class Figure:
    """One number, and what it may be. Without a limit it is only shown."""

    title: str
    value: float
    unit: str = ""
    at_most: float | None = None
    at_least: float | None = None

    @property
    def is_kept(self):
        too_much = self.at_most is not None and not self.value <= self.at_most
        too_little = self.at_least is not None and not self.value >= self.at_least
        return not too_much and not too_little

    def __str__(self):
        unit = f" {self.unit}" if self.unit else ""
        text = f"{self.title} {number(self.value)}{unit}"
        if self.at_most is not None:
            text += f" (≤ {number(self.at_most)})"
        if self.at_least is not None:
            text += f" (≥ {number(self.at_least)})"
        return text if self.is_kept else text + " !"

    def record(self):
        return dataclasses.asdict(self) | {"is_kept": self.is_kept}


@dataclasses.dataclass(frozen=True)
class Check:
    name: str
    description: str
    body: object
    # Numbers of server threads with which it means something; None: any.
    threads: tuple | None = None


CHECKS = {}


def check(name, description, threads=None):
    """Registers a generator of figures."""

    def register(body):
        if name in CHECKS:
            raise ValueError(f"two checks are called {name}")
        CHECKS[name] = Check(name, description, body, threads)
        return body

    return register


def load():
    """Every check, by name, in alphabetical order."""
    from . import checks

    for module in pkgutil.iter_modules(checks.__path__):
        importlib.import_module(f"{checks.__name__}.{module.name}")
    return dict(sorted(CHECKS.items()))


def number(value):
    """Four digits that count."""
    if isinstance(value, int):
        return str(value)
    if value != value or abs(value) >= 1000:
        return f"{value:.0f}"
    return f"{value:.4g}" if abs(value) < 1 else f"{value:.3g}" if abs(value) < 100 else f"{value:.1f}"
