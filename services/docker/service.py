"""Docker for the rest of the bot: what can be asked of containers, in turn, in time, and measured."""

from __future__ import annotations

import asyncio
import difflib
from typing import TYPE_CHECKING, Any, Self, TypeVar

from utils.metrics.outcome import Outcome, outcome_of

from .engine import AiodockerEngine
from .errors import (
    Busy,
    ContainerNotFound,
    DockerError,
    EngineUnreachable,
    Interrupted,
    OperationTimeout,
    Stopping,
)
from .model import Action, ActionResult, State
from .names import NameCache
from .parse import check_name
from .queue import OperationQueue

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Mapping

    from utils.performance_metrics import PerformanceMetrics, Span

    from .model import Container, ContainerInfo
    from .port import Engine

T = TypeVar("T")

OPERATION = "docker_operation"
_NAMES_TIMEOUT = 10.0
_SUGGESTIONS = 3
_LONGEST_WAIT = 600.0
_LONGEST_LINE = 100


class DockerService:
    """Lists, looks at, starts, stops and restarts containers.

    Each operation waits for its turn in the queue, then has `timeout` seconds, counted from the start of its work.

    Each is recorded as one `docker_operation`. The record's duration is the engine's work, all calls of the operation
    together; the wait in the queue is not in it but in the metadata:
        action: list, info, start, stop, restart, or names.
        container: The container's name; absent for a list. What was typed, when no container has it.
        outcome: ok, not_found, timeout, error or cancelled.
        queue_wait: Seconds, to the millisecond.
        error_type: On failure, the exception's class.
    What was refused before any work (a full queue, a bot being stopped, a waiter that was cancelled) is recorded with
    duration 0. A text that can't be a name asks nothing of the engine and is not recorded.

    Lists fetched for autocomplete have the action `names`, go past the queue (who types should not wait for restarts),
    and are at most one per `names_max_age` seconds, so that typing does not flood the statistics.

    Args:
        engine: What to talk to. The service closes it.
        metrics: Where operations are recorded.
        concurrency: How many operations are at work at once.
        timeout: Seconds of work an operation may take.
        queue_limit: How many may wait. By default as many as would begin within 10 minutes if each took its whole
            timeout (Discord takes an answer for 15 minutes), at least one per place, at most 100.
        names_max_age: Seconds that the names for autocomplete stand.
        names_patience: Seconds that `names` waits for the engine at most; Discord gives an autocomplete three.
    """

    def __init__(
        self,
        engine: Engine,
        metrics: PerformanceMetrics,
        *,
        concurrency: int = 3,
        timeout: float = 30.0,
        queue_limit: int | None = None,
        names_max_age: float = 5.0,
        names_patience: float = 1.5,
    ) -> None:
        self._engine = engine
        self._metrics = metrics
        self._timeout = timeout
        if queue_limit is None:
            queue_limit = min(_LONGEST_LINE, concurrency * max(1, int(_LONGEST_WAIT / timeout)))
        self._queue = OperationQueue(concurrency, queue_limit)
        self._let_go = False
        self._names = NameCache(self._fetch_names, max_age=names_max_age, patience=names_patience)

    @classmethod
    def connect(
        cls,
        address: str | None,
        metrics: PerformanceMetrics,
        *,
        concurrency: int = 3,
        timeout: float = 30.0,
        environ: Mapping[str, str] | None = None,
    ) -> Self:
        """Make a service for a real engine. Nothing is opened yet, so it works while the engine is away.

        Args:
            address: As `AiodockerEngine` takes it; None for DOCKER_HOST, else the local socket.
            metrics: Where operations are recorded.
            concurrency: How many operations are at work at once.
            timeout: Seconds of work an operation may take.
            environ: The environment to read; the process's by default.

        Raises:
            BadAddress: The address can't be used.
        """
        engine = AiodockerEngine(address, environ=environ, timeout=timeout)
        return cls(engine, metrics, concurrency=concurrency, timeout=timeout)

    @property
    def address(self) -> str:
        """Where the engine is, fit to be shown."""
        return self._engine.address

    @property
    def queue(self) -> OperationQueue:
        """The line that operations stand in; to be looked at only."""
        return self._queue

    async def list(self) -> tuple[Container, ...]:
        """Every container, those that are up first, then by name.

        Raises:
            DockerError: EngineUnreachable, OperationTimeout, EngineError, Busy or Stopping.
        """

        async def work(_span: Span) -> tuple[Container, ...]:
            return await self._engine.containers()

        found, _ = await self._in_turn(Action.LIST, None, work)
        self._names.put(found)
        return _in_order(found)

    async def info(self, name: str) -> ContainerInfo:
        """A close look at one container.

        Args:
            name: Its name or id.

        Raises:
            DockerError: InvalidName or ContainerNotFound, beside what `list` raises.
        """

        async def work(span: Span) -> ContainerInfo:
            return await self._look(name, span)

        name = check_name(name)
        found, _ = await self._for_one(Action.INFO, name, work)
        return found

    async def start(self, name: str) -> ActionResult:
        """Start a container. One that runs already is a result with `changed` false, not an error.

        Args:
            name: Its name or id.

        Raises:
            DockerError: As `info`.
        """
        return await self._act(Action.START, name, self._engine.start)

    async def stop(self, name: str) -> ActionResult:
        """Stop a container. One that is stopped already is a result with `changed` false, not an error.

        Args:
            name: Its name or id.

        Raises:
            DockerError: As `info`.
        """
        return await self._act(Action.STOP, name, self._engine.stop)

    async def restart(self, name: str) -> ActionResult:
        """Restart a container; a stopped one is started.

        Args:
            name: Its name or id.

        Raises:
            DockerError: As `info`.
        """

        async def restart(ref: str) -> bool:
            await self._engine.restart(ref)
            return True

        return await self._act(Action.RESTART, name, restart)

    async def names(self) -> tuple[Container, ...]:
        """The containers as last seen, in the order of `list`, for autocomplete: quickly, and without ever raising."""
        return _in_order(await self._names.get())

    async def close(self, grace: float = 45.0) -> bool:
        """Finish what is at work, refuse what waits, then let go of the engine, even when this is cancelled.

        Args:
            grace: Seconds to wait for work at most.

        Returns:
            Whether all work was finished.
        """
        try:
            return await self._queue.close(grace)
        finally:
            self._let_go = True
            await self._names.close()
            await self._engine.close()

    async def _act(self, action: Action, name: str, call: Callable[[str], Awaitable[bool]]) -> ActionResult:
        name = check_name(name)

        async def work(span: Span) -> tuple[str, bool, State]:
            before = (await self._look(name, span)).container
            # By id: what was renamed or made anew under this name since the look must not be hit.
            changed = await call(before.id)
            return before.name, changed, await self._state_after(before.id)

        try:
            (shown, changed, state), (duration, waited) = await self._for_one(action, name, work)
        finally:
            self._names.expire()
        return ActionResult(
            action=action, name=shown, changed=changed, state=state, duration=duration, queue_wait=waited
        )

    async def _look(self, name: str, span: Span) -> ContainerInfo:
        """Inspect, and let the record bear the container's real name, whatever part of its id was given."""
        info = await self._engine.inspect(name)
        span.add(container=info.container.name)
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
        self, action: Action, name: str, work: Callable[[Span], Awaitable[T]]
    ) -> tuple[T, tuple[float, float]]:
        try:
            return await self._in_turn(action, name, work)
        except ContainerNotFound as error:
            seen = [container.name for container in await self._names.get()]
            close = difflib.get_close_matches(name, seen, _SUGGESTIONS)
            raise ContainerNotFound(name, tuple(close)) from error

    async def _in_turn(
        self, action: Action, name: str | None, work: Callable[[Span], Awaitable[T]]
    ) -> tuple[T, tuple[float, float]]:
        """Wait, work, record.

        Returns:
            What the work returned, and the seconds of work and of waiting.
        """
        metadata: dict[str, Any] = {"action": action.value} | ({"container": name} if name else {})
        loop = asyncio.get_running_loop()
        began = loop.time()
        try:
            waited = await self._queue.acquire()
        except (Busy, Stopping, asyncio.CancelledError) as error:
            metadata |= {"queue_wait": round(loop.time() - began, 3), "outcome": outcome_of(error).value}
            metadata["error_type"] = type(error).__name__
            self._metrics.record(OPERATION, 0.0, success=False, metadata=metadata)
            raise
        try:
            metadata["queue_wait"] = round(waited, 3)
            result, duration = await self._measured(metadata, self._timeout, work)
            return result, (duration, waited)
        finally:
            self._queue.release()

    async def _measured(
        self, metadata: dict[str, Any], seconds: float, work: Callable[[Span], Awaitable[T]]
    ) -> tuple[T, float]:
        with self._metrics.track(OPERATION, metadata=metadata) as span:
            try:
                async with asyncio.timeout(seconds):
                    result = await work(span)
            except (TimeoutError, OperationTimeout) as error:
                raise OperationTimeout(seconds, metadata["action"], metadata.get("container")) from error
            except EngineUnreachable as error:
                if self._let_go:  # it is we who broke the connection off
                    raise Interrupted(metadata["action"], metadata.get("container")) from error
                raise
            span.set_outcome(Outcome.OK)
        return result, span.duration

    async def _fetch_names(self) -> tuple[Container, ...]:
        async def work(_span: Span) -> tuple[Container, ...]:
            return await self._engine.containers()

        found, _ = await self._measured({"action": Action.NAMES.value, "queue_wait": 0.0}, _NAMES_TIMEOUT, work)
        return found


def _in_order(containers: tuple[Container, ...]) -> tuple[Container, ...]:
    return tuple(sorted(containers, key=lambda one: (not one.state.is_up, one.name.casefold(), one.name)))
