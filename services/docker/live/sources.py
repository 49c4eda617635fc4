"""Where figures come from: a stream for each container, or rounds of asking all of them."""

from __future__ import annotations

import asyncio
import logging
from contextlib import aclosing
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from services.docker.errors import DockerError, OperationTimeout
from services.docker.model import Action

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable, Mapping

    from services.docker.operations import Operations
    from services.docker.port import Engine
    from utils.performance_metrics import Span

    from .track import Track

INSIDE = "Something went wrong inside the bot ({}); its log has more."
_LOG = logging.getLogger(__name__)
_ENDED = "The engine ended the figures of this container; they are asked for again."


@dataclass(frozen=True, slots=True)
class Pace:
    """How much is asked of the engine, and how often. Times are seconds.

    Attributes:
        streams: Running containers up to which each has a stream.
        at_once: How many are polled at a time when there are more.
        list_every: Between two looks at the list.
        poll_every: From the beginning of one round of polling to the next.
        silence: Without a frame, after which a stream is opened anew.
        opening: Until the first frame must have come.
        pause: Until the first try after a failure; it doubles with each.
        longest_pause: What that may grow to.
        idle: Without anybody asking, after which all ends.
    """

    streams: int = 50
    at_once: int = 50
    list_every: float = 5.0
    poll_every: float = 3.0
    silence: float = 30.0
    opening: float = 30.0
    pause: float = 1.0
    longest_pause: float = 30.0
    idle: float = 300.0


class Source:
    """What the two have in common.

    Args:
        engine: Whom to ask.
        operations: Where openings are recorded.
        pace: How much to ask.
        tell: Called after each frame and each failure.
    """

    def __init__(self, engine: Engine, operations: Operations, pace: Pace, tell: Callable[[], None]) -> None:
        self._engine = engine
        self._operations = operations
        self._pace = pace
        self._tell = tell
        self._ending: set[asyncio.Task[None]] = set()

    def _end(self, task: asyncio.Task[None]) -> None:
        task.cancel()
        self._ending.add(task)
        task.add_done_callback(self._ending.discard)

    async def ended(self) -> None:
        """Wait until what was told to end has done so."""
        if self._ending:
            await asyncio.wait(self._ending)

    def _take(self, track: Track, frame: Mapping[str, Any]) -> None:
        track.take(frame, _now())
        self._tell()

    def _fail(self, track: Track, problem: str) -> None:
        track.fail(problem, _now(), self._pace.pause, self._pace.longest_pause)
        self._tell()


class Streams(Source):
    """One stream a container."""

    def __init__(self, engine: Engine, operations: Operations, pace: Pace, tell: Callable[[], None]) -> None:
        super().__init__(engine, operations, pace, tell)
        self._tasks: dict[str, asyncio.Task[None]] = {}

    def keep(self, wanted: Mapping[str, Track]) -> None:
        """Open those that are missing, end all others.

        Args:
            wanted: By container's id.
        """
        for identity, task in list(self._tasks.items()):
            if identity not in wanted or task.done():
                self._end(self._tasks.pop(identity))
        now = _now()
        for identity, track in wanted.items():
            if identity not in self._tasks and track.not_before <= now:
                self._tasks[identity] = asyncio.create_task(self._follow(track), name="docker-live-stream")

    async def _follow(self, track: Track) -> None:
        """Read one container's stream until it ends, breaks or falls silent."""
        track.forget()
        try:
            async with aclosing(self._engine.stats(track.container.id)) as frames:
                frame = await self._first(track, frames)
                while frame is not None:
                    self._take(track, frame)
                    async with asyncio.timeout(self._pace.silence):
                        frame = await anext(frames, None)
            self._fail(track, _ENDED)
        except TimeoutError:
            self._fail(track, OperationTimeout(self._pace.silence, "stats", track.container.name).user_message)
        except DockerError as error:
            self._fail(track, error.user_message)
        except Exception as error:  # noqa: BLE001 - whatever it is, it is tried again, and the others go on
            _LOG.exception("The figures of a container could not be followed")
            self._fail(track, INSIDE.format(type(error).__name__))

    async def _first(self, track: Track, frames: AsyncIterator[Mapping[str, Any]]) -> Mapping[str, Any] | None:
        """Wait for the first frame. It is recorded, unless this is one of many tries."""

        async def work(span: Span) -> Mapping[str, Any] | None:
            span.add(container=track.container.name)
            return await anext(frames, None)

        if not track.failures:
            return await self._operations.at_once(Action.STATS, self._pace.opening, work)
        async with asyncio.timeout(self._pace.opening):
            return await anext(frames, None)


class Poller(Source):
    """Asks for one frame of each container, round after round.

    Attributes:
        took: Seconds that the last round took; 0 before the first.
    """

    def __init__(self, engine: Engine, operations: Operations, pace: Pace, tell: Callable[[], None]) -> None:
        super().__init__(engine, operations, pace, tell)
        self.took = 0.0
        self._task: asyncio.Task[None] | None = None
        self._wanted: tuple[Track, ...] = ()

    def keep(self, wanted: Mapping[str, Track]) -> None:
        """Ask for these and no others.

        Args:
            wanted: By container's id.
        """
        self._wanted = tuple(wanted.values())
        if wanted and self._task is None:
            self._task = asyncio.create_task(self._poll(), name="docker-live-poll")
        elif not wanted and self._task is not None:
            self._end(self._task)
            self._task, self.took = None, 0.0

    async def _poll(self) -> None:
        first = True
        while True:
            began = _now()
            try:
                if first:
                    await self._operations.at_once(Action.STATS, self._pace.opening, self._round)
                else:
                    await self._round()
            except DockerError as error:
                _LOG.debug("No container gave its figures: %s", error.user_message)
            except Exception:  # noqa: BLE001 - whatever it is, the next round may do
                _LOG.exception("The figures of the containers could not be asked for")
            self.took = _now() - began
            if first:
                first = False  # two frames make a figure, so the second is asked for at once
                continue
            await asyncio.sleep(max(self._pace.poll_every - self.took, self._pace.poll_every / 2))

    async def _round(self, _span: Span | None = None) -> None:
        """Ask for one frame of each.

        Raises:
            DockerError: Not one of them gave one.
        """
        places = asyncio.Semaphore(self._pace.at_once)
        now = _now()
        wanted = [track for track in self._wanted if track.not_before <= now]

        async def one(track: Track) -> DockerError | None:
            async with places:
                try:
                    self._take(track, await self._engine.stats_once(track.container.id))
                except DockerError as error:
                    self._fail(track, error.user_message)
                    return error
                return None

        failures = [failure for failure in await asyncio.gather(*map(one, wanted)) if failure is not None]
        if failures and len(failures) == len(wanted):
            raise failures[0]


def _now() -> float:
    return asyncio.get_running_loop().time()
