"""Medians, paired ratios, and when a ratio is refused."""

import math

import pytest
from comparison import figures, rounds


def test_a_ratio_is_the_median_of_the_rounds_own_ratios():
    # The machine is half as fast in the third round, for both.
    found = figures.paired_ratio([5.0, 5.1, 10.0, 5.0, 5.0], [10.0, 10.0, 20.0, 10.1, 10.0])
    assert found.value == 0.5 and found.spread < 0.02 and found.reason is None


def test_a_wide_spread_refuses_the_ratio():
    found = figures.paired_ratio([1.0, 2.0, 3.0, 4.0, 5.0], [2.0] * 5)
    assert found.value is None and "spread 67 %" == found.reason
    assert found.record() == {"value": None, "spread": 0.66667, "reason": "spread 67 %"}


def test_the_border_of_what_is_refused():
    inside = figures.paired_ratio([1.0, 1.0, 1.0, 1.14, 1.14], [1.0] * 5)
    outside = figures.paired_ratio([1.0, 1.0, 1.0, 1.16, 1.16], [1.0] * 5)
    assert inside.value == 1.0 and outside.value is None


@pytest.mark.parametrize("values", [[], [1.0], [1.0, 1.0], [1.0, None, None, 1.0]])
def test_too_few_rounds_refuse_the_ratio(values):
    found = figures.paired_ratio(values, [1.0] * len(values))
    assert found.value is None and "rounds" in found.reason


def test_rounds_that_failed_on_either_side_drop_out_as_pairs():
    found = figures.paired_ratio([1.0, None, 1.0, 1.0, 9.0], [2.0, 2.0, 2.0, 2.0, None])
    assert found.value == 0.5


def test_a_baseline_of_zero_is_no_baseline():
    assert figures.paired_ratio([1.0] * 3, [0.0] * 3).value is None


def test_spread():
    assert figures.spread([7.0]) == 0
    assert figures.spread([1.0, 2.0, 3.0, 4.0, 5.0]) == pytest.approx(2 / 3)
    assert figures.spread([0.0, 0.0, 0.0]) == 0
    assert math.isinf(figures.spread([-1.0, 0.0, 0.0, 1.0]))


def test_a_summary_keeps_every_round():
    assert figures.summary([3.0, None, 1.0, 2.0]) == {"median": 2.0, "spread": 0.5, "rounds": [3.0, 1.0, 2.0]}
    assert figures.summary([None]) == {"median": None, "spread": None, "rounds": []}


def test_five_digits_are_kept():
    assert [figures.rounded(value) for value in (123456.7, 0.00123456, 7, None)] == [123460.0, 0.0012346, 7, None]


def test_a_client_at_its_limit_marks_rates_and_latencies_but_not_processor_time():
    entry = {"ratios": {"throughput": {"value": 1.0}, "p99_ms": {"value": None}, "cpu_us": {"value": 0.5}}}
    rounds.mark_the_limit(entry, 0.95, 0.5)
    assert entry["ratios"]["throughput"]["client_limited"]
    assert "client_limited" not in entry["ratios"]["cpu_us"] and "client_limited" not in entry["ratios"]["p99_ms"]
    untouched = {"ratios": {"throughput": {"value": 1.0}}}
    rounds.mark_the_limit(untouched, 0.5, None)
    assert "client_limited" not in untouched["ratios"]["throughput"]
