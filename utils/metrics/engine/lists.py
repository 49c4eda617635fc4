"""Short lists of entries out of a store: the newest and the slowest.

They say where the entries' lines stand in the file; whoever asked reads them back.
"""

from __future__ import annotations

import heapq
from bisect import bisect_left, bisect_right
from typing import TYPE_CHECKING

from utils.metrics.engine.arrange import STEP
from utils.metrics.engine.fold import SLOWEST

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable, Iterator, Sequence

    from utils.metrics.engine.chunk import Chunk
    from utils.metrics.engine.column import Column
    from utils.metrics.engine.store import Store


def newest(store: Store, names: Collection[str], *, failures_only: bool) -> Iterator[tuple[float, int]]:
    """Go through entries, newest first, as (end, offset).

    Args:
        store: the entries; it must not change meanwhile.
        names: the operations.
        failures_only: leave successes out.

    Raises:
        OSError: it comes to folded hours, and the file can't be read.
    """
    yield from _newest((store.columns.get(name) for name in names), failures_only=failures_only)
    for fold in reversed(store.folds.all):
        summaries = [summary for name, summary in fold.summaries.items() if name in names]
        if any(summary.failed if failures_only else summary.calls for summary in summaries):
            detail = store.folds.detail(fold)
            yield from _newest((detail.get(name) for name in names), failures_only=failures_only)


def _newest(columns: Iterator[Column | None], *, failures_only: bool) -> Iterator[tuple[float, int]]:
    there = [column.backwards(failures_only=failures_only) for column in columns if column is not None]
    return there[0] if len(there) == 1 else heapq.merge(*there, reverse=True)


def slowest(
    store: Store, names: Collection[str], since: float, threshold: float, limit: int, *, breathe: Callable[[], None]
) -> list[tuple[float, float, int]]:
    """Return the slowest entries that ended at `since` or later, slowest first, newest first in ties.

    Args:
        store: the entries.
        names: the operations.
        since: seconds since the epoch.
        threshold: seconds that a call must have taken.
        limit: the most entries.
        breathe: called between steps.

    Returns:
        Duration, end and offset of each.

    Raises:
        OSError: it comes to folded hours, and the file can't be read.
    """
    columns = [column for name in names if (column := store.columns.get(name)) is not None]
    found: list[tuple[float, float, int]] = []
    cut = store.folds.cut_by(since)
    for fold in store.folds.reaching(since):
        summaries = [summary for name, summary in fold.summaries.items() if name in names]
        if fold is cut or (limit > SLOWEST and any(summary.calls > SLOWEST for summary in summaries)):
            detail = store.folds.detail(fold)
            columns += [detail[name] for name in names if name in detail]
        else:
            found += [place for summary in summaries for place in summary.places() if place[0] >= threshold]
    return heapq.nlargest(limit, found + _slow_of_columns(columns, since, threshold, limit, breathe))


def _slow_of_columns(
    columns: Sequence[Column], since: float, threshold: float, limit: int, breathe: Callable[[], None]
) -> list[tuple[float, float, int]]:
    """Return at least the slowest `limit`, in no order."""
    # For each column its chunks in the window, the index of the first entry in it, and the durations in order.
    parts = [list(zip(column.parts(since), column.window(since, breathe).runs, strict=True)) for column in columns]
    values = heapq.nlargest(limit, _greatest((run for pieces in parts for _, run in pieces), limit, breathe))
    least = max(threshold, values[-1]) if len(values) == limit else threshold
    found: list[tuple[float, float, int]] = []
    for pieces in parts:
        # Of those that just make it there may be far more than are wanted: the newest do.
        equal_left = limit
        for (chunk, first), run in reversed(pieces):
            above = len(run) - bisect_right(run, least)
            equal = min(equal_left, len(run) - bisect_left(run, least) - above)
            if above or equal:
                places = _places(chunk, first, least, breathe)
                found += [place for place in places if place[0] > least]
                found += [place for place in places if place[0] == least][len(places) - above - equal :]
                equal_left -= equal
    return found


def _greatest(runs: Iterable[Sequence[float]], limit: int, breathe: Callable[[], None]) -> Iterator[float]:
    """Go through the greatest `limit` values of each run."""
    for run in runs:
        yield from run[-limit:]
        breathe()


def _places(chunk: Chunk, first: int, least: float, breathe: Callable[[], None]) -> list[tuple[float, float, int]]:
    """Return duration, end and offset of the entries from index `first` on that took `least` or longer."""
    found: list[int] = []
    for start in range(first, len(chunk), STEP):
        found += [at for at, value in enumerate(chunk.durations[start : start + STEP], start) if value >= least]
        breathe()
    return [(chunk.durations[at], chunk.ends[at], chunk.offset(at)) for at in found]
