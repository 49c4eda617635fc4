"""One operation's entries, in chunks of hours, oldest first.

Rules:
- what comes in opens a chunk of its own hour, unless there is one that holds this hour;
- chunks of hours that are over are settled, and joined by the day where they hold few entries or are older than two
  days: so a window of a day has some 25 of them, and one of a month some 80 at most, however many entries there are;
- that is done one chunk at a time, by whoever has time for it; every answer is the same before and after.

Not safe for two threads at once.
"""

from __future__ import annotations

import math
import sys
from bisect import bisect_left, bisect_right
from functools import reduce
from operator import attrgetter
from typing import TYPE_CHECKING, NamedTuple

from utils.metrics.engine.breath import no_breath
from utils.metrics.engine.chunk import DAY, HOUR, Chunk, hour_of
from utils.metrics.engine.joining import all_joined, joined

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from utils.metrics.engine.scan import Row

_NEAR = 2
"""Days before the present one that are kept by the hour."""
_SPARSE = 512
"""Chunks of a day are joined while they hold no more entries than this together."""
_MOST = 200_000
"""Chunks are not joined to larger ones: it would take too long at a time."""
_EDGES = 4
"""Windows whose cut chunks are kept in order."""
_start = attrgetter("start")


class Window(NamedTuple):
    """An operation's calls since some moment: their durations in ascending runs, and what they come to."""

    runs: list[Sequence[float]]
    calls: int
    failed: int
    total: float | None
    """Seconds; None when no number holds it."""
    least: float
    most: float


