"""Follows the engine, judges what happens, records it, and hands on what is to be told in the alert channel."""

from __future__ import annotations

import asyncio
import logging
import time
from contextlib import suppress
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from services.docker.access import Right
from services.docker.errors import AdminsOnly
from utils.metrics.outcome import Outcome

from .book import Book, BookError, BookStore
from .follow import Follower
from .model import Rules
from .watch import Watch

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from services.docker.access import Actor, Policy
    from services.docker.errors import DockerError
    from services.docker.port import Engine
    from utils.performance_metrics import PerformanceMetrics

    from .model import Bulletin, Finding
    from .parse import Event

OPERATION = "docker_event"
_LOG = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class AlertPlan:
    """How the settings want alerts.

    Attributes:
        rules: What is told, and how often.
        channel_id: Where; None for nowhere. What was set in the chat goes over it.
        file: Where it is kept what was set in the chat; None keeps nothing over a restart.
    """

    rules: Rules = Rules()  # noqa: RUF009 - frozen
    channel_id: int | None = None
    file: Path | None = None


@dataclass(frozen=True, slots=True)
class AlertState:
    """How it stands with the alerts, for an admin.

    Attributes:
        channel_id: Where they are posted; None for nowhere.
        chosen: Whether that was set in the chat, and not in the settings.
        rules: What is told, and how often.
        mutes: Names, and until when, seconds since the epoch; None for good.
        latest: What was told or found lately in this run of the bot, the newest first, hidden containers among it.
        listening: Whether the engine's events are heard.
        trouble: Why they are not; None while they are, or when it was not tried yet.
        damage: What an admin has to know of the file.
    """

    channel_id: int | None
    chosen: bool
    rules: Rules
    mutes: tuple[tuple[str, float | None], ...]
    latest: tuple[Bulletin, ...]
    listening: bool
    trouble: DockerError | None
    damage: str | None


