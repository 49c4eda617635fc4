"""What every engine promises, asked through the public face; run against each one."""

from __future__ import annotations

import asyncio
import inspect
import json
import logging
import math
import tempfile
import threading
from concurrent.futures import ThreadPoolExecutor
from contextvars import copy_context
from dataclasses import astuple
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.contract.metrics.kit import NOW, ManualClock, NaiveEngine
from utils.metrics.samples import FAILED, OK, REFUSED
from utils.performance_metrics import ArgumentError, MetricEntry, Outcome, PerformanceMetrics

HOUR = 3_600.0
DAY = 24 * HOUR


def only(metrics: PerformanceMetrics) -> MetricEntry:
    (entry,) = metrics.get_recent_metrics()
    return entry


# What is measured


def test_a_block_is_measured_with_its_name_times_and_metadata(metrics: PerformanceMetrics, clock: ManualClock) -> None:
    with metrics.track("docker_operation", metadata={"container": "nginx"}) as span:
        clock.pass_time(0.333)
    entry = only(metrics)
    assert entry.operation == "docker_operation"
    assert entry.success is True
    assert entry.metadata == {"container": "nginx"}
    assert entry.extra == {}
    assert math.isclose(entry.duration, 0.333)
    assert math.isclose(entry.end_time, NOW + 0.333)
    assert math.isclose(entry.start_time, NOW)
    assert len(entry.timestamp) == len("2025-11-12T23:59:59")
    assert math.isclose(span.duration, 0.333)


def test_a_plain_success_has_no_metadata_but_the_callers(metrics: PerformanceMetrics) -> None:
    with metrics.track("config_load"):
        pass
    assert only(metrics).metadata == {}


async def test_an_async_block_is_measured(metrics: PerformanceMetrics, clock: ManualClock) -> None:
    async with metrics.track("load") as span:
        await asyncio.sleep(0)
        clock.pass_time(2)
        span.add(rows=3)
    assert (only(metrics).duration, only(metrics).metadata) == (2.0, {"rows": 3})


def test_a_decorated_function_is_measured_at_every_call(metrics: PerformanceMetrics, clock: ManualClock) -> None:
    @metrics.track("add", metadata={"unit": "apples"})
    def add(one: int, *, two: int) -> int:
        """Add."""
        clock.pass_time(1)
        return one + two

    assert [add(1, two=2), add(3, two=4)] == [3, 7]
    assert add.__name__ == "add"
    assert add.__doc__ == "Add."
    assert [(entry.duration, entry.metadata) for entry in metrics.get_recent_metrics()] == [
        (1.0, {"unit": "apples"})
    ] * 2


async def test_a_decorated_coroutine_function_is_measured_to_its_end(
    metrics: PerformanceMetrics, clock: ManualClock
) -> None:
    @metrics.track("fetch")
    async def fetch() -> str:
        await asyncio.sleep(0)
        clock.pass_time(5)
        return "done"

    assert inspect.iscoroutinefunction(fetch)
    assert await fetch() == "done"
    assert only(metrics).duration == 5.0


def test_a_decorated_function_may_call_itself(metrics: PerformanceMetrics, clock: ManualClock) -> None:
    @metrics.track("count_down")
    def count_down(number: int) -> None:
        clock.pass_time(1)
        if number:
            count_down(number - 1)

    count_down(3)
    assert [entry.duration for entry in metrics.get_recent_metrics()] == [4.0, 3.0, 2.0, 1.0]


# How it ended


class RefusedError(Exception):
    outcome = Outcome.DENIED


@pytest.mark.parametrize(
    ("error", "outcome"),
    [
        (ValueError("token abc"), "error"),
        (TimeoutError(), "timeout"),
        (asyncio.CancelledError(), "cancelled"),
        (RefusedError(), "denied"),
        (KeyboardInterrupt(), "error"),
    ],
)
def test_an_exception_is_a_failure_with_its_kind_and_goes_on(
    metrics: PerformanceMetrics, error: BaseException, outcome: str
) -> None:
    with pytest.raises(type(error)) as raised, metrics.track("op", metadata={"a": 1}):
        raise error
    assert raised.value is error
    entry = only(metrics)
    assert entry.success is False
    assert entry.metadata == {"a": 1, "outcome": outcome, "error_type": type(error).__name__}


