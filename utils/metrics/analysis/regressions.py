"""What got slower, or fails more, than usual.

Usual is the median over the days before: one bad day does not move it. The rules, each of which has a test:
1. A day counts with at least 20 calls, and three such days are needed; the last day needs 20 calls, too.
2. Slower: p95 at least 20 % and 10 ms above usual, and above that of every day that counts. A fifth is what the seed
   program calls a regression; the two others keep small and restless operations quiet.
3. Faster: the same, downwards.
4. Failing more: at least three failures, twice the usual share of them, and a hundredth of the calls more.
5. What was told as slower goes on while p95 is a fifth and 10 ms above usual, though days as slow count meanwhile.
6. Nothing is told twice: what was told is told again only when it is half as bad again, or has been gone for a day.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from statistics import median
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from .course import Slice

DAYS = 7
NEEDS_DAYS = 3
NEEDS_CALLS = 20
RELATIVE = 0.2
ABSOLUTE = 0.010
NEEDS_FAILURES = 3
TIMES_FAILURES = 2.0
MORE_FAILURES = 0.01
_WORSE = 1.5
_GONE = 86_400.0


class Kind(StrEnum):
    """In which way an operation is not as usual."""

    SLOWER = "slower"
    FASTER = "faster"
    FAILING = "failing"


@dataclass(frozen=True, slots=True)
class Usual:
    """What is usual for an operation.

    Attributes:
        p50: Seconds, the median over the days; p95 the same.
        p95: As above.
        low: The least p95 of a day.
        high: The greatest p95 of a day.
        failure_share: The median share of calls that fail, 0 to 1.
        days: How many days it rests on.
    """

    p50: float
    p95: float
    low: float
    high: float
    failure_share: float
    days: int


@dataclass(frozen=True, slots=True)
class Change:
    """An operation that is not as usual.

    Attributes:
        operation: Its name.
        kind: In which way.
        now: p95 in seconds of the last day; for FAILING the share of calls that failed, 0 to 1.
        usual: The same, usually.
        calls: Calls of the last day.
        days: On how many days the usual rests.
        failed: Failures of the last day.
    """

    operation: str
    kind: Kind
    now: float
    usual: float
    calls: int
    days: int
    failed: int = 0

    @property
    def relative(self) -> float:
        """By which part of the usual it differs: 0.64 is 64 % more. Infinite when the usual is nothing."""
        return (self.now - self.usual) / self.usual if self.usual else float("inf")

    @property
    def key(self) -> tuple[str, str]:
        """What makes it one thing with what was told before."""
        return self.operation, self.kind.value


@dataclass(frozen=True, slots=True)
class Told:
    """What was told of a change.

    Attributes:
        worst: Its `now` when it was last told.
        seen: When it was last found, in seconds since the epoch.
    """

    worst: float
    seen: float


def usual(days: Sequence[Slice]) -> Usual | None:
    """Find what is usual.

    Args:
        days: The days before, in any order; those with too few calls don't count.

    Returns:
        None when too few count.
    """
    counted = [day for day in days if day.calls >= NEEDS_CALLS]
    p95 = [day.p95 for day in counted if day.p95 is not None]
    if len(p95) < NEEDS_DAYS:
        return None
    return Usual(
        p50=median(day.p50 for day in counted if day.p50 is not None),
        p95=median(p95),
        low=min(p95),
        high=max(p95),
        failure_share=median(day.failure_share for day in counted),
        days=len(counted),
    )


def changes(operation: str, now: Slice, before: Usual | None) -> tuple[Change, ...]:
    """Judge the last day of an operation by what is usual for it; failures first."""
    if before is None or now.calls < NEEDS_CALLS or now.p95 is None:
        return ()
    found = []
    more = now.failure_share - before.failure_share
    if now.failed >= NEEDS_FAILURES and more >= max(MORE_FAILURES, (TIMES_FAILURES - 1) * before.failure_share):
        share = now.failure_share
        found.append(
            Change(operation, Kind.FAILING, share, before.failure_share, now.calls, before.days, failed=now.failed)
        )
    difference = now.p95 - before.p95
    if abs(difference) >= max(ABSOLUTE, RELATIVE * before.p95):
        kind = Kind.SLOWER if now.p95 > before.high else Kind.FASTER if now.p95 < before.low else None
        if kind is not None:
            found.append(Change(operation, kind, now.p95, before.p95, now.calls, before.days, failed=now.failed))
    return tuple(found)


def persists(operation: str, kind: Kind, now: Slice, before: Usual | None) -> Change | None:
    """Judge again what was told: a slow operation is still slow although days that were as slow count by now.

    Args:
        operation: Its name.
        kind: In which way it was told.
        now: Its last day.
        before: What is usual; the median does not follow a change for days.

    Returns:
        The change as it is now; None when it is not, or there are too few calls to tell.
    """
    found = next((change for change in changes(operation, now, before) if change.kind is kind), None)
    if found is not None or kind is not Kind.SLOWER or before is None or now.p95 is None or now.calls < NEEDS_CALLS:
        return found
    if now.p95 - before.p95 < max(ABSOLUTE, RELATIVE * before.p95):
        return None
    return Change(operation, kind, now.p95, before.p95, now.calls, before.days, failed=now.failed)


def since(hours: Sequence[Slice], before: Usual) -> float | None:
    """Find when an operation became slower than usual.

    Args:
        hours: Its slices up to now, oldest first; an hour is about right.
        before: What is usual.

    Returns:
        The start of the run of slow slices that reaches the present, in seconds since the epoch; slices without a call
        don't break it. None when the last one with calls is as usual.
    """
    limit = before.p95 * (1 + RELATIVE)
    found = None
    for one in reversed(hours):
        if one.p95 is None:
            continue
        if one.p95 < limit:
            break
        found = one.start
    return found


def news(
    found: Iterable[Change], told: Mapping[tuple[str, str], Told], now: float, gone: float = _GONE
) -> tuple[list[Change], list[Change]]:
    """Part what is to be told from what was told already.

    Args:
        found: What is not as usual now.
        told: What was told before, by `Change.key`.
        now: Seconds since the epoch.
        gone: Seconds after which what was not seen has been gone; at least the time since the last look.

    Returns:
        What is new, and what goes on.
    """
    new: list[Change] = []
    old: list[Change] = []
    for change in found:
        before = told.get(change.key)
        fresh = before is None or now - before.seen > gone or change.now >= before.worst * _WORSE
        (new if fresh else old).append(change)
    return new, old


def remember(
    found: Iterable[Change], told: Mapping[tuple[str, str], Told], now: float, gone: float = _GONE
) -> dict[tuple[str, str], Told]:
    """Return what has been told once `news` of the same arguments was; what has been gone too long is forgotten."""
    kept = {key: one for key, one in told.items() if now - one.seen <= gone}
    new, old = news(found, told, now, gone)
    kept |= {change.key: Told(change.now, now) for change in new}
    kept |= {change.key: Told(told[change.key].worst, now) for change in old}
    return kept
