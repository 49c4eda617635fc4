"""How long Python's collector of garbage held the whole process.

The interpreter tells when a collection begins and ends. What is noted costs about a microsecond a collection, and
there are few: a collection holds every thread, so no lock is needed.
"""

from __future__ import annotations

import gc
import time
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Collected:
    """What the collector did in a stretch of time.

    Attributes:
        seconds: How long its collections took, together.
        longest: How long the longest took, in seconds.
        collections: How many there were.
    """

    seconds: float
    longest: float
    collections: int


class Pauses:
    """Listens to the collector between `start` and `stop`."""

    def __init__(self) -> None:
        self._began: float | None = None
        self._total = 0.0
        self._taken = 0.0
        self._longest = 0.0
        self._collections = 0

    def start(self) -> None:
        """Begin to listen; a second start changes nothing."""
        if self._told not in gc.callbacks:
            gc.callbacks.append(self._told)

    def stop(self) -> None:
        """Listen no more."""
        if self._told in gc.callbacks:
            gc.callbacks.remove(self._told)
        self._began = None

    def total(self) -> float:
        """Seconds of all collections so far."""
        return self._total

    def take(self) -> Collected:
        """Return what was collected since the last time this was asked."""
        total = self._total
        collected = Collected(total - self._taken, self._longest, self._collections)
        self._taken, self._longest, self._collections = total, 0.0, 0
        return collected

    def _told(self, phase: str, _info: dict[str, int]) -> None:
        if phase == "start":
            self._began = time.perf_counter()
            return
        began, self._began = self._began, None
        if began is None:  # it was under way when we began to listen
            return
        took = time.perf_counter() - began
        self._total += took
        self._longest = max(self._longest, took)
        self._collections += 1
