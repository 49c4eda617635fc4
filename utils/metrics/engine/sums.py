"""Sums of a growing column from any place to its end, without adding up all of it each time."""

from __future__ import annotations

import math
import sys
from array import array

_BLOCK = 256
"""Values that are summed up together."""


class Sums:
    """What is known of a column's sums: those of its whole blocks, and that of all."""

    __slots__ = ("_blocks", "_total")

    def __init__(self) -> None:
        self._blocks = array("d")
        self._total: tuple[int, float] | None = None

    def forget(self, at: int) -> None:
        """Forget what does not hold any more when the values from index `at` on change."""
        del self._blocks[at // _BLOCK :]
        self._total = None

    def shrink(self) -> None:
        """Keep the sum of all alone."""
        self._blocks = array("d")

    def known(self, count: int) -> float | None:
        """Return the sum of all `count` values, if that is known."""
        return self._total[1] if self._total is not None and self._total[0] == count else None

    def keep(self, count: int, total: float) -> None:
        """Know the sum of all `count` values from elsewhere."""
        self._total = count, total

    def of(self, column: array[float], first: int) -> float:
        """Return the sum of the values from index `first` on, twice rounded at most.

        Raises:
            OverflowError: there is no such number.
        """
        count = len(column)
        if not first and (known := self.known(count)) is not None:
            return known
        for start in range(len(self._blocks) * _BLOCK, count - _BLOCK + 1, _BLOCK):
            self._blocks.append(math.fsum(column[start : start + _BLOCK]))
        # Whole blocks, and what is left of the first and the last one.
        low, high = -(-first // _BLOCK), count // _BLOCK
        if low >= high:
            total = math.fsum(column[first:])
        else:
            total = math.fsum((*column[first : low * _BLOCK], *self._blocks[low:high], *column[high * _BLOCK :]))
        if not first:
            self._total = count, total
        return total

    @property
    def memory(self) -> int:
        """Bytes that the blocks take."""
        return sys.getsizeof(self._blocks)
