from __future__ import annotations

import random
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from utils.metrics.analysis.growth import DAY, HOUR, NEEDS_HOURS, growth, is_leak, memory_growth
from utils.metrics.process.sample import ProcessSample

if TYPE_CHECKING:
    from collections.abc import Callable

MB = 1_000_000


def run(hours: float, rss: Callable[[float], float], start: float = 0.0) -> list[ProcessSample]:
    """One run of the bot, a sample a minute; `rss` gives bytes by the hour."""
    return [
        ProcessSample(start + minute * 60, 0.0, pid=1, started=start, rss=int(rss(minute / 60)))
        for minute in range(int(hours * 60))
    ]


def test_steady_growth_is_found_with_its_slope_under_noise_and_peaks() -> None:
    draw = random.Random(3)
    found = memory_growth(
        run(24, lambda hour: 100 * MB + 2 * MB * hour + draw.random() * 9 * MB + 50 * MB * (draw.random() < 0.05))
    )
    assert found is not None
    assert found.per_day == pytest.approx(48 * MB, rel=0.1)
    assert is_leak(found)


def test_ups_and_downs_are_no_growth() -> None:
    draw = random.Random(4)
    assert not is_leak(memory_growth(run(24, lambda _: 100 * MB + draw.random() * 20 * MB)))


def test_what_is_loaded_at_the_start_and_then_kept_is_no_growth() -> None:
    found = memory_growth(run(24, lambda hour: 60 * MB + 90 * MB * min(1.0, hour)))
    assert found is not None
    assert found.per_day == 0
    assert not is_leak(found)


def test_growth_too_small_for_a_word_gets_none() -> None:
    found = memory_growth(run(24, lambda hour: 400 * MB + 0.25 * MB * hour))
    assert found is not None
    assert found.is_steady
    assert not is_leak(found)


def test_only_the_present_run_counts() -> None:
    before = run(24, lambda hour: 100 * MB + 9 * MB * hour)
    after = run(5, lambda _: 100 * MB, start=DAY)
    assert memory_growth(before + after) is None
    longer = memory_growth(before + run(12, lambda _: 100 * MB, start=DAY))
    assert longer is not None
    assert longer.per_day == 0


def test_a_run_too_young_says_nothing() -> None:
    assert memory_growth(run(NEEDS_HOURS, lambda hour: hour * MB)) is None
    assert memory_growth(run(NEEDS_HOURS + 1, lambda hour: hour * MB)) is not None
    assert memory_growth([]) is None
    assert not is_leak(None)


@given(st.lists(st.floats(0, 1e12), min_size=NEEDS_HOURS, max_size=30), st.floats(-1e9, 1e9))
def test_a_slope_added_is_a_slope_found(values: list[float], slope: float) -> None:
    flat = growth((hour * HOUR, value) for hour, value in enumerate(values))
    tilted = growth((hour * HOUR, value + slope * hour) for hour, value in enumerate(values))
    assert flat is not None
    assert tilted is not None
    assert tilted.per_day - flat.per_day == pytest.approx(slope * DAY / HOUR, rel=1e-3, abs=1e-1)
    assert 0 <= flat.rising <= 1