async def test_a_cancelled_task_leaves_a_cancelled_measurement(metrics: PerformanceMetrics) -> None:
    async def work() -> None:
        async with metrics.track("op"):
            await asyncio.sleep(60)

    task = asyncio.create_task(work())
    await asyncio.sleep(0)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert only(metrics).metadata == {"outcome": "cancelled", "error_type": "CancelledError"}


def test_an_outcome_can_be_set_and_only_ok_is_a_success(metrics: PerformanceMetrics) -> None:
    for outcome in Outcome:
        with metrics.track("op") as span:
            span.set_outcome(outcome)
    seen = {entry.metadata["outcome"]: entry.success for entry in metrics.get_recent_metrics()}
    assert seen == {outcome.value: outcome is Outcome.OK for outcome in Outcome}


def end_with(metrics: PerformanceMetrics, outcome: Outcome, error: Exception) -> None:
    with metrics.track("op") as span:
        span.set_outcome(outcome)
        raise error


def test_an_exception_does_not_overrule_a_failure_that_was_set(metrics: PerformanceMetrics) -> None:
    with pytest.raises(ValueError, match="x"):
        end_with(metrics, Outcome.NOT_FOUND, ValueError("x"))
    assert only(metrics).metadata == {"outcome": "not_found", "error_type": "ValueError"}


def test_an_exception_overrules_a_success_that_was_set(metrics: PerformanceMetrics) -> None:
    with pytest.raises(ValueError, match="x"):
        end_with(metrics, Outcome.OK, ValueError("x"))
    assert only(metrics).metadata == {"outcome": "error", "error_type": "ValueError"}
    assert only(metrics).success is False


def test_waiting_for_a_person_is_taken_off_the_duration(metrics: PerformanceMetrics, clock: ManualClock) -> None:
    with metrics.track("op") as span:
        clock.pass_time(10)
        span.exclude(3)
        span.exclude(4)
        span.exclude(math.nan)
        span.exclude(-1)
    entry = only(metrics)
    assert (entry.duration, entry.metadata) == (3.0, {"waited": 7.0})
    assert span.duration == 3.0
    assert (entry.start_time, entry.end_time) == (NOW, NOW + 10)


def test_no_more_can_be_taken_off_than_went_by(metrics: PerformanceMetrics, clock: ManualClock) -> None:
    with metrics.track("op") as span:
        clock.pass_time(1)
        span.exclude(100)
    assert (only(metrics).duration, only(metrics).metadata) == (0.0, {"waited": 1.0})


def test_metadata_added_later_replaces_what_was_given(metrics: PerformanceMetrics) -> None:
    with metrics.track("op", metadata={"a": 1, "b": 1}) as span:
        span.add(b=2)
        span.add(c=3, outcome="mine")
    assert only(metrics).metadata == {"a": 1, "b": 2, "c": 3, "outcome": "mine"}


# start and end


def test_start_and_end_measure_and_return_the_duration(metrics: PerformanceMetrics, clock: ManualClock) -> None:
    metrics.start("my_operation")
    clock.pass_time(2)
    assert metrics.end("my_operation", success=True, metadata={"key": "value"}) == 2.0
    assert (only(metrics).duration, only(metrics).metadata) == (2.0, {"key": "value"})


def test_a_failure_can_be_said_at_the_end(metrics: PerformanceMetrics) -> None:
    metrics.start("op")
    metrics.end("op", False)
    assert only(metrics).success is False


def test_starts_of_one_name_nest(metrics: PerformanceMetrics, clock: ManualClock) -> None:
    metrics.start("op")
    clock.pass_time(1)
    metrics.start("op")
    clock.pass_time(1)
    assert [metrics.end("op"), metrics.end("op")] == [1.0, 2.0]


def test_a_token_ends_its_own_measurement(metrics: PerformanceMetrics, clock: ManualClock) -> None:
    first = metrics.start("op")
    clock.pass_time(1)
    second = metrics.start("op")
    clock.pass_time(1)
    assert [metrics.end(first), metrics.end(second)] == [2.0, 1.0]


