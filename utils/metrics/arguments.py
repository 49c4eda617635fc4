"""Looks at the numbers that questions come with, and refuses those that make no sense with advice."""

from __future__ import annotations

import math

from utils.metrics.errors import ArgumentError

_HOUR = 3_600.0
_DAY = 86_400.0


def at_least_zero(name: str, value: float, unit: str) -> float:
    """Return `value`.

    Raises:
        ArgumentError: it is no finite number from 0 on.
    """
    if not value >= 0 or math.isinf(value):
        raise ArgumentError(f"{name} must be a number of {unit}; got {value!r}.")
    return float(value)


def begin_of(last_hours: float | None, now: float) -> float:
    """Return when a window of so many hours began, seconds since the epoch; minus infinity for None.

    Raises:
        ArgumentError: it is no finite number above 0.
    """
    if last_hours is None:
        return -math.inf
    unit = "hours above 0, or None for everything kept"
    hours = at_least_zero("last_hours", last_hours, unit)
    if not hours:
        raise ArgumentError(f"last_hours must be a number of {unit}; got 0.")
    return now - hours * _HOUR


def end_of(start: float, end: float | None) -> float:
    """Return the end of a window between two moments; infinity for None.

    Raises:
        ArgumentError: one of them is no number.
    """
    until = math.inf if end is None else end
    if math.isnan(start) or math.isnan(until):
        raise ArgumentError("start and end are moments in seconds since the epoch, not NaN.")
    return until


def cutoff_of(days: float, now: float) -> float:
    """Return when it was so many days ago, seconds since the epoch, but not before it: calendars end somewhere.

    Raises:
        ArgumentError: it is no finite number from 0 on.
    """
    return max(0.0, now - at_least_zero("days", days, "days, 0 or more") * _DAY)


def limit_of(limit: int) -> int:
    """Return `limit`.

    Raises:
        ArgumentError: it is below 1.
    """
    if limit < 1:
        raise ArgumentError(f"limit must be a whole number of entries, 1 or more; got {limit!r}.")
    return limit
