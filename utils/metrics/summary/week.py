"""A week against the week before: what became slower, for how long, how the file grew, and what could go."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from utils.metrics.analysis.course import course, edges, sliced
from utils.metrics.analysis.regressions import ABSOLUTE, NEEDS_CALLS, RELATIVE, Kind, changes, usual
from utils.metrics.summary.calls import DAY, is_beside, operations

if TYPE_CHECKING:
    from utils.metrics.analysis.course import Slice
    from utils.metrics.model import Health
    from utils.performance_metrics import PerformanceMetrics

DAYS = 7
WEEK = DAYS * DAY
OLD_DAYS = 30
"""From which age in days on entries are called old: what a cleanup takes unless told otherwise."""
_LASTS = 2
_WORSE = (Kind.FAILING, Kind.SLOWER)


@dataclass(frozen=True, slots=True)
class Lasting:
    """An operation that was worse than usual on several days of the week.

    Attributes:
        operation: Its name.
        kind: In which way.
        days: On how many days.
        worst: p95 in seconds of the worst of them, or the share of calls that failed.
        usual: The same, as it was in the week before.
    """

    operation: str
    kind: Kind
    days: int
    worst: float
    usual: float


@dataclass(frozen=True, slots=True)
class Row:
    """One operation.

    Attributes:
        operation: Its name.
        now: The week.
        before: The week before.
        trend: p95 in seconds of each day, None for one without a call.
        lasting: In which ways it was worse than usual for days.
    """

    operation: str
    now: Slice
    before: Slice
    trend: tuple[float | None, ...]
    lasting: tuple[Lasting, ...] = ()

    @property
    def relative(self) -> float | None:
        """By which part p95 differs from the week before; None with too few calls in either."""
        enough = min(self.now.calls, self.before.calls) >= NEEDS_CALLS
        if not enough or self.now.p95 is None or not self.before.p95:
            return None
        return (self.now.p95 - self.before.p95) / self.before.p95

    @property
    def kind(self) -> Kind | None:
        """Whether it is slower or faster than the week before, by the measure that regressions go by."""
        if self.relative is None or self.now.p95 is None or self.before.p95 is None:
            return None
        if abs(self.relative) < RELATIVE or abs(self.now.p95 - self.before.p95) < ABSOLUTE:
            return None
        return Kind.SLOWER if self.relative > 0 else Kind.FASTER


@dataclass(frozen=True, slots=True)
class Store:
    """The file of the measurements.

    Attributes:
        bytes_now: Bytes that came in the week.
        bytes_before: Bytes that came in the week before; None when nothing is kept from before it.
        old: Entries older than `OLD_DAYS`.
        old_bytes: Their bytes.
        idle: Operations without a call in the week.
    """

    bytes_now: int
    bytes_before: int | None
    old: int
    old_bytes: int
    idle: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Facts:
    """What happened in the week that ends at `end`, in seconds since the epoch; rows with what is slower first."""

    start: float
    end: float
    rows: tuple[Row, ...]
    store: Store
    health: Health

    @property
    def calls(self) -> int:
        """Calls in all."""
        return sum(row.now.calls for row in self.rows)

    @property
    def calls_before(self) -> int:
        """Calls of the week before."""
        return sum(row.before.calls for row in self.rows)

    @property
    def quiet(self) -> bool:
        """Whether nothing but background work was called, and none of it failed."""
        called = (row for row in self.rows if row.now.calls)
        return not self.failed and all(is_beside(row.operation) for row in called)

    @property
    def failed(self) -> int:
        """Failed calls in all."""
        return sum(row.now.failed for row in self.rows)

    def of(self, kind: Kind) -> tuple[Row, ...]:
        """Return the operations that are slower or faster than the week before, the most so first."""
        found = [row for row in self.rows if row.kind is kind]
        return tuple(sorted(found, key=lambda row: -abs(row.relative or 0.0)))


def gather(metrics: PerformanceMetrics, end: float, now: float) -> Facts:
    """Read the week before a moment; blocks.

    Args:
        metrics: Where to read.
        end: Where the week ends, in seconds since the epoch.
        now: The same, not before `end` but for clocks that jump.

    Raises:
        StorageError: The metrics can't be read.
    """
    names = operations(metrics)
    every = [_row(metrics, name, end) for name in names]
    rows = [row for row in every if row.now.calls or row.before.calls]
    rows.sort(key=_by_need)
    idle = tuple(row.operation for row in every if not row.now.calls)
    return Facts(end - WEEK, end, tuple(rows), _store(metrics, end, now, idle), metrics.health())


def _row(metrics: PerformanceMetrics, operation: str, end: float) -> Row:
    start = end - WEEK
    before = metrics.get_samples(operation, start - WEEK, start)
    known = usual(course(before, edges(start - WEEK, start, DAYS)))
    past = sliced(before, start - WEEK, start)
    del before  # a week of a busy operation takes room
    samples = metrics.get_samples(operation, start, end)
    days = course(samples, edges(start, end, DAYS))
    found = [change for day in days for change in changes(operation, day, known)]
    lasting = []
    for kind in _WORSE:
        of_kind = [change for change in found if change.kind is kind]
        if len(of_kind) >= _LASTS:
            worst = max(change.now for change in of_kind)
            lasting.append(Lasting(operation, kind, len(of_kind), worst, of_kind[0].usual))
    return Row(operation, sliced(samples, start, end), past, tuple(day.p95 for day in days), tuple(lasting))


def _by_need(row: Row) -> tuple[bool, bool, int, int, str]:
    return not row.lasting, row.kind is not Kind.SLOWER, -row.now.failed, -row.now.calls, row.operation


def _store(metrics: PerformanceMetrics, end: float, now: float, idle: tuple[str, ...]) -> Store:
    size = metrics.health().file_bytes
    this, last = (metrics.preview_cleanup(max(0.0, now - (end - weeks * WEEK)) / DAY) for weeks in (1, 2))
    old = metrics.preview_cleanup(OLD_DAYS)
    return Store(
        size - this.bytes_freed,
        this.bytes_freed - last.bytes_freed if this.removed else None,
        old.removed,
        old.bytes_freed,
        idle,
    )
