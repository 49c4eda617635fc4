"""Order statistics of several sorted runs, exactly, without merging them.

Rules:
- a value is taken at which to cut all runs; counting what lies below it in each (a bisection a run) tells on which
  side of the cut the wanted rank lies, and the other side is out;
- the value comes from the longest piece that is left, from where the wanted rank should be in it and a little beyond,
  so that both sides shrink; the first may be a guess, such as the answer to the same question a moment ago;
- once few values are left they are gathered and sorted. Values that are all the same end it early;
- the answer is a value of the runs or lies between two of them, whatever the guess was: it is exact to the last bit.
"""

from __future__ import annotations

import math
from bisect import bisect_left, bisect_right
from itertools import repeat
from operator import sub
from typing import TYPE_CHECKING

from utils.metrics.stats import between

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

_FEW = 160
"""Values that are quicker gathered and sorted than cut again."""
_BOLD_CUTS = 12
"""Cuts by proportion before the cuts in the middle, which are sure to come to an end soon."""
_BEYOND = 1.2
"""How far beyond its estimate a cut is made, in standard deviations of the estimate."""
_HALF = 0.5


def percentiles_of(
    runs: Sequence[Sequence[float]], shares: Sequence[float], guesses: Mapping[float, float]
) -> list[float]:
    """Return percentiles of all values of the runs, interpolated linearly at rank ``(n - 1) * share``.

    Args:
        runs: each ascending, none empty; at least one.
        shares: each 0 to 1; 0.95 for p95.
        guesses: by share, a value that may be near the answer.

    Returns:
        For each share what `utils.metrics.stats.percentile` returns for the values sorted into one.
    """
    last = sum(map(len, runs)) - 1
    found = []
    for share in shares:
        rank = last * share
        below = math.floor(rank)
        found.append(between(*neighbours(runs, below, guesses.get(share)), rank - below))
    return found


def neighbours(runs: Sequence[Sequence[float]], rank: int, guess: float | None = None) -> tuple[float, float]:
    """Return the value of a rank and the one after it; the value itself twice when it is the last.

    Args:
        runs: each ascending, none empty.
        rank: from 0; below the number of values.
        guess: a value that may be near the answer.
    """
    lows, highs = [0] * len(runs), list(map(len, runs))
    # So many values lie before the pieces that are left, and before their ends.
    before, until = 0, sum(highs)
    after = min(rank + 1, until - 1)
    cuts = 0
    while until - before > _FEW:
        cut = _cut(runs, lows, highs, (rank - before) / (until - before), cuts) if guess is None else guess
        guess = None
        cuts += 1
        places = list(map(bisect_left, runs, repeat(cut), lows, highs))
        count = sum(places)
        if count > after:
            highs, until = places, count
        elif count > rank:
            return _around(runs, places)
        elif count > before:
            lows, before = places, count
        else:
            # Nothing that is left is less than the cut: it is the least of them, perhaps many times.
            places = list(map(bisect_right, runs, repeat(cut), lows, highs))
            count = sum(places)
            if count > after:
                return cut, cut
            if count > rank:
                return cut, _around(runs, places)[1]
            lows, before = places, count
    few: list[float] = []
    for run, low, high in zip(runs, lows, highs, strict=True):
        few += run[low:high]
    few.sort()
    return few[rank - before], few[after - before]


def _cut(runs: Sequence[Sequence[float]], lows: Sequence[int], highs: Sequence[int], share: float, cuts: int) -> float:
    """Choose a value that is left, near the one that `share` of them lie below."""
    widths = list(map(sub, highs, lows))
    if cuts >= _BOLD_CUTS:
        return _middle(runs, lows, widths)
    width = max(widths)
    longest = widths.index(width)
    # The piece is a sample of all: its own rank for the share is off by about that much. Beyond it, so that the
    # greater part of what is left is out.
    off = 1 + _BEYOND * math.sqrt(width * share * (1 - share))
    place = int(width * share + (off if share < _HALF else -off))
    cut: float = runs[longest][lows[longest] + max(0, min(place, width - 1))]
    return cut


def _middle(runs: Sequence[Sequence[float]], lows: Sequence[int], widths: Sequence[int]) -> float:
    """Return the weighted median of the pieces' medians: at least a quarter of the values lies on either side."""
    middles = sorted(
        (run[low + width // 2], width) for run, low, width in zip(runs, lows, widths, strict=True) if width
    )
    left = sum(widths) / 2
    for value, width in middles:
        left -= width
        if left <= 0:
            return value
    return middles[-1][0]


def _around(runs: Sequence[Sequence[float]], places: Sequence[int]) -> tuple[float, float]:
    """Return the greatest value before the places and the least one from them on."""
    pairs = list(zip(runs, places, strict=True))
    return (
        max(run[place - 1] for run, place in pairs if place),
        min(run[place] for run, place in pairs if place < len(run)),
    )
