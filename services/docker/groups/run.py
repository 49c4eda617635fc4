"""One run: the levels of a plan one after the other, all containers of a level at once.

1. A container is begun when the level before has been dealt with, and what it depends on has come to what compose's
   label demands of it. Until then it waits; when that will not come, it is skipped, and what depends on it in turn.
2. A failure holds up only what depends on the container that failed.
3. A run takes its own turn in the queue for every container, and never fills it: at most so many stand in it as can be
   at work at once, so that whoever comes meanwhile is not behind the whole group.
4. When the time is over or the bot is being stopped, nothing more is begun, and what was not is told.
5. Whom the cooldown holds back (a second try comes soon after the first) waits it out, when it is short.
6. What took too long has failed, for what depends on it, too; when it is done in the end, that is told afterwards.
7. In the end everything that was done is looked at once more: who starts only to fail a moment later has failed.
"""

from __future__ import annotations

import asyncio
import logging
from dataclasses import replace
from typing import TYPE_CHECKING, Protocol

from services.docker.errors import ContainerNotFound, DockerError, OperationTimeout, Stopping, TooSoon
from services.docker.labels import Condition
from services.docker.model import Action, State

from .afterwards import caught_up
from .conditions import judge, stayed, too_late
from .plan import Held
from .progress import Cause, Fate, Member, Progress, Reason

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from services.docker.access import Actor
    from services.docker.model import ActionResult, ContainerInfo, Later

    from .plan import Before, Plan, Step

_LOG = logging.getLogger(__name__)
_LOOK_EVERY = 1.0
_LONGEST_COOLDOWN = 60.0
_A_MOMENT = 0.05  # so that it is over for every clock
_UNEXPECTED = "That went wrong on the bot's side. Its log tells more."


class Hands(Protocol):
    """What acts on one container: queue, right, record and audit are its part."""

    async def start(self, actor: Actor, name: str) -> ActionResult:
        """Start it."""

    async def stop(self, actor: Actor, name: str) -> ActionResult:
        """Stop it."""

    async def restart(self, actor: Actor, name: str) -> ActionResult:
        """Restart it."""


