"""What is in the file, in columns: read once, and after that only what was appended.

Rules:
- a line counts from its line end on; an unfinished one at the end of the file is looked at again next time;
- what is no entry is counted as corrupt and skipped; blank lines are not counted;
- each operation's columns are ordered by end, then by place in the file; lines that come in late are sorted in;
- the file is read anew from its start when it was replaced, became shorter, or no longer holds what was read last;
- about 29 bytes are kept for an entry; the entries themselves are read back from the file when asked for.

Not safe for two threads at once: the engine holds a lock.
"""

from __future__ import annotations

import os
from array import array
from bisect import bisect_left, bisect_right
from operator import itemgetter
from typing import TYPE_CHECKING, TypeAlias

from utils.metrics.codec import decode, scan

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from utils.metrics.model import MetricEntry

_BLOCK = 2**20
MAX_LINE = 2**20
"""Bytes a line may have; longer ones are corrupt."""
_MEMORY = 256
"""Bytes remembered of what was read last: a line or so, and no two lines have the same time."""
_Row: TypeAlias = tuple[float, int, int, float, bool]
"""End, offset, length, duration, success."""
_end = itemgetter(0)


class Column:
    """One operation's entries, ordered by end and place in the file."""

    __slots__ = ("durations", "ends", "lengths", "offsets", "successes")

    def __init__(self) -> None:
        self.ends = array("d")
        self.offsets = array("q")
        self.lengths = array("i")
        self.durations = array("d")
        self.successes = bytearray()

    def __len__(self) -> int:
        return len(self.ends)

    def first(self, since: float) -> int:
        """Return the index of the first entry that ended at `since` or later."""
        return bisect_left(self.ends, since)

    def calls(self, since: float) -> int:
        """Return how many ended at `since` or later."""
        return len(self.ends) - bisect_left(self.ends, since)

    def add(self, rows: list[_Row]) -> None:
        """Add entries, in any order."""
        rows.sort()
        ends = self.ends
        if ends and rows[0][0] < ends[-1]:
            # Late ones: take out what ended after them, and put all back in order.
            at = bisect_right(ends, rows[0][0])
            rows += self._rows(at)
            rows.sort()
            for column in (self.ends, self.offsets, self.lengths, self.durations, self.successes):
                del column[at:]
        self.ends.extend(map(_end, rows))
        self.offsets.extend(map(itemgetter(1), rows))
        self.lengths.extend(map(itemgetter(2), rows))
        self.durations.extend(map(itemgetter(3), rows))
        self.successes.extend(map(itemgetter(4), rows))

    def _rows(self, start: int) -> list[_Row]:
        return list(
            zip(
                self.ends[start:],
                self.offsets[start:],
                self.lengths[start:],
                self.durations[start:],
                map(bool, self.successes[start:]),
                strict=True,
            )
        )

    def backwards(self, *, failures_only: bool) -> Iterator[tuple[float, int, int]]:
        """Go through the entries, newest first, as (end, offset, length)."""
        at = len(self.ends)
        while at > 0:
            at = self.successes.rfind(0, 0, at) if failures_only else at - 1
            if at >= 0:
                yield self.ends[at], self.offsets[at], self.lengths[at]


class Index:
    """The columns of the file at `path`.

    Attributes:
        columns: by operation; none is empty.
        corrupt: lines that are no entry.
        size: bytes of the file that are counted in.
        bytes_read: bytes read from the file since the start, for `refresh`.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._descriptor = -1
        self.bytes_read = 0
        self._forget()

    def _forget(self) -> None:
        self.columns: dict[str, Column] = {}
        self.corrupt = 0
        self.size = 0
        self._remembered = b""
        self._in_long_line = False
        self._seen: tuple[int, int] | None = None

    def __len__(self) -> int:
        return sum(map(len, self.columns.values()))

    def refresh(self, limit: int | None = None) -> None:
        """Read what is new.

        Args:
            limit: bytes of the file to look at; None for all there are.

        Raises:
            OSError: the file is there and can't be read.
        """
        if not self._find():
            return
        state = os.fstat(self._descriptor)
        if (state.st_size, state.st_mtime_ns) == self._seen:
            return
        # Of a file that became shorter, less than the remembered bytes come back.
        if self._read(self.size - len(self._remembered), len(self._remembered)) != self._remembered:
            self._forget()
        end = state.st_size if limit is None else min(limit, state.st_size)
        while self.size < end and self._take_block(end):
            pass
        if end == state.st_size:
            self._seen = (state.st_size, state.st_mtime_ns)

    def _find(self) -> bool:
        """Open the file that the path leads to now; False when there is none."""
        try:
            state = self._path.stat()
        except (FileNotFoundError, NotADirectoryError):
            self.close()
            return False
        if self._descriptor >= 0 and os.path.samestat(state, os.fstat(self._descriptor)):
            return True
        self.close()
        self._descriptor = os.open(self._path, os.O_RDONLY)
        return True

    def _read(self, offset: int, length: int) -> bytes:
        data = os.pread(self._descriptor, length, offset) if length else b""
        self.bytes_read += len(data)
        return data

    def _take_block(self, end: int) -> bool:
        """Count in the whole lines of the next block; False when there is none."""
        block = self._read(self.size, min(_BLOCK, end - self.size))
        cut = block.rfind(b"\n") + 1
        if not cut:
            if len(block) < MAX_LINE:
                return False
            # Too long for a line: it counts as corrupt once, and what follows is skipped up to its end.
            self.corrupt += not self._in_long_line
            self._in_long_line = True
            cut = len(block)
        else:
            self._take_lines(block[:cut])
        self.size += cut
        self._remembered = block[max(0, cut - _MEMORY) : cut]
        return True

    def _take_lines(self, block: bytes) -> None:
        rows: dict[str, list[_Row]] = {}
        offset = self.size
        for line in block.splitlines(keepends=True) if b"\r" not in block else _lines(block):
            fields = None if self._in_long_line else scan(line)
            if fields is not None:
                operation, ended, duration, success = fields
                rows.setdefault(operation, []).append((ended, offset, len(line), duration, success))
            elif not self._in_long_line and line.strip():
                self.corrupt += 1
            self._in_long_line = False
            offset += len(line)
        for operation, found in rows.items():
            self.columns.setdefault(operation, Column()).add(found)

    def entry(self, offset: int, length: int) -> MetricEntry | None:
        """Read an entry back; None when somebody changed the file under it."""
        return decode(os.pread(self._descriptor, length, offset))

    @property
    def descriptor(self) -> int:
        """The open file; -1 when there is none."""
        return self._descriptor

    def close(self) -> None:
        """Give the file back, and forget it."""
        if self._descriptor >= 0:
            descriptor, self._descriptor = self._descriptor, -1
            os.close(descriptor)
        self._forget()


def _lines(block: bytes) -> Iterator[bytes]:
    """Cut at line feeds alone."""
    start = 0
    while start < len(block):
        end = block.index(b"\n", start) + 1
        yield block[start:end]
        start = end
