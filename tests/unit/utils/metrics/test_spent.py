from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.contract.metrics.kit import NOW, ManualClock
from utils.metrics.model import MetricEntry
from utils.metrics.process.watched import Watched
from utils.metrics.spent import BOT, PARTS, Spent, gather
from utils.performance_metrics import PerformanceMetrics

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


@pytest.fixture
def metrics(tmp_path: Path) -> Iterator[PerformanceMetrics]:
    made = PerformanceMetrics(tmp_path, clock=ManualClock())
    yield made
    made.close()


def call(duration: float, parts: Any = None, **metadata: Any) -> MetricEntry:  # noqa: ANN401 - from a file, so anything
    known = {} if parts is None else {"parts": parts}
    return MetricEntry("command.x", 0, duration, duration, success=True, timestamp="", metadata=known | metadata)


def spent(*entries: MetricEntry) -> Spent:
    found = Spent("command.x")
    for entry in entries:
        found.add(entry)
    return found


def test_what_no_part_explains_is_the_bots_own() -> None:
    found = spent(call(2.0, {"docker": 1.2, "queue": 0.3}), call(1.0))
    assert found.seconds == pytest.approx({"docker": 1.2, "queue": 0.3, "discord": 0.0, BOT: 1.5})
    assert found.share("docker") == pytest.approx(0.4)


def test_parts_that_ran_side_by_side_are_scaled_to_the_call() -> None:
    found = spent(call(1.0, {"docker": 3.0, "discord": 1.0}))
    assert found.seconds == pytest.approx({"docker": 0.75, "queue": 0.0, "discord": 0.25, BOT: 0.0})


def test_what_held_the_call_up_is_beside_its_parts_and_takes_none_of_its_time() -> None:
    found = spent(call(2.0, {"docker": 1.2, "lag": 0.5, "gc": 0.01}), call(1.0, {"lag": 3.0}))
    assert found.held == pytest.approx({"lag": 1.5, "gc": 0.01})
    assert found.seconds[BOT] == pytest.approx(1.8)


@pytest.mark.parametrize(
    "odd", ["text", 5, [1], {"docker": "x"}, {"docker": True}, {"docker": -1}, {"docker": float("nan")}]
)
def test_parts_that_make_no_sense_count_for_nothing(odd: object) -> None:
    assert spent(call(1.0, odd)).seconds[BOT] == 1.0


@given(
    st.lists(
        st.tuples(st.floats(0, 1e6), st.dictionaries(st.sampled_from([*PARTS, "x"]), st.floats(0, 1e6), max_size=4)),
        max_size=20,
    )
)
def test_the_parts_of_a_call_come_to_the_call(calls: list[tuple[float, dict[str, float]]]) -> None:
    found = spent(*(call(duration, parts) for duration, parts in calls))
    assert found.total == pytest.approx(sum(duration for duration, _ in calls), rel=1e-6, abs=1e-9)
    assert all(seconds >= 0 for seconds in found.seconds.values())


def test_only_what_a_person_waits_for_is_read_and_most_time_comes_first(metrics: PerformanceMetrics) -> None:
    for name, seconds in (("command.a", 0.1), ("component.b.c", 5.0), ("docker_operation", 9.0), ("task.t", 9.0)):
        metrics.record(name, seconds, metadata={"ack": 0.05})
    metrics.record("command.a", 1.0, end_time=NOW - 90_000)
    facts = gather(metrics, 24, NOW)
    assert [(row.operation, list(row.durations), list(row.acks)) for row in facts.rows] == [
        ("component.b.c", [5.0], [0.05]),
        ("command.a", [0.1], [0.05]),
    ]
    assert facts.whole().total == pytest.approx(5.1)
    assert facts.watched is None


def test_how_the_process_did_meanwhile_is_read_of_the_same_window(metrics: PerformanceMetrics) -> None:
    for ago, worst in ((90_000, 9.0), (120, 0.4), (60, 0.02)):
        noted = {"gc": 0.0625, "gc_max": worst / 10}
        metrics.record("process_sample", worst, metadata=noted, end_time=NOW - ago)
    metrics.record("process_sample", 0.01, end_time=NOW)
    assert gather(metrics, 24, NOW).watched == Watched(3, 0.02, 0.4, NOW - 120, 1, 0.125 / 120, 0.04)
