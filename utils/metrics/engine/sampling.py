"""An operation's calls of a window out of a store, as bare columns."""

from __future__ import annotations

from array import array
from bisect import bisect_left
from itertools import chain
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from utils.metrics.engine.chunk import Chunk
    from utils.metrics.engine.store import Store


class Columns(NamedTuple):
    """The calls in the order of their ends; all are copies."""

    ends: array[float]
    durations: array[float]
    successes: bytearray
    """1 or 0."""
    failed: list[tuple[int, int]]
    """Of each that is 0 its place in the columns, and where its line starts in the file."""


def columns_of(store: Store, operation: str, since: float, until: float, breathe: Callable[[], None]) -> Columns:
    """Copy the calls that ended at `since` or later and before `until`.

    Args:
        store: the entries.
        operation: whose.
        since: seconds since the epoch.
        until: the same.
        breathe: called between steps.

    Raises:
        OSError: the window has folded hours in it, and the file can't be read.
    """
    found = Columns(array("d"), array("d"), bytearray(), [])
    folded = (store.folds.detail(fold) for fold in store.folds.reaching(since) if operation in fold.summaries)
    columns = chain((detail.get(operation) for detail in folded), (store.columns.get(operation),))
    parts: Iterable[tuple[Chunk, int]] = chain.from_iterable(
        column.parts(since) for column in columns if column is not None
    )
    for chunk, first in parts:
        last = bisect_left(chunk.ends, until, first)
        before = len(found.ends)
        found.ends.extend(chunk.ends[first:last])
        found.durations.extend(chunk.durations[first:last])
        found.successes.extend(chunk.successes[first:last])
        at = chunk.successes.find(0, first, last)
        while at >= 0:
            found.failed.append((before + at - first, chunk.offset(at)))
            at = chunk.successes.find(0, at + 1, last)
        breathe()
    return found