def test_end_without_start_warns_once_a_name_and_returns_zero(
    metrics: PerformanceMetrics, caplog: pytest.LogCaptureFixture
) -> None:
    token = metrics.start("twice")
    metrics.end(token)
    with caplog.at_level(logging.WARNING):
        assert [metrics.end("ghost"), metrics.end("ghost"), metrics.end(token)] == [0.0, 0.0, 0.0]
    assert [record.args for record in caplog.records] == [("ghost",), ("twice",)]
    assert len(metrics.get_recent_metrics()) == 1


async def test_overlapping_tasks_end_their_own(metrics: PerformanceMetrics, clock: ManualClock) -> None:
    turn = [asyncio.Event() for _ in range(4)]

    async def work(number: int) -> float:
        metrics.start("op")
        await turn[number].wait()
        return metrics.end("op")

    tasks = [asyncio.create_task(work(number)) for number in range(4)]
    for number in (2, 0, 3, 1):
        await asyncio.sleep(0)
        clock.pass_time(1)
        turn[number].set()
        await tasks[number]
    assert [task.result() for task in tasks] == [2.0, 4.0, 1.0, 3.0]


async def test_a_task_does_not_end_by_name_what_its_parent_started(metrics: PerformanceMetrics) -> None:
    async def child() -> float:
        return metrics.end("op")

    metrics.start("op")
    assert await asyncio.create_task(child()) == 0.0
    assert len(metrics.get_recent_metrics()) == 0
    metrics.end("op")
    assert len(metrics.get_recent_metrics()) == 1


def test_a_thread_does_not_end_by_name_what_another_started(metrics: PerformanceMetrics) -> None:
    metrics.start("op")
    with ThreadPoolExecutor(1) as pool:
        assert pool.submit(metrics.end, "op").result() == 0.0
        # Nor when it works in a copy of the other's context, as some ways to start a thread give it.
        assert pool.submit(copy_context().run, metrics.end, "op").result() == 0.0
    metrics.end("op")
    assert len(metrics.get_recent_metrics()) == 1


async def test_a_token_can_be_ended_in_another_thread_or_task(metrics: PerformanceMetrics, clock: ManualClock) -> None:
    async def end_there(token: object) -> float:
        return metrics.end(token)  # type: ignore[arg-type] # handed on as it came

    one, two = metrics.start("op"), metrics.start("op")
    clock.pass_time(3)
    assert await asyncio.to_thread(metrics.end, one) == 3.0
    assert await asyncio.create_task(end_there(two)) == 3.0


def test_starts_that_nobody_ends_do_not_pile_up(metrics: PerformanceMetrics, clock: ManualClock) -> None:
    for _ in range(10_000):
        metrics.start("lost")
    clock.pass_time(1)
    assert metrics.end("lost") == 1.0
    while metrics.end("lost"):
        pass
    assert len(metrics.get_recent_metrics(limit=10_000)) < 1_000


# Finished measurements


def test_a_finished_measurement_can_be_recorded(metrics: PerformanceMetrics) -> None:
    metrics.record("op", 1.5, success=False, metadata={"a": 1}, end_time=NOW - 10)
    entry = only(metrics)
    assert (entry.duration, entry.success, entry.metadata) == (1.5, False, {"a": 1})
    assert (entry.start_time, entry.end_time) == (NOW - 11.5, NOW - 10)


@pytest.mark.parametrize("duration", [math.nan, math.inf, -math.inf, -1.0, "long", None, 10**400])
def test_a_duration_that_makes_no_sense_is_kept_as_zero_and_noted(
    metrics: PerformanceMetrics, duration: object
) -> None:
    metrics.record("op", duration)  # type: ignore[arg-type] # that is the point
    assert only(metrics).duration == 0.0
    assert "bad_duration" in only(metrics).metadata


@pytest.mark.parametrize("end_time", [math.nan, math.inf, "yesterday"])
def test_an_end_that_makes_no_sense_is_taken_for_now(metrics: PerformanceMetrics, end_time: object) -> None:
    metrics.record("op", 1, end_time=end_time)  # type: ignore[arg-type] # that is the point
    assert only(metrics).end_time == NOW


# Questions


def fill(metrics: PerformanceMetrics) -> None:
    for number in range(1, 101):
        metrics.record("a", number / 100, success=number % 10 != 0, end_time=NOW - number * 360)
    metrics.record("b", 7, end_time=NOW - 30 * HOUR)


