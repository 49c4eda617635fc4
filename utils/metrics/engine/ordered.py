"""Keeps a stretch of a growing column in order of value, while both of the stretch's ends move."""

from __future__ import annotations

from array import array
from bisect import bisect_left, insort
from typing import TYPE_CHECKING

from utils.metrics.engine.arrange import STEP, ascending, merged
from utils.metrics.engine.breath import no_breath

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

_SINGLE = 16
"""So many changes are always made one by one; more when the stretch is long."""
_SHARE = 32


class Ordered:
    """The values of ``column[start:stop]``, ascending.

    Attributes:
        start: index into the column.
        stop: the same.
        values: ascending; do not change them.
    """

    __slots__ = ("start", "stop", "values")

    def __init__(self, start: int = 0, stop: int = 0, values: array[float] | None = None) -> None:
        self.start = start
        self.stop = stop
        self.values = array("d") if values is None else values

    def move(self, column: array[float], start: int, stop: int, breathe: Callable[[], None] = no_breath) -> None:
        """Make it the stretch from `start` to `stop`, with as little work as can be.

        Args:
            column: the column; what lies in the present stretch is as it was.
            start: index into the column.
            stop: the same, not below `start`.
            breathe: called between steps.
        """
        if start == self.start and stop == self.stop:
            return
        leaving = max(0, start - self.start) + max(0, self.stop - stop)
        coming = max(0, self.start - start) + max(0, stop - self.stop)
        few = _SINGLE + len(self.values) // _SHARE
        if start >= self.stop or stop <= self.start or leaving > few:
            self.values = ascending(column[start:stop], breathe)
        else:
            self._take_out(column[self.start : start] + column[stop : self.stop])
            self.put_in(column[start : self.start] + column[self.stop : stop], breathe, one_by_one=coming <= few)
        self.start, self.stop = start, stop

    def _take_out(self, values: Sequence[float]) -> None:
        for value in values:
            del self.values[bisect_left(self.values, value)]

    def put_in(self, values: array[float], breathe: Callable[[], None] = no_breath, *, one_by_one: bool = True) -> None:
        """Add values that have come into the stretch."""
        if one_by_one:
            for value in values:
                insort(self.values, value)
        elif len(values) + len(self.values) <= STEP:
            # Two runs in a row: that is what the sort is quickest at.
            self.values = array("d", sorted([*self.values, *sorted(values)]))
        else:
            self.values = merged([self.values, ascending(values, breathe)], breathe)
