"""Whether two sets of durations differ by more than chance: the Mann-Whitney rank test.

It asks how often a call of one set takes longer than a call of the other, and how far that share may stray from a half
when both come from one source. It needs no bell curve: durations have long tails. The p-value is two-sided, from the
normal approximation with the correction for ties (Lehmann, Nonparametrics, 1975, 1.3 and 1.5), good from about eight
values a side on. Calls that follow each other resemble each other, which the test does not know: only a small p-value
is worth a word.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

LEAST = 8
"""Fewer values a side than this can't be told from chance."""

MOST = 5_000
"""Of more values a side, every n-th is taken: the answer is as good, comes at once, and keeps nobody waiting."""


@dataclass(frozen=True, slots=True)
class RankTest:
    """What the test found.

    Attributes:
        greater: The share of pairs in which the second set's value is the greater, 0 to 1; ties count half.
        p: How often chance alone gives a share as far from a half as this, 0 to 1.
    """

    greater: float
    p: float


def rank_test(first: Sequence[float], second: Sequence[float]) -> RankTest | None:
    """Compare two sets.

    Args:
        first: Values in any order; in the order of time where there may be more than 5,000.
        second: The same.

    Returns:
        None with fewer than eight values on a side.
    """
    one, two = _thinned(first), _thinned(second)
    if min(len(one), len(two)) < LEAST:
        return None
    pairs = len(one) * len(two)
    rank_sum, ties = _ranks_of_second(one, two)
    above = rank_sum - len(two) * (len(two) + 1) / 2
    total = len(one) + len(two)
    variance = pairs / 12 * (total + 1 - ties / (total * (total - 1)))
    if variance <= 0:  # all the same
        return RankTest(0.5, 1.0)
    # The share moves in steps of half a pair: without taking half a step off, chance would look too rare.
    distance = max(0.0, abs(above - pairs / 2) - 0.5)
    return RankTest(above / pairs, math.erfc(distance / math.sqrt(2 * variance)))


def _thinned(values: Sequence[float]) -> list[float]:
    step = -(-len(values) // MOST) or 1
    return list(values[::step])


def _ranks_of_second(one: list[float], two: list[float]) -> tuple[float, float]:
    """Return the sum of the second set's ranks, ties sharing theirs, and the sum of t**3 - t over the ties."""
    marked = sorted([(value, 0) for value in one] + [(value, 1) for value in two])
    rank_sum = ties = 0.0
    at = 0
    while at < len(marked):
        stop = at
        mine = 0
        while stop < len(marked) and marked[stop][0] == marked[at][0]:
            mine += marked[stop][1]
            stop += 1
        size = stop - at
        rank_sum += mine * (at + 1 + stop) / 2
        ties += size**3 - size
        at = stop
    return rank_sum, ties
