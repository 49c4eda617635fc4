from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.contract.metrics.kit import NOW, ManualClock
from utils.metrics.analysis.goals import Part, Standing
from utils.metrics.goals import Goal, gone_in, meaning, of_calls, read, rings
from utils.performance_metrics import PerformanceMetrics

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

DAY = 86_400.0
BOTH = Goal("op", percentile=0.95, threshold=0.5, success=0.99)


@pytest.fixture
def metrics(tmp_path: Path) -> Iterator[PerformanceMetrics]:
    made = PerformanceMetrics(tmp_path, clock=ManualClock())
    yield made
    made.close()


def standing(left: float, burn: float | None) -> Standing:
    return Standing(Part.SUCCESS, 0.01, 1_000, 5, left, burn, burn, alarm=False)


def test_a_goal_is_told_in_plain_words() -> None:
    assert meaning(BOTH) == "95 of 100 calls within 500 ms, and 99 of 100 succeed, over 30 days"
    assert meaning(Goal("op", success=0.999, days=7)) == "999 of 1,000 calls succeed, over 7 days"
    assert meaning(Goal("op", percentile=0.5, threshold=2)) == "50 of 100 calls within 2 s, over 30 days"


@given(st.integers(50_000, 99_999))
def test_a_share_is_told_as_whole_calls_and_exactly(thousandths: int) -> None:
    part, whole = (int(text.replace(",", "")) for text in of_calls(thousandths / 100_000).split(" of "))
    assert part / whole == pytest.approx(thousandths / 100_000, rel=1e-12)


def test_the_rest_is_gone_by_the_rate_of_the_last_hours() -> None:
    assert gone_in(BOTH, standing(0.5, 5.0)) == pytest.approx(3 * DAY)


@given(st.integers(1, 365), st.floats(1e-6, 1), st.floats(0, 1e6))
def test_what_is_left_is_gone_within_the_period_or_not_told(days: int, left: float, burn: float) -> None:
    gone = gone_in(Goal("op", success=0.99, days=days), standing(left, burn))
    assert (gone is None) == (burn <= left)
    assert gone is None or 0 < gone <= days * DAY


@pytest.mark.parametrize(("left", "burn"), [(-0.1, 5.0), (0.0, 5.0), (0.5, 0.4), (0.5, 0.0), (0.5, None)])
def test_what_is_gone_or_lasts_has_no_moment_at_which_it_is_gone(left: float, burn: float | None) -> None:
    assert gone_in(BOTH, standing(left, burn)) is None


def test_the_alarm_looks_at_hours_and_the_budget_at_the_period(metrics: PerformanceMetrics) -> None:
    for number in range(1_000):
        metrics.record("op", 0.1, end_time=NOW - DAY - number * 60)
    assert not rings(metrics, BOTH, NOW)
    for number in range(30):
        metrics.record("op", 0.1, success=number < 20, metadata={}, end_time=NOW - 60 - number)
    stand = read(metrics, BOTH, NOW)
    speed, success = stand.parts
    assert (speed.calls, success.calls, success.bad) == (1_030, 1_030, 10)
    assert (stand.met, stand.rings, rings(metrics, BOTH, NOW)) == (True, True, True)
