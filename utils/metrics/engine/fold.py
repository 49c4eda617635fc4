"""What is kept of hours whose entries no longer have room in memory; the entries themselves stay in the file.

Rules:
- of each operation: how many calls, how many failures, the sum, the least and the most, all exact; a sketch of the
  durations; and where its `SLOWEST` slowest stand in the file;
- of all together: the hours, and the stretch of the file in which their lines lie, so that a window that cuts into the
  hours, or a list of them, is answered by reading that stretch again.
"""

from __future__ import annotations

import heapq
import math
import sys
from array import array
from dataclasses import dataclass
from itertools import chain
from typing import TYPE_CHECKING, NamedTuple

from utils.metrics.engine.chunk import hour_of
from utils.metrics.engine.column import Column
from utils.metrics.engine.scan import Scanner
from utils.metrics.engine.sketch import Sketch

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from utils.metrics.engine.chunk import Chunk

SLOWEST = 50
_OVERHEAD = 900
"""Bytes of a summary beside its sketch, about."""


@dataclass(slots=True, eq=False)
class Summary:
    """One operation's calls of some hours.

    Attributes:
        calls: how many, at least one.
        failed: how many of them failed.
        total: seconds; None when no number holds it.
        least: seconds.
        most: seconds.
        sketch: of the durations.
        slowest: durations, ends and offsets of the slowest calls, slowest first; no more than `SLOWEST`.
    """

    calls: int
    failed: int
    total: float | None
    least: float
    most: float
    sketch: Sketch
    slowest: tuple[array[float], array[float], array[int]]

    @staticmethod
    def of(chunk: Chunk) -> Summary:
        """Sum up a chunk."""
        run = chunk.ordered(0)
        try:
            total = chunk.total(0)
        except OverflowError:
            total = None
        least = run[-min(SLOWEST, len(run))]
        slow = [at for at, duration in enumerate(chunk.durations) if duration >= least]
        return Summary(
            len(chunk),
            chunk.failures,
            total,
            run[0],
            run[-1],
            Sketch.of(run),
            slowest_of((chunk.durations[at], chunk.ends[at], chunk.offset(at)) for at in slow),
        )

    @staticmethod
    def merged(summaries: Iterable[Summary]) -> Summary:
        """Sum up summaries; there is at least one."""
        all_of_them = list(summaries)
        try:
            total = math.fsum([math.nan if one.total is None else one.total for one in all_of_them])
        except OverflowError:
            total = math.nan
        return Summary(
            sum(one.calls for one in all_of_them),
            sum(one.failed for one in all_of_them),
            None if math.isnan(total) else total,
            min(one.least for one in all_of_them),
            max(one.most for one in all_of_them),
            Sketch.merged(one.sketch for one in all_of_them),
            slowest_of(chain.from_iterable(one.places() for one in all_of_them)),
        )

    def places(self) -> Iterator[tuple[float, float, int]]:
        """Go through the slowest calls: duration, end and offset of each."""
        return zip(*self.slowest, strict=True)

    def move(self, new_offset: Callable[[int], int]) -> None:
        """Follow the lines of the slowest to their new places in the file."""
        durations, ends, offsets = self.slowest
        self.slowest = durations, ends, array("q", map(new_offset, offsets))

    @property
    def memory(self) -> int:
        """Bytes it takes, about."""
        return _OVERHEAD + self.sketch.memory + sum(map(sys.getsizeof, self.slowest))


def slowest_of(
    places: Iterable[tuple[float, float, int]],
) -> tuple[array[float], array[float], array[int]]:
    """Return durations, ends and offsets of the slowest `SLOWEST` calls as columns, slowest first."""
    kept = heapq.nlargest(SLOWEST, places)
    return (
        array("d", [duration for duration, _, _ in kept]),
        array("d", [end for _, end, _ in kept]),
        array("q", [offset for _, _, offset in kept]),
    )


class Stretch(NamedTuple):
    """Some hours, and the part of the file in which all lines of entries that ended in them lie."""

    start: int
    """Hours since the epoch."""
    stop: int
    """The same; not in it any more."""
    first: int
    """The least offset of a line."""
    last: int
    """The greatest."""

    def read(self, descriptor: int, size: int) -> dict[str, Column]:
        """Read the entries that ended in these hours.

        Args:
            descriptor: the open file.
            size: how many of its bytes may be looked at.

        Returns:
            Columns by operation.

        Raises:
            OSError: the file can't be read.
        """
        columns: dict[str, Column] = {}
        scanner = Scanner(descriptor, self.first)
        while scanner.at <= self.last and scanner.step(size):
            for name, rows in scanner.take()[0].items():
                mine = sorted(row for row in rows if self.start <= hour_of(row[0]) < self.stop)
                if mine:
                    columns.setdefault(name, Column()).add(mine)
        return columns


class Fold:
    """The hours from `start` to before `stop`, of all operations.

    Attributes:
        start: hours since the epoch.
        stop: the same.
        first: the least offset of a line that is summed up here.
        last: the greatest.
        summaries: by operation; at least one.
    """

    __slots__ = ("first", "last", "start", "stop", "summaries")

    def __init__(self, start: int, stop: int, chunks: Iterable[tuple[str, Chunk]]) -> None:
        self.start = start
        self.stop = stop
        self.first, self.last = sys.maxsize, -1
        self.summaries: dict[str, Summary] = {}
        for name, chunk in chunks:
            self.add(name, chunk)

    def add(self, name: str, chunk: Chunk) -> None:
        """Sum up entries of these hours."""
        first, last = chunk.span(0, len(chunk))
        self.first, self.last = min(self.first, first), max(self.last, last)
        summary = Summary.of(chunk)
        mine = self.summaries.get(name)
        self.summaries[name] = summary if mine is None else Summary.merged((mine, summary))

    @staticmethod
    def merged(one: Fold, other: Fold) -> Fold:
        """Sum up two folds."""
        made = Fold(min(one.start, other.start), max(one.stop, other.stop), ())
        made.first, made.last = min(one.first, other.first), max(one.last, other.last)
        made.summaries = dict(one.summaries)
        for name, summary in other.summaries.items():
            mine = made.summaries.get(name)
            made.summaries[name] = summary if mine is None else Summary.merged((mine, summary))
        return made

    def move(self, new_offset: Callable[[int], int]) -> None:
        """Follow the lines to their new places in the file."""
        self.first, self.last = new_offset(self.first), new_offset(self.last)
        for summary in self.summaries.values():
            summary.move(new_offset)

    @property
    def stretch(self) -> Stretch:
        """Where its entries are."""
        return Stretch(self.start, self.stop, self.first, self.last)

    @property
    def calls(self) -> int:
        """How many calls are summed up."""
        return sum(summary.calls for summary in self.summaries.values())

    @property
    def memory(self) -> int:
        """Bytes it takes, about."""
        return sum(summary.memory for summary in self.summaries.values())
