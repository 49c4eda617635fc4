"""Stands between whoever asks and the engine: finds a container for them, or tells them no more than they may know."""

from __future__ import annotations

import asyncio
import re
from contextlib import nullcontext
from typing import TYPE_CHECKING, TypeVar

from services.docker.alike import alike
from services.docker.errors import ContainerNotFound, EngineError, Unseen

from .actor import Right
from .conceal import conceal
from .cooldowns import Cooldowns, Key

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Mapping
    from contextlib import AbstractContextManager

    from services.docker.model import Action, Container, ContainerInfo
    from services.docker.names import NameCache
    from services.docker.port import Engine
    from utils.performance_metrics import Span

    from .actor import Actor
    from .policy import Policy

T = TypeVar("T")

_SEVERAL = re.compile("prefix|more than one", re.IGNORECASE)  # Docker's and Podman's word for an id cut too short


class Guard:
    """Judges by the policy, and keeps the cooldowns.

    Args:
        engine: Where containers are looked at.
        policy: Gives the rules as they are now.
        names: The containers as last seen, for suggestions.
        cooldowns: Seconds before one person may do the same with the same container again, by action.

    Attributes:
        cooldowns: Who did what last.
    """

    def __init__(
        self, engine: Engine, policy: Callable[[], Policy], names: NameCache, cooldowns: Mapping[Action, float]
    ) -> None:
        self._engine = engine
        self._policy = policy
        self._names = names
        self.cooldowns = Cooldowns(cooldowns)

    async def look(self, actor: Actor, name: str, right: Right, span: Span) -> ContainerInfo:
        """Inspect, judge, and let the record bear the container's real name, whatever part of its id was given.

        Raises:
            DockerError: What the engine or `Policy.require` raises.
        """
        try:
            info = await self._engine.inspect(name)
        except EngineError as error:
            # Several ids begin so. Which of them the asker may see nobody knows, so it must not tell that they exist.
            if actor.admin or not _SEVERAL.search(error.message):
                raise
            raise Unseen(name) from error
        span.add(container=info.container.name)
        self._policy().require(actor, info.container, right, name)
        return info

    async def told(self, actor: Actor, name: str, doing: Awaitable[T]) -> T:
        """Let what is done with a container fail in words that are fit for who asked.

        Args:
            actor: Who asks.
            name: What they asked for.
            doing: What is done.

        Raises:
            DockerError: As it failed; but one that is not for them is not found, with names close to it of those that
                they may see, and what the engine says names no other container that they may not see.
        """
        try:
            return await doing
        except ContainerNotFound as error:
            seen = [one.name for one in self._seen_by(actor, await self._names.get())]
            raise ContainerNotFound(name, await alike(name, seen)) from error
        except EngineError as error:
            if actor.admin:
                raise
            known = await self._names.get()
            unseen = set(known).difference(self._seen_by(actor, known))
            raise EngineError(error.status, conceal(error.message, unseen), error.request) from error

    def known(self, actor: Actor, name: str) -> Container | None:
        """The container of this name or id as last seen, if the actor may see it; nothing is asked of the engine."""
        found = self._names.find(name)
        return found if found is not None and self._policy().may(actor, found, Right.SEE) else None

    def check(self, actor: Actor, action: Action, container: Container) -> None:
        """Refuse what would come too soon; it charges nothing.

        Raises:
            TooSoon: With the seconds left.
        """
        if not actor.background:
            self.cooldowns.check(_key(actor, container, action), _now())

    def accepted(self, actor: Actor, action: Action, container: Container) -> AbstractContextManager[None]:
        """Charge a person's cooldown for what is done inside; see `Cooldowns.charged`. The bot itself has none."""
        if actor.background:
            return nullcontext()
        return self.cooldowns.charged(_key(actor, container, action), _now())

    def _seen_by(self, actor: Actor, containers: tuple[Container, ...]) -> tuple[Container, ...]:
        return self._policy().allowed(actor, containers, Right.SEE)


def _now() -> float:
    return asyncio.get_running_loop().time()


def _key(actor: Actor, container: Container, action: Action) -> Key:
    return Key(actor.user_id, container.id, action, container.name)
