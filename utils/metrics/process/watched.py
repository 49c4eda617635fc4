"""What a window of process samples comes to."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from utils.metrics.stats import percentile

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from utils.metrics.process.sample import ProcessSample

MINUTE = 60.0
HELD = 0.25
"""Seconds for which an event loop may be held before a word is said of it: who presses a button notices more."""
_STARTING = 120.0
"""Seconds after a start in which the loop is held by what is loaded: no news."""


@dataclass(frozen=True, slots=True)
class Watched:
    """Loop and collector over some minutes.

    Attributes:
        minutes: How many there are samples of.
        typical: The median over the minutes of the longest that the loop was late, in seconds.
        worst: The longest of all, in seconds.
        worst_at: When that was, in seconds since the epoch.
        held: In how many minutes the loop was held for `HELD` or longer; those just after a start are left out.
        collecting: Which share of the time the collector of garbage held the process; None when it is not known.
        longest: The longest of its pauses, in seconds; None as well.
    """

    minutes: int
    typical: float
    worst: float
    worst_at: float
    held: int
    collecting: float | None
    longest: float | None


def watched(samples: Sequence[ProcessSample]) -> Watched | None:
    """Sum samples up; None without one."""
    if not samples:
        return None
    worst = max(samples, key=lambda sample: sample.worst)
    known = [sample for sample in samples if sample.gc is not None]
    return Watched(
        minutes=len(samples),
        typical=percentile(sorted(sample.worst for sample in samples), 0.5),
        worst=worst.worst,
        worst_at=worst.end,
        held=sum(sample.worst >= HELD and sample.end >= (sample.started or 0.0) + _STARTING for sample in samples),
        collecting=sum(sample.gc or 0.0 for sample in known) / (len(known) * MINUTE) if known else None,
        longest=max((sample.gc_max or 0.0 for sample in known), default=None),
    )


def in_parts(
    points: Iterable[tuple[float, float | None]],
    edges: Sequence[float],
    fold: Callable[[Sequence[float]], float] = max,
) -> tuple[float | None, ...]:
    """Fold values into the parts of a window.

    Args:
        points: When (seconds since the epoch), and the value then; None is not known.
        edges: Where the parts begin, and where the last one ends; equal parts.
        fold: Makes one value of those of a part.

    Returns:
        One value a part; None for a part without one.
    """
    parts: list[list[float]] = [[] for _ in edges[1:]]
    step = (edges[-1] - edges[0]) / len(parts)
    for moment, value in points:
        if value is not None and edges[0] <= moment <= edges[-1]:
            parts[min(len(parts) - 1, int((moment - edges[0]) / step))].append(value)
    return tuple(fold(part) if part else None for part in parts)
