"""What goes on right now: the last minutes of all operations."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from utils.metrics.analysis.course import course, edges
from utils.metrics.stats import percentile
from utils.metrics.words import BESIDE, NEEDS_P95

if TYPE_CHECKING:
    from utils.metrics.model import Health, MetricEntry
    from utils.metrics.samples import Samples
    from utils.performance_metrics import PerformanceMetrics

MINUTE = 60.0
MINUTES = 15
"""How far back the course goes."""
RECENT = 5
"""Minutes that percentiles rest on: fewer hold too few calls, more are not now."""
_BUSIEST = 5


@dataclass(frozen=True, slots=True)
class Beat:
    """One operation in the last five minutes.

    Attributes:
        operation: Its name.
        calls: How many ended.
        failed: How many of them failed, refusals not counted.
        middle: The median in seconds.
        slow: p95 in seconds, or the slowest where there are too few calls for it.
        is_p95: Which of the two it is.
    """

    operation: str
    calls: int
    failed: int
    middle: float
    slow: float
    is_p95: bool


@dataclass(frozen=True, slots=True)
class Pulse:
    """All of them.

    Attributes:
        a_minute: Calls in each of the last minutes, oldest first.
        beats: The busiest operations, most calls first.
        more: How many others were called.
        slowest: The slowest call of the last minute; None without one.
        health: Of the store.
    """

    a_minute: tuple[int, ...]
    beats: tuple[Beat, ...]
    more: int
    slowest: MetricEntry | None
    health: Health

    @property
    def calls(self) -> int:
        """Calls of the last five minutes."""
        return sum(self.a_minute[-RECENT:])


def gather(metrics: PerformanceMetrics, now: float) -> Pulse:
    """Read the last minutes; blocks.

    Args:
        metrics: Where to read.
        now: Seconds since the epoch.

    Raises:
        StorageError: The metrics can't be read.
    """
    health = metrics.health()  # and looks what other processes measured
    marks = edges(now - MINUTES * MINUTE, now, MINUTES)
    minutes = [0] * MINUTES
    beats = []
    for name in metrics.get_operations():
        # Requests to Discord among them: each edit of the message is one, and would be news for the next.
        if name in BESIDE:
            continue
        samples = metrics.get_samples(name, marks[0], now)
        if not samples:
            continue
        minutes = [total + part.calls for total, part in zip(minutes, course(samples, marks), strict=True)]
        recent = samples.between(now - RECENT * MINUTE, now)
        if recent:
            beats.append(_beat(name, recent))
    beats.sort(key=lambda beat: (-beat.calls, beat.operation))
    slowest = metrics.get_slow_metrics(last_hours=MINUTE / 3_600, limit=1, exclude=BESIDE)
    shown = tuple(beats[:_BUSIEST])
    return Pulse(tuple(minutes), shown, len(beats) - len(shown), slowest[0] if slowest else None, health)


def _beat(name: str, samples: Samples) -> Beat:
    ordered = sorted(samples.durations)
    enough = len(ordered) >= NEEDS_P95
    slow = percentile(ordered, 0.95) if enough else ordered[-1]
    return Beat(name, len(ordered), samples.failed, percentile(ordered, 0.5), slow, enough)
