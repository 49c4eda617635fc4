"""What reports are made of: rows in order of need, one operation in detail, calls gone through once."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.contract.metrics.kit import NOW, ManualClock
from utils.metrics import detail, overview
from utils.metrics.analysis.course import Slice
from utils.metrics.analysis.regressions import Change, Kind
from utils.metrics.model import MetricEntry
from utils.metrics.overview import Row, verdict
from utils.metrics.standing import Standing
from utils.metrics.stats import summarise
from utils.metrics.tally import MOST_GROUPS, Group, walk
from utils.performance_metrics import PerformanceMetrics

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

ENDS = st.floats(NOW - 90_000, NOW + 90_000)


@pytest.fixture
def metrics(tmp_path: Path) -> Iterator[PerformanceMetrics]:
    made = PerformanceMetrics(tmp_path, clock=ManualClock())
    yield made
    made.close()


def fail(metrics: PerformanceMetrics, operation: str, outcome: str, seconds: float = 1.0) -> None:
    metrics.record(operation, seconds, success=False, metadata={"outcome": outcome, "container": "nginx"})


def row(name: str, calls: int, failed: int) -> Row:
    stats = summarise(name, [1.0] * calls, successes=calls - failed, last_24h=calls, last_hour=calls)
    return Row(stats, failed, 0, ())


def test_what_failed_comes_first_then_what_is_slow(metrics: PerformanceMetrics) -> None:
    metrics.record("fast", 0.1)
    metrics.record("slow", 9.0)
    fail(metrics, "failing", "error", 0.2)
    fail(metrics, "refusing", "denied", 5.0)
    facts = overview.gather(metrics, 24, NOW)
    assert [one.stats.operation for one in facts.rows] == ["failing", "slow", "refusing", "fast"]
    assert {one.stats.operation: (one.failed, one.refused) for one in facts.rows} == {
        "failing": (1, 0), "slow": (0, 0), "refusing": (0, 1), "fast": (0, 0),
    }  # fmt: skip
    assert facts.calls == 4


def test_without_a_window_there_is_no_trend(metrics: PerformanceMetrics) -> None:
    for ago in (0, 3_600, 7_200):
        metrics.record("op", 1.0 + ago, end_time=NOW - ago)
    assert len(overview.gather(metrics, 24, NOW).rows[0].trend) == overview.PARTS
    assert overview.gather(metrics, None, NOW).rows[0].trend == ()


def unusual(name: str, *kinds: Kind) -> Row:
    changes = tuple(Change(name, kind, 2.0, 1.0, 100, 7) for kind in kinds)
    return replace(row(name, 100, 0), standing=Standing(name, Slice(0, 1), None, 7, changes))


@pytest.mark.parametrize(
    ("rows", "told"),
    [
        ([unusual("a", Kind.SLOWER), row("b", 9, 1)], "<a> is slower than usual, the other 1 not."),
        ([unusual("a", Kind.FAILING, Kind.SLOWER)], "<a> is slower than usual and failing more than usual."),
        (
            [unusual("a", Kind.FAILING), unusual("b", Kind.SLOWER), unusual("c", Kind.SLOWER, Kind.FAILING)],
            "Of 3 operations, 2 slower than usual and 2 failing more than usual.",
        ),
        ([unusual("a", Kind.FASTER)], "Nothing failed in 100 calls of 1 operation."),
    ],
)
def test_what_is_not_as_usual_is_the_verdict(rows: list[Row], told: str) -> None:
    assert verdict(rows, lambda name: f"<{name}>") == told


@pytest.mark.parametrize(
    ("rows", "told"),
    [
        ([row("a", 1, 0)], "Nothing failed in 1 call of 1 operation."),
        ([row("a", 3, 0), row("b", 2, 0)], "Nothing failed in 5 calls of 2 operations."),
        ([row("a", 3, 2), row("b", 2, 0)], "<a> failed in 2 of 3 calls. Nothing else failed."),
        ([row("a", 3, 2), row("b", 2, 1)], "2 of 2 operations had failures. Most: <a>, 2 of 3 calls."),
    ],
)
def test_the_verdict_is_one_sentence(rows: list[Row], told: str) -> None:
    assert verdict(rows, lambda name: f"<{name}>") == told


def test_an_operation_is_told_by_its_containers_and_actions(metrics: PerformanceMetrics) -> None:
    for number in range(12):
        metrics.record("op", 1.0 + number, metadata={"container": f"c{number}", "action": "stop"})
    fail(metrics, "op", "timeout", 30.0)
    facts = detail.gather(metrics, "op", 24, NOW)
    assert facts.stats is not None
    assert facts.tally.slowest is not None
    assert (facts.stats.total_calls, facts.tally.slowest.duration) == (13, 30)
    by_container = detail.breakdown(facts.tally.groups["container"])
    assert by_container is not None
    assert by_container.measure == "max", "one call is too few for p95"
    assert [part.name for part in by_container.parts][:3] == ["nginx", "c11", "c10"]
    assert by_container.more == 13 - len(by_container.parts)
    assert detail.breakdown({}) is None


def test_an_operation_that_was_not_called_has_no_statistics(metrics: PerformanceMetrics) -> None:
    metrics.record("op", 1.0, end_time=NOW - 90_000)
    facts = detail.gather(metrics, "op", 24, NOW)
    assert facts.stats is None
    assert facts.health.entries == 1


@settings(deadline=None)
@given(st.lists(st.tuples(ENDS, st.floats(0, 100), st.sampled_from(["a", "b"]))))
def test_one_walk_counts_every_call_once(calls: list[tuple[float, float, str]]) -> None:
    entries = [
        MetricEntry(name, end - length, end, length, success=True, timestamp="", metadata={"container": name})
        for end, length, name in sorted(calls)
    ]
    tallies = walk(entries)
    assert sum(len(tally.whole.durations) for tally in tallies.values()) == len(calls)
    for name, tally in tallies.items():
        own = [length for _, length, of in calls if of == name]
        assert len(tally.whole.durations) == len(own)
        assert tally.slowest is not None
        assert tally.slowest.duration == max(own)
        assert len(tally.groups["container"][name].durations) == len(own)


def test_metadata_that_tells_calls_apart_does_not_group_them(metrics: PerformanceMetrics) -> None:
    for number in range(MOST_GROUPS + 5):
        metadata = {"id": f"n{number}", "kind": "ab"[number % 2], "outcome": "error", "size": number}
        metrics.record("op", 1.0, success=False, metadata=metadata)
    facts = detail.gather(metrics, "op", 24, NOW)
    assert facts.tally.groups.keys() == {"kind"}
    assert facts.keys == ("kind",)


def test_the_usual_keys_come_first_then_those_with_most_values(metrics: PerformanceMetrics) -> None:
    for number in range(12):
        metadata = {"zone": f"z{number % 2}", "host": f"h{number % 3}", "one": "only", "action": "stop"}
        metrics.record("op", 1.0, metadata=metadata)
    assert detail.gather(metrics, "op", 24, NOW).keys == ("action", "host", "zone")


@settings(deadline=None)
@given(st.lists(st.none() | st.text() | st.sampled_from(["denied", "bad_input", "timeout", ""]) | st.integers()))
def test_failures_and_refusals_make_all_that_did_not_succeed(outcomes: list[object]) -> None:
    group = Group()
    for outcome in outcomes:
        group.add(MetricEntry("op", 0, 1, 1, success=False, timestamp="", metadata={"outcome": outcome}))
    assert group.failed + group.refused == len(outcomes)
    assert group.refused == sum(outcome in ("denied", "bad_input") for outcome in outcomes)
