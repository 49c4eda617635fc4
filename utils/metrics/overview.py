"""All operations of a window at a glance: numbers, trends, refusals told from failures; what needs a look first."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from utils.metrics.format import count
from utils.metrics.tally import MOST_ENTRIES, Tally, walk
from utils.metrics.words import NEEDS_P95, plural

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from utils.metrics.model import Health, MetricStats
    from utils.performance_metrics import PerformanceMetrics

_HOUR = 3_600.0


@dataclass(frozen=True, slots=True)
class Row:
    """One operation.

    Args:
        stats: its statistics in the window.
        failed: calls that failed, refusals not counted where they are known.
        refused: calls turned away: no right, or bad input.
        trend: p95 in seconds over equal parts of the window, None for a part without a call; empty when not known.
    """

    stats: MetricStats
    failed: int
    refused: int
    trend: tuple[float | None, ...]

    @property
    def slow(self) -> float:
        """What it is ordered by: p95, or the slowest call when there are too few for it."""
        enough = self.stats.total_calls >= NEEDS_P95
        return self.stats.p95_duration if enough else self.stats.max_duration


@dataclass(frozen=True, slots=True)
class Facts:
    """What was read, once.

    Args:
        rows: what needs a look first.
        health: of the store.
        read_at: seconds since the epoch.
    """

    rows: tuple[Row, ...]
    health: Health
    read_at: float

    @property
    def calls(self) -> int:
        """Calls in all."""
        return sum(row.stats.total_calls for row in self.rows)

    @property
    def approximate(self) -> bool:
        """Whether some percentiles may be off, see `MetricStats.approximate`."""
        return any(row.stats.approximate for row in self.rows)


def gather(metrics: PerformanceMetrics, hours: float | None, now: float) -> Facts:
    """Read all operations of a window; blocks.

    Args:
        metrics: where to read.
        hours: the window; None for everything kept, which shows no trends.
        now: seconds since the epoch.

    Raises:
        StorageError: the metrics can't be read.
    """
    stats = metrics.get_stats(last_hours=hours)
    seen: dict[str, Tally] = {}
    if sum(one.total_calls for one in stats.values()) <= MOST_ENTRIES:
        start = now - (hours or 1) * _HOUR
        seen = walk(metrics.iter_entries(last_hours=hours), start, now)
    rows = []
    for one in stats.values():
        tally = seen.get(one.operation)
        refused = min(tally.whole.refused, one.failed_calls) if tally else 0
        trend = tally.trend() if tally and hours is not None else ()
        rows.append(Row(one, one.failed_calls - refused, refused, trend))
    rows.sort(key=lambda row: (-row.failed, -row.slow, row.stats.operation))
    return Facts(tuple(rows), metrics.health(), now)


def verdict(rows: Sequence[Row], named: Callable[[str], str] = str) -> str:
    """Say in one sentence what needs a look.

    Args:
        rows: in order of need, at least one.
        named: makes an operation's name, a text from outside, fit to be shown.
    """
    failing = [row for row in rows if row.failed]
    calls = sum(row.stats.total_calls for row in rows)
    if not failing:
        return f"Nothing failed in {plural(calls, 'call')} of {plural(len(rows), 'operation')}."
    worst = failing[0]
    name = named(worst.stats.operation)
    of = f"{count(worst.failed)} of {plural(worst.stats.total_calls, 'call')}"
    if len(failing) == 1:
        return f"{name} failed in {of}. Nothing else failed."
    return f"{len(failing)} of {len(rows)} operations had failures. Most: {name}, {of}."
