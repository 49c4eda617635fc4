"""Groups for the rest of the bot: which there are, what an action on one would do, and doing it."""

from __future__ import annotations

import asyncio
from contextlib import contextmanager
from typing import TYPE_CHECKING, Protocol

from services.docker.access import Right
from services.docker.alike import alike
from services.docker.errors import GroupBusy, GroupNotFound
from services.docker.model import Action

from .plan import Held, make_plan
from .run import Hands, Run
from .target import groups_of, meant

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Collection, Iterator

    from services.docker.access import Actor, Policy
    from services.docker.model import Container, ContainerInfo

    from .plan import Plan
    from .progress import Progress
    from .target import Group

LONGEST = 13 * 60.0
"""Seconds that a run may take: Discord lets its message be edited for 15 minutes."""


class Containers(Hands, Protocol):
    """What knows the containers, and acts on them: the service."""

    policy: Policy

    async def list(self, actor: Actor) -> tuple[Container, ...]:
        """All that the actor may see."""

    async def names(self, actor: Actor, right: Right = Right.SEE) -> tuple[Container, ...]:
        """Those that the actor has a right on, quick and perhaps some seconds old."""


class Groups:
    """Compose projects, and groups by a label of the user's own.

    A group consists of what the actor may see of it; when that is nothing, it does not exist for them. What they may
    see but not act on is left as it is.

    Args:
        containers: Knows them and acts on them.
        look: Looks at a container by its id, past the queue and unrecorded: while a group waits for one to become
            healthy it looks every second.
        at_once: How many containers of a run stand in the queue at most, at least 1.
        patience: Seconds that a container is given to become healthy, or to complete, before what depends on it is
            skipped.
        longest: Seconds that a run may take.
        settle: Seconds from the last action of a run to a last look at all it has done.
    """

    def __init__(
        self,
        containers: Containers,
        look: Callable[[str], Awaitable[ContainerInfo]],
        *,
        at_once: int = 3,
        patience: float = 120.0,
        longest: float = LONGEST,
        settle: float = 1.0,
    ) -> None:
        self._containers = containers
        self._look = look
        self._at_once = at_once
        self._patience = patience
        self._longest = longest
        self._settle = settle
        self._stopping = asyncio.Event()
        self._running: list[Plan] = []

    async def list(self, actor: Actor) -> tuple[Group, ...]:
        """Every group of which the actor sees something, by name.

        Raises:
            DockerError: As `DockerService.list`.
        """
        return groups_of(await self._containers.list(actor))

    async def names(self, actor: Actor, right: Right = Right.SEE) -> tuple[Group, ...]:
        """The groups as last seen in which the actor has a right on something; for autocomplete, so it never raises.

        Args:
            actor: Who asks.
            right: What they are about to do.
        """
        allowed = {container.id for container in await self._containers.names(actor, right)}
        seen = groups_of(await self._containers.names(actor))
        return tuple(group for group in seen if any(one.id in allowed for one in group.containers))

    async def plan(self, actor: Actor, target: str, action: Action, only: Collection[str] | None = None) -> Plan:
        """Tell what an action would do; nothing is done.

        Args:
            actor: Who asks.
            target: The group, as `Group.text` gives it.
            action: START, STOP or RESTART.
            only: The ids of containers that it is about; None for all. The others count as settled.

        Raises:
            DockerError: GroupNotFound, beside what `list` raises.
        """
        groups = await self.list(actor)
        group = meant(groups, target)
        if group is None:
            known = [one.text for one in groups]
            same = [text for text in known if text.partition(":")[2] == target.strip()]
            raise GroupNotFound(target, tuple(same) or await alike(target, known))

        def held(container: Container) -> Held | None:
            if only is not None and container.id not in only:
                return Held.SETTLED
            return self._held(actor, container, action)

        return make_plan(group, action, held)

    async def run(self, actor: Actor, plan: Plan, progress: Callable[[Progress], None]) -> Progress:
        """Carry a plan out: on the very containers that it names, each by its id, each right judged again.

        Args:
            actor: Who asks.
            plan: What `plan` gave.
            progress: Called on the event loop at every change; it must not block.

        Returns:
            How it ended for each container; what happens to one of them is not raised.

        Raises:
            GroupBusy: Another run is under way on this group, or on one that shares a container with it.
        """
        with self._alone(plan):
            run = Run(
                plan,
                actor,
                self._containers,
                look=self._look,
                progress=progress,
                stopping=self._stopping,
                at_once=self._at_once,
                patience=self._patience,
                settle=self._settle,
            )
            return await run.carry_out(self._longest)

    def close(self) -> None:
        """Begin nothing more, and end all waiting: the bot is being stopped."""
        self._stopping.set()

    def _held(self, actor: Actor, container: Container, action: Action) -> Held | None:
        policy = self._containers.policy
        if not policy.may(actor, container, Right(action.value)):
            return Held.FORBIDDEN
        if action is Action.STOP and policy.protects(container):
            return Held.PROTECTED
        return Held.OWN if action is Action.RESTART and policy.is_own(container) else None

    @contextmanager
    def _alone(self, plan: Plan) -> Iterator[None]:
        wanted = {step.container.id for step in plan.acted}
        for other in self._running:
            if other.target == plan.target or not wanted.isdisjoint(step.container.id for step in other.acted):
                raise GroupBusy(other.action.value, other.text)
        self._running.append(plan)
        try:
            yield
        finally:
            self._running.remove(plan)