class Watcher:
    """Watches containers from `start` to `close`.

    Whatever is worth an alert is recorded as a `docker_event` that failed, with duration 0, at the event's own time,
    whether or not it is told. Metadata:
        event: died, oom, unhealthy or restart_loop.
        container: The container's name.
        exit_code: With which it ended, where it did.
        outcome: error.

    Args:
        engine: Whom to follow.
        metrics: Where events are recorded.
        policy: What is hidden is not handed on to be posted.
        plan: How the settings want it.
        clock: Seconds since the epoch.

    Attributes:
        tell: Gets each bulletin that is to be posted, or edited, with the channel. It must be quick and never raise.
        heard: Called at every event of a container, for whoever shows how containers are.
    """

    def __init__(
        self,
        engine: Engine,
        metrics: PerformanceMetrics,
        policy: Policy,
        plan: AlertPlan,
        *,
        clock: Callable[[], float] = time.time,
    ) -> None:
        self._metrics = metrics
        self.policy = policy
        self._plan = plan
        self._clock = clock
        self._watch = Watch(plan.rules)
        self._follower = Follower(engine, self._hear, clock=clock)
        self._store = BookStore(plan.file) if plan.file else None
        self._book: Book | None = None if plan.file else Book()
        self._damage: str | None = None
        self._changing = asyncio.Lock()
        self._task: asyncio.Task[None] | None = None
        self._timer: asyncio.TimerHandle | None = None
        self.tell: Callable[[int, Bulletin], None] = lambda _channel, _bulletin: None
        self.heard: Callable[[], None] = lambda: None

    def adjust(self, plan: AlertPlan) -> None:
        """Take up other settings; where it is kept what was set in the chat stays."""
        self._plan = replace(plan, file=self._plan.file)
        self._watch.rules = plan.rules

    def start(self) -> None:
        """Begin to follow the engine."""
        if self._task is None:
            self._task = asyncio.create_task(self._run(), name="docker-events")

    async def close(self) -> None:
        """End; what waits to be told is not told any more."""
        if self._timer is not None:
            self._timer.cancel()
        if self._task is not None:
            self._task.cancel()
            with suppress(asyncio.CancelledError):
                await self._task

    async def state(self, actor: Actor) -> AlertState:
        """Tell how it stands.

        Raises:
            AdminsOnly: The actor is none.
            BookError: It can't be read what was set.
        """
        book = await self._opened(actor)
        now = self._clock()
        return AlertState(
            channel_id=self._channel(book),
            chosen=book.chosen,
            rules=self._plan.rules,
            mutes=tuple(sorted((name, until) for name, until in book.mutes.items() if book.is_muted(name, now))),
            latest=self._watch.latest(),
            listening=self._follower.listening,
            trouble=self._follower.trouble,
            damage=self._damage,
        )

    async def post_to(self, actor: Actor, channel_id: int | None) -> None:
        """Post alerts in this channel from now on; None for no alerts. It goes over the settings.

        Raises:
            AdminsOnly: The actor is none.
            BookError: It could not be saved; nothing was changed.
        """
        await self._change(actor, lambda book: book.with_channel(channel_id))

    async def mute(self, actor: Actor, name: str, seconds: float | None = None) -> float | None:
        """Tell nothing of a container. It is recorded all the same.

        Args:
            actor: Who asks.
            name: The container's name; there need not be one.
            seconds: For how long; None for good.

        Returns:
            Until when, seconds since the epoch; None for good.

        Raises:
            AdminsOnly: The actor is none.
            BookError: It could not be saved; nothing was changed.
        """
        now = self._clock()
        until = None if seconds is None else now + seconds
        await self._change(actor, lambda book: book.with_mute(name, until, now))
        return until

    async def unmute(self, actor: Actor, name: str) -> bool:
        """Tell of a container again.

        Returns:
            Whether it was muted.

        Raises:
            AdminsOnly: The actor is none.
            BookError: It could not be saved; nothing was changed.
        """
        now = self._clock()
        was_muted = (await self._opened(actor)).is_muted(name, now)
        if was_muted:
            await self._change(actor, lambda book: book.without_mute(name, now))
        return was_muted

    def muted(self, actor: Actor) -> tuple[str, ...]:
        """The containers that are muted, for autocomplete: it waits for nothing and never raises."""
        if not actor.admin or self._book is None:
            return ()
        return tuple(sorted(name for name in self._book.mutes if self._book.is_muted(name, self._clock())))

    async def _run(self) -> None:
        try:
            async with self._changing:
                await self._load()
        except BookError as error:
            _LOG.error("%s", error)
        await self._follower.run()

    def _hear(self, event: Event) -> None:
        muted = self._book is not None and self._book.is_muted(event.name, self._clock())
        try:
            for finding in self._watch.hear(event, self._now(), muted=muted):
                self._record(finding)
            self._set_timer()
        finally:
            self.heard()

    def _record(self, finding: Finding) -> None:
        metadata: dict[str, Any] = {"event": finding.kind.value, "container": finding.container.name}
        if finding.exit_code is not None:
            metadata["exit_code"] = finding.exit_code
        metadata["outcome"] = Outcome.ERROR.value
        self._metrics.record(OPERATION, 0.0, success=False, metadata=metadata, end_time=finding.at)

    def _set_timer(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
        due = self._watch.next_due()
        self._timer = None if due is None else asyncio.get_running_loop().call_at(due, self._tell_due)

    def _tell_due(self) -> None:
        # While the book can't be read, the settings hold: an alert too many is better than none.
        channel_id = self._channel(self._book or Book())
        try:
            for bulletin in self._watch.due(self._now()):
                shown = None if channel_id is None else self._fit_for(channel_id, bulletin)
                if channel_id is not None and shown is not None:
                    self.tell(channel_id, shown)
        finally:
            self._set_timer()

    def _fit_for(self, channel_id: int, bulletin: Bulletin) -> Bulletin | None:
        """Leave out what those who read the channel must not see; None when nothing is left."""
        reader = self.policy.reader(channel_id)
        alerts = tuple(one for one in bulletin.alerts if self.policy.may(reader, one.container, Right.SEE))
        return replace(bulletin, alerts=alerts) if alerts else None

    def _channel(self, book: Book) -> int | None:
        return book.channel_id if book.chosen else self._plan.channel_id

    @staticmethod
    def _now() -> float:
        return asyncio.get_running_loop().time()

    async def _opened(self, actor: Actor) -> Book:
        _require_admin(actor)
        async with self._changing:
            return await self._load()

    async def _load(self) -> Book:
        if self._book is None and self._store is not None:
            self._book, self._damage = await asyncio.to_thread(self._store.load)
            if self._damage:
                _LOG.error("%s", self._damage)
        return self._book or Book()

    async def _change(self, actor: Actor, edit: Callable[[Book], Book]) -> None:
        _require_admin(actor)
        async with self._changing:
            book = edit(await self._load())
            if self._store is not None:
                await asyncio.to_thread(self._store.save, book)
            self._book = book


def _require_admin(actor: Actor) -> None:
    if not actor.admin:
        raise AdminsOnly("see or change the alerts")
