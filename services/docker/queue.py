"""Who may talk to the engine, and when: at most N at a time, strictly first in first out.

The rules, each of which has a test:
1. A place is free, taken, or handed on. On release it goes straight to the one who has waited longest; it is never free
   in between, so nobody who comes later can slip in first.
2. A waiter that is cancelled leaves the line. If it was handed a place in that same moment, it hands the place on.
3. The line is bounded: one too many is refused at once with `Busy`, and does not wait for nothing.
4. After `close` nobody gets in: those in the line are refused with `Stopping`, those at work finish.

There is no I/O here and no lock: everything happens between two awaits on one event loop.
"""

from __future__ import annotations

import asyncio
from collections import deque
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING

from .errors import Busy, Stopping

if TYPE_CHECKING:
    from collections.abc import AsyncIterator


class OperationQueue:
    """A bounded, fair gate.

    Args:
        concurrency: How many may be at work at once, at least 1.
        limit: How many may wait, at least 0.

    Raises:
        ValueError: If either is out of range.
    """

    def __init__(self, concurrency: int = 3, limit: int = 50) -> None:
        if concurrency < 1 or limit < 0:
            raise ValueError("concurrency must be at least 1 and limit at least 0")
        self._concurrency = concurrency
        self._limit = limit
        self._working = 0
        self._line: deque[asyncio.Future[None]] = deque()
        self._closed = False
        self._drained: asyncio.Future[None] | None = None

    @property
    def working(self) -> int:
        """How many places are taken."""
        return self._working

    @property
    def waiting(self) -> int:
        """How many wait in the line."""
        return sum(not waiter.done() for waiter in self._line)

    async def acquire(self) -> float:
        """Wait for a place and take it; `release` must follow.

        Returns:
            The seconds waited.

        Raises:
            Busy: The line is full.
            Stopping: The queue was closed, before or while waiting.
        """
        if self._closed:
            raise Stopping
        if self._working < self._concurrency:
            self._working += 1
            return 0.0
        if self.waiting >= self._limit:
            raise Busy(self.waiting)
        loop = asyncio.get_running_loop()
        began = loop.time()
        waiter: asyncio.Future[None] = loop.create_future()
        self._line.append(waiter)
        try:
            await waiter
        except asyncio.CancelledError:
            if waiter.done() and not waiter.cancelled() and waiter.exception() is None:
                self.release()
            elif waiter in self._line:
                self._line.remove(waiter)
            raise
        return loop.time() - began

    def release(self) -> None:
        """Give a place back, or rather on to the next in the line."""
        while self._line:
            waiter = self._line.popleft()
            if not waiter.done():
                waiter.set_result(None)
                return
        self._working -= 1
        if self._working == 0 and self._drained is not None and not self._drained.done():
            self._drained.set_result(None)

    @asynccontextmanager
    async def place(self) -> AsyncIterator[float]:
        """Hold a place for the length of an `async with`, which gets the seconds waited.

        Raises:
            Busy: The line is full.
            Stopping: The queue was closed, before or while waiting.
        """
        waited = await self.acquire()
        try:
            yield waited
        finally:
            self.release()

    async def close(self, grace: float = 60.0) -> bool:
        """Let nobody in any more, refuse those who wait, and wait for those at work.

        Args:
            grace: Seconds to wait at most.

        Returns:
            Whether all who were at work have finished.
        """
        self._closed = True
        while self._line:
            waiter = self._line.popleft()
            if not waiter.done():
                waiter.set_exception(Stopping())
        if self._working == 0:
            return True
        if self._drained is None or self._drained.done():
            self._drained = asyncio.get_running_loop().create_future()
        await asyncio.wait([self._drained], timeout=grace)
        return self._working == 0
