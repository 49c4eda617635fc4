"""Logs read within bounds of lines, bytes and time, however big they are.

Engines send the oldest of the lines asked for first. So what doesn't fit a bound would leave out the newest ones, those
that matter: then fewer lines are asked for, as many as would have fitted.
"""

from __future__ import annotations

import asyncio
from contextlib import aclosing
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from typing import TYPE_CHECKING, Protocol, TypeVar

from services.docker.access import Right
from services.docker.errors import DockerError, EngineError
from services.docker.model import Action
from services.docker.parse import check_name
from utils.metrics.outcome import Outcome

from . import asked
from .asked import Words
from .reading import Reading

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from services.docker.access import Actor
    from services.docker.model import Container, ContainerInfo
    from services.docker.port import Engine
    from utils.performance_metrics import Span

    from .tidy import LogLine

T = TypeVar("T")

DEFAULT_LINES = 50
MOST_LINES = 10_000
_MOST_SINCE = 1_000
_BATCH = 256 * 1024


class Bound(StrEnum):
    """Why a search or a reading did not go further back."""

    LINES = "lines"
    BYTES = "bytes"
    TIME = "time"


@dataclass(frozen=True, slots=True)
class Limits:
    """How much of a log is read at most.

    Attributes:
        searched: Lines that a filter looks through.
        size: Bytes of one try.
        seconds: Time of one try.
        tries: How often it is tried with fewer lines.
    """

    searched: int = 20_000
    size: int = 16 * 1024 * 1024
    seconds: float = 7.0
    tries: int = 3


@dataclass(frozen=True, slots=True)
class LogPage:
    """The end of a container's log.

    Attributes:
        container: Whose log it is.
        lines: Fit to be shown, the newest last.
        more: Whether there are older lines (that the filter wants, and of the time asked for).
        searched: How many lines were looked through.
        bound: What ended the reading before the beginning of the log (or of the time asked for); None when nothing did,
            or when enough lines were found.
        since: From when on lines were asked for; None for all.
        words: Which lines were asked for.
        taken: When it was read.
    """

    container: Container
    lines: tuple[LogLine, ...]
    more: bool
    searched: int
    bound: Bound | None
    since: datetime | None
    words: Words
    taken: datetime


class NotKept(DockerError):  # noqa: N818 - it says what is the matter
    """The engine can't read the container's log, because it doesn't keep it."""

    outcome = Outcome.BAD_INPUT

    def __init__(self) -> None:
        super().__init__(
            "Docker can't read this container's log: its log driver (`none`, `syslog` and some others) keeps nothing "
            "here. With the driver `local`, `json-file` or `journald` it can."
        )


class Look(Protocol):
    """How a container is found: inspected, and judged whether the actor may."""

    async def __call__(self, actor: Actor, name: str, right: Right, span: Span, /) -> ContainerInfo:
        """Raise ContainerNotFound or Forbidden for what the actor may not see or do."""


class Run(Protocol):
    """How an operation on one container is done: in turn, in time, recorded."""

    async def __call__(self, actor: Actor, action: Action, name: str, work: Callable[[Span], Awaitable[T]], /) -> T:
        """Return what the work returned."""


class LogReader:
    """Reads the ends of logs.

    Args:
        engine: What to talk to.
        look: Finds a container, for who may.
        run: Does an operation on one container.
        limits: How much is read.
        now: The time, with time zone.
    """

    def __init__(
        self,
        engine: Engine,
        *,
        look: Look,
        run: Run,
        limits: Limits | None = None,
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        self._engine = engine
        self._look = look
        self._run = run
        self._limits = limits or Limits()
        self._now = now

    async def read(
        self, actor: Actor, name: str, *, lines: int | None = None, since: str | None = None, words: str | None = None
    ) -> LogPage:
        """Read the last lines of a container's log.

        Args:
            actor: Who asks; needs the right LOGS.
            name: The container's name or id.
            lines: How many, 1 to 10,000; 50 by default, with `since` as many as there are, up to 1,000.
            since: From when on, see `asked.since`.
            words: Which lines, see `asked.Words`.

        Raises:
            DockerError: As the service's `info`; Forbidden; NotUnderstood for `since` or `words`; NotKept.
        """
        now = self._now()
        begin = asked.since(since, now) if since else None
        only = Words.parse(words or "")
        wanted = min(lines or (_MOST_SINCE if begin else DEFAULT_LINES), MOST_LINES)

        async def work(span: Span) -> LogPage:
            info = await self._look(actor, name, Right.LOGS, span)
            tail = self._limits.searched if only else wanted + 1
            try:
                reading, bound = await self._within_bounds(info, tail, begin, only, wanted + 1)
            except EngineError as error:
                if "does not support reading" in error.message:
                    raise NotKept from error
                raise
            if only and bound is None and reading.seen >= tail:
                bound = Bound.LINES
            kept = list(reading.lines)
            more = reading.found > wanted
            return LogPage(
                container=info.container,
                lines=tuple(kept[-wanted:]),
                more=more,
                searched=reading.seen,
                bound=bound,
                since=begin,
                words=only,
                taken=now,
            )

        return await self._run(actor, Action.LOGS, check_name(name), work)

    async def _within_bounds(
        self, info: ContainerInfo, tail: int, since: datetime | None, words: Words, most: int
    ) -> tuple[Reading, Bound | None]:
        left = self._limits.tries
        first: Bound | None = None
        while True:
            reading = Reading(terminal=info.terminal, words=words, most=most)
            bound = await self._read(reading, info.container, tail, since)
            first = first or bound
            left -= 1
            if bound is None or not left:
                return reading, first
            # A little less than fitted: lines differ in length.
            tail = max(1, min(reading.seen, tail - 1) * 3 // 4)

    async def _read(self, reading: Reading, container: Container, tail: int, since: datetime | None) -> Bound | None:
        loop = asyncio.get_running_loop()
        deadline = loop.time() + self._limits.seconds
        begin = since.timestamp() if since else None
        size, held, batch = 0, 0, list[bytes]()
        bound: Bound | None = None
        async with aclosing(self._engine.logs(container.id, tail=tail, since=begin)) as stream:
            while bound is None:
                try:
                    # Not around what the thread does: it would go on with the reading while we do.
                    # Where nothing came at all, the operation's own time ends it: that is no short log, but an error.
                    async with asyncio.timeout_at(deadline if size else None):
                        piece = await anext(stream, b"")
                except TimeoutError:
                    bound = Bound.TIME
                    break
                if not piece:
                    break
                size, held = size + len(piece), held + len(piece)
                batch.append(piece)
                if held >= _BATCH:
                    await asyncio.to_thread(reading.feed, batch)
                    held, batch = 0, []
                if size > self._limits.size:
                    bound = Bound.BYTES
        await asyncio.to_thread(reading.finish, batch)
        return bound
