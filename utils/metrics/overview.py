"""All operations of a window at a glance: numbers, trends, refusals told from failures; what needs a look first."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

from utils.metrics.analysis.course import course, edges
from utils.metrics.analysis.regressions import Kind
from utils.metrics.format import count
from utils.metrics.standing import judge
from utils.metrics.words import NEEDS_P95, NOTES, plural

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from utils.metrics.model import Health, MetricStats
    from utils.metrics.standing import Standing
    from utils.performance_metrics import PerformanceMetrics

_HOUR = 3_600.0
_DAY = 24
PARTS = 12
"""Into how many equal parts a window is cut for its trend."""


@dataclass(frozen=True, slots=True)
class Row:
    """One operation.

    Args:
        stats: its statistics in the window.
        failed: calls that failed, refusals not counted where they are known.
        refused: calls turned away: no right, or bad input.
        trend: p95 in seconds over equal parts of the window, None for a part without a call; empty without a window.
        standing: how its last 24 hours stand against its usual; None when the window is another.
    """

    stats: MetricStats
    failed: int
    refused: int
    trend: tuple[float | None, ...]
    standing: Standing | None = None

    @property
    def slow(self) -> float:
        """What it is ordered by: p95, or the slowest call when there are too few for it."""
        enough = self.stats.total_calls >= NEEDS_P95
        return self.stats.p95_duration if enough else self.stats.max_duration

    def is_(self, kind: Kind) -> bool:
        """Whether it is not as usual in this way."""
        return self.standing is not None and self.standing.change(kind) is not None


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
    stats = {name: one for name, one in metrics.get_stats(last_hours=hours).items() if name not in NOTES}
    standings = judge(metrics, now, stats) if hours == _DAY else {}
    rows = []
    for one in stats.values():
        samples = metrics.get_samples(one.operation, -math.inf if hours is None else now - hours * _HOUR)
        refused = min(samples.refused, one.failed_calls)
        parts = () if hours is None else course(samples, edges(now - hours * _HOUR, now, PARTS))
        trend = tuple(part.p95 for part in parts)
        rows.append(Row(one, one.failed_calls - refused, refused, trend, standings.get(one.operation)))
    rows.sort(key=by_need)
    return Facts(tuple(rows), metrics.health(), now)


def by_need(row: Row) -> tuple[bool, bool, int, float, str]:
    """Order rows by it: what fails more than usual, then what is slower, then what failed most, then the slowest."""
    return not row.is_(Kind.FAILING), not row.is_(Kind.SLOWER), -row.failed, -row.slow, row.stats.operation


def verdict(rows: Sequence[Row], named: Callable[[str], str] = str) -> str:
    """Say in one sentence what needs a look.

    Args:
        rows: in order of need, at least one.
        named: makes an operation's name, a text from outside, fit to be shown.
    """
    unusual = _unusual(rows, named)
    if unusual:
        return unusual
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


def _unusual(rows: Sequence[Row], named: Callable[[str], str]) -> str:
    """Say how many operations are not as usual, or which one is not; nothing when all are."""
    slower, failing = ([row for row in rows if row.is_(kind)] for kind in (Kind.SLOWER, Kind.FAILING))
    parts = [
        (found, word) for found, word in ((slower, "slower than usual"), (failing, "failing more than usual")) if found
    ]
    concerned = {row.stats.operation for found, _ in parts for row in found}
    if len(concerned) == 1:
        rest = "" if len(rows) == 1 else f", the other {count(len(rows) - 1)} not"
        return f"{named(concerned.pop())} is {' and '.join(word for _, word in parts)}{rest}."
    told = [f"{count(len(found))} {word}" for found, word in parts]
    return f"Of {plural(len(rows), 'operation')}, {' and '.join(told)}." if told else ""
