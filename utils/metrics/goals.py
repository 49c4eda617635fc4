"""Goals read and told: how each stands by what was measured, and what it means in plain words."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from utils.metrics.analysis.goals import HOUR, LONG, Goal, Part, Standing, standings
from utils.metrics.format import count, duration

if TYPE_CHECKING:
    from utils.performance_metrics import PerformanceMetrics

_DAY = 24 * HOUR


@dataclass(frozen=True, slots=True)
class Stand:
    """How a goal stands.

    Attributes:
        goal: What is wanted.
        parts: Each half of it.
    """

    goal: Goal
    parts: tuple[Standing, ...]

    @property
    def met(self) -> bool:
        """Whether all of it is met over the period."""
        return all(part.met for part in self.parts)

    @property
    def rings(self) -> bool:
        """Whether its alarm rings."""
        return any(part.alarm for part in self.parts)


def read(metrics: PerformanceMetrics, goal: Goal, now: float) -> Stand:
    """Read how a goal stands over its whole period; blocks.

    Raises:
        StorageError: The metrics can't be read.
    """
    return Stand(goal, standings(goal, metrics.get_samples(goal.operation, now - goal.days * _DAY, now), now))


def rings(metrics: PerformanceMetrics, goal: Goal, now: float) -> bool:
    """Tell whether a goal's alarm rings; blocks. It looks at six hours alone, so it may be asked every minute.

    Raises:
        StorageError: The metrics can't be read.
    """
    recent = metrics.get_samples(goal.operation, now - LONG, now)
    return any(part.alarm for part in standings(goal, recent, now))


def gone_in(goal: Goal, standing: Standing) -> float | None:
    """Tell when the rest of a budget is used up at the rate of the last six hours.

    Returns:
        Seconds from now; None when there is no rest, or it lasts longer than the period at this rate.
    """
    if standing.left <= 0 or standing.burn_long is None or standing.burn_long <= standing.left:
        return None
    return standing.left / standing.burn_long * goal.days * _DAY


def meaning(goal: Goal) -> str:
    """Say what a goal wants: "95 of 100 calls within 500 ms, and 99 of 100 succeed, over 30 days"."""
    parts = []
    if goal.percentile is not None:
        parts.append(f"{of_calls(goal.percentile)} calls within {duration(goal.threshold)}")
    if goal.success is not None:
        parts.append(f"{of_calls(goal.success)}{'' if parts else ' calls'} succeed")
    return f"{', and '.join(parts)}, over {goal.days} days"


def of_calls(share: float) -> str:
    """Write a share as so many of as few as make it whole: "95 of 100", "999 of 1,000"."""
    whole = 100
    while abs(round(share * whole) - share * whole) > whole * 1e-9 and whole < 10_000_000:  # noqa: PLR2004 - finer is nothing
        whole *= 10
    return f"{count(round(share * whole))} of {count(whole)}"


__all__ = ["Goal", "Part", "Stand", "Standing", "gone_in", "meaning", "of_calls", "read", "rings"]
