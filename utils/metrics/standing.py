"""How each operation stands against what is usual for it: the last 24 hours against the seven days before.

The seven days end at a full hour, so that they are summed up once an hour and not at every question.
"""

from __future__ import annotations

import threading
from dataclasses import dataclass
from typing import TYPE_CHECKING
from weakref import WeakKeyDictionary

from utils.metrics.analysis.course import Slice, course, edges, sliced
from utils.metrics.analysis.regressions import DAYS, NEEDS_CALLS, Change, Kind, Usual, changes, since, usual

if TYPE_CHECKING:
    from collections.abc import Iterable

    from utils.performance_metrics import PerformanceMetrics

HOUR = 3_600.0
DAY = 24 * HOUR
_LOOK_BACK = 48


@dataclass(frozen=True, slots=True)
class Standing:
    """One operation.

    Attributes:
        operation: Its name.
        now: Its last 24 hours.
        usual: What is usual for it; None with too little history.
        days: How many of the seven days before had calls enough to count.
        changes: In which ways it is not as usual, failures first.
        slow_since: Since when it is slower than usual, in seconds since the epoch; None when it is not, or not known.
    """

    operation: str
    now: Slice
    usual: Usual | None
    days: int
    changes: tuple[Change, ...] = ()
    slow_since: float | None = None

    def change(self, kind: Kind) -> Change | None:
        """Return the change of a kind, if there is one."""
        return next((change for change in self.changes if change.kind is kind), None)

    @property
    def relative(self) -> float | None:
        """By which part of the usual its p95 differs, told or not: 0.64 is 64 % more. None without both numbers."""
        if self.usual is None or not self.usual.p95 or self.now.p95 is None or self.now.calls < NEEDS_CALLS:
            return None
        return (self.now.p95 - self.usual.p95) / self.usual.p95


class _Past:
    """The days before, of operations that were asked for in this hour."""

    def __init__(self) -> None:
        self.lock = threading.Lock()
        self.end = 0.0
        self.days: dict[str, tuple[Slice, ...]] = {}


_pasts: WeakKeyDictionary[PerformanceMetrics, _Past] = WeakKeyDictionary()


def judge(metrics: PerformanceMetrics, now: float, operations: Iterable[str] | None = None) -> dict[str, Standing]:
    """Judge operations; blocks.

    Args:
        metrics: Where to read.
        now: Seconds since the epoch.
        operations: Which ones; None for all that are known. One without a call in the last 24 hours is left out.

    Raises:
        StorageError: The metrics can't be read.
    """
    if operations is None:
        metrics.health()  # what other processes measured is known only once the file was looked at
        operations = metrics.get_operations()
    return {name: found for name in operations if (found := _judge_one(metrics, name, now)) is not None}


def _judge_one(metrics: PerformanceMetrics, operation: str, now: float) -> Standing | None:
    samples = metrics.get_samples(operation, now - DAY, now)
    if not samples:
        return None
    today = sliced(samples, now - DAY, now)
    days = _days_before(metrics, operation, now)
    before = usual(days)
    found = changes(operation, today, before)
    began = None
    if before is not None and any(change.kind is Kind.SLOWER for change in found):
        recent = metrics.get_samples(operation, now - _LOOK_BACK * HOUR, now)
        began = since(course(recent, edges(now - _LOOK_BACK * HOUR, now, _LOOK_BACK)), before)
    counted = sum(day.calls >= NEEDS_CALLS for day in days)
    return Standing(operation, today, before, counted, found, began)


def _days_before(metrics: PerformanceMetrics, operation: str, now: float) -> tuple[Slice, ...]:
    past = _pasts.setdefault(metrics, _Past())
    end = (now - DAY) // HOUR * HOUR
    with past.lock:
        if past.end != end:
            past.end, past.days = end, {}
        found = past.days.get(operation)
    if found is None:
        start = end - DAYS * DAY
        found = course(metrics.get_samples(operation, start, end), edges(start, end, DAYS))
        with past.lock:
            # While a large file is being loaded, what is known of the past still grows.
            if past.end == end and metrics.wait_until_loaded(0):
                past.days[operation] = found
    return found
