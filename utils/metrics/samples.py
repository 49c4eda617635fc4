"""One operation's calls in a stretch of time, as bare columns: what every analysis starts from."""

from __future__ import annotations

from array import array
from bisect import bisect_left
from dataclasses import dataclass, field
from operator import itemgetter
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

FAILED, OK, REFUSED = 0, 1, 2
"""How a call ended: it failed; it succeeded; it was turned away (no right, bad input), which is no failure of ours."""


MOST_LOOKED_AT = 5_000
"""Failures of which it is found out whether they were refusals: each costs a look into the file."""


@dataclass(frozen=True, slots=True)
class Samples:
    """Calls in the order of their ends.

    Attributes:
        ends: When each ended, in seconds since the epoch, ascending.
        durations: How long each took, in seconds.
        endings: How each ended: FAILED, OK or REFUSED.
    """

    ends: array[float] = field(default_factory=lambda: array("d"))
    durations: array[float] = field(default_factory=lambda: array("d"))
    endings: bytes = b""

    def __len__(self) -> int:
        return len(self.ends)

    @classmethod
    def of(cls, calls: Iterable[tuple[float, float, int]]) -> Samples:
        """Make samples of (end, duration, ending), in any order."""
        ordered = sorted(calls, key=itemgetter(0))
        return cls(
            array("d", (call[0] for call in ordered)),
            array("d", (call[1] for call in ordered)),
            bytes(call[2] for call in ordered),
        )

    def with_more(self, calls: Iterable[tuple[float, float, int]]) -> Samples:
        """Return these and others, given as `of` takes them."""
        return Samples.of([*zip(self.ends, self.durations, self.endings, strict=True), *calls])

    def between(self, start: float, end: float) -> Samples:
        """Return the calls that ended from `start` on and before `end`."""
        first, last = bisect_left(self.ends, start), bisect_left(self.ends, end)
        last = max(first, last)
        return Samples(self.ends[first:last], self.durations[first:last], self.endings[first:last])

    @property
    def failed(self) -> int:
        """How many failed, refusals not counted."""
        return self.endings.count(FAILED)

    @property
    def refused(self) -> int:
        """How many were turned away."""
        return self.endings.count(REFUSED)
