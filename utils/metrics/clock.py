"""Where the metrics get the time from: a port, so that a test can turn the hands; and how its two hands go together."""

from __future__ import annotations

import math
import time
from typing import Protocol


class Clock(Protocol):
    """Two clocks in one: the wall's for when, the monotonic one for how long."""

    def wall(self) -> float:
        """Return seconds since the epoch. It may jump either way."""
        ...

    def monotonic(self) -> float:
        """Return seconds since some moment. It never goes back, and no one sets it."""
        ...


class SystemClock:
    """The machine's clocks."""

    __slots__ = ()

    # The functions themselves, not methods that call them: they are read twice in every measurement.
    wall = staticmethod(time.time)
    monotonic = staticmethod(time.perf_counter)


class WallOffset:
    """How far the wall clock is ahead of the monotonic one, for moments that went by a little while ago.

    Rules:
    - it is steady: what the wall clock is corrected by, as long as it is less than `_STEADY` seconds, changes nothing,
      so that moments keep their order;
    - a jump (somebody set the clock, or the machine slept, in which the monotonic clock stands still) counts for what
      ends after it was noticed. What ended shortly before, since the last look, is told as if it had not jumped.
      Whoever did not look for more than `_FRESH` seconds can't know, and takes the clock as it is now.
    """

    _STEADY = 0.001
    _FRESH = 0.2
    _TRIES = 5

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._known = 0.0
        self._looked_at = -math.inf

    def look(self) -> float:
        """Read the clocks, and return the seconds to add to a monotonic moment between the last look and this one."""
        now, offset = self._read()
        known, age = self._known, now - self._looked_at
        self._looked_at = now
        if abs(offset - known) >= self._STEADY:
            self._known = offset
            if age > self._FRESH:
                return offset
        return known

    def _read(self) -> tuple[float, float]:
        """Read both hands at once, as nearly as can be."""
        best = math.inf
        now = offset = 0.0
        for _ in range(self._TRIES):
            before, wall, after = self._clock.monotonic(), self._clock.wall(), self._clock.monotonic()
            if after - before < best:
                best, now, offset = after - before, after, wall - (before + after) / 2
            if best < self._STEADY / 10:
                break
        return now, offset
