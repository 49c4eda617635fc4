"""What an answer costs, against those who read the same file and those who have read it before."""

from __future__ import annotations

import math
import statistics
import time
from contextlib import contextmanager
from itertools import cycle
from typing import TYPE_CHECKING

from tests.bench.data import FILE, OPERATIONS
from tests.bench.peers.readers import DuckDB, NumpyColumns, SQLite, parse_all
from tests.bench.peers.seed import Seed
from tests.bench.report import Row
from tests.bench.rounds import hold
from tests.bench.setting import DAY, MONTH, make_checkpoint, wait_until_ready
from utils.performance_metrics import PerformanceMetrics

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping
    from pathlib import Path

    from tests.bench.peers.readers import Answer
    from tests.bench.setting import Setting
    from utils.performance_metrics import MetricStats

NEW_ENTRIES = 100
"""Come in before each question, so that no answer is a remembered one."""
QUESTIONS = 9
"""Asked of ours in a round; the median is the round's value."""
FULL = 10_000_000
_SEED = "the seed's way, ten times a tenth of it"
_DUCKDB = "DuckDB reading the file"
_SQLITE = "SQLite, covering index"
_NUMPY = "numpy columns"
MONTH_LIMIT = 0.010
RECENT_LIMIT = 0.000_2
COLD_LIMIT = 0.100
_TOLERANCE = 1e-9
_clock = time.perf_counter


@contextmanager
def _ready(directory: Path) -> Iterator[PerformanceMetrics]:
    metrics = PerformanceMetrics(directory)
    try:
        wait_until_ready(metrics)
        yield metrics
    finally:
        metrics.close()


def _asked(
    metrics: PerformanceMetrics, question: Callable[[], object], new_entries: int = NEW_ENTRIES
) -> Callable[[], float]:
    """Time a question, with new entries before each; they are handed over untimed, but written within the question."""

    def ask() -> float:
        seconds = []
        for _ in range(QUESTIONS):
            for operation, _ in zip(cycle(OPERATIONS), range(new_entries), strict=False):
                with metrics.track(operation):
                    pass
            began = _clock()
            question()
            seconds.append(_clock() - began)
        return statistics.median(seconds)

    return ask


def _timed(question: Callable[[], object]) -> Callable[[], float]:
    def ask() -> float:
        began = _clock()
        question()
        return _clock() - began

    return ask


def same(ours: Mapping[str, MetricStats], theirs: Answer) -> bool:
    """Say whether two answers are one, to the last figure but the roundings of summing up.

    Args:
        ours: what was answered.
        theirs: by operation: calls, successes, least, most, mean, p50, p95, p99 (more is not looked at).
    """
    return ours.keys() == theirs.keys() and all(
        math.isclose(mine, other, rel_tol=_TOLERANCE)
        for name, stats in ours.items()
        for mine, other in zip(
            (
                stats.total_calls,
                stats.successful_calls,
                stats.min_duration,
                stats.max_duration,
                stats.avg_duration,
                stats.p50_duration,
                stats.p95_duration,
                stats.p99_duration,
            ),
            theirs[name],
            strict=False,
        )
    )