class Column:
    """The chunks.

    Args:
        near: the hour, a day's first, before which a new chunk is of a day; None for chunks of an hour.

    Attributes:
        chunks: oldest first; none is empty.
        guesses: what the last percentiles were, by share.
    """

    __slots__ = ("_edges", "_inner", "_inner_calls", "_near", "_tidied", "chunks", "guesses")

    def __init__(self, near: int | None = None) -> None:
        self._near = -sys.maxsize if near is None else near
        self.chunks: list[Chunk] = []
        self.guesses: dict[float, float] = {}
        self._edges: list[Chunk] = []
        # What the chunks from one on come to, without the last; good until another than the last one changes.
        self._inner: dict[int, Window] = {}
        self._inner_calls: dict[int, int] = {}
        # So many chunks need not be looked at to tidy.
        self._tidied = 0

    def __len__(self) -> int:
        return sum(map(len, self.chunks))

    @property
    def memory(self) -> int:
        """Bytes it takes, about."""
        return sum(chunk.memory for chunk in self.chunks)

    # Coming in

    def add(self, rows: Sequence[Row]) -> None:
        """Add entries, in order of end and offset, at least one."""
        if hour_of(rows[0][0]) == hour_of(rows[-1][0]):
            self._chunk(hour_of(rows[0][0])).add(rows)
            return
        start = 0
        while start < len(rows):
            hour = hour_of(rows[start][0])
            stop = max(start + 1, bisect_left(rows, ((hour + 1) * HOUR,), start))
            self._chunk(hour).add(rows[start:stop])
            start = stop

    def _chunk(self, hour: int) -> Chunk:
        """Return the chunk that holds an hour, made when there is none."""
        at = self._before(hour)
        if at and self.chunks[at - 1].stop > hour:
            if at < len(self.chunks):
                self._changed()
            self._tidied = min(self._tidied, at - 1)
            return self.chunks[at - 1]
        self._changed()
        start, stop = hour, hour + 1
        if hour < self._near:
            # As much of the day as no other chunk holds.
            start = hour // DAY * DAY
            stop = start + DAY
            if at:
                start = max(start, self.chunks[at - 1].stop)
            if at < len(self.chunks):
                stop = min(stop, self.chunks[at].start)
        made = Chunk(start, stop)
        self.chunks.insert(at, made)
        return made

    def _before(self, hour: int) -> int:
        """Return how many chunks begin at `hour` or earlier."""
        chunks = self.chunks
        if chunks and chunks[-1].start <= hour:
            return len(chunks)
        return bisect_right(chunks, hour, key=_start)

    def absorb(self, other: Column) -> None:
        """Take over another column, which is not to be used any more."""
        self._changed()
        for chunk in self._edges:
            chunk.forget_edge()
        self._edges.clear()
        for chunk in other.chunks:
            start = stop = self._before(chunk.start)
            if start and self.chunks[start - 1].stop > chunk.start:
                start -= 1
            while stop < len(self.chunks) and self.chunks[stop].start < chunk.stop:
                stop += 1
            self.chunks[start:stop] = [reduce(joined, self.chunks[start:stop], chunk)]

    # Questions

    def _cut(self, since: float) -> tuple[int, int]:
        """Return which chunk the first entry since then is in, and its index there."""
        if since == -math.inf:
            return 0, 0
        at = self._before(hour_of(since)) - 1
        if at < 0:
            return 0, 0
        first = self.chunks[at].first(since)
        return (at, first) if first < len(self.chunks[at]) else (at + 1, 0)

    def parts(self, since: float) -> list[tuple[Chunk, int]]:
        """Return the chunks with entries that ended at `since` or later, each with the index of the first of them."""
        at, first = self._cut(since)
        parts = [(chunk, 0) for chunk in self.chunks[at:]]
        if parts:
            parts[0] = parts[0][0], first
        return parts

    def calls(self, since: float) -> int:
        """Return how many entries ended at `since` or later."""
        at, first = self._cut(since)
        if at == len(self.chunks):
            return 0
        inner = self._inner_calls.get(at)
        if inner is None:
            inner = self._inner_calls[at] = sum(map(len, self.chunks[at:-1]))
        return inner + len(self.chunks[-1]) - first

    def window(self, since: float, breathe: Callable[[], None] = no_breath) -> Window:
        """Sum up the entries that ended at `since` or later.

        Args:
            since: seconds since the epoch.
            breathe: called between steps, when there is much to be put in order.
        """
        at, first = self._cut(since)
        if at == len(self.chunks):
            return Window([], 0, 0, 0.0, math.inf, -math.inf)
        if not first:
            inner = self._between(at, breathe)
            cut: list[tuple[Chunk, int]] = []
        else:
            inner = self._between(at + 1, breathe)
            cut = [(self.chunks[at], first)]
            self._keep_edge(self.chunks[at])
        if not cut or at + 1 < len(self.chunks):
            cut.append((self.chunks[-1], 0))
        runs = [chunk.ordered(place, breathe) for chunk, place in cut]
        return Window(
            [*runs[: bool(first)], *inner.runs, *runs[bool(first) :]],
            self.calls(since),
            inner.failed + sum([chunk.failed(place) for chunk, place in cut]),
            _sum(inner.total, cut),
            min([inner.least, *(run[0] for run in runs)]),
            max([inner.most, *(run[-1] for run in runs)]),
        )

    def _between(self, at: int, breathe: Callable[[], None]) -> Window:
        """Sum up the chunks from index `at` to the last but one."""
        found = self._inner.get(at)
        if found is None:
            chunks = [(chunk, 0) for chunk in self.chunks[at:-1]]
            runs = []
            for chunk, _ in chunks:
                runs.append(chunk.ordered(0, breathe))
                breathe()
            found = self._inner[at] = Window(
                runs,
                sum(map(len, runs)),
                sum(chunk.failures for chunk, _ in chunks),
                _sum(0.0, chunks),
                min([math.inf, *(run[0] for run in runs)]),
                max([-math.inf, *(run[-1] for run in runs)]),
            )
        return found

    def _changed(self) -> None:
        self._inner.clear()
        self._inner_calls.clear()
        self._tidied = 0

    def _keep_edge(self, chunk: Chunk) -> None:
        """Remember whose edge was used last, and give back the one that was not for longest."""
        if self._edges and self._edges[-1] is chunk:
            return
        if chunk in self._edges:
            self._edges.remove(chunk)
        elif len(self._edges) == _EDGES:
            self._edges.pop(0).forget_edge()
        self._edges.append(chunk)

    def backwards(self, *, failures_only: bool) -> Iterator[tuple[float, int]]:
        """Go through the entries, newest first, as (end, offset)."""
        for chunk in reversed(self.chunks):
            yield from chunk.backwards(failures_only=failures_only)

    # Going out

    def leave_out(self, cutoff: float) -> None:
        """Forget the entries that ended before `cutoff`."""
        self._changed()
        at, first = self._cut(cutoff)
        del self.chunks[:at]
        if first:
            self.chunks[0].leave_out(first)
        self._edges = [chunk for chunk in self._edges if chunk in self.chunks]

    def take_before(self, hour: int) -> list[Chunk]:
        """Return the chunks that end at `hour` or before it, and keep the others."""
        self._changed()
        count = sum(chunk.stop <= hour for chunk in self.chunks)
        taken = self.chunks[:count]
        del self.chunks[:count]
        self._edges = [chunk for chunk in self._edges if chunk in self.chunks]
        return taken

    # Tidying

    def tidy(self, newest: int, breathe: Callable[[], None] = no_breath) -> bool:
        """Do one thing that makes later questions cheaper.

        Args:
            newest: the hour of the newest entry of all operations; it is not over.
            breathe: called between steps.

        Returns:
            False when there is nothing left to do.
        """
        chunks, at = self.chunks, self._tidied
        while at < len(chunks) and chunks[at].stop <= newest:
            stop = self._stop_of_group(at, newest)
            if stop > at + 1 or not chunks[at].settled:
                group = chunks[at:stop]
                self._edges = [kept for kept in self._edges if kept not in group]
                self._changed()
                chunks[at:stop] = [all_joined(group, breathe)]
                self._tidied = at + 1
                return True
            at += 1
        self._tidied = at
        return False

    def _stop_of_group(self, at: int, newest: int) -> int:
        """Return the index after the chunks that can be joined to the one at an index."""
        day, near = self.chunks[at].start // DAY, near_hour(newest)
        entries = len(self.chunks[at])
        for stop in range(at + 1, len(self.chunks)):
            chunk = self.chunks[stop]
            entries += len(chunk)
            few = entries <= _SPARSE or (chunk.stop <= near and entries <= _MOST)
            if not few or chunk.stop > newest or (chunk.stop - 1) // DAY != day:
                return stop
        return len(self.chunks)


def near_hour(newest: int) -> int:
    """Return the hour before which chunks are of a day, when the newest entry is of that hour."""
    return (newest // DAY - _NEAR) * DAY


def _sum(total: float | None, chunks: Sequence[tuple[Chunk, int]]) -> float | None:
    """Add what chunks come to, each from an index on; None when no number holds it."""
    try:
        return None if total is None else math.fsum([total, *(chunk.total(first) for chunk, first in chunks)])
    except OverflowError:
        return None
