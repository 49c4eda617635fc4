"""Where the metrics get the time from: a port, so that a test can turn the hands."""

from __future__ import annotations

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
