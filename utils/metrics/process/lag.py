"""How late an event loop is: what keeps it, keeps every command.

A timer runs every 150 ms, and how late it is tells how long the loop was held by then. So what holds the loop for
longer than that is always seen, what holds it for shorter at times, and both up to 150 ms too short. To look more often
would see more, but this costs nearly a thousandth of a slow processor already.
"""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import TYPE_CHECKING

from utils.metrics.stats import percentile

if TYPE_CHECKING:
    import asyncio

STEP = 0.15
"""Seconds between two looks."""
NOISE = 0.005
"""Seconds that a timer is late on an idle machine, too; they don't count as held."""


@dataclass(frozen=True, slots=True)
class Lags:
    """How late the loop was in a stretch of time.

    Attributes:
        middle: The median, in seconds.
        worst: The longest, in seconds.
    """

    middle: float
    worst: float


class LoopLag:
    """Looks how late a loop is, between `start` and `stop`; all calls belong on that loop.

    Args:
        step: Seconds between two looks.
    """

    def __init__(self, step: float = STEP) -> None:
        self._step = step
        self._loop: asyncio.AbstractEventLoop | None = None
        self._timer: asyncio.TimerHandle | None = None
        self._due = 0.0
        self._held = 0.0
        self._lags: list[float] = []

    def start(self, loop: asyncio.AbstractEventLoop) -> None:
        """Begin to look; a second start changes nothing."""
        if self._timer is None:
            self._loop = loop
            self._set(loop)

    def stop(self) -> None:
        """Look no more."""
        if self._timer is not None:
            self._timer.cancel()
        self._timer = self._loop = None

    def total(self) -> float:
        """Seconds for which the loop was held so far, up to this very moment."""
        # The timer may be due, and have no turn yet: whoever asks is what holds the loop.
        return self._held + (_beyond_noise(time.monotonic() - self._due) if self._timer is not None else 0.0)

    def take(self) -> Lags:
        """Return how late it was since the last time this was asked."""
        lags, self._lags = sorted(self._lags), []
        return Lags(percentile(lags, 0.5), lags[-1]) if lags else Lags(0.0, 0.0)

    def _set(self, loop: asyncio.AbstractEventLoop) -> None:
        self._due = time.monotonic() + self._step
        self._timer = loop.call_later(self._step, self._look, loop)

    def _look(self, loop: asyncio.AbstractEventLoop) -> None:
        late = max(0.0, time.monotonic() - self._due)
        self._lags.append(late)
        self._held += _beyond_noise(late)
        self._set(loop)


def _beyond_noise(late: float) -> float:
    return late if late > NOISE else 0.0
