"""What becomes of an action that took too long: the bot goes on listening, looks again, and tells.

The engine is not cut off when time is up: some engines would leave a restart half done. Its answer is waited for a
while longer, and looks tell what it says nothing about. Until that is over the container's turn is not given on, so
that nothing is done with it twice at once; the place in the queue is free meanwhile.
"""

from __future__ import annotations

import asyncio
import logging
from dataclasses import replace
from typing import TYPE_CHECKING

from .errors import ContainerNotFound, DockerError, EngineUnreachable, OperationTimeout
from .model import Action, Later, State

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from .model import Container, ContainerInfo

PATIENCE = 30.0
_LOG = logging.getLogger(__name__)
_LOOKS = 6
_STOPPED = "The bot was stopped before it had looked again."
_LOST = "What became of it could not be found out; the bot's log tells why."


def is_done(action: Action, before: ContainerInfo, now: ContainerInfo) -> bool:
    """Tell from two looks whether an action was done in between.

    Args:
        action: START, STOP or RESTART.
        before: The look before it.
        now: The look now.
    """
    if action is Action.STOP:
        return not now.container.state.is_up and now.container.state is not State.UNKNOWN
    begun = now.started is not None and now.started != before.started
    return begun or (action is Action.START and now.container.state is State.RUNNING)


class Aftermath:
    """Follows actions whose time is up.

    Args:
        look: Looks at a container, in the background.
        patience: Seconds that one is followed. It is looked at six times in that while, each time for a third of it at
            most.
    """

    def __init__(self, look: Callable[[Container], Awaitable[ContainerInfo]], *, patience: float = PATIENCE) -> None:
        self._look = look
        self._patience = patience
        self._tasks: set[asyncio.Task[Later]] = set()
        self._closed = False

    def follow(
        self, action: Action, before: ContainerInfo, call: asyncio.Task[bool], over: Callable[[], None]
    ) -> asyncio.Future[Later]:
        """Go on with an action in the background.

        Args:
            action: START, STOP or RESTART.
            before: The look before it.
            call: The engine's answer to come; ended when nobody waits for it any more.
            over: Called when this is over, whatever happens.

        Returns:
            Becomes what was seen; it never fails, and is there at once when the bot is stopped.
        """
        told: asyncio.Future[Later] = asyncio.get_running_loop().create_future()
        call.add_done_callback(_heard)
        if self._closed:
            call.cancel()
            over()
            told.set_result(_unknown(action, before, _STOPPED))
            return told
        task = asyncio.create_task(self._follow(action, before, call), name="docker-aftermath")

        def ended(task: asyncio.Task[Later]) -> None:
            # Not in the task itself: one that is cancelled before its first step never runs.
            self._tasks.discard(task)
            call.cancel()
            over()
            if not told.done():
                told.set_result(_told_by(task) or _unknown(action, before, _STOPPED if task.cancelled() else _LOST))

        self._tasks.add(task)
        task.add_done_callback(ended)
        return told

    async def close(self) -> None:
        """End it all, and tell those who wait."""
        self._closed = True
        for task in self._tasks:
            task.cancel()
        if self._tasks:
            await asyncio.wait(self._tasks)

    async def _follow(self, action: Action, before: ContainerInfo, call: asyncio.Task[bool]) -> Later:
        loop = asyncio.get_running_loop()
        began = loop.time()
        pause = self._patience / _LOOKS
        while True:
            await (asyncio.sleep(pause) if call.done() else asyncio.wait([call], timeout=pause))
            answered, problem = _answer(call)
            seen = await self._seen(before)
            finished = (answered and not problem) or (seen is not None and is_done(action, before, seen))
            seconds = loop.time() - began
            if answered or finished or seconds >= self._patience - pause / 2:
                state = State.UNKNOWN if seen is None else seen.container.state
                name = before.container.name
                return Later(action, name, finished=finished, state=state, seconds=seconds, problem=problem)

    async def _seen(self, before: ContainerInfo) -> ContainerInfo | None:
        try:
            async with asyncio.timeout(self._patience / 3):
                return await self._look(before.container)
        except ContainerNotFound:
            return replace(before, container=replace(before.container, state=State.REMOVED))
        except (DockerError, TimeoutError):
            return None


def _told_by(task: asyncio.Task[Later]) -> Later | None:
    if task.cancelled():
        return None
    if error := task.exception():
        _LOG.error("What became of a Docker action could not be found out", exc_info=error)
        return None
    return task.result()


def _unknown(action: Action, before: ContainerInfo, problem: str) -> Later:
    name = before.container.name
    return Later(action, name, finished=False, state=State.UNKNOWN, seconds=0.0, problem=problem)


def _heard(call: asyncio.Task[bool]) -> None:
    """Read an answer, so that asyncio doesn't complain of one that came when nobody waited for it any more."""
    if not call.cancelled():
        call.exception()


def _answer(call: asyncio.Task[bool]) -> tuple[bool, str]:
    """Tell whether the engine has answered, and what it said against it. A connection that broke is no answer."""
    error = call.exception() if call.done() and not call.cancelled() else None
    if not call.done() or call.cancelled() or isinstance(error, EngineUnreachable | OperationTimeout):
        return False, ""
    if error is None:
        return True, ""
    return True, error.user_message if isinstance(error, DockerError) else "The engine's answer made no sense."