def stats(setting: Setting) -> Iterator[Row]:
    """Yield the rows of the statistics of the last 24 hours, warm.

    Raises:
        RuntimeError: they are wrong.
    """
    directory = setting.sample(setting.entries, DAY)
    columns = parse_all(directory / FILE)
    table = SQLite(columns)
    # The seed's way takes time in proportion to the entries, at the least: a tenth of them tells it.
    seed = Seed(setting.sample(setting.entries // 10, DAY) / FILE)
    with _ready(directory) as metrics:
        # Of all there is, as the window's edge moves between the two answers.
        if not same(metrics.get_stats(last_hours=None), table.stats(0.0)):
            raise RuntimeError("The statistics are not what a reading of all lines gives.")
        contestants = {
            "ours": _asked(metrics, metrics.get_stats),
            _SEED: lambda: 10 * _timed(lambda: seed.stats(24))(),
            _SQLITE: _timed(lambda: table.stats(time.time() - DAY)),
        }
        if DuckDB.installed():
            database = DuckDB(directory / FILE)
            contestants[_DUCKDB] = _timed(lambda: database.stats(time.time() - DAY))
        if NumpyColumns.installed():
            arrays = NumpyColumns(columns)
            contestants[_NUMPY] = _timed(lambda: arrays.stats(time.time() - DAY))
        columns.clear()
        contest = hold(contestants, rounds=setting.rounds, warm_up=0)
        table.close()
    what = f"`get_stats()`, 24 h of {setting.entries:,}, warm, exact"
    for peer, goal in ((_DUCKDB, 1 / 50), (_SEED, 1 / 2_000), (_SQLITE, None), (_NUMPY, None)):
        if peer in contest.values:
            yield Row.of(contest, what, "ours", peer, goal=goal)


def growth(setting: Setting) -> Iterator[Row]:
    """Yield the rows of how the same question grows with the number of entries."""
    sizes = [setting.entries // 10, setting.entries, *([FULL] if setting.full else [])]
    with _several([setting.sample(size, DAY) for size in sizes]) as engines:
        contest = hold(
            {f"{size:,}": _asked(metrics, metrics.get_stats) for size, metrics in zip(sizes, engines, strict=True)},
            rounds=setting.rounds,
        )
    least = f"{sizes[0]:,}"
    for size in sizes[1:]:
        goal = 4.0 if size == FULL else None
        yield Row.of(contest, f"`get_stats()`, 24 h of {size:,}, warm", f"{size:,}", least, goal=goal)


@contextmanager
def _several(directories: list[Path]) -> Iterator[list[PerformanceMetrics]]:
    engines = [PerformanceMetrics(directory) for directory in directories]
    try:
        for metrics in engines:
            wait_until_ready(metrics)
        yield engines
    finally:
        for metrics in engines:
            metrics.close()


def month(setting: Setting) -> Iterator[Row]:
    """Yield the row of the statistics of thirty days."""
    directory = setting.sample(setting.entries, MONTH)
    with _ready(directory) as metrics:
        contestants = {"ours": _asked(metrics, lambda: metrics.get_stats(last_hours=30 * 24))}
        if DuckDB.installed():
            database = DuckDB(directory / FILE)
            contestants[_DUCKDB] = _timed(lambda: database.stats(time.time() - MONTH))
        else:
            contestants["the seed's way"] = _timed(lambda: Seed(directory / FILE).stats(30 * 24))
        contest = hold(contestants, rounds=setting.rounds)
    peer = next(name for name in contest.values if name != "ours")
    yield Row.of(contest, f"`get_stats()`, 30 days of {setting.entries:,}, warm", "ours", peer, limit=MONTH_LIMIT)


def recent(setting: Setting) -> Iterator[Row]:
    """Yield the row of the last fifty entries of an operation."""
    directory = setting.sample(setting.entries, DAY)
    seed = Seed(directory / FILE)
    operation = OPERATIONS[0]
    with _ready(directory) as metrics:
        contest = hold(
            {
                "ours": _asked(metrics, lambda: metrics.get_recent_metrics(operation, 50), new_entries=1),
                "the seed's way": _timed(lambda: seed.recent(operation, 50)),
            },
            rounds=setting.rounds,
        )
    what = f"`get_recent_metrics(op, 50)` of {setting.entries:,}"
    yield Row.of(contest, what, "ours", "the seed's way", limit=RECENT_LIMIT)


def cold(setting: Setting) -> Iterator[Row]:
    """Yield the row of the first question that a fresh engine is asked, its index being ready."""
    directory = setting.sample(setting.entries, DAY)
    make_checkpoint(directory)

    def first() -> float:
        with _ready(directory) as metrics:
            return _timed(metrics.get_stats)()

    contestants = {"ours": first}
    peer = "DuckDB, a new connection" if DuckDB.installed() else "the seed's way"

    def connect() -> float:
        database = DuckDB(directory / FILE)
        try:
            return _timed(lambda: database.stats(time.time() - DAY))()
        finally:
            database.close()

    contestants[peer] = connect if DuckDB.installed() else _timed(lambda: Seed(directory / FILE).stats(24))
    contest = hold(contestants, rounds=setting.rounds, warm_up=0)
    what = f"`get_stats()`, 24 h of {setting.entries:,}, the first question"
    yield Row.of(contest, what, "ours", peer, limit=COLD_LIMIT)
