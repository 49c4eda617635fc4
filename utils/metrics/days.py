"""What an operation's calls came to day by day, remembered, so that a long window is read from the file only once.

A day is taken from memory when the index knows exactly those calls of it that were read, by their ends and durations.
So nothing has to be told of what comes late, is cleaned up, or is written by another process.
"""

from __future__ import annotations

import threading
from array import array
from bisect import bisect_left
from itertools import groupby
from typing import TYPE_CHECKING, Generic, TypeVar
from weakref import WeakKeyDictionary

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from utils.metrics.model import Numbers
    from utils.metrics.samples import Samples
    from utils.performance_metrics import PerformanceMetrics

DAY = 86_400.0
MOST_DAYS = 32
"""Days before the newest that are remembered: a month."""
_LOAD = 600.0
_T = TypeVar("_T")


class Days(Generic[_T]):
    """Reads days, and remembers what they came to. Threads may share it.

    Args:
        fold: Makes one value of a day's calls, in the order of their ends. It is kept: better small.
    """

    def __init__(self, fold: Callable[[Sequence[Numbers]], _T]) -> None:
        self._fold = fold
        self._lock = threading.Lock()
        self._known: WeakKeyDictionary[PerformanceMetrics, dict[tuple[str, int], tuple[int, _T]]] = WeakKeyDictionary()

    def read(self, metrics: PerformanceMetrics, operation: str, start: float) -> list[_T]:
        """Return what each day with a call came to, oldest first; blocks.

        Args:
            metrics: Where to read.
            operation: Whose calls.
            start: Seconds since the epoch; of its day only the rest counts.

        Raises:
            StorageError: The metrics can't be read.
        """
        metrics.wait_until_loaded(_LOAD)
        samples = metrics.get_samples(operation, start)
        with self._lock:
            known = self._known.setdefault(metrics, {})
            found: dict[int, _T] = {}
            missing: list[list[int]] = []
            for day, part in _by_day(samples):
                mark, value = known.get((operation, day), (None, None))
                if mark == _mark(part.ends, part.durations):
                    found[day] = value  # type: ignore[assignment] # a mark is never without its value
                elif missing and missing[-1][-1] == day - 1:
                    missing[-1].append(day)
                else:
                    missing.append([day])
        for days in missing:
            calls = metrics.iter_numbers(operation, max(start, days[0] * DAY), (days[-1] + 1) * DAY)
            for day, group in groupby(calls, key=_day_of):
                whole = list(group)
                found[day] = self._fold(whole)
                if day * DAY >= start:
                    self._remember(metrics, operation, day, whole, found[day])
        return [found[day] for day in sorted(found)]

    def _remember(
        self, metrics: PerformanceMetrics, operation: str, day: int, calls: Sequence[Numbers], value: _T
    ) -> None:
        mark = _mark(array("d", (call.end_time for call in calls)), array("d", (call.duration for call in calls)))
        with self._lock:
            known = self._known.setdefault(metrics, {})
            known[operation, day] = mark, value
            newest = max(each for _, each in known)
            for key in [key for key in known if key[1] <= newest - MOST_DAYS]:
                del known[key]


def _day_of(call: Numbers) -> int:
    return int(call.end_time // DAY)


def _by_day(samples: Samples) -> Iterator[tuple[int, Samples]]:
    first = 0
    while first < len(samples):
        day = int(samples.ends[first] // DAY)
        last = bisect_left(samples.ends, (day + 1) * DAY, first)
        yield day, samples.between(samples.ends[first], (day + 1) * DAY)
        first = last


def _mark(ends: array[float], durations: array[float]) -> int:
    """Make a number that tells one day's calls from others."""
    return hash((ends.tobytes(), durations.tobytes()))
