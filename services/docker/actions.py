"""One action on one container: look, wait for the container's turn, act in time, look again.

The rules, each of which has a test:
1. Two actions on one container never run at once. The second waits for the first without a place in the queue, so that
   it keeps no other container's action waiting; looks don't wait.
2. A container is known by its id, which a look finds, whatever name or part of an id was typed. What was renamed, or
   made anew under the name since, is not hit.
3. Who has waited looks again before acting: the container, or the right to it, may be gone.
4. When time is up the place is free at once, but the container's turn is kept until the engine has answered or the bot
   has looked again for long enough; `OperationTimeout.later` tells what was seen.
"""

from __future__ import annotations

import asyncio
import functools
from dataclasses import dataclass
from typing import TYPE_CHECKING

from .aftermath import PATIENCE, Aftermath
from .errors import Busy, ContainerNotFound, DockerError, OperationTimeout
from .model import Action, ActionResult, State
from .operations import line_limit
from .turns import Turns

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable
    from contextlib import AbstractContextManager

    from utils.performance_metrics import Span

    from .model import Container, ContainerInfo, Later
    from .operations import Course, Operations
    from .port import Engine
    from .timeouts import Limit, Timeouts

    Accepted = Callable[[Container], AbstractContextManager[None]]
    Look = Callable[[str, Span], Awaitable[ContainerInfo]]

_LAST_LOOK = 10.0


@dataclass(slots=True)
class _Attempt:
    """What is known of an action so far."""

    action: Action
    before: ContainerInfo | None = None
    limit: Limit | None = None
    later: asyncio.Future[Later] | None = None

    @property
    def name(self) -> str:
        return self.before.container.name if self.before else ""


class Actions:
    """Starts, stops and restarts.

    Args:
        engine: What to talk to.
        operations: The queue, the time and the records.
        timeouts: The limits.
        changed: Called when a container may have changed.
        patience: Seconds that the bot goes on listening and looking after a timeout.
    """

    def __init__(
        self,
        engine: Engine,
        operations: Operations,
        timeouts: Timeouts,
        *,
        changed: Callable[[], None],
        patience: float = PATIENCE,
    ) -> None:
        self._engine = engine
        self._operations = operations
        self._timeouts = timeouts
        self._changed = changed
        self._turns = Turns()
        self._aftermath = Aftermath(self._look_again, patience=patience)

    @property
    def waiting(self) -> int:
        """How many wait for a container that something is done with."""
        return self._turns.waiting

    def limit(self, action: Action, info: ContainerInfo) -> Limit:
        """Tell how long an action on a container may take."""
        return self._timeouts.action(info.container.name, None if action is Action.START else info.stop_timeout)

    async def act(self, action: Action, name: str, look: Look, accepted: Accepted, *, background: bool) -> ActionResult:
        """Do it.

        Args:
            action: START, STOP or RESTART.
            name: The container's name or id.
            look: Looks at it, by name or id, and judges whether this may be done.
            accepted: Entered when it is about to be done, or to wait for the container; what it raises refuses it.
            background: Whether persons go before it.

        Raises:
            DockerError: Busy, Stopping, OperationTimeout, Interrupted, or what the look or the engine raised.
        """
        attempt = _Attempt(action)

        async def work(course: Course) -> tuple[bool, State]:
            async with self._turns.looking(name):
                before = await look(name, course.span)
            with accepted(before.container):
                return await self._turn(course, attempt, before, look)

        given = self._timeouts.action(name).seconds
        try:
            (changed, state), (duration, waited) = await self._operations.on_course(
                action, name, work, background=background, seconds=given
            )
        except OperationTimeout as error:
            needs = attempt.limit.needs if attempt.limit else 0.0
            raise OperationTimeout(
                error.seconds, action.value, attempt.name or name, needs=needs, later=attempt.later
            ) from error
        return ActionResult(action, attempt.name, changed, state, duration, waited)

    async def close(self) -> None:
        """End the looks at what took too long."""
        await self._aftermath.close()

    def refuse(self) -> None:
        """Refuse all who wait for a container."""
        self._turns.refuse()

    async def _turn(self, course: Course, attempt: _Attempt, before: ContainerInfo, look: Look) -> tuple[bool, State]:
        identity = before.container.id
        gate = self._turns.of(identity, line_limit(1, self.limit(attempt.action, before).seconds))
        had_to_wait = bool(gate.working)
        if had_to_wait:
            try:
                await course.aside(gate)
            except Busy as busy:
                raise Busy(busy.waiting, before.container.name) from busy
        else:
            await gate.acquire()
        try:
            attempt.before = await look(identity, course.span) if had_to_wait else before
            return await self._in_turn(course, attempt, attempt.before)
        finally:
            if attempt.later is None:
                self._turns.over(identity)

    async def _in_turn(self, course: Course, attempt: _Attempt, before: ContainerInfo) -> tuple[bool, State]:
        identity = before.container.id
        attempt.limit = self.limit(attempt.action, before)
        course.limit(attempt.limit.seconds)
        call = asyncio.create_task(self._call(attempt.action, identity), name="docker-action")
        try:
            await asyncio.wait([call])
        except (
            asyncio.CancelledError
        ):  # time is up, or nobody wants to know any more; the engine may be at it all the same
            attempt.later = self._aftermath.follow(
                attempt.action, before, call, functools.partial(self._over, identity)
            )
            raise
        changed = call.result()
        course.done()
        return changed, await self._state_after(identity)

    async def _call(self, action: Action, identity: str) -> bool:
        match action:
            case Action.START:
                return await self._engine.start(identity)
            case Action.STOP:
                return await self._engine.stop(identity)
            case _:
                await self._engine.restart(identity)
                return True

    async def _state_after(self, identity: str) -> State:
        """Look once more. The action was done: that this look fails doesn't make it a failure."""
        try:
            async with asyncio.timeout(_LAST_LOOK):
                return (await self._engine.inspect(identity)).container.state
        except ContainerNotFound:
            return State.REMOVED
        except (DockerError, TimeoutError):
            return State.UNKNOWN

    async def _look_again(self, container: Container) -> ContainerInfo:
        limit = self._timeouts.look(container.name, container.image)
        info, _ = await self._operations.in_turn(
            Action.LOOK,
            container.name,
            lambda _span: self._engine.inspect(container.id),
            background=True,
            seconds=limit.seconds,
        )
        return info

    def _over(self, identity: str) -> None:
        self._turns.over(identity)
        self._changed()
