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
    from services.docker.timeouts import Timeouts
    from utils.performance_metrics import Span

    from .track import Track

INSIDE = "Something went wrong inside the bot ({}); its log has more."
_OVER: Mapping[str, Any] = {}
"""Stands for the end of a stream; compared by identity."""
_LOG = logging.getLogger(__name__)
_ENDED = "The engine ended the figures of this container; they are asked for again."


@dataclass(frozen=True, slots=True)
class Pace:
    """How much is asked of the engine, and how often. Times are seconds.

    Attributes:
        streams: Running containers up to which each has a stream.
        at_once: How many are polled at a time when there are more.
        list_every: Between two looks at the list.
        poll_every: Between two askings for the same container's figures, when polled.
        silence: Without a frame, after which a stream is opened anew.
        pause: Until the first try after a failure; it doubles with each.
        longest_pause: What that may grow to.
        idle: Without anybody asking, after which all ends.
    """

    streams: int = 50
    at_once: int = 50
    list_every: float = 5.0
    poll_every: float = 3.0
    silence: float = 30.0
    pause: float = 1.0
    longest_pause: float = 30.0
    idle: float = 300.0


class Source:
    """What the two have in common.

    Args:
        engine: Whom to ask.
        operations: Where openings are recorded.
        timeouts: How long a frame may take to come when it was asked for.
        pace: How much to ask.
        tell: Called after each frame and each failure.
    """

    def __init__(
        self, engine: Engine, operations: Operations, timeouts: Timeouts, pace: Pace, tell: Callable[[], None]
    ) -> None:
        self._engine = engine
        self._operations = operations
        self._timeouts = timeouts
        self._pace = pace
        self._tell = tell
        self._ending: set[asyncio.Task[Any]] = set()

    def _end(self, task: asyncio.Task[Any]) -> None:
        task.cancel()
        self._ending.add(task)
        task.add_done_callback(self._ending.discard)

    async def ended(self) -> None:
        """Wait until what was told to end has done so."""
        if self._ending:
            await asyncio.wait(self._ending)

    def _seconds(self, track: Track) -> float:
        return self._timeouts.look(track.container.name, track.container.image).seconds

    def _take(self, track: Track, frame: Mapping[str, Any]) -> None:
        track.take(frame, _now())
        self._tell()

    def _fail(self, track: Track, problem: str) -> None:
        track.fail(problem, _now(), self._pace.pause, self._pace.longest_pause)
        self._tell()


class Streams(Source):
    """One stream a container."""

    def __init__(
        self, engine: Engine, operations: Operations, timeouts: Timeouts, pace: Pace, tell: Callable[[], None]
    ) -> None:
        super().__init__(engine, operations, timeouts, pace, tell)
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
                while frame is not _OVER:
                    self._take(track, frame)
                    async with asyncio.timeout(self._pace.silence):
                        frame = await anext(frames, _OVER)
            self._fail(track, _ENDED)
        except TimeoutError:
            silent = OperationTimeout(self._pace.silence, Action.STATS.value, track.container.name)
            self._fail(track, silent.user_message)
        except DockerError as error:
            self._fail(track, error.user_message)
        except Exception as error:  # noqa: BLE001 - whatever it is, it is tried again, and the others go on
            _LOG.exception("The figures of a container could not be followed")
            self._fail(track, INSIDE.format(type(error).__name__))

    async def _first(self, track: Track, frames: AsyncIterator[Mapping[str, Any]]) -> Mapping[str, Any]:
        """Wait for the first frame. It is recorded, unless this is one of many tries."""

        async def work(span: Span) -> Mapping[str, Any]:
            span.add(container=track.container.name)
            return await anext(frames, _OVER)

        seconds = self._seconds(track)
        if not track.failures:
            return await self._operations.at_once(Action.STATS, seconds, work)
        try:
            async with asyncio.timeout(seconds):
                return await anext(frames, _OVER)
        except TimeoutError as error:
            raise OperationTimeout(seconds, Action.STATS.value, track.container.name) from error


class Poller(Source):
    """Asks for one frame of each container, again and again; one that hangs holds up no other.

    Attributes:
        took: Seconds that the newest frame took to come, with the wait for its turn.
    """

    def __init__(
        self, engine: Engine, operations: Operations, timeouts: Timeouts, pace: Pace, tell: Callable[[], None]
    ) -> None:
        super().__init__(engine, operations, timeouts, pace, tell)
        self.took = 0.0
        self._wanted: Mapping[str, Track] = {}
        self._rounds: asyncio.Task[None] | None = None
        self._opening: asyncio.Task[None] | None = None
        self._asking: dict[str, asyncio.Task[None]] = {}
        self._refused: DockerError | None = None
        """What the first container failed with, of the first round, while none gave a frame."""

    def keep(self, wanted: Mapping[str, Track]) -> None:
        """Ask for these and no others.

        Args:
            wanted: By container's id.
        """
        self._wanted = dict(wanted)
        if wanted and self._rounds is None:
            self._rounds = asyncio.create_task(self._go_round(), name="docker-live-poll")
        elif not wanted and self._rounds is not None:
            for task in (self._rounds, self._opening, *self._asking.values()):
                if task is not None:
                    self._end(task)
            self._asking.clear()
            self._rounds = self._opening = None
            self.took = 0.0

    async def _go_round(self) -> None:
        places = asyncio.Semaphore(self._pace.at_once)
        while True:
            began = _now()
            self._asking = {identity: task for identity, task in self._asking.items() if not task.done()}
            for identity, track in list(self._wanted.items()):
                if identity in self._asking or track.not_before > began:
                    continue
                # Before the task: thousands that wait keep the collector of garbage busy, and with it the loop.
                await places.acquire()
                if identity not in self._wanted:
                    places.release()
                    continue
                task = asyncio.create_task(self._ask(track, began), name="docker-live-ask")
                task.add_done_callback(lambda _: places.release())
                self._asking[identity] = task
            if self._opening is None and self._asking:
                self._opening = asyncio.create_task(self._record(set(self._asking.values())), name="docker-live-open")
            await asyncio.sleep(max(0.0, began + self._pace.poll_every - _now()))

    async def _record(self, asked: set[asyncio.Task[None]]) -> None:
        """Leave one record of the first round; it failed when not one container gave a frame."""

        async def work(_span: Span) -> None:
            await asyncio.wait(asked)
            if not self.took and self._refused is not None:
                raise self._refused

        try:
            await self._operations.at_once(Action.STATS, 2 * self._timeouts.longest_look, work)
        except DockerError as error:
            _LOG.debug("No container gave its figures: %s", error.user_message)
        finally:
            self._refused = None

    async def _ask(self, track: Track, began: float) -> None:
        """Ask for a frame, or two when there is none to compare it with, in a round that began then."""
        try:
            await self._frame(track)
            if not track.is_measured:
                await self._frame(track)
        except DockerError as error:
            self._fail(track, error.user_message)
            self._refused = self._refused or error
        except Exception as error:  # noqa: BLE001 - whatever it is, it is tried again, and the others go on
            _LOG.exception("The figures of a container could not be asked for")
            message = INSIDE.format(type(error).__name__)
            self._fail(track, message)
            self._refused = self._refused or DockerError(message)
        else:
            self.took = _now() - began

    async def _frame(self, track: Track) -> None:
        seconds = self._seconds(track)
        try:
            async with asyncio.timeout(seconds):
                frame = await self._engine.stats_once(track.container.id)
        except TimeoutError as error:
            raise OperationTimeout(seconds, Action.STATS.value, track.container.name) from error
        self._take(track, frame)


def _now() -> float:
    return asyncio.get_running_loop().time()
