"""All folded hours, oldest first: every entry that ended before the horizon is in one of them, and no other entry is.

Not safe for two threads at once.
"""

from __future__ import annotations

from bisect import bisect_right
from collections import OrderedDict
from operator import attrgetter
from typing import TYPE_CHECKING, NamedTuple

from utils.metrics.engine.chunk import HOUR, hour_of
from utils.metrics.engine.column import Column
from utils.metrics.engine.fold import Fold, Summary

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from utils.metrics.engine.chunk import Chunk
    from utils.metrics.engine.scan import Row

_DETAILS = 2
"""Folds whose entries stay in memory after a window cut into them: one for the window, one for the last 24 hours."""
_start = attrgetter("start")
_NEVER = -(10**9)
"""An hour before all."""


class Older(NamedTuple):
    """An operation's calls since some moment that lie before the horizon."""

    summary: Summary | None
    """Those of the folds that lie in the window whole."""
    cut: Column | None
    """Those of the fold that the window cuts into, read again."""


class Folds:
    """The folds.

    Args:
        read: reads a fold's entries back from the file.
    """

    def __init__(self, read: Callable[[Fold], dict[str, Column]]) -> None:
        self._read = read
        self.all: list[Fold] = []
        self._details: OrderedDict[Fold, dict[str, Column]] = OrderedDict()
        self._sums: dict[tuple[str, int], Summary | None] = {}

    @property
    def horizon(self) -> int:
        """The hour before which everything is folded."""
        return self.all[-1].stop if self.all else _NEVER

    @property
    def calls(self) -> int:
        """How many entries are folded."""
        return sum(fold.calls for fold in self.all)

    @property
    def memory(self) -> int:
        """Bytes the folds take, about, less what was read back."""
        return sum(fold.memory for fold in self.all)

    def names(self) -> set[str]:
        """Return the operations."""
        return {name for fold in self.all for name in fold.summaries}

    # Coming in

    def append(self, start: int, stop: int, chunks: Iterable[tuple[str, Chunk]]) -> None:
        """Fold the hours from `start`, the horizon or later, to before `stop`, which is the horizon from then on."""
        self.all.append(Fold(start, stop, chunks))
        self._changed()

    def add(self, name: str, rows: Sequence[Row]) -> None:
        """Sum up late entries that ended before the horizon, in order of end, at least one."""
        column = Column()
        column.add(rows)
        self.absorb(name, column)

    def absorb(self, name: str, column: Column) -> None:
        """Sum up a column before the horizon; its chunks are of single hours."""
        for chunk in column.chunks:
            at = bisect_right(self.all, chunk.start, key=_start)
            if at and self.all[at - 1].stop > chunk.start:
                self.all[at - 1].add(name, chunk)
            else:
                self.all.insert(at, Fold(chunk.start, chunk.stop, [(name, chunk)]))
        self._changed()

    def restore(self, start: int, stop: int, first: int, last: int, summaries: dict[str, Summary]) -> None:
        """Take a fold back from a checkpoint, behind those that are there."""
        fold = Fold(start, stop, ())
        fold.first, fold.last, fold.summaries = first, last, summaries
        self.all.append(fold)

    def merge_two(self) -> bool:
        """Merge the two neighbours that together span the fewest hours, the oldest such; False when there is one."""
        if len(self.all) < 2:  # noqa: PLR2004 - a pair
            return False
        at = min(range(len(self.all) - 1), key=lambda place: self.all[place + 1].stop - self.all[place].start)
        self.all[at : at + 2] = [Fold.merged(self.all[at], self.all[at + 1])]
        self._changed()
        return True

    def _changed(self) -> None:
        self._sums.clear()
        self._details.clear()

    # Questions

    def detail(self, fold: Fold) -> dict[str, Column]:
        """Return a fold's entries by operation, read from the file or still known.

        Raises:
            OSError: the file can't be read.
        """
        found = self._details.pop(fold, None)
        if found is None:
            found = self._read(fold)
            while len(self._details) >= _DETAILS:
                self._details.popitem(last=False)
        self._details[fold] = found
        return found

    def since(self, name: str, since: float) -> Older:
        """Return an operation's calls that ended at `since` or later.

        Raises:
            OSError: the file can't be read.
        """
        first, cut = self._place(since)
        key = name, first
        if key not in self._sums:
            found = [fold.summaries[name] for fold in self.all[first:] if name in fold.summaries]
            self._sums[key] = Summary.merged(found) if found else None
        column = self.detail(cut).get(name) if cut is not None and name in cut.summaries else None
        return Older(self._sums[key], column)

    def _place(self, since: float) -> tuple[int, Fold | None]:
        """Return which fold is the first that lies after a moment whole, and the one that the moment cuts."""
        if not self.all or since <= self.all[0].start * HOUR:
            return 0, None
        hour = hour_of(since)
        at = bisect_right(self.all, hour, key=_start)
        before = self.all[at - 1]
        if since == before.start * HOUR:
            return at - 1, None
        return at, before if before.stop > hour else None

    def calls_since(self, name: str, since: float) -> int:
        """Return how many of an operation's calls ended at `since` or later.

        Raises:
            OSError: the file can't be read.
        """
        first, cut = self._place(since)
        calls = sum(fold.summaries[name].calls for fold in self.all[first:] if name in fold.summaries)
        if cut is not None and name in cut.summaries:
            column = self.detail(cut).get(name)
            calls += column.calls(since) if column else 0
        return calls

    def cut_by(self, moment: float) -> Fold | None:
        """Return the fold that a moment lies in, unless it is its very beginning."""
        return self._place(moment)[1]

    def reaching(self, since: float) -> list[Fold]:
        """Return the folds in which entries that ended at `since` or later may be."""
        first, cut = self._place(since)
        return [*([cut] if cut else []), *self.all[first:]]

    # Going out

    def leave_out(self, cutoff: float) -> None:
        """Forget the entries that ended before `cutoff`.

        Raises:
            OSError: the file, which the cutoff's fold is read from, can't be read.
        """
        first, cut = self._place(cutoff)
        if not first:
            return
        kept = self.all[first:]
        if cut is not None:
            columns = self.detail(cut)
            for column in columns.values():
                column.leave_out(cutoff)
            rest = [(name, chunk) for name, column in columns.items() for chunk in column.chunks]
            if rest:
                kept.insert(0, Fold(cut.start, cut.stop, rest))
        self.all = kept
        self._changed()

    def move(self, new_offset: Callable[[int], int]) -> None:
        """Follow the lines to their new places in the file."""
        for fold in self.all:
            fold.move(new_offset)
        self._changed()
