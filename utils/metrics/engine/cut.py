"""Plans a cleanup: which bytes of the file go, and where the lines that stay are to be found afterwards.

Rules:
- lines of entries that ended before the cutoff go, and the blank lines among them; every other line stays as it is,
  corrupt ones included;
- in a file that is in order all that goes lies before all that stays, and nothing need be read to know it. Where the
  two are mixed, that part of the file is read, and each line looked at.
"""

from __future__ import annotations

import os
from bisect import bisect_left, bisect_right
from dataclasses import dataclass, field
from itertools import accumulate
from typing import TYPE_CHECKING

from utils.metrics.engine.breath import Breath
from utils.metrics.engine.scan import BLOCK, Scanner

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from utils.metrics.engine.chunk import Chunk
    from utils.metrics.engine.index import Index
    from utils.metrics.engine.store import Store


@dataclass(frozen=True)
class Cut:
    """What is to be done.

    Attributes:
        cutoff: seconds since the epoch; what ended before goes.
        removed: entries that go.
        kept: entries that stay.
        unwanted: start and stop of the stretches that go, in their order in the file, none touching the next.
        size: bytes of the file that this speaks of; what comes after stays.
        generation: of the index it was made of.
    """

    cutoff: float
    removed: int
    kept: int
    unwanted: Sequence[tuple[int, int]]
    size: int
    generation: int
    _starts: list[int] = field(init=False, repr=False)
    _gone: list[int] = field(init=False, repr=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "_starts", [start for start, _ in self.unwanted])
        object.__setattr__(self, "_gone", list(accumulate((stop - start for start, stop in self.unwanted), initial=0)))

    def new_offset(self, offset: int) -> int:
        """Return where a line that stays stands afterwards."""
        return offset - self._gone[bisect_right(self._starts, offset)]

    @property
    def whole_from(self) -> int:
        """From there on every line moves by `bytes_freed`."""
        return self.unwanted[-1][1] if self.unwanted else 0

    @property
    def bytes_freed(self) -> int:
        """By how much the file shrinks."""
        return self._gone[-1]


def plan(index: Index, cutoff: float) -> Cut:
    """Plan a cleanup of all that is in the index, which has no gaps.

    Raises:
        OSError: the file can't be read.
    """
    store, size = index.store, index.size
    removed, last_removed, first_kept = _bounds(store, cutoff, size)
    unwanted: list[tuple[int, int]] = []
    if removed:
        corrupt = sorted(store.corrupt)
        unwanted.extend(_between(index.descriptor, corrupt[: bisect_left(corrupt, first_kept)], first_kept))
        if last_removed > first_kept:
            unwanted.extend(_mixed(index.descriptor, first_kept, last_removed, size, cutoff))
    return Cut(cutoff, removed, len(store) - removed, _joined(unwanted), size, index.generation)


def _bounds(store: Store, cutoff: float, size: int) -> tuple[int, int, int]:
    """Return how many go, the greatest offset of those, and the least of the others (`size` without others)."""
    removed, last_removed, first_kept = 0, -1, size
    for chunk in _chunks(store, cutoff):
        first = chunk.first(cutoff)
        removed += first
        if first:
            last_removed = max(last_removed, chunk.span(0, first)[1])
        if first < len(chunk):
            first_kept = min(first_kept, chunk.span(first, len(chunk))[0])
    reaching = store.folds.reaching(cutoff)
    for fold in store.folds.all:
        if fold not in reaching:
            removed += fold.calls
            last_removed = max(last_removed, fold.last)
        elif fold is not store.folds.cut_by(cutoff):
            first_kept = min(first_kept, fold.first)
    return removed, last_removed, first_kept


def _chunks(store: Store, cutoff: float) -> Iterator[Chunk]:
    """Go through all entries that are not in a fold which stays or goes as a whole."""
    for column in store.columns.values():
        yield from column.chunks
    cut = store.folds.cut_by(cutoff)
    if cut is not None:
        for column in store.folds.detail(cut).values():
            yield from column.chunks


def _between(descriptor: int, corrupt: Iterable[int], stop: int) -> Iterator[tuple[int, int]]:
    """Yield what lies from the file's start to `stop` without some lines."""
    at = 0
    for offset in corrupt:
        yield at, offset
        at = _line_end(descriptor, offset, stop)
    yield at, stop


def _line_end(descriptor: int, offset: int, stop: int) -> int:
    """Return where the line at an offset ends; `stop` when that comes first."""
    while offset < stop:
        block = os.pread(descriptor, min(BLOCK, stop - offset), offset)
        end = block.find(b"\n")
        if end >= 0:
            return offset + end + 1
        if not block:
            break
        offset += len(block)
    return stop


def _mixed(descriptor: int, start: int, last: int, size: int, cutoff: float) -> Iterator[tuple[int, int]]:
    """Yield the lines to leave out from `start`, a line's start, to the line at `last`."""
    scanner = Scanner(descriptor, start)
    breathe = Breath()
    unwanted: int | None = None
    while scanner.at <= last and scanner.step(size):
        breathe()
        rows, corrupt = scanner.take()
        lines = [(offset, end < cutoff) for found in rows.values() for end, offset, _, _ in found]
        for offset, goes in sorted([*lines, *((offset, False) for offset in corrupt)]):
            if unwanted is not None:
                yield unwanted, offset
            unwanted = offset if goes and offset <= last else None
    if unwanted is not None:
        yield unwanted, _line_end(descriptor, unwanted, size)


def _joined(stretches: Iterable[tuple[int, int]]) -> list[tuple[int, int]]:
    """Return stretches with those joined that touch, and none that is empty."""
    joined: list[tuple[int, int]] = []
    for start, stop in stretches:
        if joined and joined[-1][1] == start:
            joined[-1] = joined[-1][0], stop
        elif start < stop:
            joined.append((start, stop))
    return joined
