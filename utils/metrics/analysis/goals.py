"""Goals (service level objectives): how much may go wrong, how much did, and how fast the rest is being used up.

A goal says that a share of the calls takes at most so long (p95 of 500 ms: 95 in 100 calls), that a share succeeds, or
both. Its budget is what may go wrong over a period: with p95, 5 in 100 calls. The burn rate is how fast it is used:
1 uses exactly the budget up by the end of the period, 14 in a fourteenth of it. An alarm needs two windows, as the SRE
Workbook (chapter 5, "multiwindow") advises: a long one so that a blip does not ring, a short one so that it ends soon.
Calls that were turned away say nothing of a goal.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Final

from utils.metrics.errors import ArgumentError
from utils.metrics.samples import FAILED, REFUSED

if TYPE_CHECKING:
    from utils.metrics.samples import Samples

HOUR = 3_600.0
SHORT, LONG = HOUR, 6 * HOUR
PERIOD_DAYS: Final = 30
"""The period of a goal that names none."""
NEEDS_CALLS = 20
"""Fewer calls in the long window ring no alarm."""
FAST, SLOW = 6.0, 2.0
"""Burn rates of the short and the long window that ring together: at the slow one a budget is gone in half its period,
at the fast one in a sixth: a month's in 15 and five days, a week's in half of it and little more than a day."""


class Part(StrEnum):
    """Which half of a goal."""

    SPEED = "speed"
    SUCCESS = "success"


@dataclass(frozen=True, slots=True)
class Goal:
    """What is wanted of an operation.

    Attributes:
        operation: Its name.
        percentile: The share of calls that must be fast enough, 0.95 for p95; None without a goal for speed.
        threshold: Seconds that are fast enough.
        success: The share of calls that must succeed, 0.99 for 99 %; None without a goal for success.
        days: The period of the budget.

    Raises:
        ArgumentError: A ValueError; a share is not between 0 and 1, there is neither, or the period is no day long.
    """

    operation: str
    percentile: float | None = None
    threshold: float = 0.0
    success: float | None = None
    days: int = PERIOD_DAYS

    def __post_init__(self) -> None:
        shares = [share for share in (self.percentile, self.success) if share is not None]
        if not shares or not all(0 < share < 1 for share in shares):
            # With 100 % nothing may ever go wrong: there would be no budget to divide by.
            raise ArgumentError("A goal needs a percentile or a share of successes, more than 0 % and less than 100 %.")
        if self.days < 1:
            raise ArgumentError(f"A goal needs a period of at least one day; got {self.days}.")

    def allowed(self, part: Part) -> float | None:
        """The share of calls that may be bad, 0 to 1; None when the goal has no such part."""
        wanted = self.percentile if part is Part.SPEED else self.success
        return None if wanted is None else 1 - wanted


@dataclass(frozen=True, slots=True)
class Standing:
    """How one part of a goal stands.

    Attributes:
        part: Which.
        allowed: The share of calls that may be bad.
        calls: Judged calls of the period.
        bad: Those of them that were too slow, or failed.
        left: The share of the budget that is left; negative when more is used than there is.
        burn_short: The burn rate of the last hour; None without a judged call in it.
        burn_long: The same of the last six hours.
        alarm: Whether the budget is being used up too fast.
    """

    part: Part
    allowed: float
    calls: int
    bad: int
    left: float
    burn_short: float | None
    burn_long: float | None
    alarm: bool

    @property
    def met(self) -> bool:
        """Whether the goal is met over the period."""
        return self.left >= 0


def standings(goal: Goal, samples: Samples, now: float) -> tuple[Standing, ...]:
    """Judge a goal.

    Args:
        goal: What is wanted.
        samples: The operation's calls, at least those of the period.
        now: Seconds since the epoch.
    """
    found = []
    for part in Part:
        allowed = goal.allowed(part)
        if allowed is None:
            continue
        calls, bad = _count(goal, part, samples.between(now - goal.days * 24 * HOUR, now))
        long_calls, _ = _count(goal, part, samples.between(now - LONG, now))
        short, long = (_burn(*_count(goal, part, samples.between(now - back, now)), allowed) for back in (SHORT, LONG))
        alarm = long_calls >= NEEDS_CALLS and short is not None and long is not None and short >= FAST and long >= SLOW
        left = 1 - (bad / calls / allowed if calls else 0.0)
        found.append(Standing(part, allowed, calls, bad, left, short, long, alarm))
    return tuple(found)


def _count(goal: Goal, part: Part, samples: Samples) -> tuple[int, int]:
    judged = len(samples) - samples.refused
    if part is Part.SUCCESS:
        return judged, samples.endings.count(FAILED)
    slow = sum(
        duration > goal.threshold and ending != REFUSED
        for duration, ending in zip(samples.durations, samples.endings, strict=True)
    )
    return judged, slow


def _burn(calls: int, bad: int, allowed: float) -> float | None:
    return bad / calls / allowed if calls else None
