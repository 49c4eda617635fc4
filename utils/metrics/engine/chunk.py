"""One operation's entries of some hours, in columns of bare numbers.

Rules:
- entries stand ordered by end, then by place in the file; those that come in late are put in their place;
- an entry costs 21 bytes, and 8 more once its duration stands in the ascending run that percentiles are taken from;
- the run, the sorted part that a window cuts out (the edge) and the sums grow with the columns: what was once in order
  is never sorted again;

Not safe for two threads at once.
"""

from __future__ import annotations

import sys
from array import array
from bisect import bisect_left, bisect_right
from contextlib import suppress
from typing import TYPE_CHECKING, Any, TypeVar

from utils.metrics.engine.breath import no_breath
from utils.metrics.engine.offsets import Offsets
from utils.metrics.engine.ordered import Ordered
from utils.metrics.engine.sums import Sums

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from utils.metrics.engine.scan import Row

_Number = TypeVar("_Number", int, float)
HOUR = 3_600.0
DAY = 24
_LAST_HOUR = 10**8
_SINGLE = 32
"""So many late entries are put in one by one."""
_FEW = 128
"""A part of so few entries is sorted at every question."""
_ARRAY = sys.getsizeof(array("d"))
_OVERHEAD = 690
"""Bytes of a chunk beside what its columns hold, about."""


