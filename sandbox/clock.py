"""Time as the sandbox sees it, so that tests can pass three seconds or fifteen minutes without waiting."""

import asyncio
import time
from typing import Protocol


class Clock(Protocol):
    """What decides when an interaction is late and when its token expires."""

    def time(self) -> float:
        """Seconds since the Unix epoch."""
        ...

    async def sleep(self, seconds: float) -> None:
        """Return when `seconds` have passed on this clock."""
        ...


class SystemClock:
    """The machine's own time."""

    def time(self) -> float:
        """Seconds since the Unix epoch."""
        return time.time()

    async def sleep(self, seconds: float) -> None:
        """Return when `seconds` have really passed."""
        await asyncio.sleep(seconds)


class ManualClock:
    """A clock that stands still until `advance` moves it.

    Args:
        start: Seconds since the Unix epoch; the machine's time when left out.
    """

    def __init__(self, start: float | None = None) -> None:
        self._now = time.time() if start is None else start
        self._sleepers: list[tuple[float, asyncio.Future[None]]] = []

    def time(self) -> float:
        """Seconds since the Unix epoch."""
        return self._now

    async def sleep(self, seconds: float) -> None:
        """Return once `advance` has moved the clock past `seconds` from now."""
        if seconds <= 0:
            return
        waiter: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        entry = (self._now + seconds, waiter)
        self._sleepers.append(entry)
        try:
            await waiter
        finally:
            if entry in self._sleepers:
                self._sleepers.remove(entry)

    def advance(self, seconds: float) -> None:
        """Move the clock `seconds` on and wake whoever slept that long, the earliest first."""
        self._now += seconds
        for deadline, waiter in sorted(self._sleepers, key=lambda entry: entry[0]):
            if deadline <= self._now and not waiter.done():
                waiter.set_result(None)
