"""What is remembered by day is what the file says, whatever came, went or came late meanwhile."""

from __future__ import annotations

from itertools import chain
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.contract.metrics.kit import NOW, ManualClock
from utils.metrics.days import DAY, MOST_DAYS, Days
from utils.metrics.process.sample import ProcessSample, read
from utils.metrics.spent import Spent, gather
from utils.metrics.words import SAMPLE
from utils.performance_metrics import PerformanceMetrics

if TYPE_CHECKING:
    from collections.abc import Sequence

    from utils.metrics.model import Numbers

OPERATION = "command.x"
_ODD = st.sampled_from(["text", True, None, -1, float("nan"), 2**60, [1]])
_SECONDS = st.floats(0, 100).map(lambda seconds: round(seconds, 4))
_PARTS = st.dictionaries(st.sampled_from(["docker", "queue", "discord", "lag", "gc", "x"]), _SECONDS | _ODD, max_size=6)
_CALL = st.dictionaries(st.sampled_from(["ack", "outcome"]), _SECONDS | _ODD).flatmap(
    lambda known: st.one_of(st.just(known), _PARTS.map(lambda parts: known | {"parts": parts}))
)
_LOOK = st.dictionaries(
    st.sampled_from(["pid", "started", "rss", "cpu", "fds", "gc"]), st.integers(0, 10**12) | _SECONDS | _ODD
)
_AGO = st.integers(0, 5 * 86_400).map(float)
_STEPS = st.lists(
    st.one_of(
        st.tuples(st.just("call"), _AGO, _SECONDS, _CALL),
        st.tuples(st.just("look"), _AGO, _SECONDS, _LOOK),
        st.tuples(st.just("clean"), st.integers(0, 5)),
        st.tuples(st.just("ask"), st.integers(1, 120)),
    ),
    max_size=30,
)


@given(_STEPS)
def test_the_long_way_and_the_short_one_tell_the_same(steps: list[tuple[Any, ...]]) -> None:
    with TemporaryDirectory() as folder:
        metrics = PerformanceMetrics(Path(folder), clock=ManualClock())
        for step in [*steps, ("ask", 120), ("ask", 119)]:
            if step[0] == "clean":
                metrics.cleanup_old_metrics(step[1])
            elif step[0] == "ask":
                check(metrics, step[1])
            else:
                name = OPERATION if step[0] == "call" else SAMPLE
                metrics.record(name, step[2], metadata=step[3], end_time=NOW - step[1])
        metrics.close()


def check(metrics: PerformanceMetrics, hours: int) -> None:
    assert read(metrics, hours, NOW) == [ProcessSample.of(entry) for entry in metrics.iter_entries(SAMPLE, hours)]
    plain = Spent(OPERATION)
    for entry in metrics.iter_entries(OPERATION, hours):
        plain.add(entry)
    found = next(iter(gather(metrics, hours, NOW).rows), Spent(OPERATION))
    assert (found.durations, found.acks) == (plain.durations, plain.acks)
    assert found.seconds == pytest.approx(plain.seconds)
    assert found.held == pytest.approx(plain.held)


class Counted:
    """Days that tell how many calls were read."""

    def __init__(self) -> None:
        self.calls = 0
        self.days = Days(self._fold)

    def _fold(self, calls: Sequence[Numbers]) -> list[float]:
        self.calls += len(calls)
        return [call.duration for call in calls]

    def ask(self, metrics: PerformanceMetrics, start: float) -> tuple[list[float], int]:
        """Give the durations, and how many calls had to be read for them."""
        before = self.calls
        found = list(chain.from_iterable(self.days.read(metrics, OPERATION, start)))
        return found, self.calls - before


def test_only_days_that_changed_are_read_again(tmp_path: Path) -> None:
    metrics, counted, start = PerformanceMetrics(tmp_path, clock=ManualClock()), Counted(), NOW // DAY * DAY
    for day in range(6):
        for second in range(10):
            metrics.record(OPERATION, day + second / 10, end_time=start - day * DAY + second)
    whole, read_first = counted.ask(metrics, start - 5 * DAY)
    assert (len(whole), read_first) == (60, 60)
    assert counted.ask(metrics, start - 5 * DAY) == (whole, 0)
    assert counted.ask(metrics, start - 5 * DAY + 5) == (whole[5:], 5), "of the first day only a part is wanted"
    metrics.record(OPERATION, 99.0, end_time=start - 3 * DAY + 60)
    later, read_later = counted.ask(metrics, start - 5 * DAY)
    assert (later[30], read_later) == (99.0, 11)
    metrics.close()


def test_what_is_older_than_a_month_is_not_remembered(tmp_path: Path) -> None:
    metrics, counted, start = PerformanceMetrics(tmp_path, clock=ManualClock()), Counted(), NOW // DAY * DAY
    for day in (0, MOST_DAYS - 1, MOST_DAYS, MOST_DAYS + 1):
        metrics.record(OPERATION, float(day), end_time=start - day * DAY)
    assert counted.ask(metrics, 0.0)[1] == 4
    assert counted.ask(metrics, 0.0)[1] == 2
    metrics.close()
