"""Whether something grows for good, such as a process's memory, and how fast.

Of each hour the lowest value counts, for that is what was not given back. Between every two hours there is a slope; the
answer is their median (Theil and Sen), which a third of odd hours does not move. That it is more than ups and downs is
said by the share of pairs that rise (Kendall's rank correlation): of noise half of them do, of steady growth nearly
all.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import combinations
from statistics import median
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

    from utils.metrics.process.sample import ProcessSample

HOUR = 3_600.0
DAY = 86_400.0
WARM_UP = HOUR
"""Seconds after a start that say nothing: whatever is loaded then is loaded once."""
NEEDS_HOURS = 6
"""Fewer hours say nothing."""
MOST_HOURS = 168
"""A week; pairs grow with the square of the hours."""
_STEADY = 0.8
_LEAST_BYTES = 5_000_000
_LEAST_SHARE = 0.02


@dataclass(frozen=True, slots=True)
class Growth:
    """How something grew.

    Attributes:
        per_day: By how much a day; below zero it shrank.
        rising: The share of pairs of hours of which the later is higher, 0 to 1; ties count half.
        hours: How many hours it rests on.
        last: The lowest value of the last hour.
    """

    per_day: float
    rising: float
    hours: int
    last: float

    @property
    def is_steady(self) -> bool:
        """Whether it is more than ups and downs."""
        return self.per_day > 0 and self.rising >= _STEADY


def growth(points: Iterable[tuple[float, float]]) -> Growth | None:
    """Find out how something grew.

    Args:
        points: When (seconds since the epoch, ascending), and its value then.

    Returns:
        None with fewer than six hours in which there is a value.
    """
    lowest: dict[int, float] = {}
    for moment, value in points:
        hour = int(moment // HOUR)
        lowest[hour] = min(value, lowest.get(hour, value))
    hours = list(lowest.items())[-MOST_HOURS:]
    if len(hours) < NEEDS_HOURS:
        return None
    slopes = [(after - before) / (later - hour) for (hour, before), (later, after) in combinations(hours, 2)]
    rising = sum(1.0 if slope > 0 else 0.5 if slope == 0 else 0.0 for slope in slopes) / len(slopes)
    return Growth(median(slopes) * DAY / HOUR, rising, len(hours), hours[-1][1])


def memory_growth(samples: list[ProcessSample]) -> Growth | None:
    """Find out how the memory of the present run grew, in bytes.

    Args:
        samples: Oldest first; those of earlier runs, and of the first hour after the start, are left out.

    Returns:
        None when the run is too young to tell.
    """
    if not samples:
        return None
    run = samples[-1].run
    warm = (run[1] or samples[0].end) + WARM_UP
    return growth(
        (sample.end, float(sample.rss))
        for sample in samples
        if sample.run == run and sample.end >= warm and sample.rss is not None
    )


def is_leak(found: Growth | None) -> bool:
    """Tell whether growth of memory is worth a word: steady, at least 5 MB a day, and a fiftieth of what it holds."""
    return (
        found is not None and found.is_steady and found.per_day >= max(_LEAST_BYTES, _LEAST_SHARE * max(found.last, 1))
    )
