"""Reads entries as they come to the file, through cleanups and rotations by others.

Rules:
- a line counts from its line end on, in the order of the file; what is no entry is passed over;
- a file that takes the other's place is gone on with behind what was in the old one as well. A cleanup leaves lines out
  and changes none, and no writer appends to a file that was replaced, so the old lines are found again in their order,
  and the first that is not among them is the first new one;
- a file that became shorter, or no longer holds what was read last, is read anew from its start.
"""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from utils.metrics.appender import leads_to
from utils.metrics.codec import decode
from utils.metrics.errors import StorageError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from utils.metrics.model import MetricEntry

_BLOCK = 2**18
_LONGEST = 2**20
"""Bytes a line may have; a longer one is no entry."""
_MEMORY = 256
"""Bytes remembered of what was read last."""


class Follower:
    """Follows the file at `path`; not for two threads at once.

    Args:
        path: the file of the measurements, there or not.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._descriptor = -1
        self._at = 0
        self._memory = b""

    def last(self, limit: int, wanted: Callable[[MetricEntry], bool]) -> list[MetricEntry]:
        """Go to the end of the file.

        Args:
            limit: the most entries to return, 0 or more.
            wanted: which of them.

        Returns:
            The last entries of the file, in its order.

        Raises:
            StorageError: the file can't be read.
        """
        try:
            if not self._open():
                return []
            ends = _backwards(self._descriptor, os.fstat(self._descriptor).st_size)
            self._go_on_at(next(ends, 0))
            found: list[MetricEntry] = []
            end = self._at
            while end and len(found) < limit:
                start = next(ends, 0)
                length = end - start
                entry = decode(os.pread(self._descriptor, length, start)) if length <= _LONGEST else None
                if entry is not None and wanted(entry):
                    found.append(entry)
                end = start
        except OSError as error:
            raise self._unreadable(error) from error
        found.reverse()
        return found

    def new(self) -> Iterator[MetricEntry]:
        """Go through what has come since, until there is no more.

        Raises:
            StorageError: the file can't be read.
        """
        try:
            if self._descriptor < 0 and not self._open():
                return
            self._start_anew_if_overwritten()
            yield from self._rest()
            while not leads_to(self._path, self._descriptor):
                # What came in just before it was replaced; nobody appends to it any more.
                yield from self._rest()
                if not self._change_over():
                    return
                yield from self._rest()
        except OSError as error:
            raise self._unreadable(error) from error

    def close(self) -> None:
        """Give the file back."""
        if self._descriptor >= 0:
            descriptor, self._descriptor = self._descriptor, -1
            os.close(descriptor)

    def _unreadable(self, error: OSError) -> StorageError:
        return StorageError(
            f"The metrics file {self._path} can't be read: {error.strerror or error}. "
            "Check that it belongs to the user the program runs as."
        )

    def _open(self) -> bool:
        """Open the file; False when there is none."""
        try:
            self._descriptor = os.open(self._path, os.O_RDONLY)
        except (FileNotFoundError, NotADirectoryError):
            return False
        return True

    def _change_over(self) -> bool:
        """Go over to the file that the path leads to now; False when there is none yet."""
        old = self._descriptor
        if not self._open():
            return False
        try:
            self._go_on_at(_first_unknown(old, self._descriptor))
        finally:
            os.close(old)
        return True

    def _go_on_at(self, offset: int) -> None:
        self._at = offset
        start = max(0, offset - _MEMORY)
        self._memory = os.pread(self._descriptor, offset - start, start)

    def _start_anew_if_overwritten(self) -> None:
        if os.pread(self._descriptor, len(self._memory), self._at - len(self._memory)) != self._memory:
            self._go_on_at(0)

    def _rest(self) -> Iterator[MetricEntry]:
        for end, line in _lines(self._descriptor, self._at):
            self._at = end
            self._memory = (self._memory + line)[-_MEMORY:]
            entry = decode(line)
            if entry is not None:
                yield entry


def _lines(descriptor: int, start: int) -> Iterator[tuple[int, bytes]]:
    """Go through the whole lines from an offset on, each with the offset of its end; of one too long, its last part."""
    rest, skipped = b"", 0
    while block := os.pread(descriptor, _BLOCK, start + skipped + len(rest)):
        *whole, rest = (rest + block).split(b"\n")
        for line in whole:
            start += skipped + len(line) + 1
            # No entry has a zero byte: the part must not be taken for one.
            yield start, (b"\0" if skipped else b"") + line + b"\n"
            skipped = 0
        if len(rest) > _LONGEST:
            rest, skipped = b"", skipped + len(rest)


def _backwards(descriptor: int, size: int) -> Iterator[int]:
    """Go through the offsets of the line ends before `size`, the last first."""
    while size > 0:
        start = max(0, size - _BLOCK)
        block = os.pread(descriptor, size - start, start)
        at = len(block)
        while (at := block.rfind(b"\n", 0, at)) >= 0:
            yield start + at + 1
        size = start


def _first_unknown(old: int, new: int) -> int:
    """Return the offset in the new file of the first line that does not come from the old one."""
    known = (line for _, line in _lines(old, 0))
    offset = 0
    for end, line in _lines(new, 0):
        if line not in known:  # goes on behind the line that was found last
            return offset
        offset = end
    return offset