def test_statistics_are_exact(metrics: PerformanceMetrics) -> None:
    fill(metrics)
    stats = metrics.get_stats(last_hours=None)
    assert list(stats) == ["a", "b"]
    a = stats["a"]
    assert (a.operation, a.total_calls, a.successful_calls, a.failed_calls) == ("a", 100, 90, 10)
    assert (a.min_duration, a.max_duration) == (0.01, 1.0)
    assert math.isclose(a.avg_duration, 0.505)
    assert math.isclose(a.p50_duration, 0.505)
    assert math.isclose(a.p95_duration, 0.9505)
    assert math.isclose(a.p99_duration, 0.9901)


def test_the_default_window_is_a_day_and_an_operation_without_calls_in_it_is_left_out(
    metrics: PerformanceMetrics,
) -> None:
    fill(metrics)
    assert list(metrics.get_stats()) == ["a"]
    assert metrics.get_stats("b") == {}
    assert metrics.get_stats("nobody", last_hours=None) == {}


def test_calls_of_the_last_day_and_hour_do_not_depend_on_the_window(metrics: PerformanceMetrics) -> None:
    fill(metrics)
    for hours in (0.5, 6, None):
        stats = metrics.get_stats("a", last_hours=hours)["a"]
        assert (stats.last_24h_calls, stats.last_hour_calls) == (100, 10)
    assert metrics.get_stats("a", last_hours=6)["a"].total_calls == 60
    assert metrics.get_stats("b", last_hours=None)["b"].last_24h_calls == 0


def test_one_call_is_all_of_its_percentiles(metrics: PerformanceMetrics) -> None:
    metrics.record("op", 2)
    assert astuple(metrics.get_stats()["op"]) == ("op", 1, 1, 0, 2, 2, 2, 2, 2, 2, 1, 1, False)


def test_operations_can_be_left_out_of_all_and_the_limit_counts_what_is_left(metrics: PerformanceMetrics) -> None:
    for number in range(10):
        metrics.record("loud", 5.0 + number)
        metrics.record("quiet", 1.0 + number)
    recent = metrics.get_recent_metrics(limit=3, exclude=["loud"])
    slow = metrics.get_slow_metrics(limit=3, exclude=["loud"])
    assert [entry.duration for entry in recent] == [entry.duration for entry in slow] == [10.0, 9.0, 8.0]
    assert {entry.operation for entry in recent + slow} == {"quiet"}
    assert len(metrics.get_recent_metrics("loud", exclude=["loud"])) == 10, "asked for by name, it is there"


def test_recent_is_newest_first_and_filters_before_the_limit(metrics: PerformanceMetrics) -> None:
    fill(metrics)
    assert [entry.duration for entry in metrics.get_recent_metrics(limit=3)] == [0.01, 0.02, 0.03]
    assert [entry.duration for entry in metrics.get_recent_metrics("b", limit=3)] == [7.0]
    assert [entry.duration for entry in metrics.get_recent_metrics("a", 3, failures_only=True)] == [0.1, 0.2, 0.3]
    assert len(metrics.get_recent_metrics()) == 50
    assert metrics.get_recent_metrics("nobody") == []


def test_slow_is_slowest_first_within_the_window_and_from_the_threshold_on(metrics: PerformanceMetrics) -> None:
    fill(metrics)
    assert [entry.duration for entry in metrics.get_slow_metrics(limit=2)] == [1.0, 0.99]
    assert [entry.duration for entry in metrics.get_slow_metrics(last_hours=None, limit=2)] == [7.0, 1.0]
    assert [entry.duration for entry in metrics.get_slow_metrics("a", threshold=0.99)] == [1.0, 0.99]
    assert [entry.duration for entry in metrics.get_slow_metrics("a", last_hours=0.35, limit=1)] == [0.03]


