"""A clock that is set wrong for a moment must not cost a day's summary: two clocks watch each other."""

from __future__ import annotations

import logging
import os
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

TICK_VARIABLE = "DDC_SUMMARY_TICK_SECONDS"
SAMPLE_VARIABLE = "DDC_SAMPLE_SECONDS"
TICK = 60.0
"""Seconds between two looks for what is due, and at the process."""
JUMP = 300.0
"""Seconds by which the clocks may part between two looks; less is a clock that is put right, as happens daily."""
_LOG = logging.getLogger(__name__)


class Clocks:
    """The wall clock, and a monotonic one to check it by.

    Args:
        wall: Unix seconds.
        monotonic: Seconds since anything; it stands still while the computer sleeps, and never jumps.
    """

    def __init__(self, wall: Callable[[], float], monotonic: Callable[[], float]) -> None:
        self.wall = wall
        self.monotonic = monotonic
        self._trusted = wall() - monotonic()
        self._doubted: float | None = None

    def settled(self) -> bool:
        """Look at the clocks: False once after the wall clock jumped.

        The second look believes it if it still tells the same: the computer slept, or its clock was put right. If it
        jumped back, it was wrong for a moment, and nothing was done by it.
        """
        apart = self.wall() - self.monotonic()
        if abs(apart - self._trusted) <= JUMP or (self._doubted is not None and abs(apart - self._doubted) <= JUMP):
            self._trusted, self._doubted = apart, None
            return True
        self._doubted = apart
        _LOG.warning("The clock jumped by %.0f s; waiting for a second look at it", apart - self._trusted)
        return False


def tick_seconds(variable: str = TICK_VARIABLE) -> float:
    """Read from the environment how often to look, in seconds; at most `TICK`, which is usual.

    Args:
        variable: `TICK_VARIABLE` for what is due, `SAMPLE_VARIABLE` for how the process does.
    """
    try:
        seconds = float(os.environ.get(variable, TICK))
    except ValueError:
        seconds = 0.0
    if 0 < seconds <= TICK:
        return seconds
    _LOG.warning("%s must be a number of seconds above 0, at most %g; taking %g", variable, TICK, TICK)
    return TICK
