"""What a measurement costs the measured code, against recorders that keep no record of it."""

from __future__ import annotations

import asyncio
import threading
import time
from collections import deque
from contextlib import contextmanager
from functools import partial
from typing import TYPE_CHECKING, Any, Protocol

from tests.bench.peers.installed import load
from tests.bench.peers.seed import Seed
from tests.bench.report import Row
from tests.bench.rounds import hold, hold_in_blocks
from tests.bench.setting import wait_until_ready
from utils.performance_metrics import PerformanceMetrics

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from contextlib import AbstractContextManager

    from tests.bench.setting import Setting

CALLS = 1_000
"""In a block: too short for the writer to fall into most of them, so that it is the caller's side that is measured."""
SEED_CALLS = 100
BLOCKS = 60
THREADS = 4
TASKS = 100
SUSTAINED = 50_000
_SPANS_A_TURN = 10
_PROMETHEUS = "prometheus_client's Histogram.time()"
_LABELLED = "prometheus_client's labels().time()"
_TELEMETRY = "OpenTelemetry's Histogram.record()"
_SEED = "the seed's open, append, close"
_INLINE = "two clock reads and an append inline"
_METADATA = {"container": "nginx", "action": "restart"}

_clock = time.perf_counter


class _Histogram(Protocol):
    """What is used of prometheus_client's Histogram."""

    def time(self) -> AbstractContextManager[Any]: ...

    def labels(self, value: str, /) -> _Histogram: ...


def _histogram(*labels: str) -> _Histogram | None:
    """Make a histogram that no registry holds; None when prometheus_client is not installed."""
    module = load("prometheus_client")
    if module is None:
        return None
    made: _Histogram = module.Histogram("bench_seconds", "What the bench times", labels, registry=None)
    return made


@contextmanager
def _metrics(setting: Setting, name: str) -> Iterator[PerformanceMetrics]:
    """Open metrics of their own, and see at the end that nothing was saved by dropping measurements.

    Raises:
        RuntimeError: some are not in the file.
    """
    metrics = PerformanceMetrics(setting.directory / name)
    try:
        yield metrics
        if not metrics.flush(60) or metrics.health().dropped:
            raise RuntimeError(f"Not everything was written: {metrics.health()}.")
    finally:
        metrics.close()


def _seconds(measure: Callable[[], AbstractContextManager[Any]], calls: int) -> float:
    """Return what one of `calls` empty blocks takes, measured by what `measure` makes."""
    began = _clock()
    for _ in range(calls):
        with measure():
            pass
    return (_clock() - began) / calls


def _ours(metrics: PerformanceMetrics, measure: Callable[[], AbstractContextManager[Any]]) -> float:
    metrics.flush(60)
    return _seconds(measure, CALLS)


def _seeds(seed: Seed) -> float:
    track = seed.track
    began = _clock()
    for _ in range(SEED_CALLS):
        with track("op"):
            pass
    return (_clock() - began) / SEED_CALLS


def _inline() -> float:
    kept: deque[tuple[str, float, float]] = deque()
    began = _clock()
    for _ in range(CALLS):
        start = _clock()
        kept.append(("op", start, _clock()))
    return (_clock() - began) / CALLS