def hour_of(end: float) -> int:
    """Return the number of the hour since the epoch in which a moment lies; after ten thousand years all is one."""
    return int(max(-_LAST_HOUR, min(_LAST_HOUR, end // HOUR)))


class Chunk:
    """The entries that ended in the hours from `start` to before `stop`.

    Attributes:
        start: hours since the epoch.
        stop: the same.
        ends: seconds since the epoch, ascending.
        durations: seconds, in the order of the ends.
        successes: 1 or 0, in the same order.
        failures: how many are 0.
        settled: whether it was made as small as it can be, since the last change.
        version: changes when entries that were there do not stand any more where they stood.
    """

    __slots__ = (
        "_edge",
        "_offsets",
        "_run",
        "_sums",
        "durations",
        "ends",
        "failures",
        "settled",
        "start",
        "stop",
        "successes",
        "version",
    )

    def __init__(self, start: int, stop: int) -> None:
        self.start = start
        self.stop = stop
        self.ends = array("d")
        self.durations = array("d")
        self.successes = bytearray()
        self.failures = 0
        self.settled = False
        self.version = 0
        self._offsets = Offsets()
        self._run = Ordered()
        self._edge: Ordered | None = None
        self._sums = Sums()

    def __len__(self) -> int:
        return len(self.ends)

    # Coming in

    def add(self, rows: Sequence[Row]) -> None:
        """Add entries.

        Args:
            rows: in order of end and offset, at least one, all of these hours.
        """
        self.settled = False
        if not self.ends or rows[0][:2] > (self.ends[-1], self.offset(-1)):
            self._extend(rows)
        elif len(rows) <= _SINGLE:
            for row in rows:
                self._insert(row)
        else:
            self._weave(rows)

    def _extend(self, rows: Sequence[Row]) -> None:
        ends, offsets, durations, successes = zip(*rows, strict=True)
        self._offsets.extend(offsets)
        self.ends.extend(ends)
        self.durations.extend(durations)
        self.successes.extend(successes)
        self.failures += successes.count(False)

    def _insert(self, row: Row) -> None:
        """Put a late entry in its place."""
        end, offset, duration, success = row
        at = bisect_right(self.ends, end)
        while at and self.ends[at - 1] == end and self.offset(at - 1) > offset:
            at -= 1
        self._offsets.insert(at, offset)
        self.ends.insert(at, end)
        self.durations.insert(at, duration)
        self.successes.insert(at, success)
        self.failures += not success
        self._sums.forget(at)
        self.version += 1
        for part in (self._run, self._edge):
            if part is None or at >= part.stop:
                continue
            if at < part.start:
                part.start += 1
            else:
                part.put_in(array("d", (duration,)))
            part.stop += 1

    def _weave(self, rows: Sequence[Row]) -> None:
        """Put many late entries in their places: take out what ended after them, and put all back in order."""
        at, count = bisect_left(self.ends, rows[0][0]), len(self)
        for part in (self._run, self._edge):
            if part is None or part.stop <= at:
                continue
            if part.stop == count and part.start <= at:
                part.put_in(array("d", [row[2] for row in rows]), one_by_one=False)
                part.stop += len(rows)
            else:
                part.move(self.durations, 0, 0)
        self._sums.forget(at)
        self.version += 1
        rows = sorted([*self.rows(at), *rows])
        self.failures -= self.successes.count(0, at)
        for column in (self.ends, self.durations, self._offsets.values, self.successes):
            del column[at:]
        self._extend(rows)

    def append(self, later: Chunk) -> None:
        """Take over the entries of a chunk, all of which stand behind these."""
        self._offsets.append(later._offsets)
        self.ends = self.ends + later.ends
        self.durations = self.durations + later.durations
        self.successes = self.successes + later.successes
        self.failures += later.failures

    # Going out

    def leave_out(self, first: int) -> None:
        """Forget the entries before index `first`."""
        if not first:
            return
        self._run.move(self.durations, first, max(first, self._run.stop))
        self._run.start, self._run.stop = 0, self._run.stop - first
        self._edge = None
        self._sums.forget(0)
        self.version += 1
        self.failures -= self.successes.count(0, 0, first)
        for column in (self.ends, self.durations, self.successes):
            del column[:first]
        self._offsets.leave_out(first)
        self.settled = False

    def move(self, new_offset: Callable[[int], int], whole_from: int, by: int) -> None:
        """Follow the entries to their new places in the file; see `Offsets.move`."""
        self.version += 1
        self._offsets.move(new_offset, whole_from, by)

    # Questions

    def first(self, since: float) -> int:
        """Return the index of the first entry that ended at `since` or later."""
        return bisect_left(self.ends, since)

    def offset(self, at: int) -> int:
        """Return where the line of the entry at an index starts in the file."""
        return self._offsets[at]

    def span(self, start: int, stop: int) -> tuple[int, int]:
        """Return the least and the greatest offset of the entries from index `start` to before `stop`; there is one."""
        return self._offsets.span(start, stop)

    def rows(self, start: int, stop: int | None = None) -> list[Row]:
        """Return the entries from index `start` to before `stop`."""
        return list(
            zip(
                self.ends[start:stop],
                self._offsets.some(start, stop),
                self.durations[start:stop],
                map(bool, self.successes[start:stop]),
                strict=True,
            )
        )

    def places(self, start: int) -> tuple[array[float], array[int], int]:
        """Return a copy of the ends from index `start` on, the offsets, and what those are counted from."""
        return self.ends[start:], self._offsets.values[start:], self._offsets.base

    def backwards(self, *, failures_only: bool) -> Iterator[tuple[float, int]]:
        """Go through the entries, newest first, as (end, offset)."""
        at = len(self.ends)
        while at > 0:
            at = self.successes.rfind(0, 0, at) if failures_only else at - 1
            if at >= 0:
                yield self.ends[at], self.offset(at)

    def failed(self, first: int) -> int:
        """Return how many of the entries from index `first` on are failures."""
        return self.successes.count(0, first) if first else self.failures

    def ordered(self, first: int, breathe: Callable[[], None] = no_breath) -> Sequence[float]:
        """Return the durations from index `first` on, ascending; not to be changed, and good until the next change.

        Args:
            first: the index.
            breathe: called between steps, when there is much to be put in order.
        """
        count = len(self)
        if not first:
            self._run.move(self.durations, 0, count, breathe)
            return self._run.values
        if count - first <= _FEW:
            return sorted(self.durations[first:])
        if self._edge is None:
            self._edge = Ordered()
        self._edge.move(self.durations, first, count, breathe)
        return self._edge.values

    def take_run(self, values: array[float]) -> None:
        """Take all durations as they were put in order elsewhere."""
        self._run = Ordered(0, len(values), values)

    def forget_edge(self) -> None:
        """Give back the memory of the last part that a window cut out."""
        self._edge = None

    def total(self, first: int) -> float:
        """Return the sum of the durations from index `first` on, twice rounded at most.

        Raises:
            OverflowError: there is no such number.
        """
        return self._sums.of(self.durations, first)

    def settle(self, breathe: Callable[[], None] = no_breath) -> None:
        """Make ready for questions, and as small as can be: nothing more is expected to come in."""
        self.ordered(0, breathe)
        with suppress(OverflowError):
            self.total(0)
        self.ends, self.durations = _fitted(self.ends), _fitted(self.durations)
        self._offsets.values, self._run.values = _fitted(self._offsets.values), _fitted(self._run.values)
        self.successes = bytearray(self.successes)
        self._sums.shrink()
        self.settled = True

    # To the disk and back

    def saved(self, count: int) -> tuple[list[Any], list[bytes]]:
        """Return the first `count` entries as `restored` takes them: what JSON holds, and bare bytes."""
        run = self._run.values if (self._run.start, self._run.stop) == (0, count) else array("d")
        failures = self.failures if count == len(self) else self.successes.count(0, 0, count)
        offsets = self._offsets.values
        total = self._sums.known(count)
        head = [self.start, self.stop, count, len(run), self._offsets.bounds, offsets.typecode, failures, total]
        columns = (self.ends[:count], self.durations[:count], offsets[:count], self.successes[:count], run)
        return head, [bytes(column) for column in columns]

    @staticmethod
    def restored(head: Sequence[Any], fill: Callable[[array[Any] | bytearray], None]) -> Chunk:
        """Make a chunk again.

        Args:
            head: what JSON held.
            fill: puts the next of the bytes into what it is given.
        """
        start, stop, count, run, bounds, kind, failures, total = head
        made = Chunk(start, stop)
        made.failures, made.settled = failures, run == count
        if total is not None:
            made._sums.keep(count, total)
        made._offsets = Offsets.restored(bounds, array(kind, (0,)) * count)
        made.ends, made.durations = array("d", (0.0,)) * count, array("d", (0.0,)) * count
        made.successes = bytearray(count)
        made._run = Ordered(0, run, array("d", (0.0,)) * run)
        for column in (made.ends, made.durations, made._offsets.values, made.successes, made._run.values):
            fill(column)
        return made

    @property
    def memory(self) -> int:
        """Bytes it takes, about."""
        parts = [self.ends, self.durations, self._offsets.values, self.successes, self._run.values]
        if self._edge is not None:
            parts.append(self._edge.values)
        return _OVERHEAD + self._sums.memory + sum(map(sys.getsizeof, parts))


def _fitted(column: array[_Number]) -> array[_Number]:
    """Return a column that takes no more room than it needs: one that grew has some to spare, its copy has not."""
    return column if sys.getsizeof(column) <= len(column) * column.itemsize + _ARRAY else column[:]
