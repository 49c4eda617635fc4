"""Who may talk to the engine, and when: at most N at a time, persons first, each kind strictly first in first out.

The rules, each of which has a test:
1. A place is free, taken, or handed on. On release it goes straight to the next in line; it is never free in between,
   so nobody who comes later can slip in first.
2. There are two lines: persons, and what the bot does in the background. A free place goes to the first of the persons;
   the background gets it when no person waits. So it may wait for as long as persons keep all places busy, which people
   do for moments and not for ever, and each place it does get, it keeps: nobody is thrown out.
3. A waiter that is cancelled leaves the line. If it was handed a place in that same moment, it hands the place on.
4. Each line is bounded: one too many is refused at once with `Busy`, and does not wait for nothing.
5. Who gave a place back to wait for something else comes back with the ticket of its arrival, before all who came after
   it, and is not refused.
6. After `close` nobody gets in: those in the lines are refused with `Stopping`, those at work finish.

There is no I/O here and no lock: everything happens between two awaits on one event loop.
"""

from __future__ import annotations

import asyncio
from bisect import insort
from contextlib import asynccontextmanager
from dataclasses import dataclass
from itertools import chain
from operator import itemgetter
from typing import TYPE_CHECKING

from .errors import Busy, Stopping

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    Waiter = asyncio.Future[None]


@dataclass(frozen=True, slots=True)
class QueueStats:
    """What a queue has seen since the bot started, and how it stands.

    Attributes:
        total: How many got a place.
        waited: How many of them had to wait for it.
        average_wait: Seconds that those waited, on average; 0 when none did.
        largest_line: The most that ever waited at once.
        timeouts: How many were given up while they had a place.
        refused: How many were refused because a line was full.
        in_use: Places taken now.
        free: Places free now.
        waiting: Persons' operations in line now.
        background: Those of the background in line now.
    """

    total: int
    waited: int
    average_wait: float
    largest_line: int
    timeouts: int
    refused: int
    in_use: int
    free: int
    waiting: int
    background: int


class OperationQueue:
    """A bounded, fair gate with two lines.

    Args:
        concurrency: How many may be at work at once, at least 1.
        limit: How many may wait in each of the lines, at least 0.

    Raises:
        ValueError: If either is out of range.
    """

    def __init__(self, concurrency: int = 3, limit: int = 50) -> None:
        if concurrency < 1 or limit < 0:
            raise ValueError("concurrency must be at least 1 and limit at least 0")
        self._concurrency = concurrency
        self._limit = limit
        self._working = 0
        self._persons: list[tuple[int, Waiter]] = []
        self._background: list[tuple[int, Waiter]] = []
        self._arrivals = 0
        self._closed = False
        self._drained: asyncio.Future[None] | None = None
        self._total = self._waited = self._largest = self._timeouts = self._refused = 0
        self._seconds = 0.0

    @property
    def working(self) -> int:
        """How many places are taken."""
        return self._working

    @property
    def waiting(self) -> int:
        """How many wait, in both lines together."""
        return _length(self._persons) + _length(self._background)

    def stats(self) -> QueueStats:
        """What happened so far, and how it stands."""
        return QueueStats(
            total=self._total,
            waited=self._waited,
            average_wait=self._seconds / self._waited if self._waited else 0.0,
            largest_line=self._largest,
            timeouts=self._timeouts,
            refused=self._refused,
            in_use=self._working,
            free=self._concurrency - self._working,
            waiting=_length(self._persons),
            background=_length(self._background),
        )

    def count_timeout(self) -> None:
        """Note that someone with a place was given up."""
        self._timeouts += 1

    def count_refusal(self) -> None:
        """Note that someone who had come in was refused elsewhere."""
        self._refused += 1

    def ticket(self) -> int:
        """Give out the number of an arrival, to come back with later."""
        self._arrivals += 1
        return self._arrivals

    async def acquire(self, *, background: bool = False, ticket: int | None = None) -> float:
        """Wait for a place and take it; `release` must follow.

        Args:
            background: Whether nobody waits for it, so that persons go first.
            ticket: Of one who had a place before and comes back; None for a new arrival.

        Returns:
            The seconds waited.

        Raises:
            Busy: The line is full.
            Stopping: The queue was closed, before or while waiting.
        """
        if self._closed:
            raise Stopping
        seconds = 0.0
        if self._working < self._concurrency:
            self._working += 1
        else:
            seconds = await self._wait(self._background if background else self._persons, ticket)
        self._total += ticket is None
        return seconds

    def release(self) -> None:
        """Give a place back, or rather on to the next in line."""
        for line in (self._persons, self._background):
            while line:
                _, waiter = line.pop(0)
                if not waiter.done():
                    waiter.set_result(None)
                    return
        self._working -= 1
        if self._working == 0 and self._drained is not None and not self._drained.done():
            self._drained.set_result(None)

    @asynccontextmanager
    async def place(self, *, background: bool = False) -> AsyncIterator[float]:
        """Hold a place for the length of an `async with`, which gets the seconds waited.

        Args:
            background: As for `acquire`.

        Raises:
            Busy: The line is full.
            Stopping: The queue was closed, before or while waiting.
        """
        waited = await self.acquire(background=background)
        try:
            yield waited
        finally:
            self.release()

    def refuse(self) -> None:
        """Let nobody in any more, and refuse those who wait."""
        self._closed = True
        for _, waiter in chain(self._persons, self._background):
            if not waiter.done():
                waiter.set_exception(Stopping())
        self._persons.clear()
        self._background.clear()

    async def close(self, grace: float = 60.0) -> bool:
        """Let nobody in any more, refuse those who wait, and wait for those at work.

        Args:
            grace: Seconds to wait at most.

        Returns:
            Whether all who were at work have finished.
        """
        self.refuse()
        if self._working == 0:
            return True
        if self._drained is None or self._drained.done():
            self._drained = asyncio.get_running_loop().create_future()
        await asyncio.wait([self._drained], timeout=grace)
        return self._working == 0

    async def _wait(self, line: list[tuple[int, Waiter]], ticket: int | None) -> float:
        if ticket is None and (length := _length(line)) >= self._limit:
            self._refused += 1
            raise Busy(length)
        loop = asyncio.get_running_loop()
        began = loop.time()
        entry: tuple[int, Waiter] = (self.ticket() if ticket is None else ticket, loop.create_future())
        insort(line, entry, key=itemgetter(0))
        self._largest = max(self._largest, self.waiting)
        waiter = entry[1]
        try:
            await waiter
        except asyncio.CancelledError:
            if waiter.done() and not waiter.cancelled() and waiter.exception() is None:
                self.release()
            elif entry in line:
                line.remove(entry)
            raise
        seconds = loop.time() - began
        self._waited += 1
        self._seconds += seconds
        return seconds


def _length(line: list[tuple[int, Waiter]]) -> int:
    return sum(not waiter.done() for _, waiter in line)
