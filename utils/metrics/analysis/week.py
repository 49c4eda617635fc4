"""An operation's calls by weekday and hour: when it is slow, and when it is busy."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from itertools import pairwise
from typing import TYPE_CHECKING

from utils.metrics.engine.arrange import STEP
from utils.metrics.engine.breath import Breath
from utils.metrics.engine.select import percentiles_of

if TYPE_CHECKING:
    from array import array
    from collections.abc import Iterator
    from datetime import tzinfo

    from utils.metrics.samples import Samples

WEEKDAYS = 7
HOURS = 24
_HOUR = 3_600.0
_SHARES = (0.50, 0.95)


@dataclass(frozen=True, slots=True)
class Cell:
    """The calls of one hour of one weekday, of all weeks of a window.

    Attributes:
        calls: How many there were.
        p50: The median in seconds, exact; None without a call.
        p95: The 95th percentile, as the median.
    """

    calls: int = 0
    p50: float | None = None
    p95: float | None = None


def by_hour(samples: Samples, start: float, end: float, zone: tzinfo) -> tuple[tuple[Cell, ...], ...]:
    """Sum up a window by weekday and hour.

    Args:
        samples: An operation's calls.
        start: Seconds since the epoch, included.
        end: The same, not included.
        zone: Whose weekdays and hours they are.

    Returns:
        Seven rows from Monday on, of 24 cells each. An hour that a change of the clock repeats counts to one cell.
    """
    runs: list[list[list[array[float]]]] = [[[] for _ in range(HOURS)] for _ in range(WEEKDAYS)]
    for first, last in pairwise(_hours(start, end, zone)):
        part = samples.between(first, last)
        if part:
            moment = datetime.fromtimestamp(first, zone)
            runs[moment.weekday()][moment.hour].append(part.durations)
    breathe = Breath()
    rows = []
    for row in runs:
        cells = []
        for found in row:
            cells.append(_cell(found))
            breathe()
        rows.append(tuple(cells))
    return tuple(rows)


def _hours(start: float, end: float, zone: tzinfo) -> Iterator[float]:
    """Yield the window's ends and each full hour between them, as clocks in the zone show it."""
    at = start
    while at < end:
        yield at
        moment = datetime.fromtimestamp(at, zone)
        at += _HOUR - moment.minute * 60 - moment.second - moment.microsecond / 1e6
    yield end


def _cell(found: list[array[float]]) -> Cell:
    calls = sum(map(len, found))
    if not calls:
        return Cell()
    runs = [sorted(one[first : first + STEP]) for one in found for first in range(0, len(one), STEP)]
    return Cell(calls, *percentiles_of(runs, _SHARES, {}))
