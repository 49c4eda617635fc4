"""Sorts and merges many numbers in small steps, so that no step keeps the interpreter's lock from others for long.

One call of ``sorted`` on a million numbers holds the lock for a second; an event loop would stand still. Here no call
sorts more than about `STEP` numbers, which takes about a millisecond.
"""

from __future__ import annotations

from array import array
from bisect import bisect_left, bisect_right
from itertools import pairwise
from typing import TYPE_CHECKING

from utils.metrics.engine.breath import no_breath

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

STEP = 8_192


def ascending(values: array[float], breathe: Callable[[], None] = no_breath) -> array[float]:
    """Return numbers in ascending order.

    Args:
        values: in any order.
        breathe: called between steps; to sleep a little, so that others get on.
    """
    if len(values) <= STEP:
        return array("d", sorted(values))
    runs = []
    for start in range(0, len(values), STEP):
        runs.append(array("d", sorted(values[start : start + STEP])))
        breathe()
    return merged(runs, breathe)


def merged(runs: Sequence[array[float]], breathe: Callable[[], None] = no_breath) -> array[float]:
    """Return the numbers of several runs as one run.

    Args:
        runs: each ascending.
        breathe: called between steps.

    Returns:
        A new run, ascending.
    """
    runs = [run for run in runs if run]
    if sum(map(len, runs)) <= STEP:
        return array("d", sorted(value for run in runs for value in run))
    whole = array("d")
    lows = [0] * len(runs)
    for bound in _bounds(runs):
        highs = list(map(bisect_left, runs, [bound] * len(runs), lows))
        whole.extend(_gathered(runs, lows, highs))
        # What equals the bound may be all there is, and needs no sorting.
        lows = list(map(bisect_right, runs, [bound] * len(runs), highs))
        for run, high, low in zip(runs, highs, lows, strict=True):
            whole.extend(run[high:low])
        breathe()
    whole.extend(_gathered(runs, lows, list(map(len, runs))))
    return whole


def _bounds(runs: Sequence[array[float]]) -> list[float]:
    """Return values, ascending and different, with no more than about `STEP` numbers of all runs between two."""
    # Between two samples of a run lie at most `stride` numbers of it, so between two bounds at most half a step that
    # the samples tell of and half a step that they don't.
    stride = max(1, STEP // (2 * len(runs)))
    samples = sorted(value for run in runs for value in run[stride::stride])
    bounds = samples[:: max(1, STEP // 2 // stride)]
    return [*bounds[:1], *(value for before, value in pairwise(bounds) if value != before)]


def _gathered(runs: Sequence[array[float]], lows: Sequence[int], highs: Sequence[int]) -> array[float]:
    pieces = array("d")
    for run, low, high in zip(runs, lows, highs, strict=True):
        pieces.extend(run[low:high])
    return array("d", sorted(pieces))
