"""The long view of a month: each operation week by week, how much of it succeeded, and what failed most."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING

from utils.metrics.analysis.course import Slice, course, sliced
from utils.metrics.samples import FAILED
from utils.metrics.summary.calls import is_beside, operations
from utils.metrics.summary.week import WEEK
from utils.metrics.tally import FAILED as UNNAMED
from utils.metrics.tally import ending_of
from utils.metrics.words import error_type, outcome

if TYPE_CHECKING:
    from utils.metrics.model import Health
    from utils.performance_metrics import PerformanceMetrics

_WORST = 5
_LOOKED_AT = 200


@dataclass(frozen=True, slots=True)
class Row:
    """One operation.

    Attributes:
        operation: Its name.
        whole: The month.
        weeks: Its weeks, oldest first.
    """

    operation: str
    whole: Slice
    weeks: tuple[Slice, ...]

    @property
    def availability(self) -> float | None:
        """The share of calls that succeeded, refusals not counted, 0 to 1; None without one."""
        return 1 - self.whole.failure_share if self.whole.judged else None


@dataclass(frozen=True, slots=True)
class Failing:
    """An operation that failed.

    Attributes:
        operation: Its name, a text from outside.
        failed: How often.
        way: How it ended most often of late, a text from outside; None when no record of that is left.
    """

    operation: str
    failed: int
    way: str | None


@dataclass(frozen=True, slots=True)
class Facts:
    """What happened between two moments, in seconds since the epoch.

    Attributes:
        start: Included.
        end: Not included.
        rows: Most failures first, then the busiest.
        edges: Where the weeks begin, and the end of the last.
        failing: What failed most.
        health: Of the store.
    """

    start: float
    end: float
    rows: tuple[Row, ...]
    edges: tuple[float, ...]
    failing: tuple[Failing, ...]
    health: Health

    @property
    def calls(self) -> int:
        """Calls in all."""
        return sum(row.whole.calls for row in self.rows)

    @property
    def quiet(self) -> bool:
        """Whether nothing but background work was called, and none of it failed."""
        called = (row for row in self.rows if row.whole.calls)
        return not self.failed and all(is_beside(row.operation) for row in called)

    @property
    def failed(self) -> int:
        """Failed calls in all."""
        return sum(row.whole.failed for row in self.rows)

    @property
    def availability(self) -> float | None:
        """The share of all calls that succeeded, refusals not counted, 0 to 1; None without one."""
        judged = sum(row.whole.judged for row in self.rows)
        return 1 - self.failed / judged if judged else None

    def week(self, number: int) -> tuple[int, int]:
        """Count the calls and the failures of a week, 0 for the oldest."""
        parts = [row.weeks[number] for row in self.rows]
        return sum(part.calls for part in parts), sum(part.failed for part in parts)


def weeks_of(start: float, end: float) -> tuple[float, ...]:
    """Cut a month into weeks that end where it ends; the days that are left over belong to the oldest.

    Args:
        start: Seconds since the epoch.
        end: The same, later.

    Returns:
        Ascending; two neighbours are the start and the end of a week.
    """
    number = max(1, int((end - start) / WEEK))
    return (start, *(end - left * WEEK for left in range(number - 1, 0, -1)), end)


def gather(metrics: PerformanceMetrics, start: float, end: float) -> Facts:
    """Read a month; blocks.

    Args:
        metrics: Where to read.
        start: Seconds since the epoch, included.
        end: The same, not included.

    Raises:
        StorageError: The metrics can't be read.
    """
    edges = weeks_of(start, end)
    rows = []
    for name in operations(metrics):
        samples = metrics.get_samples(name, start, end)
        if samples:
            rows.append(Row(name, sliced(samples, start, end), course(samples, edges)))
    rows.sort(key=lambda row: (-row.whole.failed, -row.whole.calls, row.operation))
    failing = [
        Failing(row.operation, row.whole.failed, _way(metrics, row.operation, start, end))
        for row in rows[:_WORST]
        if row.whole.failed
    ]
    return Facts(start, end, tuple(rows), edges, tuple(failing), metrics.health())


def _way(metrics: PerformanceMetrics, operation: str, start: float, end: float) -> str | None:
    newest = metrics.get_recent_metrics(operation, _LOOKED_AT, failures_only=True)
    ways = Counter(
        error_type(entry) or outcome(entry)
        for entry in newest
        if start <= entry.end_time < end and ending_of(entry) == FAILED
    )
    way = next(iter(ways.most_common(1)), (None,))[0]
    return None if way == UNNAMED else way
