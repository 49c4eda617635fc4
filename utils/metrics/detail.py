"""One operation of a window: its numbers, how it failed, and where the time goes by container and action."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from utils.metrics.analysis.course import course, edges
from utils.metrics.overview import PARTS
from utils.metrics.standing import judge
from utils.metrics.tally import FAILED, MOST_ENTRIES, Tally, walk
from utils.metrics.words import NEEDS_P95

if TYPE_CHECKING:
    from utils.metrics.analysis.course import Slice
    from utils.metrics.model import Health, MetricStats
    from utils.metrics.standing import Standing
    from utils.metrics.tally import Group
    from utils.performance_metrics import PerformanceMetrics

KEYS = ("container", "action", "command")
"""Metadata that calls are grouped by first; the command line knows these alone."""
_ROWS = 8
_HOUR = 3_600.0


@dataclass(frozen=True, slots=True)
class Facts:
    """What was read, once.

    Args:
        operation: whose.
        stats: its statistics in the window; None without a call in it.
        tally: the same calls, gone through; without durations when they were too many for that.
        health: of the store.
        read_at: seconds since the epoch.
        trend: p95 in seconds over equal parts of the window, None for a part without a call; empty without a window.
        standing: how its last 24 hours stand against its usual; None without a call in them.
    """

    operation: str
    stats: MetricStats | None
    tally: Tally
    health: Health
    read_at: float
    trend: tuple[float | None, ...] = ()
    standing: Standing | None = None

    @property
    def keys(self) -> tuple[str, ...]:
        """The metadata that its calls can be grouped by, the usual ones first, then those that tell most apart."""
        found = [key for key, groups in self.tally.groups.items() if len(groups) > 1 or key in KEYS]
        first = [key for key in KEYS if key in found]
        return (*first, *sorted(set(found) - set(first), key=lambda key: (-len(self.tally.groups[key]), key)))


@dataclass(frozen=True, slots=True)
class Breakdown:
    """Where an operation's time goes, by one key of its metadata.

    Args:
        measure: what `Part.seconds` are: "p95" when every part has calls enough for it, else "max".
        parts: most failures first, then slowest.
        more: how many parts are left out.
    """

    measure: str
    parts: tuple[Part, ...]
    more: int


@dataclass(frozen=True, slots=True)
class Part:
    """The calls with one value of the key, a text from outside."""

    name: str
    calls: int
    seconds: float
    failed: int


def gather(metrics: PerformanceMetrics, operation: str, hours: float | None, now: float) -> Facts:
    """Read an operation's calls in a window; blocks.

    Args:
        metrics: where to read.
        operation: whose calls.
        hours: the window; None for everything kept, which has no trend worth showing.
        now: seconds since the epoch.

    Raises:
        StorageError: the metrics can't be read.
    """
    stats = metrics.get_stats(operation, hours).get(operation)
    tally = Tally()
    if stats is not None:
        if stats.total_calls <= MOST_ENTRIES:
            tally = walk(metrics.iter_entries(operation, hours)).get(operation, tally)
        if not tally.whole.durations:
            tally.whole.outcomes[FAILED] = stats.failed_calls
    parts: tuple[Slice, ...] = ()
    if stats is not None and hours is not None:
        start = now - hours * _HOUR
        parts = course(metrics.get_samples(operation, start), edges(start, now, PARTS))
    standing = judge(metrics, now, [operation]).get(operation)
    trend = tuple(part.p95 for part in parts)
    return Facts(operation, stats, tally, metrics.health(), now, trend, standing)


def ranked(groups: dict[str, Group]) -> list[tuple[str, Group]]:
    """Order groups: most failures first, then the slowest."""
    return sorted(groups.items(), key=lambda item: (-item[1].failed, -item[1].quantile(0.95), item[0]))


def breakdown(groups: dict[str, Group]) -> Breakdown | None:
    """Rank groups, and choose one kind of number for all; None without a group."""
    if not groups:
        return None
    ordered = ranked(groups)
    shown = ordered[:_ROWS]
    enough = all(len(group.durations) >= NEEDS_P95 for _, group in shown)
    parts = tuple(
        Part(name, len(group.durations), group.quantile(0.95 if enough else 1), group.failed) for name, group in shown
    )
    return Breakdown("p95" if enough else "max", parts, len(ordered) - len(shown))
