"""Who may see them gets the newest figures, at once."""

from __future__ import annotations

import asyncio
from contextlib import suppress
from typing import TYPE_CHECKING

from services.docker.access import Right
from services.docker.alike import alike
from services.docker.errors import ContainerNotFound, DockerError, OperationTimeout
from services.docker.parse import check_name

from .sampler import Sampler
from .sources import Pace

if TYPE_CHECKING:
    from services.docker.access import Actor, Policy
    from services.docker.operations import Operations
    from services.docker.port import Engine
    from services.docker.timeouts import Timeouts

    from .model import Live
    from .track import Track

_LIST_PATIENCE = 10.0


class LiveFigures:
    """The figures of containers, kept at hand while someone wants them.

    The first who asks starts it and waits up to `patience` seconds, in which an engine sends two frames. Whoever asks
    later gets what is there, and nothing is asked of the engine, except for a container that nobody knows yet.

    Args:
        engine: Whom to ask.
        operations: Where openings are recorded.
        policy: Who may see what.
        timeouts: How long a container's figures may take to come.
        pace: How much to ask of the engine.
        patience: Seconds that an asker waits for figures to be measured: all at its beginning, one that has just begun.
    """

    def __init__(
        self,
        engine: Engine,
        operations: Operations,
        policy: Policy,
        timeouts: Timeouts,
        *,
        pace: Pace | None = None,
        patience: float = 2.5,
    ) -> None:
        self.policy = policy
        self._sampler = Sampler(engine, operations, timeouts, pace or Pace())
        self._patience = patience

    @property
    def is_running(self) -> bool:
        """Whether figures are followed now."""
        return self._sampler.is_running

    @property
    def problem(self) -> str:
        """Why the engine can't be asked now, in words for a person; empty when it can, or nobody asks."""
        return self._sampler.problem.user_message if self._sampler.problem else ""

    async def figures(self, actor: Actor, name: str | None = None) -> tuple[Live, ...]:
        """The newest figures.

        Args:
            actor: Who asks.
            name: A container's name or id; None for all that the actor may see, stopped ones too, in no order.

        Raises:
            DockerError: InvalidName; ContainerNotFound; Stopping; what the engine said when there never was an answer.
        """
        wanted = None if name is None else check_name(name)
        with self._sampler.asked():
            return await self._figures(actor, wanted)

    async def _figures(self, actor: Actor, wanted: str | None) -> tuple[Live, ...]:
        sampler = self._sampler
        now = asyncio.get_running_loop().time()
        await sampler.wait(lambda: sampler.is_listed or sampler.problem is not None, now + _LIST_PATIENCE)
        if sampler.problem is not None:
            # The loop may be in a long pause; that a person asks is a reason to try now.
            with suppress(DockerError, TimeoutError):
                async with asyncio.timeout(self._patience):
                    await sampler.look_again()
        if not sampler.is_listed:
            raise sampler.problem or OperationTimeout(_LIST_PATIENCE, "stats", wanted)
        if wanted is not None and not self._find(actor, wanted):
            await sampler.look_again()  # it may have come since the last list
        # One that has just come or begun is worth a moment; a table is not held up by one of its rows.
        since = sampler.began if wanted is None else now
        await sampler.wait(lambda: self._are_measured(actor, wanted), since + self._patience)
        found = self._find(actor, wanted)
        if not found and wanted is not None:
            raise ContainerNotFound(wanted, await self._like(actor, wanted))
        now = asyncio.get_running_loop().time()
        return tuple(track.live(now, sampler.stale_after) for track in found)

    async def close(self) -> None:
        """End all of it, for good."""
        await self._sampler.close()

    def _seen_by(self, actor: Actor) -> list[Track]:
        tracks = self._sampler.tracks
        seen = {one.id for one in self.policy.allowed(actor, (track.container for track in tracks), Right.SEE)}
        return [track for track in tracks if track.container.id in seen]

    def _find(self, actor: Actor, name: str | None) -> list[Track]:
        """Those of that name, else of that id, else the only one whose id begins so."""
        seen = self._seen_by(actor)
        if name is None:
            return seen
        exact = [one for one in seen if one.container.name == name] or [one for one in seen if one.container.id == name]
        begun = [one for one in seen if one.container.id.startswith(name)]
        return exact or (begun if len(begun) == 1 else [])

    def _are_measured(self, actor: Actor, name: str | None) -> bool:
        return all(track.is_measured for track in self._find(actor, name) if track.container.state.is_up)

    async def _like(self, actor: Actor, name: str) -> tuple[str, ...]:
        return await alike(name, [one.container.name for one in self._seen_by(actor)])
