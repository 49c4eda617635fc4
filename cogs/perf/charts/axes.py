"""Where axes begin and end and what stands beside them: durations, numbers of calls, moments."""

from __future__ import annotations

import math
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from utils.metrics.format import count, duration

from .picture import Axis

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence
    from datetime import tzinfo

FLOOR = 1e-6
"""Seconds: what is shorter is drawn as long as this where the axis is logarithmic."""
ACROSS = 5
"""Labels of durations that find room side by side."""
WEEKDAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")

# Own names: strftime would write them in the language of the host.
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
_LOG_FROM = 30.0
_TICKS = 6
_LABELS = 5
_CLOCK_LABELS = 6
_MINUTE, _HOUR, _DAY, _YEAR = 60.0, 3_600.0, 86_400.0, 365 * 86_400.0
# 1 µs to 50 s as decimals, then as clocks count.
_ROUND = (
    *(digit * 10.0**power for power in range(-6, 2) for digit in (1, 2, 5)),
    *(minutes * _MINUTE for minutes in (1, 2, 5, 10, 30)),
    *(hours * _HOUR for hours in (1, 2, 6, 12)),
    *(days * _DAY for days in (1, 2, 5, 10, 20, 50, 100, 200, 500, 1_000)),
)
_HOURS = (_MINUTE, 5 * _MINUTE, 10 * _MINUTE, 15 * _MINUTE, 30 * _MINUTE, *(n * _HOUR for n in (1, 2, 3, 4, 6, 12)))
_DAYS = (1, 2, 5, 7, 14)
_FEWEST_DAYS = 1.5 * _DAY


def durations(values: Iterable[float], *, log: bool | None = None, most: int = _TICKS) -> Axis:
    """Make the axis for durations.

    Args:
        values: In seconds, what has to find room.
        log: Whether it is logarithmic; None makes it so where the greatest is 30 times the least.
        most: Labels that find room.
    """
    known = [value for value in values if math.isfinite(value)]
    low, high = max(FLOOR, min(known, default=0.0)), max(2 * FLOOR, max(known, default=1.0))
    if log if log is not None else high > _LOG_FROM * low:
        return _logarithmic(low, high, most)
    step = next((each for each in _ROUND if high / each <= most - 1), _ROUND[-1])
    ticks = [step * number for number in range(math.floor(high * 1.05 / step) + 1)]
    return Axis(0.0, max(high * 1.08, ticks[-1]), tuple((at, duration(at)) for at in ticks), lines=True)


def _logarithmic(low: float, high: float, most: int) -> Axis:
    first = max((each for each in _ROUND if each <= low), default=_ROUND[0])
    last = min((each for each in _ROUND if each >= high and each > first), default=max(high, _ROUND[-1]))
    ticks = [each for each in _ROUND if first <= each <= last]
    if len(ticks) > most:
        ticks = ticks[:: math.ceil(len(ticks) / most)]
    return Axis(first, last, tuple((at, duration(at)) for at in ticks), log=True, lines=True)


def calls(highest: int) -> Axis:
    """Make the axis for numbers of calls, from none on."""
    top = max(1, highest)
    steps = (digit * 10**power for power in range(16) for digit in (1, 2, 5))
    step = next(each for each in steps if top / each <= _TICKS - 1)
    ticks = range(0, int(top * 1.05) + 1, step)
    return Axis(0.0, top * 1.08, tuple((float(at), count(at)) for at in ticks), lines=True)


def moments(start: float, end: float, zone: tzinfo) -> Axis:
    """Make the axis for a window.

    Args:
        start: Seconds since the epoch.
        end: The same, later.
        zone: Whose clock its labels show.
    """
    return Axis(start, end, tuple(_room(list(_labels(start, end, zone)), start, end)))


def _labels(start: float, end: float, zone: tzinfo) -> Iterator[tuple[float, str]]:
    length = end - start
    first = datetime.fromtimestamp(start, zone).replace(tzinfo=None)
    midnight = datetime(first.year, first.month, first.day)  # noqa: DTZ001 - what clocks show; the zone comes below
    if length < _FEWEST_DAYS:
        step = next((each for each in _HOURS if length / each <= _CLOCK_LABELS), _HOURS[-1])
        for number in range(int(2 * _DAY / step) + 2):
            yield from _inside(midnight + timedelta(seconds=step * number), "%H:%M", start, end, zone)
    elif length <= _LABELS * _DAYS[-1] * _DAY:
        days = next(each for each in _DAYS if length / (each * _DAY) <= _LABELS)
        for number in range(int(length / _DAY) + 2):
            day = midnight + timedelta(days=number)
            if day.toordinal() % days == 0:
                yield from _inside(day, "", start, end, zone)
    else:
        apart = math.ceil(length / (_LABELS * 30.4 * _DAY))
        for number in range(0, int(length / (28 * _DAY)) + 2, apart):
            years, month = divmod(first.month - 1 + number, 12)
            yield from _inside(datetime(first.year + years, month + 1, 1), "", start, end, zone)  # noqa: DTZ001


def _inside(shown: datetime, form: str, start: float, end: float, zone: tzinfo) -> Iterator[tuple[float, str]]:
    at = shown.replace(tzinfo=zone).timestamp()
    if start <= at <= end:
        # Day and month in short; the year where the window could hold two of the same.
        day = f"{shown.day} {_MONTHS[shown.month - 1]}"
        far = f"{_MONTHS[shown.month - 1]} {shown.year}"
        yield at, shown.strftime(form) if form else far if end - start > _YEAR else day


def _room(labels: Sequence[tuple[float, str]], start: float, end: float) -> Iterator[tuple[float, str]]:
    """Leave labels out that would reach over the picture's edge, or into the one before."""
    margin = (end - start) / 24
    before = start - 4 * margin
    for at, text in labels:
        if start + margin <= at <= end - margin and at - before >= 3.4 * margin:
            before = at
            yield at, text


def moment(at: float, zone: tzinfo) -> str:
    """Write a moment for a text in which Discord shows no timestamps: "Mon 23 Nov 21:30"."""
    shown = datetime.fromtimestamp(at, zone)
    return f"{WEEKDAYS[shown.weekday()]} {shown.day} {_MONTHS[shown.month - 1]} {shown:%H:%M}"


def zone_name(zone: tzinfo) -> str:
    """Name a zone in few letters: "UTC", "Berlin"."""
    return str(zone).rpartition("/")[2].replace("_", " ")