class Run:
    """A plan being carried out, once.

    Args:
        plan: What is to be done.
        actor: For whom.
        hands: Acts on containers.
        look: Looks at a container by its id.
        progress: Called at every change, on the event loop; it must not block.
        stopping: Set when the bot is being stopped.
        at_once: How many containers it has in the queue at most.
        patience: Seconds that a container is given to become healthy, or to complete.
        settle: Seconds between the last action and the last look.
    """

    def __init__(
        self,
        plan: Plan,
        actor: Actor,
        hands: Hands,
        *,
        look: Callable[[str], Awaitable[ContainerInfo]],
        progress: Callable[[Progress], None],
        stopping: asyncio.Event,
        at_once: int,
        patience: float,
        settle: float,
    ) -> None:
        self._plan = plan
        self._actor = actor
        self._act = {Action.START: hands.start, Action.STOP: hands.stop, Action.RESTART: hands.restart}[plan.action]
        self._look = look
        self._tell = progress
        self._stopping = stopping
        self._places = asyncio.Semaphore(at_once)
        self._patience = patience
        self._settle = settle
        self._members = {step.container.id: _member(step) for step in plan.steps}
        self._began = asyncio.get_running_loop().time()

    async def carry_out(self, longest: float) -> Progress:
        """Do it.

        Args:
            longest: Seconds after which nothing more is begun or waited for.

        Returns:
            How it ended. Nothing that happens to a container is raised.
        """
        over = Reason(Cause.NO_TIME)
        try:
            async with asyncio.timeout(longest):
                for level in self._plan.levels:
                    await self._level(level)
                    if self._stopping.is_set():
                        over = Reason(Cause.STOPPING)
                        break
                else:
                    await self._last_look()
        except TimeoutError:
            _LOG.warning("A run on a group was ended after %g s.", longest)
        for identity, member in self._members.items():
            if member.fate is Fate.WAITING:
                self._set(identity, Fate.LEFT, over)
        return caught_up(self._now(ended=True))

    async def _level(self, level: tuple[Step, ...]) -> None:
        async with asyncio.TaskGroup() as tasks:
            steps = [step for step in level if step.held is None]
            # What several wait for is looked at for all of them.
            wanted = {before for step in steps for before in step.before}
            checks = {before: tasks.create_task(self._check(before)) for before in wanted}
            for step in steps:
                tasks.create_task(self._one(step, [checks[before] for before in step.before]))

    async def _one(self, step: Step, checks: list[asyncio.Task[Reason]]) -> None:
        identity = step.container.id
        for before, check in zip(step.before, checks, strict=True):
            if not check.done():
                self._set(identity, Fate.WAITING, Reason(Cause.AWAITED, self._members[before.id].name))
            reason = await check
            if reason.cause is Cause.STOPPING:
                self._set(identity, Fate.LEFT, reason)
                return
            if reason.cause is not Cause.NONE:
                self._set(identity, Fate.SKIPPED, reason)
                return
        async with self._places:
            self._set(identity, Fate.WORKING)
            await self._do(identity)

    async def _do(self, identity: str) -> None:
        try:
            # By id: what was made anew under this name since the plan must not be hit.
            result = await self._act_in_time(identity)
        except asyncio.CancelledError:
            self._set(identity, Fate.FAILED, Reason(Cause.UNDER_WAY))
            raise
        except Stopping:
            self._set(identity, Fate.LEFT, Reason(Cause.STOPPING))
        except ContainerNotFound:
            self._set(identity, Fate.FAILED, Reason(Cause.GONE))
        except OperationTimeout as error:
            reason = Reason(Cause.ERROR, text=error.user_message)
            self._set(identity, Fate.FAILED, reason, seconds=error.seconds, later=error.later)
        except DockerError as error:
            self._set(identity, Fate.FAILED, Reason(Cause.ERROR, text=error.user_message))
        except Exception:  # noqa: BLE001 - whatever it is, the others go on
            _LOG.exception("A container of a group could not be acted on")
            self._set(identity, Fate.FAILED, Reason(Cause.ERROR, text=_UNEXPECTED))
        else:
            fate = Fate.DONE if result.changed else Fate.UNCHANGED
            self._set(identity, fate, state=result.state, seconds=result.duration)

    async def _act_in_time(self, identity: str) -> ActionResult:
        try:
            return await self._act(self._actor, identity)
        except TooSoon as error:
            if error.seconds > _LONGEST_COOLDOWN:
                raise
            self._set(identity, Fate.WAITING, Reason(Cause.TOO_SOON))
            if await self._stops_within(error.seconds + _A_MOMENT):
                raise Stopping from error
        self._set(identity, Fate.WORKING)
        return await self._act(self._actor, identity)

    async def _check(self, before: Before) -> Reason:
        """Find out whether something has come to what those after it wait for, and wait for it while it may."""
        member = self._members[before.id]
        held = member.fate is Fate.HELD
        if before.condition is None:
            # What is held stays up on purpose: who asked was told, and chose to go on.
            return Reason() if held or member.fate.is_well else Reason(Cause.STILL_USES, member.name)
        if not held and not member.fate.is_well:
            return Reason(Cause.FAILED_BEFORE, member.name)
        if before.condition is Condition.STARTED and member.held in (None, Held.SETTLED):
            return Reason()
        return await self._until(before.id, before.condition, member.name)

    async def _until(self, identity: str, condition: Condition, name: str) -> Reason:
        loop = asyncio.get_running_loop()
        deadline = loop.time() + self._patience
        while True:
            try:
                reason = judge(condition, await self._look(identity))
            except ContainerNotFound:
                return Reason(Cause.NOT_UP, name)
            except DockerError as error:
                _LOG.debug("A container of a group could not be looked at: %s", error.user_message)
                reason, late = Reason(Cause.AWAITED, name), Reason(Cause.UNSEEN, name)
            else:
                late = too_late(condition, name)
            if reason.cause is not Cause.AWAITED:
                return reason
            left = deadline - loop.time()
            if left <= 0:
                return late
            if await self._stops_within(min(_LOOK_EVERY, left)):
                return Reason(Cause.STOPPING)

    async def _last_look(self) -> None:
        done = [member for member in self._members.values() if member.fate.is_well]
        if not done or await self._stops_within(self._settle):
            return
        for member in done:
            async with self._places:
                try:
                    info = await self._look(member.id)
                except ContainerNotFound:
                    self._set(member.id, member.fate, state=State.REMOVED)
                    continue
                except DockerError as error:
                    _LOG.debug("The last look at a group was cut short: %s", error.user_message)
                    return
            reason = stayed(up=self._plan.action is not Action.STOP, info=info)
            fate = member.fate if reason.cause is Cause.NONE else Fate.FAILED
            self._set(member.id, fate, reason, state=info.container.state)

    async def _stops_within(self, seconds: float) -> bool:
        try:
            await asyncio.wait_for(self._stopping.wait(), seconds)
        except TimeoutError:
            return False
        return True

    def _set(
        self,
        identity: str,
        fate: Fate,
        reason: Reason | None = None,
        *,
        state: State | None = None,
        seconds: float = 0.0,
        later: asyncio.Future[Later] | None = None,
    ) -> None:
        member = self._members[identity]
        changed = replace(
            member,
            fate=fate,
            reason=reason or Reason(),
            state=state or member.state,
            seconds=seconds or member.seconds,
            later=later,
        )
        if changed != member:
            self._members[identity] = changed
            self._tell(self._now())

    def _now(self, *, ended: bool = False) -> Progress:
        plan = self._plan
        return Progress(
            target=plan.target,
            text=plan.text,
            action=plan.action,
            members=tuple(one for one in self._members.values() if one.held is not Held.SETTLED),
            seconds=asyncio.get_running_loop().time() - self._began,
            ended=ended,
        )


def _member(step: Step) -> Member:
    container = step.container
    fate = Fate.WAITING if step.held is None else Fate.HELD
    return Member(container.id, container.name, fate, held=step.held, state=container.state)
