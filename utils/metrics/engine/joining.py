"""Makes one chunk of several, once their hours are over."""

from __future__ import annotations

from array import array
from bisect import bisect_right
from functools import reduce
from typing import TYPE_CHECKING

from utils.metrics.engine.arrange import merged

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from utils.metrics.engine.chunk import Chunk


def joined(one: Chunk, other: Chunk) -> Chunk:
    """Make one chunk of two, whose hours are the same or don't overlap; they are not to be used any more."""
    first, second = sorted((one, other), key=lambda chunk: chunk.ends[0])
    # Those that belong among the first's are put in their places, the others behind them.
    among = bisect_right(second.ends, first.ends[-1])
    if among:
        first.add(second.rows(0, among))
    if among < len(second):
        second.leave_out(among)
        first.append(second)
    first.forget_edge()
    first.settled = False
    first.start, first.stop = min(one.start, other.start), max(one.stop, other.stop)
    return first


def all_joined(chunks: Sequence[Chunk], breathe: Callable[[], None]) -> Chunk:
    """Make one settled chunk of one or several that follow each other; they are not to be used any more.

    Args:
        chunks: oldest first.
        breathe: called between steps.
    """
    whole = chunks[0]
    if len(chunks) > 1:
        run = merged([array("d", chunk.ordered(0, breathe)) for chunk in chunks], breathe)
        whole = reduce(joined, chunks)
        whole.take_run(run)
    whole.forget_edge()
    whole.settle(breathe)
    return whole
