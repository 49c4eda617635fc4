"""Places in a file, in 4 bytes each while they lie within 4 GiB of each other."""

from __future__ import annotations

from array import array
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

_STEP = 2**31
"""Bases are multiples of it, so that those of neighbours are mostly the same."""


class Offsets:
    """A column of offsets.

    Attributes:
        base: what they are counted from.
        values: bare, from there.
        least: no offset is less.
        greatest: no offset is greater.
    """

    __slots__ = ("base", "greatest", "least", "values")

    def __init__(self) -> None:
        self.base = self.least = 0
        self.greatest = -1
        self.values = array("I")

    def __len__(self) -> int:
        return len(self.values)

    def __getitem__(self, at: int) -> int:
        return self.base + self.values[at]

    def some(self, start: int, stop: int | None = None) -> list[int]:
        """Return those from index `start` to before `stop`."""
        return [self.base + value for value in self.values[start:stop]]

    def extend(self, offsets: Sequence[int]) -> None:
        """Add offsets, at least one, at the end."""
        if not self.values:
            self.least = self.greatest = offsets[0]
            self.base = min(offsets) // _STEP * _STEP
        least, greatest = min(offsets), max(offsets)
        self.least, self.greatest = min(self.least, least), max(self.greatest, greatest)
        more = _packed([offset - self.base for offset in offsets])
        if more.typecode != self.values.typecode:
            self._widen()
            more = array("q", more)
        self.values.extend(more)

    def insert(self, at: int, offset: int) -> None:
        """Add an offset at an index of a column that is not empty."""
        self.least, self.greatest = min(self.least, offset), max(self.greatest, offset)
        try:
            self.values.insert(at, offset - self.base)
        except OverflowError:
            self._widen()
            self.values.insert(at, offset - self.base)

    def append(self, other: Offsets) -> None:
        """Add all of another column at the end; neither is empty."""
        base = min(self.base, other.base)
        mine, theirs = self._from(base), other._from(base)
        if mine.typecode != theirs.typecode:
            mine, theirs = array("q", mine), array("q", theirs)
        self.least, self.greatest = min(self.least, other.least), max(self.greatest, other.greatest)
        # A sum of arrays has no more room than it needs, other than one that grew.
        self.base, self.values = base, mine + theirs

    def span(self, start: int, stop: int) -> tuple[int, int]:
        """Return the least and the greatest of those from index `start` to before `stop`; there is one."""
        if stop - start == len(self.values):
            return self.least, self.greatest
        values = self.values[start:stop]
        return self.base + min(values), self.base + max(values)

    def leave_out(self, first: int) -> None:
        """Forget those before index `first`; some are left."""
        self.least, self.greatest = self.span(first, len(self.values))
        del self.values[:first]

    @property
    def bounds(self) -> list[int]:
        """What is to be known beside the values; see `restored`."""
        return [self.base, self.least, self.greatest]

    @staticmethod
    def restored(bounds: Sequence[int], values: array[int]) -> Offsets:
        """Make a column again."""
        made = Offsets()
        made.base, made.least, made.greatest = bounds
        made.values = values
        return made

    def move(self, new_offset: Callable[[int], int], whole_from: int, by: int) -> None:
        """Follow the lines to their new places.

        Args:
            new_offset: the new place of a line.
            whole_from: from there on all lines just move by the same number of bytes.
            by: that number, towards the file's start.
        """
        if self.least >= whole_from:
            self.base, self.least, self.greatest = self.base - by, self.least - by, self.greatest - by
        elif self.values:
            moved = list(map(new_offset, self.some(0)))
            self.values = array("I")
            self.extend(moved)

    def _from(self, base: int) -> array[int]:
        return self.values if base == self.base else _packed([offset - base for offset in self.some(0)])

    def _widen(self) -> None:
        self.values = array("q", self.values)


def _packed(relative: list[int]) -> array[int]:
    try:
        return array("I", relative)
    except OverflowError:
        return array("q", relative)
