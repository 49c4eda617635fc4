"""Logs followed for a while: what is written is heard as it comes, and it always ends by itself.

The rules, each of which has a test:
1. It ends when its time is up, when the container stays stopped or is removed, when the right is gone, when its owner
   ends it or follows another log, and when the bot is stopped. Whoever follows is told which.
2. One log a person, and few in the whole: a second one of the same person ends the first, because a message that was
   dismissed has no button any more.
3. A stream that ends while the container runs (it was restarted) is taken up again behind its last line.
4. What is written faster than anyone reads is left out: past a burst the stream is let go, and taken up a moment later
   at its newest lines. So a container that floods its log costs neither memory nor a core.
"""

from __future__ import annotations

import asyncio
from contextlib import aclosing, asynccontextmanager
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from services.docker.access import Right
from services.docker.errors import ContainerNotFound, DockerError, Stopping
from services.docker.model import Action
from services.docker.parse import check_name
from utils.metrics.outcome import Outcome

from .asked import Words
from .reading import Reading

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Awaitable, Callable
    from datetime import datetime

    from services.docker.access import Actor, Policy
    from services.docker.model import Container, ContainerInfo
    from services.docker.port import Engine
    from utils.performance_metrics import Span

    from .reader import Look, Run
    from .tidy import LogLine


class End(StrEnum):
    """Why a log is not followed any more."""

    TIME = "time"
    EXITED = "exited"
    REMOVED = "removed"
    STOPPED = "stopped"
    """By its owner."""
    REPLACED = "replaced"
    """Its owner follows another log."""
    DENIED = "denied"
    BOT = "bot"
    """The bot is being stopped."""
    UNLOADED = "unloaded"
    """What shows it is taken out of the bot."""


class TooManyFollowed(DockerError):  # noqa: N818 - it says what is the matter
    """So many logs are followed that one more is refused.

    Args:
        most: How many may be.
    """

    outcome = Outcome.DENIED

    def __init__(self, most: int) -> None:
        super().__init__(f"{most} logs are being followed already, which is the most. Try again in a few minutes.")
        self.most = most


@dataclass(frozen=True, slots=True)
class Pace:
    """How long and how fast logs are followed.

    Attributes:
        seconds: How long one is followed.
        most: How many at once, one a person.
        recheck: Seconds until the right is looked at again.
        burst: Bytes that are read of one log within `window`.
        window: Seconds, about as often as anyone shows what was heard.
        settle: Seconds that a container which stopped is given to come back.
    """

    seconds: float = 300.0
    most: int = 5
    recheck: float = 15.0
    burst: int = 1024 * 1024
    window: float = 3.0
    settle: float = 2.0


@dataclass(frozen=True, slots=True)
class Heard:
    """What was written.

    Attributes:
        lines: Fit to be shown, the newest last.
        gap: Whether lines before these were left out, because they came too fast.
    """

    lines: tuple[LogLine, ...]
    gap: bool = False


