from __future__ import annotations

import math
import random
import statistics

import pytest
from hypothesis import given
from hypothesis import strategies as st

from utils.metrics.stats import mean, percentile, summarise

durations = st.lists(st.floats(min_value=0, max_value=1e6, allow_subnormal=False), min_size=2, max_size=200)


@given(durations)
def test_percentiles_are_those_of_linear_interpolation(values: list[float]) -> None:
    ordered = sorted(values)
    # The standard library's "inclusive" quantiles stand at rank (n - 1) * p, as numpy's default ones do.
    for place, expected in enumerate(statistics.quantiles(values, n=100, method="inclusive"), 1):
        assert math.isclose(percentile(ordered, place / 100), expected, rel_tol=1e-9, abs_tol=1e-9)


def test_percentiles_of_a_known_list() -> None:
    assert percentile([1.0, 2.0, 3.0, 4.0], 0.5) == 2.5
    assert percentile([1.0, 2.0, 3.0, 4.0], 0.95) == pytest.approx(3.85)
    assert [percentile([0.0, 10.0], share) for share in (0.0, 0.25, 1.0)] == [0.0, 2.5, 10.0]
    assert percentile([7.0], 0.99) == 7.0


@given(st.lists(st.floats(allow_nan=False, allow_infinity=False), min_size=1), st.floats(0, 1))
def test_a_percentile_lies_between_the_least_and_the_most(values: list[float], share: float) -> None:
    assert min(values) <= percentile(sorted(values), share) <= max(values)


@given(durations)
def test_the_summary_is_in_order_and_adds_up(values: list[float]) -> None:
    stats = summarise("op", values, successes=1, last_24h=2, last_hour=3)
    assert stats.min_duration <= stats.p50_duration <= stats.p95_duration <= stats.p99_duration <= stats.max_duration
    assert stats.total_calls == stats.successful_calls + stats.failed_calls == len(values)
    assert math.isclose(stats.avg_duration, statistics.fmean(values), rel_tol=1e-12)
    assert (stats.operation, stats.last_24h_calls, stats.last_hour_calls) == ("op", 2, 3)


def test_the_order_of_the_durations_does_not_matter() -> None:
    values = [number / 7 for number in range(1_000)]
    shuffled = random.Random(1).sample(values, len(values))
    expected = summarise("op", values, successes=0, last_24h=0, last_hour=0)
    assert summarise("op", shuffled, successes=0, last_24h=0, last_hour=0) == expected


def test_a_mean_of_huge_numbers_does_not_overflow() -> None:
    assert mean([1.5e308, 1.5e308]) == 1.5e308
