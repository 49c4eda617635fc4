"""What an operation's calls in a window come to."""

from __future__ import annotations

import math
from contextlib import suppress
from typing import TYPE_CHECKING

from utils.metrics.engine.select import percentiles_of
from utils.metrics.engine.sketch import percentile_with, value_of
from utils.metrics.model import MetricStats

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from utils.metrics.engine.column import Window
    from utils.metrics.engine.fold import Summary
    from utils.metrics.engine.store import Store
    from utils.metrics.model import MetricEntry

_HOUR = 3_600.0
_DAY = 86_400.0
_SHARES = (0.50, 0.95, 0.99)


def statistics(
    store: Store,
    operation: str,
    waiting: Sequence[MetricEntry],
    since: float,
    now: float,
    *,
    breathe: Callable[[], None],
) -> MetricStats | None:
    """Sum up an operation's calls that ended at `since` or later.

    Args:
        store: the entries of the file.
        operation: whose calls.
        waiting: its entries that are not in the file yet.
        since: seconds since the epoch.
        now: the same; where the last hour and the last 24 end.
        breathe: called between steps, when there is much to be put in order.

    Returns:
        The statistics, exact unless they say otherwise: the mean within three roundings, the rest to the last bit.
        None without a call.

    Raises:
        OSError: the window cuts into hours that must be read from the file, which can't be.
    """
    windows, summary = store.window(operation, since, breathe)
    late = sorted(entry.duration for entry in waiting if entry.end_time >= since)
    runs = [run for window in windows for run in window.runs] + ([late] if late else [])
    parts: list[Window | Summary] = [*windows, summary] if summary else [*windows]
    calls = sum([part.calls for part in parts]) + len(late)
    if not calls:
        return None
    failed = sum([part.failed for part in parts])
    failed += sum(not entry.success for entry in waiting if entry.end_time >= since)
    least = min([*(part.least for part in parts), *late[:1]])
    most = max([*(part.most for part in parts), *late[-1:]])
    mean = _mean([part.total for part in parts], runs, summary, late, calls)
    # Held between the two: what is rounded, or known by its bin alone, must not be beyond.
    mean, *percentiles = (
        max(least, min(most, value)) for value in (mean, *_percentiles(store, operation, runs, summary))
    )
    day, hour = (
        store.calls(operation, now - back) + sum(entry.end_time >= now - back for entry in waiting)
        for back in (_DAY, _HOUR)
    )
    return MetricStats(
        operation=operation,
        total_calls=calls,
        successful_calls=calls - failed,
        failed_calls=failed,
        min_duration=least,
        max_duration=most,
        avg_duration=mean,
        p50_duration=percentiles[0],
        p95_duration=percentiles[1],
        p99_duration=percentiles[2],
        last_24h_calls=day,
        last_hour_calls=hour,
        approximate=summary is not None,
    )


def _percentiles(store: Store, operation: str, runs: Sequence[Sequence[float]], summary: Summary | None) -> list[float]:
    if summary is not None:
        return [percentile_with(summary.sketch, runs, share) for share in _SHARES]
    guesses = store.guesses(operation)
    found = percentiles_of(runs, _SHARES, guesses)
    guesses.update(zip(_SHARES, found, strict=True))
    return found


def _mean(
    totals: Sequence[float | None],
    runs: Sequence[Sequence[float]],
    summary: Summary | None,
    late: Sequence[float],
    calls: int,
) -> float:
    known = [total for total in totals if total is not None]
    if len(known) == len(totals):
        with suppress(OverflowError):
            return math.fsum((*known, *late)) / calls
    # The sum is no number any more, but the mean is one.
    shares = [value / calls for run in runs for value in run]
    if summary is not None:
        bins = zip(summary.sketch.bins, summary.sketch.counts, strict=True)
        shares += [value_of(number) * (count / calls) for number, count in bins]
    return math.fsum(shares)