class Following:
    """One log that is followed; `Followers.follow` makes it.

    Attributes:
        container: As it was when it began.
        seconds: How long it goes on at most.
    """

    def __init__(
        self,
        engine: Engine,
        info: ContainerInfo,
        may: Callable[[Actor, Container], bool],
        *,
        words: Words,
        most: int,
        pace: Pace,
    ) -> None:
        self.container = info.container
        self.seconds = pace.seconds
        self._engine = engine
        self._terminal = info.terminal
        self._may = may
        self._words = words
        self._most = most
        self._pace = pace
        self._end: asyncio.Future[End] = asyncio.get_running_loop().create_future()

    def end(self, why: End = End.STOPPED) -> None:
        """End it; the first reason counts."""
        if not self._end.done():
            self._end.set_result(why)

    async def run(self, hear: Callable[[Heard], None], ask: Callable[[], Awaitable[Actor]]) -> End:
        """Follow the log, its last lines first, until it ends.

        Args:
            hear: Gets what was written, on the event loop; quick.
            ask: Says who follows, with the rights that they have now.

        Returns:
            Why it ended.

        Raises:
            DockerError: The engine failed, or was lost.
        """
        tasks = [asyncio.create_task(self._listen(hear)), asyncio.create_task(self._watch(ask))]
        try:
            done, _ = await asyncio.wait(
                [self._end, *tasks], timeout=self._pace.seconds, return_when=asyncio.FIRST_COMPLETED
            )
            return done.pop().result() if done else End.TIME
        finally:
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)

    async def _watch(self, ask: Callable[[], Awaitable[Actor]]) -> End:
        while True:
            await asyncio.sleep(self._pace.recheck)
            actor = await ask()
            try:
                container = (await self._engine.inspect(self.container.id)).container
            except ContainerNotFound:
                return End.REMOVED
            except DockerError:
                container = self.container  # the stream tells what is the matter; renamed or not, judge what we know
            if not self._may(actor, container):
                return End.DENIED

    async def _listen(self, hear: Callable[[Heard], None]) -> End:
        since: datetime | None = None
        gap = False
        while True:
            began = asyncio.get_running_loop().time()
            reading = Reading(terminal=self._terminal, words=self._words, most=self._most)
            gap = await self._stream(reading, hear, since, gap=gap)
            since = reading.last or since
            if gap:
                await asyncio.sleep(began + self._pace.window - asyncio.get_running_loop().time())
            elif (end := await self._stopped()) is not None:
                return end

    async def _stream(
        self, reading: Reading, hear: Callable[[Heard], None], since: datetime | None, *, gap: bool
    ) -> bool:
        """Hear one stream to its end; true when there was too much of it."""
        loop = asyncio.get_running_loop()
        window, size = loop.time(), 0
        begin = since.timestamp() if since else None
        logs = self._engine.logs(self.container.id, tail=self._most, since=begin, follow=True)
        async with aclosing(logs) as stream:
            async for piece in stream:
                lines = await asyncio.to_thread(reading.feed, [piece])
                new = tuple(line for line in lines if since is None or line.moment is None or line.moment > since)
                if new:
                    hear(Heard(new, gap))
                    gap = False
                if loop.time() - window > self._pace.window:
                    window, size = loop.time(), 0
                size += len(piece)
                if size > self._pace.burst:
                    return True
        return False

    async def _stopped(self) -> End | None:
        """Find out why the stream ended; None when the container is up, or up again."""
        await asyncio.sleep(self._pace.settle)
        try:
            info = await self._engine.inspect(self.container.id)
        except ContainerNotFound:
            return End.REMOVED
        return None if info.container.state.is_up else End.EXITED


class Followers:
    """All logs that are followed.

    Args:
        engine: What to talk to.
        policy: Gives the rules as they are now.
        look: Finds a container, for who may.
        run: Does an operation on one container.
        pace: How long and how fast.
    """

    def __init__(
        self, engine: Engine, *, policy: Callable[[], Policy], look: Look, run: Run, pace: Pace | None = None
    ) -> None:
        self._engine = engine
        self._policy = policy
        self._look = look
        self._run = run
        self._pace = pace or Pace()
        self._following: dict[int, Following] = {}
        self._released: set[asyncio.Future[None]] = set()
        self._closed = False

    @asynccontextmanager
    async def follow(
        self, actor: Actor, name: str, *, most: int = 100, words: Words | None = None
    ) -> AsyncIterator[Following]:
        """Hold one of the few places for a log that is followed; `run` in the block does it.

        What is still to be told when it ended belongs into the block, too: a bot being stopped waits for its end.

        Args:
            actor: Who follows; needs the right LOGS.
            name: The container's name or id.
            most: How many lines at a time are worth hearing, at the beginning and after a gap.
            words: Which lines; None for all.

        Raises:
            DockerError: TooManyFollowed, Stopping, and what `LogReader.read` raises.
        """
        self._check_open()
        name = check_name(name)
        others = self._following.keys() - {actor.user_id}
        if len(others) >= self._pace.most:
            raise TooManyFollowed(self._pace.most)

        async def work(span: Span) -> ContainerInfo:
            return await self._look(actor, name, Right.LOGS, span)

        info = await self._run(actor, Action.LOGS, name, work)
        self._check_open()
        following = Following(self._engine, info, self._may, words=words or Words(), most=most, pace=self._pace)
        before = self._following.get(actor.user_id)
        if before is not None:
            before.end(End.REPLACED)
        self._following[actor.user_id] = following
        released: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._released.add(released)
        try:
            yield following
        finally:
            if self._following.get(actor.user_id) is following:
                del self._following[actor.user_id]
            self._released.discard(released)
            released.set_result(None)

    async def close(self, grace: float) -> None:
        """End all of them, and wait until that is told.

        Args:
            grace: Seconds to wait at most.
        """
        self._closed = True
        for following in self._following.values():
            following.end(End.BOT)
        if self._released:
            await asyncio.wait(self._released, timeout=grace)

    def _check_open(self) -> None:
        if self._closed:
            raise Stopping

    def _may(self, actor: Actor, container: Container) -> bool:
        policy = self._policy()
        return policy.may(actor, container, Right.SEE) and policy.may(actor, container, Right.LOGS)
