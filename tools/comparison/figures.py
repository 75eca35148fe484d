"""Medians, paired ratios and their spread; and when a ratio is refused."""

import dataclasses
import statistics

# A ratio whose middle half is wider than this, relative to its median, is not printed.
MEANINGLESS_SPREAD = 0.15
FEWEST_ROUNDS = 3


def spread(values):
    """Interquartile range divided by the median; nil for a single value, infinite around a median of zero."""
    if len(values) < 2:
        return 0.0
    lower, middle, upper = statistics.quantiles(values, n=4, method="inclusive")
    if middle == 0:
        return 0.0 if upper == lower else float("inf")
    return (upper - lower) / abs(middle)


@dataclasses.dataclass(frozen=True)
class Ratio:
    """The median of paired ratios, or the reason why there is none."""

    value: float | None
    spread: float | None
    reason: str | None = None

    def record(self):
        found = {"value": rounded(self.value), "spread": rounded(self.spread)}
        return found | ({"reason": self.reason} if self.reason else {})

    @staticmethod
    def refused(reason, width=None):
        return Ratio(None, width if width is None or width != float("inf") else None, reason)


def paired_ratio(values, baseline):
    """The median over the rounds of value ÷ baseline of the same round.

    What disturbs the machine for longer than a round disturbs both sides of a pair, and drops out.
    """
    pairs = [(value, base) for value, base in zip(values, baseline) if value is not None and base]
    if len(pairs) < FEWEST_ROUNDS:
        return Ratio.refused(f"only {len(pairs)} rounds; {FEWEST_ROUNDS} are the fewest")
    quotients = [value / base for value, base in pairs]
    width = spread(quotients)
    if width > MEANINGLESS_SPREAD:
        return Ratio.refused(f"spread {width * 100:.0f} %", width)
    return Ratio(statistics.median(quotients), width)


def median(values):
    known = [value for value in values if value is not None]
    return statistics.median(known) if known else None


def summary(values):
    """Median, spread and every round of one measure, as the report keeps them."""
    known = [value for value in values if value is not None]
    if not known:
        return {"median": None, "spread": None, "rounds": []}
    width = spread(known)
    return {
        "median": rounded(median(known)),
        "spread": rounded(width) if width != float("inf") else None,
        "rounds": [rounded(value) for value in known],
    }


def rounded(value, digits=5):
    """Five significant digits: more is not measured."""
    if value is None or isinstance(value, int):
        return value
    return float(f"{value:.{digits}g}")
