"""Docker for the rest of the bot: what can be asked of containers, in turn, in time, and measured."""

from __future__ import annotations

import difflib
from typing import TYPE_CHECKING, Self, TypeVar

from .access import Policy, Right
from .engine import AiodockerEngine
from .errors import ContainerNotFound, DockerError, Forbidden
from .groups import Groups
from .labels import GROUP_LABEL
from .model import Action, ActionResult, State
from .names import NameCache
from .operations import Operations
from .parse import check_name

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Mapping

    from utils.performance_metrics import PerformanceMetrics, Span

    from .access import Actor
    from .model import Container, ContainerInfo
    from .port import Engine
    from .queue import OperationQueue

T = TypeVar("T")

_NAMES_TIMEOUT = 10.0
_SUGGESTIONS = 3


class DockerService:
    """Lists, looks at, starts, stops and restarts containers, for whoever may.

    Each operation waits for its turn in the queue, then has `timeout` seconds, counted from the start of its work, and
    is recorded: see `Operations`. A text that can't be a name asks nothing of the engine and is not recorded.

    Who asks comes first in every call. A container that the actor may not see does not exist for them: it is in no
    list, and asking for it by name fails as for a name that nothing has.

    Lists fetched for autocomplete have the action `names`, go past the queue (who types should not wait for restarts),
    and are at most one per `names_max_age` seconds, so that typing does not flood the statistics.

    Args:
        engine: What to talk to. The service closes it.
        metrics: Where operations are recorded.
        policy: Who may do what; by default admins alone may do anything.
        concurrency: How many operations are at work at once.
        timeout: Seconds of work an operation may take.
        queue_limit: How many may wait, see `Operations`.
        names_max_age: Seconds that the names for autocomplete stand.
        names_patience: Seconds that `names` waits for the engine at most; Discord gives an autocomplete three.
        group_wait: Seconds that a group waits for one of its containers to become healthy, or to complete.

    Attributes:
        policy: Who may do what.
        groups: Compose projects and groups by label.
    """

    def __init__(
        self,
        engine: Engine,
        metrics: PerformanceMetrics,
        *,
        policy: Policy | None = None,
        concurrency: int = 3,
        timeout: float = 30.0,
        queue_limit: int | None = None,
        names_max_age: float = 5.0,
        names_patience: float = 1.5,
        group_wait: float = 120.0,
    ) -> None:
        self._engine = engine
        self.policy = policy or Policy()
        self._operations = Operations(metrics, concurrency=concurrency, timeout=timeout, queue_limit=queue_limit)
        self._names = NameCache(self._fetch_names, max_age=names_max_age, patience=names_patience)
        self.groups = Groups(self, engine.inspect, at_once=concurrency, patience=group_wait)

    @classmethod
    def connect(
        cls,
        address: str | None,
        metrics: PerformanceMetrics,
        *,
        policy: Policy | None = None,
        concurrency: int = 3,
        timeout: float = 30.0,
        group_label: str = GROUP_LABEL,
        group_wait: float = 120.0,
        environ: Mapping[str, str] | None = None,
    ) -> Self:
        """Make a service for a real engine. Nothing is opened yet, so it works while the engine is away.

        Args:
            address: As `AiodockerEngine` takes it; None for DOCKER_HOST, else the local socket.
            metrics: Where operations are recorded.
            policy: Who may do what.
            concurrency: How many operations are at work at once.
            timeout: Seconds of work an operation may take.
            group_label: Which label of a container names the groups that it is in.
            group_wait: As above.
            environ: The environment to read; the process's by default.

        Raises:
            BadAddress: The address can't be used.
        """
        engine = AiodockerEngine(address, environ=environ, timeout=timeout)
        engine.group_label = group_label
        return cls(engine, metrics, policy=policy, concurrency=concurrency, timeout=timeout, group_wait=group_wait)

    @property
    def address(self) -> str:
        """Where the engine is, fit to be shown."""
        return self._engine.address

    @property
    def queue(self) -> OperationQueue:
        """The line that operations stand in; to be looked at only."""
        return self._operations.queue

    async def list(self, actor: Actor) -> tuple[Container, ...]:
        """Every container that the actor may see, those that are up first, then by name.

        Raises:
            DockerError: EngineUnreachable, OperationTimeout, EngineError, Busy or Stopping.
        """

        async def work(_span: Span) -> tuple[Container, ...]:
            return await self._engine.containers()

        found, _ = await self._operations.in_turn(Action.LIST, None, work)
        self._names.put(found)
        return _in_order(self._seen_by(actor, found))

    async def info(self, actor: Actor, name: str) -> ContainerInfo:
        """A close look at one container.

        Args:
            actor: Who asks.
            name: Its name or id.

        Raises:
            DockerError: InvalidName or ContainerNotFound, beside what `list` raises.
        """

        async def work(span: Span) -> ContainerInfo:
            return await self._look(actor, name, Right.SEE, span)

        name = check_name(name)
        found, _ = await self._for_one(actor, Action.INFO, name, work)
        return found

    async def start(self, actor: Actor, name: str) -> ActionResult:
        """Start a container. One that runs already is a result with `changed` false, not an error.

        Args:
            actor: Who asks.
            name: Its name or id.

        Raises:
            DockerError: As `info`, and Forbidden.
        """
        return await self._act(actor, Action.START, name, self._engine.start)

    async def stop(self, actor: Actor, name: str) -> ActionResult:
        """Stop a container. One that is stopped already is a result with `changed` false, not an error.

        Args:
            actor: Who asks.
            name: Its name or id.

        Raises:
            DockerError: As `start`.
        """
        return await self._act(actor, Action.STOP, name, self._engine.stop)

    async def restart(self, actor: Actor, name: str) -> ActionResult:
        """Restart a container; a stopped one is started.

        Args:
            actor: Who asks.
            name: Its name or id.

        Raises:
            DockerError: As `start`.
        """

        async def restart(ref: str) -> bool:
            await self._engine.restart(ref)
            return True

        return await self._act(actor, Action.RESTART, name, restart)

    async def names(self, actor: Actor, right: Right = Right.SEE) -> tuple[Container, ...]:
        """The containers as last seen that the actor has a right on, in the order of `list`.

        For autocomplete: quick, and it never raises.

        Args:
            actor: Who asks.
            right: What they are about to do.
        """
        found = self.policy.allowed(actor, await self._names.get(), right)
        return _in_order(tuple(one for one in found if right is not Right.STOP or not self.policy.protects(one)))

    async def close(self, grace: float = 45.0) -> bool:
        """Finish what is at work, refuse what waits, then let go of the engine, even when this is cancelled.

        Args:
            grace: Seconds to wait for work at most.

        Returns:
            Whether all work was finished.
        """
        self.groups.close()
        try:
            return await self._operations.queue.close(grace)
        finally:
            self._operations.let_go()
            await self._names.close()
            await self._engine.close()

    def _seen_by(self, actor: Actor, containers: tuple[Container, ...]) -> tuple[Container, ...]:
        return self.policy.allowed(actor, containers, Right.SEE)

    async def _act(
        self, actor: Actor, action: Action, name: str, call: Callable[[str], Awaitable[bool]]
    ) -> ActionResult:
        name = check_name(name)

        async def work(span: Span) -> tuple[str, bool, State]:
            before = (await self._look(actor, name, Right(action.value), span)).container
            # By id: what was renamed or made anew under this name since the look must not be hit.
            changed = await call(before.id)
            return before.name, changed, await self._state_after(before.id)

        try:
            (shown, changed, state), (duration, waited) = await self._for_one(actor, action, name, work)
        finally:
            self._names.expire()
        return ActionResult(
            action=action, name=shown, changed=changed, state=state, duration=duration, queue_wait=waited
        )

    async def _look(self, actor: Actor, name: str, right: Right, span: Span) -> ContainerInfo:
        """Inspect, judge, and let the record bear the container's real name, whatever part of its id was given.

        Raises:
            ContainerNotFound: There is none, or none that the actor may see.
            Forbidden: The actor may see it, but not do this.
        """
        info = await self._engine.inspect(name)
        span.add(container=info.container.name)
        if not self.policy.may(actor, info.container, Right.SEE):
            raise ContainerNotFound(name)
        if not self.policy.may(actor, info.container, right):
            raise Forbidden(right.value, info.container.name)
        return info

    async def _state_after(self, identity: str) -> State:
        """Look once more. The action was done: that this look fails doesn't make it a failure."""
        try:
            return (await self._engine.inspect(identity)).container.state
        except ContainerNotFound:
            return State.REMOVED
        except DockerError:
            return State.UNKNOWN

    async def _for_one(
        self, actor: Actor, action: Action, name: str, work: Callable[[Span], Awaitable[T]]
    ) -> tuple[T, tuple[float, float]]:
        try:
            return await self._operations.in_turn(action, name, work)
        except ContainerNotFound as error:
            seen = [container.name for container in self._seen_by(actor, await self._names.get())]
            close = difflib.get_close_matches(name, seen, _SUGGESTIONS)
            raise ContainerNotFound(name, tuple(close)) from error

    async def _fetch_names(self) -> tuple[Container, ...]:
        async def work(_span: Span) -> tuple[Container, ...]:
            return await self._engine.containers()

        return await self._operations.at_once(Action.NAMES, _NAMES_TIMEOUT, work)


def _in_order(containers: tuple[Container, ...]) -> tuple[Container, ...]:
    return tuple(sorted(containers, key=lambda one: (not one.state.is_up, one.name.casefold(), one.name)))
