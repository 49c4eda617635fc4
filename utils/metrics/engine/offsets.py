"""Places in a file, in 4 bytes each while they lie within 4 GiB of each other."""

from __future__ import annotations

from array import array
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

_STEP = 2**31
"""Bases are multiples of it, so that those of neighbours are mostly the same."""


class Offsets:
    """A column of offsets.

    Attributes:
        base: what they are counted from.
        values: bare, from there.
    """

    __slots__ = ("base", "values")

    def __init__(self, base: int = 0, values: array[int] | None = None) -> None:
        self.base = base
        self.values = array("I") if values is None else values

    def __len__(self) -> int:
        return len(self.values)

    def __getitem__(self, at: int) -> int:
        return self.base + self.values[at]

    def list(self, start: int, stop: int | None = None) -> list[int]:
        """Return those from index `start` to before `stop`."""
        return [self.base + value for value in self.values[start:stop]]

    def span(self, start: int, stop: int | None = None) -> tuple[int, int]:
        """Return the least and the greatest of those from index `start` to before `stop`; there is one."""
        values = self.values[start:stop]
        return self.base + min(values), self.base + max(values)

    def extend(self, offsets: Iterable[int]) -> None:
        """Add offsets, at least one, at the end."""
        offsets = list(offsets)
        if not self.values:
            self.base = min(offsets) // _STEP * _STEP
        more = _packed([offset - self.base for offset in offsets])
        if more.typecode != self.values.typecode:
            self._widen()
            more = array("q", more)
        self.values.extend(more)

    def insert(self, at: int, offset: int) -> None:
        """Add an offset at an index."""
        try:
            self.values.insert(at, offset - self.base)
        except OverflowError:
            self._widen()
            self.values.insert(at, offset - self.base)

    def append(self, other: Offsets) -> None:
        """Add all of another column at the end."""
        base = min(self.base, other.base)
        mine, theirs = self._from(base), other._from(base)
        if mine.typecode != theirs.typecode:
            mine, theirs = array("q", mine), array("q", theirs)
        self.base, self.values = base, mine + theirs

    def move(self, new_offset: Callable[[int], int], whole_from: int, by: int) -> None:
        """Follow the lines to their new places.

        Args:
            new_offset: the new place of a line.
            whole_from: from there on all lines just move by the same number of bytes.
            by: that number, towards the file's start.
        """
        if not self.values or self.base + min(self.values) >= whole_from:
            self.base -= by
        else:
            moved = list(map(new_offset, self.list(0)))
            self.values = array("I")
            self.extend(moved)

    def _from(self, base: int) -> array[int]:
        return self.values if base == self.base else _packed([offset - base for offset in self.list(0)])

    def _widen(self) -> None:
        self.values = array("q", self.values)


def _packed(relative: list[int]) -> array[int]:
    try:
        return array("I", relative)
    except OverflowError:
        return array("q", relative)