def test_samples_are_the_columns_of_a_window_with_refusals_told_from_failures(metrics: PerformanceMetrics) -> None:
    for ago, outcome in ((5, "ok"), (1, "error"), (3, "denied"), (2, "bad_input"), (9, "ok")):
        metadata = {"outcome": outcome}
        metrics.record("op", ago, success=outcome == "ok", metadata=metadata, end_time=NOW - ago * HOUR)
    metrics.record("other", 1.0, end_time=NOW - HOUR)
    samples = metrics.get_samples("op", NOW - 5 * HOUR, NOW)
    assert list(samples.durations) == [5, 3, 2, 1]
    assert list(samples.endings) == [OK, REFUSED, REFUSED, FAILED]
    assert list(metrics.get_samples("op", NOW - 5 * HOUR, NOW - HOUR).ends) == [NOW - ago * HOUR for ago in (5, 3, 2)]
    assert len(metrics.get_samples("nothing", 0)) == 0
    with pytest.raises(ArgumentError, match="NaN"):
        metrics.get_samples("op", math.nan)


def test_entries_come_oldest_first(metrics: PerformanceMetrics) -> None:
    fill(metrics)
    ends = [entry.end_time for entry in metrics.iter_entries()]
    assert ends == sorted(ends)
    assert len(ends) == 101
    assert len(list(metrics.iter_entries("a", last_hours=1))) == 10


def test_going_through_entries_sees_those_that_were_there_at_the_call(metrics: PerformanceMetrics) -> None:
    fill(metrics)
    seen = metrics.iter_entries()
    metrics.record("late", 1)
    metrics.cleanup_old_metrics(0.01)
    assert len(list(seen)) == 101


def test_operations_are_known_as_soon_as_they_are_measured(metrics: PerformanceMetrics) -> None:
    assert metrics.get_operations() == []
    with metrics.track("z"), metrics.track("a"):
        pass
    assert metrics.get_operations() == ["a", "z"]


def test_cleanup_does_what_its_preview_said(metrics: PerformanceMetrics) -> None:
    fill(metrics)
    preview = metrics.preview_cleanup(1)
    assert (preview.removed, preview.kept, preview.cutoff) == (1, 100, NOW - DAY)
    assert len(list(metrics.iter_entries())) == 101
    assert metrics.cleanup_old_metrics(days=1) == 1
    assert list(metrics.get_stats(last_hours=None)) == ["a"]
    assert metrics.cleanup_old_metrics(days=1) == 0
    assert metrics.cleanup_old_metrics(days=0) == 100
    assert metrics.get_recent_metrics() == []


def test_what_ended_at_the_cutoff_stays(metrics: PerformanceMetrics) -> None:
    metrics.record("op", 1, end_time=NOW - DAY)
    assert metrics.cleanup_old_metrics(1) == 0


def test_an_export_holds_the_statistics_and_the_entries(metrics: PerformanceMetrics, tmp_path: Path) -> None:
    fill(metrics)
    path = tmp_path / "new" / "folder" / "export.json"
    assert metrics.export_to_json(path, operation="a") == 100
    exported = json.loads(path.read_text())
    assert set(exported) == {"exported_at", "operation", "window", "statistics", "entries"}
    assert exported["operation"] == "a"
    assert exported["statistics"]["a"]["total_calls"] == 100
    assert math.isclose(exported["statistics"]["a"]["p95_duration"], 0.9505)
    assert (exported["statistics"]["a"]["last_24h_calls"], exported["statistics"]["a"]["last_hour_calls"]) == (100, 10)
    assert len(exported["entries"]) == 100
    assert exported["entries"][-1]["duration"] == 0.01
    assert [file.name for file in path.parent.iterdir()] == ["export.json"]


@pytest.mark.parametrize("bad", [-1, 0, math.nan, math.inf])
def test_a_window_that_makes_no_sense_is_refused_with_advice(metrics: PerformanceMetrics, bad: float) -> None:
    for question in (metrics.get_stats, metrics.get_slow_metrics, metrics.iter_entries):
        with pytest.raises(ValueError, match="last_hours must be") as raised:
            question(last_hours=bad)
        assert isinstance(raised.value, ArgumentError)
        assert raised.value.outcome is Outcome.BAD_INPUT
        assert raised.value.user_message == str(raised.value)


