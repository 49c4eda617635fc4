"""Sleeps a little between steps of long work, so that an event loop in the same process goes on.

Python hands the interpreter's lock on every five milliseconds, but to any thread that waits for it, and not in the
middle of a call of C. A thread that reads a file again and again is worse: each read gives the lock back and takes it
again before another thread wakes up, and each time the five milliseconds begin anew; measured, a loop waited 290 ms.
Who gives the lock back and sleeps for a moment lets the loop in at once.
"""

from __future__ import annotations

import time

_BUSY = 0.004
"""Seconds of work between two breaths."""
_BREATH = 0.0002


class Breath:
    """Sleeps a little, at each call that comes after some work."""

    def __init__(self) -> None:
        self._since = time.perf_counter()

    def __call__(self) -> None:
        """Sleep, unless it was just done."""
        if time.perf_counter() - self._since > _BUSY:
            time.sleep(_BREATH)
            self._since = time.perf_counter()


def no_breath() -> None:
    """Go on at once."""
