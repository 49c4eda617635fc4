"""Docker for the rest of the bot: what can be asked of containers, in turn, in time, and measured."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Self, TypeVar

from .access import Guard, Policy, Right
from .actions import Actions
from .aftermath import PATIENCE
from .audit import AuditLog
from .client import EngineClient
from .engine import AiodockerEngine
from .errors import AdminsOnly
from .events import AlertPlan, Watcher
from .groups import Groups
from .labels import GROUP_LABEL
from .live import LiveFigures
from .logs import Logs, Pace
from .model import Action
from .names import NameCache
from .operations import Operations
from .parse import check_name
from .timeouts import Timeouts

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Mapping
    from contextlib import AbstractContextManager

    from utils.performance_metrics import PerformanceMetrics, Span

    from .access import Actor
    from .audit import AuditEntry
    from .model import ActionResult, Container, ContainerInfo
    from .port import Engine
    from .queue import OperationQueue
    from .reach import EngineVersion
    from .timeouts import Limit

T = TypeVar("T")

_NAMES_TIMEOUT = 10.0


class DockerService:
    """Lists, looks at, starts, stops and restarts containers, for whoever may.

    Each operation waits for its turn in the queue, persons before the background, then has a time that counts from the
    start of its work (see `Timeouts`), and is recorded: see `Operations`. Actions on one container go one by one: see
    `Actions`. A text that can't be a name asks nothing of the engine and is not recorded.

    Who asks comes first in every call. A container that the actor may not see does not exist for them: it is in no
    list, and asking for it by name fails as for a name that nothing has.

    Lists fetched for autocomplete have the action `names`, go past the queue (who types should not wait for restarts),
    and are at most one per `names_max_age` seconds, so that typing does not flood the statistics.

    Args:
        engine: What to talk to. The service closes it.
        metrics: Where operations are recorded.
        policy: Who may do what; by default admins alone may do anything.
        concurrency: How many operations are at work at once.
        timeouts: How long what may take.
        queue_limit: How many may wait, see `Operations`.
        patience: Seconds that the bot looks again at an action that took too long.
        names_max_age: Seconds that the names for autocomplete stand.
        names_patience: Seconds that `names` waits for the engine at most; Discord gives an autocomplete three.
        group_wait: Seconds that a group waits for one of its containers to become healthy, or to complete.
        cooldowns: Seconds before one person may do the same with the same container again, by action; by default none.
            The bot itself has none.
        audit: Where each start, stop and restart leaves a line; by default nowhere.
        alerts: What is told of what containers do by themselves, and where.
        log_pace: How long and how fast logs are followed.

    Attributes:
        policy: Who may do what.
        watch: Hears what containers do by themselves, once it is started.
        groups: Compose projects and groups by label.
        live: What containers use of the machine now.
        logs: What containers write.
    """

    def __init__(
        self,
        engine: Engine,
        metrics: PerformanceMetrics,
        *,
        policy: Policy | None = None,
        concurrency: int = 3,
        timeouts: Timeouts | None = None,
        queue_limit: int | None = None,
        patience: float = PATIENCE,
        names_max_age: float = 5.0,
        names_patience: float = 1.5,
        group_wait: float = 120.0,
        cooldowns: Mapping[Action, float] | None = None,
        audit: AuditLog | None = None,
        alerts: AlertPlan | None = None,
        log_pace: Pace | None = None,
    ) -> None:
        self._engine = engine
        self.policy = policy or Policy()
        self.audit = audit or AuditLog(None)
        self.timeouts = timeouts or Timeouts()
        self._operations = Operations(
            metrics, concurrency=concurrency, timeout=self.timeouts.general, queue_limit=queue_limit
        )
        self._names = NameCache(self._fetch_names, max_age=names_max_age, patience=names_patience)
        self._guard = Guard(engine, lambda: self.policy, self._names, cooldowns or {})
        self._actions = Actions(engine, self._operations, self.timeouts, changed=self._changed, patience=patience)
        self.watch = Watcher(engine, metrics, self.policy, alerts or AlertPlan())
        self.logs = Logs(
            engine,
            policy=lambda: self.policy,
            look=self._guard.look,
            run=self._for_one,
            timeout=self.timeouts.general,
            pace=log_pace,
        )
        self.groups = Groups(self, engine.inspect, at_once=concurrency, patience=group_wait)
        self.live = LiveFigures(engine, self._operations, self.policy, self.timeouts)
        self._listeners: list[Callable[[], None]] = []
        self.watch.heard = self._changed

    @classmethod
    def connect(
        cls,
        address: str | None,
        metrics: PerformanceMetrics,
        *,
        policy: Policy | None = None,
        concurrency: int = 3,
        timeouts: Timeouts | None = None,
        group_label: str = GROUP_LABEL,
        group_wait: float = 120.0,
        cooldowns: Mapping[Action, float] | None = None,
        audit: AuditLog | None = None,
        alerts: AlertPlan | None = None,
        log_pace: Pace | None = None,
        environ: Mapping[str, str] | None = None,
    ) -> Self:
        """Make a service for a real engine. Nothing is opened yet, so it works while the engine is away.

        Args:
            address: As `AiodockerEngine` takes it; None for DOCKER_HOST, else the local socket.
            metrics: Where operations are recorded.
            policy: Who may do what.
            concurrency: How many operations are at work at once.
            timeouts: How long what may take.
            group_label: Which label of a container names the groups that it is in.
            group_wait: As above.
            cooldowns: Seconds before one person may do the same with the same container again, by action.
            audit: Where each start, stop and restart leaves a line.
            alerts: What is told of what containers do by themselves, and where.
            log_pace: As above.
            environ: The environment to read; the process's by default.

        Raises:
            BadAddress: The address can't be used.
        """
        timeouts = timeouts or Timeouts()
        look, action = _engine_limits(timeouts)
        engine = AiodockerEngine(address, environ=environ, timeout=look, action_timeout=action)
        engine.group_label = group_label
        return cls(
            engine,
            metrics,
            policy=policy,
            concurrency=concurrency,
            timeouts=timeouts,
            cooldowns=cooldowns,
            audit=audit,
            alerts=alerts,
            group_wait=group_wait,
            log_pace=log_pace,
        )

    def adjust(
        self, *, policy: Policy, timeouts: Timeouts, cooldowns: Mapping[Action, float], alerts: AlertPlan
    ) -> None:
        """Take up other settings. What is under way keeps the limits that it began with.

        Args:
            policy: Who may do what.
            timeouts: How long what may take.
            cooldowns: Seconds before one person may do the same with the same container again, by action.
            alerts: What is told, and where; its file stays the one of the start.
        """
        self.policy = self.live.policy = self.watch.policy = policy
        self.timeouts.take(timeouts)
        self._operations.timeout = timeouts.general
        if isinstance(self._engine, EngineClient):
            self._engine.limit(*_engine_limits(timeouts))
        self._guard.cooldowns.set(cooldowns)
        self.watch.adjust(alerts)
        self._changed()  # who shows containers may have to show fewer

    @property
    def address(self) -> str:
        """Where the engine is, fit to be shown."""
        return self._engine.address

    @property
    def queue(self) -> OperationQueue:
        """The line that operations stand in; to be looked at only."""
        return self._operations.queue

    @property
    def waiting_for_containers(self) -> int:
        """How many actions wait, besides the queue, for a container that something is done with already."""
        return self._actions.waiting

    def limit(self, action: Action, info: ContainerInfo) -> Limit:
        """Tell how long something may take with a container, and why so long.

        Args:
            action: INFO stands for all looks and figures.
            info: What is known of it.
        """
        if action in (Action.START, Action.STOP, Action.RESTART):
            return self._actions.limit(action, info)
        return self.timeouts.look(info.container.name, info.container.image)

    async def list(self, actor: Actor) -> tuple[Container, ...]:
        """Every container that the actor may see, those that are up first, then by name.

        Raises:
            DockerError: EngineUnreachable, OperationTimeout, EngineError, Busy or Stopping.
        """

        async def work(_span: Span) -> tuple[Container, ...]:
            return await self._engine.containers()

        found, _ = await self._operations.in_turn(Action.LIST, None, work, background=actor.background)
        self._names.put(found)
        return _in_order(self.policy.allowed(actor, found, Right.SEE))

    @property
    def engine(self) -> EngineVersion | None:
        """Which engine it is, as the last call found out; None before the first one. Asks nothing."""
        return self._engine.known

    async def info(self, actor: Actor, name: str) -> ContainerInfo:
        """A close look at one container.

        Args:
            actor: Who asks.
            name: Its name or id.

        Raises:
            DockerError: InvalidName or ContainerNotFound, beside what `list` raises.
        """

        async def work(span: Span) -> ContainerInfo:
            return await self._guard.look(actor, name, Right.SEE, span)

        name = check_name(name)
        return await self._for_one(actor, Action.INFO, name, work)

    async def preview(self, actor: Actor, action: Action, name: str) -> ContainerInfo:
        """A close look before the question whether to go on; what would be refused then is refused now.

        Args:
            actor: Who asks.
            action: What they want to do: START, STOP or RESTART.
            name: The container's name or id.

        Raises:
            DockerError: As `start`.
        """

        async def work(span: Span) -> ContainerInfo:
            info = await self._guard.look(actor, name, Right(action.value), span)
            self._guard.check(actor, action, info.container)
            return info

        name = check_name(name)
        with self.audit.attempt(actor, action, name, refusals_alone=True):
            return await self._for_one(actor, Action.INFO, name, work)

    async def start(self, actor: Actor, name: str) -> ActionResult:
        """Start a container. One that runs already is a result with `changed` false, not an error.

        Args:
            actor: Who asks.
            name: Its name or id.

        Raises:
            DockerError: As `info`, and Forbidden, Protected (a stop) or TooSoon.
        """
        return await self._act(actor, Action.START, name)

    async def stop(self, actor: Actor, name: str) -> ActionResult:
        """Stop a container. One that is stopped already is a result with `changed` false, not an error.

        Args:
            actor: Who asks.
            name: Its name or id.

        Raises:
            DockerError: As `start`.
        """
        return await self._act(actor, Action.STOP, name)

    async def restart(self, actor: Actor, name: str) -> ActionResult:
        """Restart a container; a stopped one is started.

        Args:
            actor: Who asks.
            name: Its name or id.

        Raises:
            DockerError: As `start`.
        """
        return await self._act(actor, Action.RESTART, name)

    async def names(self, actor: Actor, right: Right = Right.SEE) -> tuple[Container, ...]:
        """The containers as last seen that the actor has a right on, in the order of `list`.

        For autocomplete: quick, and it never raises.

        Args:
            actor: Who asks.
            right: What they are about to do.
        """
        found = self.policy.allowed(actor, await self._names.get(), right)
        return _in_order(tuple(one for one in found if right is not Right.STOP or not self.policy.protects(one)))

    async def audited(
        self, actor: Actor, limit: int, *, container: str | None = None, user_id: int | None = None
    ) -> tuple[AuditEntry, ...]:
        """What was done, and what was refused, the newest first.

        Args:
            actor: Who asks; admins alone get an answer, for it names what others may not see.
            limit: How many at most.
            container: To this container alone, by its name.
            user_id: By this person alone.

        Raises:
            DockerError: AdminsOnly or AuditUnreadable.
        """
        if not actor.admin:
            raise AdminsOnly("see the audit")
        return await self.audit.read(limit, container=container, user_id=user_id)

    def listen(self, told: Callable[[], None]) -> Callable[[], None]:
        """Be told that containers may have changed: after each action, however it went, and at the engine's events.

        Args:
            told: Called on the event loop; it must be quick and raise nothing.

        Returns:
            What ends the listening.
        """
        self._listeners.append(told)
        return lambda: self._listeners.remove(told)

    async def close(self, grace: float = 45.0) -> bool:
        """Finish what is at work, refuse what waits, then let go of the engine, even when this is cancelled.

        Args:
            grace: Seconds to wait for work at most.

        Returns:
            Whether all work was finished.
        """
        self.groups.close()
        try:
            self._actions.refuse()
            finished, _ = await asyncio.gather(self._operations.queue.close(grace), self.logs.close(grace))
            return finished
        finally:
            self._operations.let_go()
            await self.live.close()
            await self._actions.close()
            await self.watch.close()
            await self._names.close()
            await self._engine.close()
            await self.audit.flush()

    def _changed(self) -> None:
        self._names.expire()
        for told in self._listeners:
            told()

    async def _act(self, actor: Actor, action: Action, name: str) -> ActionResult:
        name = check_name(name)

        async def look(ref: str, span: Span) -> ContainerInfo:
            info = await self._guard.look(actor, ref, Right(action.value), span)
            attempt.container = info.container.name
            return info

        def accepted(container: Container) -> AbstractContextManager[None]:
            return self._guard.accepted(actor, action, container)

        with self.audit.attempt(actor, action, name) as attempt:
            try:
                acting = self._actions.act(action, name, look, accepted, background=actor.background)
                return await self._guard.told(actor, name, acting)
            finally:
                self._changed()

    async def _for_one(self, actor: Actor, action: Action, name: str, work: Callable[[Span], Awaitable[T]]) -> T:
        """Look in turn, within the limit of what the name is known to stand for; an unknown image counts as none."""
        known = self._guard.known(actor, name)
        limit = self.timeouts.look(known.name, known.image) if known else self.timeouts.look(name)
        doing = self._operations.in_turn(action, name, work, background=actor.background, seconds=limit.seconds)
        found, _ = await self._guard.told(actor, name, doing)
        return found

    async def _fetch_names(self) -> tuple[Container, ...]:
        async def work(_span: Span) -> tuple[Container, ...]:
            return await self._engine.containers()

        return await self._operations.at_once(Action.NAMES, _NAMES_TIMEOUT, work)


def _engine_limits(timeouts: Timeouts) -> tuple[float, float]:
    """Seconds for a look, and for an action, whose answer is waited for after its time is up."""
    return timeouts.longest_look, timeouts.longest_action + PATIENCE + 5.0


def _in_order(containers: tuple[Container, ...]) -> tuple[Container, ...]:
    return tuple(sorted(containers, key=lambda one: (not one.state.is_up, one.name.casefold(), one.name)))
