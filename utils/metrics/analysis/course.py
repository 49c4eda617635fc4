"""How an operation did over time: its calls in slices of a window."""

from __future__ import annotations

from bisect import bisect_left
from dataclasses import dataclass
from itertools import pairwise
from math import ceil
from statistics import median
from typing import TYPE_CHECKING

from utils.metrics.engine.arrange import STEP, ascending
from utils.metrics.engine.breath import Breath
from utils.metrics.engine.select import percentiles_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from utils.metrics.samples import Samples


_SHARES = (0.50, 0.95, 0.99)
_MINUTE, _HOUR, _DAY = 60.0, 3_600.0, 86_400.0
WIDTHS = (
    *(minutes * _MINUTE for minutes in (1, 2, 5, 10, 15, 30)),
    *(hours * _HOUR for hours in (1, 2, 3, 6, 12)),
    *(days * _DAY for days in (1, 2, 7, 14, 30, 90)),
)
"""Widths of slices, in seconds, that people count in."""


@dataclass(frozen=True, slots=True)
class Slice:
    """The calls of a slice. Percentiles are seconds, exact; None without a call.

    Attributes:
        start: Seconds since the epoch, included.
        end: The same, not included.
        calls: How many there were.
        failed: How many of them failed, refusals not counted.
        refused: How many were turned away.
        p50: The median.
        p95: The 95th percentile.
        p99: The 99th.
    """

    start: float
    end: float
    calls: int = 0
    failed: int = 0
    refused: int = 0
    p50: float | None = None
    p95: float | None = None
    p99: float | None = None

    @property
    def judged(self) -> int:
        """How many calls say something about how well it works: all but those turned away."""
        return self.calls - self.refused

    @property
    def failure_share(self) -> float:
        """The share of judged calls that failed, 0 to 1; 0 without one."""
        return self.failed / self.judged if self.judged else 0.0


def sliced(samples: Samples, start: float, end: float) -> Slice:
    """Sum up the calls that ended from `start` on and before `end`, in seconds since the epoch."""
    part = samples.between(start, end)
    if not part:
        return Slice(start, end)
    breathe = Breath()
    runs = []
    for first in range(0, len(part), STEP):
        runs.append(sorted(part.durations[first : first + STEP]))
        breathe()
    return Slice(start, end, len(part), part.failed, part.refused, *percentiles_of(runs, _SHARES, {}))


def course(samples: Samples, edges: Sequence[float]) -> tuple[Slice, ...]:
    """Cut a window into slices.

    Args:
        samples: An operation's calls.
        edges: Ascending; two neighbours are the start and the end of a slice.
    """
    return tuple(sliced(samples, start, end) for start, end in pairwise(edges))


def edges(start: float, end: float, parts: int) -> tuple[float, ...]:
    """Return the edges of equal parts of a window, the last being exactly its end.

    Args:
        start: Seconds since the epoch.
        end: The same, later.
        parts: How many, at least one.
    """
    return (*(start + (end - start) * number / parts for number in range(parts)), end)


def width_for(samples: Samples, start: float, end: float, *, most: int, least: int, calls: int) -> float:
    """Choose how wide slices of a window should be, in seconds.

    Args:
        samples: An operation's calls.
        start: Seconds since the epoch.
        end: The same, later.
        most: How many slices there may be.
        least: How many there should be.
        calls: As many should be in a slice.

    Returns:
        The least of `WIDTHS` of which half of the slices with a call hold enough of them; the greatest that leaves
        `least` slices where none does.
    """
    length = end - start
    possible = [width for width in WIDTHS if length / width <= most] or [WIDTHS[-1]]
    for width in possible:
        if length / width < least:
            break
        bounds = [bisect_left(samples.ends, edge) for edge in back_from(start, end, width)]
        counts = [after - before for before, after in pairwise(bounds) if after > before]
        if counts and median(counts) >= calls:
            return width
    return max((width for width in possible if length / width >= least), default=possible[0])


def back_from(start: float, end: float, width: float) -> tuple[float, ...]:
    """Return the edges of slices of a width that end with a window; the first slice may reach out of it.

    Args:
        start: Seconds since the epoch.
        end: The same, later.
        width: Seconds.
    """
    parts = max(1, ceil((end - start) / width - 1e-9))
    return tuple(end - width * number for number in range(parts, -1, -1))


def histogram(samples: Samples, bounds: Sequence[float]) -> tuple[int, ...]:
    """Count calls by how long they took.

    Args:
        samples: An operation's calls.
        bounds: Seconds, ascending.

    Returns:
        One more count than bounds: below the first, from each to below the next, from the last on.
    """
    ordered = ascending(samples.durations, Breath())
    places = [0, *(bisect_left(ordered, bound) for bound in bounds), len(ordered)]
    return tuple(after - before for before, after in pairwise(places))
