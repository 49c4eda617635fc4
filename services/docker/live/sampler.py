"""Keeps the newest figures of all running containers, while someone wants them.

The rules, each of which has a test:
1. Nothing runs until someone asks, and all of it ends some minutes after the last asking.
2. Up to 50 running containers have a stream each. More are polled, at most 50 at a time.
3. One loop looks at the list of containers every few seconds, opens what is missing and ends what has gone. It alone
   notices that the engine went away, and waits longer and longer until it is back: nothing hammers an engine that is
   away.
4. A stream that falls silent is opened anew. Until then its figures grow old, which whoever reads them is told.
5. An opening is recorded as one `docker_operation`; frames, lists and the tries that follow a failure are not.
6. All of it goes past the queue, on connections of its own: no action waits for figures.
"""

from __future__ import annotations

import asyncio
import logging
import random
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING

from services.docker.errors import DockerError, Stopping

from .sources import INSIDE, Pace, Poller, Streams
from .track import Track

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from services.docker.model import Container
    from services.docker.operations import Operations
    from services.docker.port import Engine
    from services.docker.timeouts import Timeouts

_LOG = logging.getLogger(__name__)
_STALE = 10.0
_LOOKERS = 5
_MOST_DOUBLINGS = 20


class Sampler:
    """Follows containers' figures.

    Args:
        engine: Whom to ask.
        operations: Where openings are recorded.
        timeouts: How long a frame may take to come when it was asked for.
        pace: How much to ask.

    Attributes:
        began: When it began, by the event loop's clock.
        is_listed: Whether the list of containers is known.
        problem: Why the last look at the list failed; None when it did not.
    """

    def __init__(self, engine: Engine, operations: Operations, timeouts: Timeouts, pace: Pace) -> None:
        self.began = 0.0
        self.is_listed = False
        self.problem: DockerError | None = None
        self._engine = engine
        self._pace = pace
        self._tracks: dict[str, Track] = {}
        self._streams = Streams(engine, operations, timeouts, pace, self._tell)
        self._poller = Poller(engine, operations, timeouts, pace, self._tell)
        self._loop: asyncio.Task[None] | None = None
        self._looker: asyncio.Task[None] | None = None
        self._asked = 0.0
        self._askers = 0
        self._closed = False
        self._news = asyncio.Event()

    @property
    def is_running(self) -> bool:
        """Whether anything is asked of the engine now."""
        return self._loop is not None and not self._loop.done()

    @property
    def tracks(self) -> tuple[Track, ...]:
        """All containers, stopped ones too."""
        return tuple(self._tracks.values())

    @property
    def stale_after(self) -> float:
        """Seconds after which figures do not pass for what is now: more when polling takes long."""
        return max(_STALE, 2 * self._poller.took)

    @contextmanager
    def asked(self) -> Iterator[None]:
        """Say that figures are wanted; begins when nothing runs, and does not end before the `with` does.

        Raises:
            Stopping: It was closed.
        """
        if self._closed:
            raise Stopping
        self._asked = _now()
        if not self.is_running:
            self.began = self._asked
            self._loop = asyncio.create_task(self._run(), name="docker-live")
        self._askers += 1
        try:
            yield
        finally:
            self._askers -= 1
            self._asked = _now()

    async def wait(self, until: Callable[[], bool], deadline: float) -> None:
        """Wait for news until something holds, or the event loop's clock shows `deadline`."""
        with suppress(TimeoutError):
            async with asyncio.timeout_at(deadline):
                while not until():
                    await self._news.wait()

    async def look_again(self) -> None:
        """Fetch the list now.

        Raises:
            DockerError: It could not be fetched.
        """
        found = await self._engine.containers()
        if self.is_running:
            self._adopt(found)

    async def close(self) -> None:
        """End all of it, for good."""
        self._closed = True
        if self._loop is not None:
            self._loop.cancel()
            await asyncio.wait([self._loop])

    @property
    def _is_idle(self) -> bool:
        return not self._askers and _now() - self._asked >= self._pace.idle

    async def _run(self) -> None:
        while True:
            try:
                await self._keep_up()
            finally:
                await self._clear()
            if self._is_idle:
                return
            self.began = _now()  # someone asked while it was being ended

    async def _keep_up(self) -> None:
        """Look at the list again and again, until nobody asks any more."""
        failures = 0
        while not self._is_idle:
            try:
                self._adopt(await self._engine.containers())
            except DockerError as error:
                self.problem = error
            except Exception as error:  # noqa: BLE001 - whatever it is, the figures must come back when it has gone
                _LOG.exception("The list of containers could not be followed")
                self.problem = DockerError(INSIDE.format(type(error).__name__))
            pause = self._pace.list_every
            if self.problem is not None:
                # Not quite the same each time, so that bots do not knock in step.
                pause = min(self._pace.longest_pause, self._pace.pause * 2**failures) * random.uniform(0.8, 1.2)  # noqa: S311
            failures = min(failures + 1, _MOST_DOUBLINGS) if self.problem else 0
            self._tell()
            await asyncio.sleep(pause)

    async def _clear(self) -> None:
        self._streams.keep({})
        self._poller.keep({})
        if self._looker is not None:
            self._looker.cancel()
            await asyncio.wait([self._looker])
        await self._streams.ended()
        await self._poller.ended()
        self._tracks.clear()
        self._looker = self.problem = None
        self.is_listed = False
        self._tell()

    def _adopt(self, found: tuple[Container, ...]) -> None:
        """Follow what is there, and let go of what is not."""
        self.problem, self.is_listed = None, True
        there = {one.id: one for one in found}
        for identity in self._tracks.keys() - there.keys():
            del self._tracks[identity]
        for identity, container in there.items():
            self._tracks.setdefault(identity, Track(container)).listed(container)
        up = {identity: track for identity, track in self._tracks.items() if track.container.state.is_up}
        too_many = len(up) > self._pace.streams
        self._streams.keep({} if too_many else up)
        self._poller.keep(up if too_many else {})
        if self._looker is None or self._looker.done():
            self._looker = asyncio.create_task(self._look(), name="docker-live-look")

    async def _look(self) -> None:
        """Take those close looks that are due. That one fails is no reason to lose the figures."""

        async def look(due: Iterator[Track]) -> None:
            for track in due:
                with suppress(DockerError):
                    track.info = await self._engine.inspect(track.container.id)

        while due := [one for one in self._tracks.values() if one.container.state.is_up and one.wants_a_look(_now())]:
            left = iter(due)
            await asyncio.gather(*(look(left) for _ in range(_LOOKERS)))

    def _tell(self) -> None:
        """Wake those who wait for news."""
        self._news.set()
        self._news.clear()


def _now() -> float:
    return asyncio.get_running_loop().time()
