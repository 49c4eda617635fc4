"""Two windows of an operation side by side, and whether what differs can be chance."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from .course import Slice, sliced
from .ranks import LEAST, RankTest, rank_test

if TYPE_CHECKING:
    from utils.metrics.samples import Samples

CERTAIN = 0.01
"""Of p-values, the greatest that is not called chance. Calls resemble their neighbours, so 0.05 would cry too often."""


class Verdict(StrEnum):
    """What the comparison comes to."""

    SLOWER = "slower"
    FASTER = "faster"
    CHANCE = "chance"
    TOO_FEW = "too few"


@dataclass(frozen=True, slots=True)
class Comparison:
    """The second window against the first.

    Attributes:
        first: The earlier or reference window.
        second: The window in question.
        test: The rank test; None with too few calls.
    """

    first: Slice
    second: Slice
    test: RankTest | None

    @property
    def verdict(self) -> Verdict:
        """Whether the second window is slower or faster by more than chance."""
        if self.test is None:
            return Verdict.TOO_FEW
        if self.test.p > CERTAIN:
            return Verdict.CHANCE
        return Verdict.SLOWER if self.test.greater > 1 / 2 else Verdict.FASTER


def compare(samples: Samples, first: tuple[float, float], second: tuple[float, float]) -> Comparison:
    """Compare two windows.

    Args:
        samples: The operation's calls of both.
        first: Start and end in seconds since the epoch, the end not included.
        second: The same.
    """
    test = rank_test(samples.between(*first).durations, samples.between(*second).durations)
    return Comparison(sliced(samples, *first), sliced(samples, *second), test)


__all__ = ["CERTAIN", "LEAST", "Comparison", "Verdict", "compare"]
