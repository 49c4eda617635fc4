"""Counts of numbers in bins whose width grows with the number: any order statistic to within 1 %, and mergeable.

Rules:
- a number counts in the bin of its logarithm; a bin's value lies within `ERROR` of every number in it. So, when every
  number is replaced by its bin's value, the one of any rank moves by no more than that part of itself, and so does
  what is interpolated between two of the same sign;
- 0, and numbers nearer to it than `LEAST`, count as 0; numbers below 0 have bins like those above;
- merging adds counts: it does not matter in which order, nor in how many steps, and loses nothing further.
"""

from __future__ import annotations

import math
import sys
from array import array
from bisect import bisect_left, bisect_right
from functools import lru_cache
from itertools import accumulate
from typing import TYPE_CHECKING

from utils.metrics.engine.select import neighbours
from utils.metrics.stats import between

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

ERROR = 0.009
"""Part of itself by which a number may be off; with room for rounding below 1 %."""
LEAST = 1e-300
_GAMMA = (1 + ERROR) / (1 - ERROR)
_WIDTH = math.log(_GAMMA)
_ZERO = 2**17
"""Above the greatest logarithm of a float in bins, so that bins of numbers below 0 stand before those above."""
_GREATEST = math.log(1.797e308)


def bin_of(value: float) -> int:
    """Return the number of the bin of a finite value; greater values have no lesser bins."""
    if -LEAST < value < LEAST:
        return 0
    steps = math.ceil(math.log(abs(value)) / _WIDTH) + _ZERO
    return steps if value > 0 else -steps


@lru_cache(maxsize=8_192)
def value_of(number: int) -> float:
    """Return the value that stands for a bin's numbers."""
    if not number:
        return 0.0
    # Between the bin's bounds gamma^(n - 1) and gamma^n, as far from the one as from the other in parts of itself.
    logarithm = (abs(number) - _ZERO) * _WIDTH + math.log(2 / (_GAMMA + 1))
    return math.copysign(math.exp(min(logarithm, _GREATEST)), number)


def _first_beyond(run: Sequence[float], at: int, number: int) -> int:
    """Return an index after `at`; from there on no value of the run is below the end of the bin it is in."""
    if number < 0:
        return at + 1
    if not number:
        return bisect_left(run, LEAST, at + 1)
    logarithm = (number - _ZERO) * _WIDTH
    return bisect_right(run, math.exp(logarithm) if logarithm < _GREATEST else math.inf, at + 1)


class Sketch:
    """The bins that are not empty.

    Attributes:
        bins: ascending.
        counts: of each, above 0.
    """

    __slots__ = ("bins", "counts")

    def __init__(self, bins: array[int] | None = None, counts: array[int] | None = None) -> None:
        self.bins = array("i") if bins is None else bins
        self.counts = array("I") if counts is None else counts

    def __len__(self) -> int:
        return sum(self.counts)

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Sketch):
            return NotImplemented
        return (self.bins, self.counts) == (other.bins, other.counts)

    __hash__ = None  # type: ignore[assignment] # it may be changed

    @staticmethod
    def of(run: Sequence[float]) -> Sketch:
        """Count the values of a run, which are ascending and finite."""
        made, at = Sketch(), 0
        while at < len(run):
            number = bin_of(run[at])
            after = _first_beyond(run, at, number)
            # The logarithm is rounded: a value just beyond the bound may be of the same bin.
            if made.bins and made.bins[-1] >= number:
                made.counts[-1] += after - at
            else:
                made.bins.append(number)
                made.counts.append(after - at)
            at = after
        return made

    @staticmethod
    def merged(sketches: Iterable[Sketch]) -> Sketch:
        """Return one that counts what all of them count."""
        counts: dict[int, int] = {}
        for sketch in sketches:
            for number, count in zip(sketch.bins, sketch.counts, strict=True):
                counts[number] = counts.get(number, 0) + count
        bins = sorted(counts)
        return Sketch(array("i", bins), array("I", map(counts.__getitem__, bins)))

    @property
    def memory(self) -> int:
        """Bytes it takes, about."""
        return sys.getsizeof(self.bins) + sys.getsizeof(self.counts) + sys.getsizeof(self)


def percentile_with(sketch: Sketch, runs: Sequence[Sequence[float]], share: float) -> float:
    """Return a percentile of the sketch's values and those of the runs, interpolated at rank ``(n - 1) * share``.

    Args:
        sketch: at least one value.
        runs: each ascending, none empty.
        share: 0 to 1; 0.95 for p95.

    Returns:
        What the exact values' percentile is, within `ERROR` of it where no value is below 0.
    """
    values = list(map(value_of, sketch.bins))
    before = list(accumulate(sketch.counts, initial=0))
    count = before[-1] + sum(map(len, runs))
    rank = (count - 1) * share
    below = math.floor(rank)
    low, high = (_of_rank(values, before, runs, place) for place in (below, min(below + 1, count - 1)))
    return between(low, high, rank - below)


def _of_rank(values: Sequence[float], before: Sequence[int], runs: Sequence[Sequence[float]], rank: int) -> float:
    """Return the value of a rank among the bins' values, of which so many stand before each, and those of the runs."""

    def less(place: int) -> int:
        return before[place] + sum(bisect_left(run, values[place]) for run in runs)

    # How many of the bins begin at the rank or before it; the last of those, or what follows it, is the answer.
    bins = bisect_right(range(len(values)), rank, key=less)
    if bins:
        value = values[bins - 1]
        if rank < before[bins] + sum(bisect_right(run, value) for run in runs):
            return value
    return neighbours(runs, rank - before[bins])[0]
