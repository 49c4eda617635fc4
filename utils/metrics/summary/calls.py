"""The calls between two moments, which may both be past: statistics, the slowest, the last failures.

Numbers come from bare samples. Entries, which cost a look into the file each, are read only where they are shown.
"""

from __future__ import annotations

import heapq
import math
from typing import TYPE_CHECKING

from utils.metrics.engine.arrange import ascending
from utils.metrics.engine.breath import Breath
from utils.metrics.samples import FAILED, OK
from utils.metrics.stats import of_ordered
from utils.metrics.tally import ending_of
from utils.metrics.words import BESIDE, NOTES

if TYPE_CHECKING:
    from collections.abc import Mapping

    from utils.metrics.model import MetricEntry, MetricStats
    from utils.metrics.samples import Samples
    from utils.performance_metrics import PerformanceMetrics

BACKGROUND = "task."
HOUR = 3_600.0
DAY = 24 * HOUR
SINGLE = 3
"""How many calls are shown one by one."""
_SLACK = 120.0
_MOST_READ = 500


def operations(metrics: PerformanceMetrics) -> list[str]:
    """Name all operations that are calls; blocks until a large file is loaded, or a minute.

    Raises:
        StorageError: The metrics can't be read.
    """
    metrics.wait_until_loaded()
    metrics.health()
    return [name for name in metrics.get_operations() if name not in NOTES]


def is_beside(operation: str) -> bool:
    """Tell whether an operation runs on the quietest day: a background task, or what only carries others' calls."""
    return operation.startswith(BACKGROUND) or operation in BESIDE


def hours_since(start: float, now: float) -> float:
    """Say how many hours back a question has to reach for all since `start`, both in seconds since the epoch."""
    # The clock goes on between the answer to "now" and the question.
    return max(_SLACK, now - start + _SLACK) / HOUR


def stats_of(operation: str, samples: Samples, end: float) -> MetricStats:
    """Sum up an operation's calls, at least one; the last hour and day are those before `end`."""
    ordered = ascending(samples.durations, Breath())
    return of_ordered(
        operation,
        ordered,
        successes=samples.endings.count(OK),
        last_24h=len(samples.between(end - DAY, math.inf)),
        last_hour=len(samples.between(end - HOUR, math.inf)),
    )


def slowest(
    metrics: PerformanceMetrics, calls: Mapping[str, Samples], start: float, end: float, now: float
) -> tuple[MetricEntry, ...]:
    """Find the slowest calls between two moments, slowest first.

    Args:
        metrics: Where to read.
        calls: All calls between them, by operation.
        start: Seconds since the epoch, included.
        end: The same, not included.
        now: The same.
    """
    longest = heapq.nlargest(SINGLE, (seconds for samples in calls.values() for seconds in samples.durations))
    if not longest:
        return ()
    least = longest[-1]
    # Those that are as slow but lie before or after are read along.
    around = [
        samples
        for name in calls
        for samples in (metrics.get_samples(name, start - 2 * _SLACK, start), metrics.get_samples(name, end))
    ]
    limit = sum(seconds >= least for samples in (*calls.values(), *around) for seconds in samples.durations)
    found = metrics.get_slow_metrics(
        None, hours_since(start, now), least, min(max(limit, SINGLE), _MOST_READ), exclude=NOTES
    )
    return tuple(entry for entry in found if start <= entry.end_time < end)[:SINGLE]


def failures(
    metrics: PerformanceMetrics, calls: Mapping[str, Samples], start: float, end: float
) -> tuple[MetricEntry, ...]:
    """Find the last failures between two moments, newest first, refusals not counted; arguments as above."""
    last = heapq.nlargest(
        SINGLE,
        (
            (moment, name)
            for name, samples in calls.items()
            for moment, ending in zip(samples.ends, samples.endings, strict=True)
            if ending == FAILED
        ),
    )
    found: list[MetricEntry] = []
    for name in {name for _, name in last}:
        first = min(moment for moment, of in last if of == name)
        since = metrics.get_samples(name, first)
        limit = min(len(since) - since.endings.count(OK), _MOST_READ)
        newest = metrics.get_recent_metrics(name, max(1, limit), failures_only=True)
        found += [entry for entry in newest if start <= entry.end_time < end and ending_of(entry) == FAILED]
    found.sort(key=lambda entry: -entry.end_time)
    return tuple(found[:SINGLE])