def test_a_limit_age_or_threshold_that_makes_no_sense_is_refused_with_advice(metrics: PerformanceMetrics) -> None:
    for limit in (0, -1):
        with pytest.raises(ValueError, match="limit must be"):
            metrics.get_recent_metrics(limit=limit)
        with pytest.raises(ValueError, match="limit must be"):
            metrics.get_slow_metrics(limit=limit)
    for days in (-1, math.nan, math.inf):
        with pytest.raises(ValueError, match="days must be"):
            metrics.preview_cleanup(days)
        with pytest.raises(ValueError, match="days must be"):
            metrics.cleanup_old_metrics(days)
    with pytest.raises(ValueError, match="threshold must be"):
        metrics.get_slow_metrics(threshold=-0.1)


def test_health_counts_entries_and_nothing_waits_after_a_flush(metrics: PerformanceMetrics) -> None:
    fill(metrics)
    assert metrics.flush()
    health = metrics.health()
    assert (health.entries, health.pending, health.dropped, health.corrupt_lines) == (101, 0, 0, 0)
    assert health.path == metrics.path
    assert metrics.path.is_absolute()
    assert health.last_error is None


def test_it_goes_on_after_a_close(metrics: PerformanceMetrics) -> None:
    metrics.record("op", 1)
    assert metrics.close()
    assert metrics.close()
    metrics.record("op", 2)
    assert len(metrics.get_recent_metrics()) == 2


def test_threads_measure_and_ask_at_the_same_time_and_nothing_is_lost(metrics: PerformanceMetrics) -> None:
    barrier = threading.Barrier(8)

    def work(number: int) -> None:
        barrier.wait()
        for turn in range(100):
            with metrics.track("op", metadata={"thread": number, "turn": turn}) as span:
                span.add(more=turn)
            if turn % 25 == 0:
                metrics.get_stats()
                metrics.get_recent_metrics("op", limit=5)

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(work, range(8)))
    seen = {(entry.metadata["thread"], entry.metadata["turn"]) for entry in metrics.iter_entries()}
    assert len(seen) == 800
    assert metrics.get_stats()["op"].total_calls == 800


# The file's engine against the naive one, on whatever hypothesis thinks of

calls = st.lists(
    st.tuples(
        st.sampled_from(["a", "b", "c.d"]),
        st.integers(-40, 5),  # hours from now
        st.floats(0, 100, allow_subnormal=False).map(lambda seconds: round(seconds, 6)),
        st.booleans(),
    ),
    max_size=60,
)


@settings(max_examples=60, deadline=None)
@given(batches=st.lists(calls, min_size=1, max_size=3), hours=st.integers(1, 50), limit=st.integers(1, 40))
def test_the_file_answers_as_a_plain_list_would(
    batches: list[list[tuple[str, int, float, bool]]], hours: int, limit: int
) -> None:
    clock = ManualClock()
    with tempfile.TemporaryDirectory() as folder:
        both = [
            PerformanceMetrics(Path(folder), clock=clock),
            PerformanceMetrics(Path(folder), clock=clock, engine=NaiveEngine(clock)),
        ]
        for batch in batches:
            answers = []
            for metrics in both:
                for place, (operation, ago, duration, success) in enumerate(batch):
                    metrics.record(
                        operation, duration, success=success, metadata={"n": place}, end_time=NOW + ago * HOUR
                    )
                answers.append(
                    [
                        {name: tuple(map(_rounded, astuple(stats))) for name, stats in answer.items()}
                        for answer in (metrics.get_stats(last_hours=hours), metrics.get_stats("a", last_hours=None))
                    ]
                    + [
                        metrics.get_recent_metrics(limit=limit),
                        metrics.get_recent_metrics("b", limit, failures_only=True),
                        metrics.get_slow_metrics(None, hours, 1.0, limit),
                        list(metrics.iter_entries("a")),
                        [entry.end_time for entry in metrics.iter_entries(last_hours=hours)],
                        metrics.get_samples("a", NOW - hours * HOUR, NOW - HOUR),
                        metrics.get_operations(),
                        metrics.preview_cleanup(1).removed,
                    ]
                )
            assert answers[0] == answers[1]
        assert both[0].cleanup_old_metrics(1) == both[1].cleanup_old_metrics(1)
        assert both[0].get_recent_metrics(limit=1000) == both[1].get_recent_metrics(limit=1000)
        both[0].close()


def _rounded(value: object) -> object:
    return float(f"{value:.12g}") if isinstance(value, float) else value
