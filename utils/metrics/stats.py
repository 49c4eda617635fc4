"""The arithmetic of a window: exact, pure, no clock."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from utils.metrics.model import MetricStats

if TYPE_CHECKING:
    from collections.abc import Sequence


def percentile(ordered: Sequence[float], share: float) -> float:
    """Return the value below which `share` of the values lie, interpolated linearly at rank ``(n - 1) * share``.

    Args:
        ordered: at least one value, ascending.
        share: 0 to 1; 0.95 for p95.

    Returns:
        Exactly what numpy's default method gives, within the rounding of a float.
    """
    rank = (len(ordered) - 1) * share
    below = math.floor(rank)
    return between(ordered[below], ordered[min(below + 1, len(ordered) - 1)], rank - below)


def between(low: float, high: float, share: float) -> float:
    """Return what lies `share`, 0 to 1, of the way from `low` to `high`."""
    # Held inside its neighbours: rounding must not make p99 exceed the maximum.
    return max(low, min(high, low + (high - low) * share))


def mean(values: Sequence[float]) -> float:
    """Return the mean of at least one value, rounded once."""
    try:
        return math.fsum(values) / len(values)
    except OverflowError:
        return math.fsum(value / len(values) for value in values)


def summarise(
    operation: str, durations: Sequence[float], *, successes: int, last_24h: int, last_hour: int
) -> MetricStats:
    """Sum up an operation's calls.

    Args:
        operation: its name.
        durations: seconds of every call in the window, at least one, in any order.
        successes: how many of them succeeded.
        last_24h: calls in the last 24 hours, in the window or not.
        last_hour: calls in the last hour, in the window or not.

    Returns:
        The statistics.
    """
    return of_ordered(operation, sorted(durations), successes=successes, last_24h=last_24h, last_hour=last_hour)


def of_ordered(
    operation: str, ordered: Sequence[float], *, successes: int, last_24h: int, last_hour: int
) -> MetricStats:
    """Sum up an operation's calls whose durations are ascending; the rest as of `summarise`."""
    return MetricStats(
        operation=operation,
        total_calls=len(ordered),
        successful_calls=successes,
        failed_calls=len(ordered) - successes,
        min_duration=ordered[0],
        max_duration=ordered[-1],
        avg_duration=mean(ordered),
        p50_duration=percentile(ordered, 0.50),
        p95_duration=percentile(ordered, 0.95),
        p99_duration=percentile(ordered, 0.99),
        last_24h_calls=last_24h,
        last_hour_calls=last_hour,
    )
