from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.contract.metrics.kit import NOW, ManualClock, NaiveEngine
from utils.metrics.analysis.regressions import Kind
from utils.metrics.standing import DAY, HOUR, judge
from utils.performance_metrics import PerformanceMetrics

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture
def engine() -> NaiveEngine:
    return NaiveEngine(ManualClock())


@pytest.fixture
def metrics(engine: NaiveEngine, tmp_path: Path) -> PerformanceMetrics:
    return PerformanceMetrics(tmp_path, clock=ManualClock(), engine=engine)


def fill(metrics: PerformanceMetrics, name: str, start: float, end: float, seconds: float, *, failing: int = 0) -> None:
    """Forty calls a day, the first `failing` of each day failed."""
    calls = int((end - start) / DAY * 40)
    for number in range(calls):
        moment = NOW + start + (end - start) * (number + 0.5) / calls
        took = seconds * (0.9 + 0.2 * (number % 10) / 10)
        metrics.record(name, took, success=number % 40 >= failing, metadata={}, end_time=moment)


def test_an_operation_that_got_slower_is_told_with_its_usual_and_since_when(metrics: PerformanceMetrics) -> None:
    fill(metrics, "op", -9 * DAY, -6 * HOUR, 1.0)
    fill(metrics, "op", -6 * HOUR, 0, 2.0)
    (found,) = judge(metrics, NOW).values()
    slower = found.change(Kind.SLOWER)
    assert slower is not None
    assert slower.usual == pytest.approx(1.08, abs=0.03)
    assert found.relative == pytest.approx(slower.relative)
    assert found.slow_since == pytest.approx(NOW - 6 * HOUR, abs=HOUR)
    assert found.days == 7


def test_what_is_as_ever_is_no_change_and_its_difference_is_small(metrics: PerformanceMetrics) -> None:
    fill(metrics, "op", -9 * DAY, 0, 1.0)
    (found,) = judge(metrics, NOW).values()
    assert found.changes == ()
    assert found.relative == pytest.approx(0, abs=0.01)


def test_a_young_operation_has_no_usual_and_says_how_many_days_it_has(metrics: PerformanceMetrics) -> None:
    fill(metrics, "op", -3 * DAY, 0, 1.0)
    (found,) = judge(metrics, NOW).values()
    assert (found.usual, found.days, found.relative) == (None, 2, None)


def test_what_was_not_called_in_the_last_day_is_left_out(metrics: PerformanceMetrics) -> None:
    fill(metrics, "old", -5 * DAY, -1.1 * DAY, 1.0)
    fill(metrics, "op", -DAY, 0, 1.0)
    assert judge(metrics, NOW).keys() == {"op"}
    assert judge(metrics, NOW, ["old"]) == {}


class Counting(NaiveEngine):
    """Counts how often the days before are read."""

    read = 0

    def samples(self, operation: str, since: float, until: float):  # type: ignore[no-untyped-def]  # noqa: ANN201 - as the engine's
        self.read += until < NOW - 12 * HOUR
        return super().samples(operation, since, until)


def test_the_days_before_are_summed_up_once_an_hour(tmp_path: Path) -> None:
    engine = Counting(ManualClock())
    metrics = PerformanceMetrics(tmp_path, clock=ManualClock(), engine=engine)
    fill(metrics, "op", -9 * DAY, 0, 1.0)
    full_hour = NOW // HOUR * HOUR
    for later in (1.0, 60.0, HOUR - 1, HOUR + 1):
        judge(metrics, full_hour + later)
    assert engine.read == 2
