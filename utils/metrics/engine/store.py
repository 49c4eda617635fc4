"""What is known of a file's entries: a column for each operation, and of the oldest hours perhaps no more than folds.

Rules:
- the folds hold every entry that ended before their horizon, the columns every other;
- above the limit in bytes the oldest hours of the columns are folded; when the folds themselves take more than their
  share they are merged. The hour of the newest entry is never folded.

Not safe for two threads at once.
"""

from __future__ import annotations

from array import array
from bisect import bisect_left
from typing import TYPE_CHECKING

from utils.metrics.engine.chunk import HOUR
from utils.metrics.engine.column import Column, near_hour
from utils.metrics.engine.folds import Folds, Older

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from utils.metrics.engine.column import Window
    from utils.metrics.engine.fold import Fold, Summary
    from utils.metrics.engine.scan import Row

_BYTES_A_ROW = 32
_MORE = 1.05
_FOLDS_SHARE = 4
"""The folds may take this part of the limit before they are merged."""
_NAME_OVERHEAD = 600
"""Bytes an operation costs beside its chunks, about."""


class Store:
    """The entries.

    Args:
        read: reads a fold's entries back from the file.
        limit: bytes it may take; None for as many as it needs.
        looks: entries that may come in between two looks at that.
        near: see `Column`.

    Attributes:
        columns: by operation; none is empty.
        folds: what is before.
        corrupt: offsets of the lines that are no entry, in no order.
        newest: the hour of the newest entry there ever was.
        untidy: whether `tidy` may find something to do.
        limit: as given.
    """

    def __init__(
        self,
        read: Callable[[Fold], dict[str, Column]],
        limit: int | None = None,
        looks: int = 0,
        *,
        near: int | None = None,
    ) -> None:
        self.limit = limit
        self._near = near
        self._read = read
        self._looks = looks
        self.clear()

    def clear(self) -> None:
        """Forget everything."""
        self.columns: dict[str, Column] = {}
        self.folds = Folds(self._read)
        self.corrupt = array("q")
        self.newest = 0
        self.untidy = False
        self._entries = 0
        self._measured: tuple[int, int] | None = None
        # Rows that may come in before it is worth while to add up all bytes again.
        self._rows_left = 0

    def __len__(self) -> int:
        return self._entries

    def count(self) -> None:
        """Count the entries anew, when others than `take` and `absorb` changed them."""
        self._entries = sum(map(len, self.columns.values())) + self.folds.calls
        self._measured = None

    @property
    def memory(self) -> int:
        """Bytes it takes, about; added up anew when many entries came in."""
        if self._measured is None or self._entries > self._measured[0] * _MORE:
            self._measured = self._entries, self._measure()
        entries, memory = self._measured
        return memory + (self._entries - entries) * _BYTES_A_ROW

    def _measure(self) -> int:
        columns = sum(column.memory for column in self.columns.values())
        return columns + _NAME_OVERHEAD * len(self.columns) + self.folds.memory + len(self.corrupt) * 8

    def names(self) -> set[str]:
        """Return the operations that there are entries of."""
        return self.folds.names().union(self.columns)

    # Coming in

    def take(self, rows: Mapping[str, list[Row]], corrupt: Iterable[int]) -> None:
        """Add what a scanner found; the rows are put in order."""
        self.corrupt.extend(corrupt)
        horizon = self.folds.horizon
        for name, found in rows.items():
            found.sort()
            self._rows_left -= len(found)
            self._entries += len(found)
            late = bisect_left(found, (horizon * HOUR,)) if self.folds.all else 0
            if late:
                self.folds.add(name, found[:late])
                found = found[late:]  # noqa: PLW2901 - what is left of it
            if found:
                self._column(name).add(found)
                self._see(self.columns[name])

    def _column(self, name: str) -> Column:
        column = self.columns.get(name)
        if column is None:
            column = self.columns[name] = Column(self._near)
        return column

    def _see(self, column: Column) -> None:
        """Notice when a new hour has begun: the one before can be tidied."""
        hour = column.chunks[-1].start
        if hour > self.newest:
            self.newest = hour
            self.untidy = True

    def absorb(self, other: Store) -> None:
        """Take over what another store found elsewhere in the file; it has no folds, and is not to be used any more."""
        self.corrupt.extend(other.corrupt)
        for name, column in other.columns.items():
            self._rows_left -= len(column)
            self._entries += len(column)
            older = Column()
            older.chunks = column.take_before(self.folds.horizon)
            if older.chunks:
                self.folds.absorb(name, older)
            if column.chunks:
                self._column(name).absorb(column)
                self._see(self.columns[name])
        self.untidy = True

    # Questions

    def window(self, name: str, since: float, breathe: Callable[[], None]) -> tuple[list[Window], Summary | None]:
        """Return an operation's calls that ended at `since` or later: those that are known one by one, and the rest.

        Args:
            name: the operation.
            since: seconds since the epoch.
            breathe: called between steps, when there is much to be put in order.

        Raises:
            OSError: the file, which hours that the window cuts may have to be read from, can't be read.
        """
        older = self.folds.since(name, since) if self.folds.all else Older(None, None)
        columns = [column for column in (older.cut, self.columns.get(name)) if column is not None]
        return [column.window(since, breathe) for column in columns], older.summary

    def calls(self, name: str, since: float) -> int:
        """Return how many of an operation's calls ended at `since` or later.

        Raises:
            OSError: as above.
        """
        column = self.columns.get(name)
        return (column.calls(since) if column else 0) + self.folds.calls_since(name, since)

    def guesses(self, name: str) -> dict[float, float]:
        """Return what the operation's last percentiles were, by share; the caller may change it."""
        column = self.columns.get(name)
        return column.guesses if column else {}

    # Getting smaller

    def shrink(self, steps: int) -> bool:
        """Fold or merge hours until the limit is kept.

        Args:
            steps: how often at most.

        Returns:
            Whether it is kept now, or there is nothing left to fold.
        """
        if self.limit is None or not self.crowded:
            return True
        for _ in range(steps):
            memory = self._measure()
            self._measured = self._entries, memory
            self._rows_left = max(self._looks, (self.limit - memory) // _BYTES_A_ROW)
            if memory <= self.limit or not self._fold_more(self.limit):
                return True
        self._rows_left = 0
        return False

    def _fold_more(self, limit: int) -> bool:
        """Fold the oldest hours, or merge folds; False when that can't be."""
        if self.folds.memory > limit // _FOLDS_SHARE and self.folds.merge_two():
            return True
        spans = sorted((chunk.start, chunk.stop) for column in self.columns.values() for chunk in column.chunks)
        if not spans:
            return False
        # Up to an hour at which no chunk of any operation goes on.
        start, horizon = spans[0]
        for begin, end in spans:
            if begin >= horizon:
                break
            horizon = max(horizon, end)
        if horizon > self.newest:
            return self.folds.merge_two()
        taken = [(name, chunk) for name, column in self.columns.items() for chunk in column.take_before(horizon)]
        self.columns = {name: column for name, column in self.columns.items() if column.chunks}
        self.folds.append(start, horizon, taken)
        return True

    @property
    def near(self) -> int | None:
        """What `near` should be for a store that is to be absorbed."""
        return near_hour(self.newest) if self.limit is None and self.columns else None

    @property
    def crowded(self) -> bool:
        """Whether `shrink` may find something to do."""
        return self.limit is not None and self._rows_left <= 0

    def tidy(self, breathe: Callable[[], None]) -> bool:
        """Do one thing that makes later questions cheaper; False when there is nothing left to do.

        Args:
            breathe: called between steps of it.
        """
        if self.untidy:
            for column in self.columns.values():
                if column.tidy(self.newest, breathe):
                    return True
            self.untidy = False
            self._measured = None
        return False

    # Going out

    def leave_out(self, cutoff: float) -> None:
        """Forget the entries that ended before `cutoff`.

        Raises:
            OSError: the file, which the cutoff's fold is read from, can't be read.
        """
        self.folds.leave_out(cutoff)
        for column in self.columns.values():
            column.leave_out(cutoff)
        self.columns = {name: column for name, column in self.columns.items() if column.chunks}
        self.count()

    def move(self, new_offset: Callable[[int], int], whole_from: int, by: int) -> None:
        """Follow all lines to their new places in the file; see `Chunk.move`."""
        self.folds.move(new_offset)
        for column in self.columns.values():
            for chunk in column.chunks:
                chunk.move(new_offset, whole_from, by)
        self.corrupt = array("q", map(new_offset, self.corrupt))