def caller(setting: Setting) -> Iterator[Row]:
    """Yield the rows of a plain ``with track("op")`` and of one with metadata."""
    histogram = _histogram()
    seed = Seed(setting.directory / "seed.jsonl")
    with _metrics(setting, "caller") as metrics:
        contestants = {
            "ours": lambda: _ours(metrics, partial(metrics.track, "op")),
            "ours with metadata": lambda: _ours(metrics, partial(metrics.track, "op", metadata=_METADATA)),
            _SEED: lambda: _seeds(seed),
            _INLINE: _inline,
        }
        if histogram is not None:
            contestants[_PROMETHEUS] = lambda: _seconds(histogram.time, CALLS)
        contest = hold_in_blocks(contestants, blocks=BLOCKS // setting.scale, rounds=setting.rounds)
    what = '`with track("op")`, caller\'s side'
    if histogram is not None:
        yield Row.of(contest, what, "ours", _PROMETHEUS, goal=0.45)
    yield Row.of(contest, what, "ours", _SEED, goal=1 / 40)
    yield Row.of(contest, what, "ours", _INLINE, note="the floor")
    if histogram is not None:
        yield Row.of(contest, "the same with metadata", "ours with metadata", _PROMETHEUS, goal=0.6)


def threads(setting: Setting) -> Iterator[Row]:
    """Yield the row of four threads that measure at the same time."""
    histogram = _histogram()
    if histogram is None:
        return
    calls = 10_000 // setting.scale
    with _metrics(setting, "threads") as metrics:

        def ours() -> float:
            metrics.flush(60)
            return _in_threads(lambda: metrics.track("op"), calls)

        contest = hold_in_blocks(
            {"ours": ours, _PROMETHEUS: lambda: _in_threads(histogram.time, calls)}, blocks=3, rounds=setting.rounds
        )
    yield Row.of(contest, f"{THREADS} threads, a measurement", "ours", _PROMETHEUS, goal=0.6)


def _in_threads(measure: Callable[[], AbstractContextManager[Any]], calls: int) -> float:
    """Return the seconds a measurement, from a common start until the last of the threads is done."""
    start = threading.Barrier(THREADS + 1)
    done = threading.Barrier(THREADS + 1)

    def work() -> None:
        start.wait()
        _seconds(measure, calls)
        done.wait()

    workers = [threading.Thread(target=work) for _ in range(THREADS)]
    for worker in workers:
        worker.start()
    start.wait()
    began = _clock()
    done.wait()
    seconds = _clock() - began
    for worker in workers:
        worker.join()
    return seconds / (THREADS * calls)


def tasks(setting: Setting) -> Iterator[Row]:
    """Yield the row of a hundred tasks whose measurements overlap."""
    histogram = _histogram()
    if histogram is None:
        return
    turns = 20 // setting.scale
    with _metrics(setting, "tasks") as metrics:

        def ours() -> float:
            metrics.flush(60)
            return asyncio.run(_in_tasks(lambda: metrics.track("op"), turns))

        contest = hold_in_blocks(
            {"ours": ours, _PROMETHEUS: lambda: asyncio.run(_in_tasks(histogram.time, turns))},
            blocks=3,
            rounds=setting.rounds,
        )
    note = "all open at once; the loop's own work counts for both"
    yield Row.of(contest, f"{TASKS} tasks, a measurement", "ours", _PROMETHEUS, goal=0.6, note=note)


async def _in_tasks(measure: Callable[[], AbstractContextManager[Any]], turns: int) -> float:
    """Return the seconds a measurement of tasks that hold one open over a switch, and make nine more within."""

    async def work() -> None:
        for _ in range(turns):
            with measure():
                await asyncio.sleep(0)
                for _ in range(_SPANS_A_TURN - 1):
                    with measure():
                        pass

    began = _clock()
    async with asyncio.TaskGroup() as group:
        for _ in range(TASKS):
            group.create_task(work())
    return (_clock() - began) / (TASKS * turns * _SPANS_A_TURN)


def sustained(setting: Setting) -> Iterator[Row]:
    """Yield the rows of many measurements in a row, the time until they stand in the file included.

    Raises:
        RuntimeError: not all of them stand there.
    """
    histogram = _histogram("operation")
    if histogram is None:
        return
    calls = SUSTAINED // setting.scale
    with _metrics(setting, "sustained") as metrics:

        def ours() -> float:
            began = _clock()
            track = metrics.track
            for _ in range(calls):
                with track("op"):
                    pass
            metrics.flush(60)
            return (_clock() - began) / calls

        contestants = {"ours": ours, _LABELLED: lambda: _seconds(lambda: histogram.labels("op").time(), calls)}
        record = _open_telemetry()
        if record is not None:
            contestants[_TELEMETRY] = lambda: _record(record, calls)
        contest = hold(contestants, rounds=setting.rounds)
        wait_until_ready(metrics)
        made, kept = calls * (setting.rounds + 1), metrics.health().entries
    if made != kept:
        raise RuntimeError(f"{made} measurements were made, {kept} are in the file.")
    for peer, goal in ((_LABELLED, 1.0), (_TELEMETRY, None)):
        if peer in contest.values:
            yield Row.of(
                contest,
                "sustained: measured, made JSON, in the file",
                "ours",
                peer,
                goal=goal,
                note="the peer keeps none",
            )


def _open_telemetry() -> Callable[[float, dict[str, str]], None] | None:
    sdk, export = load("opentelemetry.sdk.metrics"), load("opentelemetry.sdk.metrics.export")
    if sdk is None or export is None:
        return None
    meter = sdk.MeterProvider([export.InMemoryMetricReader()], shutdown_on_exit=False).get_meter("bench")
    record: Callable[[float, dict[str, str]], None] = meter.create_histogram("bench", unit="s").record
    return record


def _record(record: Callable[[float, dict[str, str]], None], calls: int) -> float:
    began = _clock()
    for _ in range(calls):
        start = _clock()
        record(_clock() - start, {"operation": "op"})
    return (_clock() - began) / calls
