"""Interleaved rounds: the only fair way to time two things on a machine that has other things to do.

In each round every contestant runs once, in an order that turns from round to round. What is reported is the median
over the rounds of the ratio within a round, so a slow spell of the machine hits both sides of it, and the medians of
the times beside.
"""

from __future__ import annotations

import gc
import statistics
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

ROUNDS = 7
"""The fewest rounds a median is taken of."""


@dataclass(frozen=True, slots=True)
class Spread:
    """A median with the extremes beside it, all in one unit."""

    median: float
    low: float
    high: float
    rounds: int

    @classmethod
    def of(cls, values: Sequence[float]) -> Spread:
        """Sum up values, one a round.

        Raises:
            ValueError: there is none.
        """
        if not values:
            raise ValueError("A spread needs at least one value.")
        return cls(statistics.median(values), min(values), max(values), len(values))


@dataclass(frozen=True, slots=True)
class Contest:
    """Seconds (or whatever the contestants return) by contestant, one value a round, the rounds in order."""

    values: Mapping[str, Sequence[float]]

    def spread(self, name: str) -> Spread:
        """Sum up one contestant."""
        return Spread.of(self.values[name])

    def ratio(self, ours: str, theirs: str) -> Spread:
        """Sum up the ratios of two contestants, each taken within a round.

        Raises:
            ZeroDivisionError: `theirs` took no time at all.
        """
        return Spread.of([a / b for a, b in zip(self.values[ours], self.values[theirs], strict=True)])


def hold(contestants: Mapping[str, Callable[[], float]], *, rounds: int = ROUNDS, warm_up: int = 1) -> Contest:
    """Let contestants run against each other.

    Args:
        contestants: by name, what to run; each returns its own time in seconds and keeps its preparations out of it.
        rounds: how many are counted.
        warm_up: how many are run before, uncounted.

    Returns:
        What each of them returned in each counted round.
    """
    names = list(contestants)
    values: dict[str, list[float]] = {name: [] for name in names}
    for number in range(-warm_up, rounds):
        turn = number % len(names)
        for name in names[turn:] + names[:turn]:
            gc.collect()
            seconds = contestants[name]()
            if number >= 0:
                values[name].append(seconds)
    return Contest(values)


def hold_in_blocks(
    contestants: Mapping[str, Callable[[], float]], *, blocks: int, rounds: int = ROUNDS, warm_up: int = 1
) -> Contest:
    """Let contestants run against each other in short blocks, many of them to a round.

    For what takes microseconds: the machine's speed changes within a round as well. A round's value is the median of
    its blocks, so that one block into which the system or the collector of garbage fell does not speak for the round.

    Args:
        contestants: by name, what runs one block and returns its time in seconds.
        blocks: how many each of them runs in a round.
        rounds: how many are counted.
        warm_up: how many are run before, uncounted.

    Returns:
        Each contestant's value in each counted round.
    """
    names = list(contestants)
    values: dict[str, list[float]] = {name: [] for name in names}
    for number in range(-warm_up, rounds):
        gc.collect()
        seconds: dict[str, list[float]] = {name: [] for name in names}
        for block in range(blocks):
            turn = block % len(names)
            for name in names[turn:] + names[:turn]:
                seconds[name].append(contestants[name]())
        if number >= 0:
            for name in names:
                values[name].append(statistics.median(seconds[name]))
    return Contest(values)
