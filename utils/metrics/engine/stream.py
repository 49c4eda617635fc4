"""All entries of a window in the order of their ends, as they were at one moment, without holding them in memory."""

from __future__ import annotations

import heapq
import os
from itertools import chain
from typing import TYPE_CHECKING, Generic, TypeVar

from utils.metrics.engine.breath import Breath
from utils.metrics.engine.scan import line_at

if TYPE_CHECKING:
    from array import array
    from collections.abc import Callable, Collection, Iterable, Iterator, Sequence

    from utils.metrics.engine.fold import Stretch
    from utils.metrics.engine.store import Store

_T = TypeVar("_T")
_BUFFER = 2**16


class Stream(Generic[_T]):
    """The entries of a window, not read yet.

    Args:
        store: the entries.
        names: the operations wanted.
        since: seconds since the epoch.
        descriptor: the open file; -1 for none. It is copied, and the copy lives as long as this: what happens to the
            file, or to the descriptor, does not matter.
        size: bytes of the file that may be looked at.
        read: makes of a line what is wanted of it; None when it is no entry.
    """

    def __init__(
        self,
        store: Store,
        names: Collection[str],
        since: float,
        descriptor: int,
        size: int,
        *,
        read: Callable[[bytes], _T | None],
    ) -> None:
        self._read = read
        self._names = names
        self._since = since
        self._size = size
        self._folded: list[Stretch] = [
            fold.stretch for fold in store.folds.reaching(since) if not fold.summaries.keys().isdisjoint(names)
        ]
        self._columns = [
            [chunk.places(first) for chunk, first in column.parts(since)]
            for name in names
            if (column := store.columns.get(name)) is not None
        ]
        self._descriptor = os.dup(descriptor) if descriptor >= 0 else -1

    def __del__(self) -> None:
        # May be half made, when there was no descriptor left.
        descriptor = getattr(self, "_descriptor", -1)
        if descriptor >= 0:
            os.close(descriptor)

    def __iter__(self) -> Iterator[_T]:
        """Read the entries, oldest end first.

        Raises:
            OSError: the file can't be read.
        """
        lines, breathe = _Lines(self._descriptor), Breath()
        for offset in chain(chain.from_iterable(map(self._read_folded, self._folded)), _merged(self._columns)):
            entry = self._read(lines.at(offset))
            if entry is not None:
                yield entry
            breathe()

    def _read_folded(self, stretch: Stretch) -> Iterator[int]:
        columns = stretch.read(self._descriptor, self._size)
        return _merged(
            [chunk.places(first) for chunk, first in columns[name].parts(self._since)]
            for name in self._names
            if name in columns
        )


_Places = tuple["array[float]", "array[int]", int]


def _merged(columns: Iterable[Sequence[_Places]]) -> Iterator[int]:
    """Yield the offsets of several columns' entries in the order of ends and offsets."""
    return (offset for _, offset in heapq.merge(*map(_in_order, columns)))


def _in_order(places: Iterable[_Places]) -> Iterator[tuple[float, int]]:
    for ends, offsets, base in places:
        for end, offset in zip(ends, offsets, strict=True):
            yield end, base + offset


class _Lines:
    """Reads lines; those that follow each other in the file from one block."""

    def __init__(self, descriptor: int) -> None:
        self._descriptor = descriptor
        self._start = 0
        self._block = b""

    def at(self, offset: int) -> bytes:
        end = self._end(offset)
        if end < 0:
            self._start, self._block = offset, os.pread(self._descriptor, _BUFFER, offset)
            end = self._end(offset)
        if end < 0:  # longer than a block
            return line_at(self._descriptor, offset, _BUFFER * 8)
        return self._block[offset - self._start : end]

    def _end(self, offset: int) -> int:
        """Return where the line ends in the block; -1 when it is not in it whole."""
        place = offset - self._start
        return self._block.find(b"\n", place) if 0 <= place < len(self._block) else -1
