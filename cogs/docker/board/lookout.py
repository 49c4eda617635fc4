"""What the status messages know of Docker: the last list that came, since when each state lasts, or that none comes."""

from __future__ import annotations

import asyncio
import logging
import time
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from services.docker import BOT, Busy, ContainerNotFound, DockerError, Interrupted, OperationTimeout, Stopping

from .age import age_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping
    from datetime import datetime

    from services.docker import Container, DockerService, State
    from services.docker.live import Sample

_LOG = logging.getLogger(__name__)
_SINCE_PATIENCE = 3.0
_FIGURES_PATIENCE = 4.0
_AGELESS = -1


@dataclass(frozen=True, slots=True)
class Sight:
    """What was last seen.

    Attributes:
        containers: As last listed; None when none were ever listed.
        since: By id, when a container's present state began; absent when that is not known.
        away: Unix seconds since when Docker gives no list; None while it does.
        silent: Whether it is there but does not answer in time.
        figures: By id, the newest figures of those that run; absent when they are not known.
    """

    containers: tuple[Container, ...] | None = None
    since: Mapping[str, datetime] = field(default_factory=dict)
    away: float | None = None
    silent: bool = False
    figures: Mapping[str, Sample] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class _Known:
    """Since when a state lasts, and what would tell that it does not last any more."""

    state: State
    age: int
    since: datetime | None


class Lookout:
    """Looks at Docker in the bot's own name.

    Args:
        service: What lists containers.
        figures: Whether to look at CPU and memory, too.
        clock: Unix seconds.
    """

    def __init__(
        self, service: DockerService, *, figures: bool = False, clock: Callable[[], float] = time.time
    ) -> None:
        self._service = service
        self._figures = figures
        self._clock = clock
        self._known: dict[str, _Known] = {}
        self.sight = Sight()
        """What the last look saw."""

    async def look(self, chosen: Callable[[tuple[Container, ...]], Iterable[Container]]) -> Sight:
        """Look, and tell what is there; an engine that gives no list is a sight, too, and no error.

        Args:
            chosen: Which of the containers matter so much that each is asked since when it is as it is.
        """
        try:
            found = await self._service.list(BOT)
        except (Busy, Stopping, Interrupted):
            return self.sight  # that says something of us, and nothing of Docker
        except DockerError as error:
            self.sight = self._missing(error)
            return self.sight
        if self.sight.away is not None:
            _LOG.info("Docker answers again.")
        await self._learn_since(found, chosen(found))
        since = {identity: known.since for identity, known in self._known.items() if known.since is not None}
        self.sight = Sight(found, since, figures=await self._measured())
        return self.sight

    def _missing(self, error: DockerError) -> Sight:
        silent = isinstance(error, OperationTimeout)
        if self.sight.away is not None:
            return replace(self.sight, silent=silent)
        _LOG.warning("The status messages show the last known state: %s", error.user_message)
        return replace(self.sight, away=self._clock(), silent=silent, figures={})

    async def _measured(self) -> dict[str, Sample]:
        if not self._figures:
            return {}
        try:
            async with asyncio.timeout(_FIGURES_PATIENCE):
                found = await self._service.live.figures(BOT)
        except (TimeoutError, DockerError) as error:
            _LOG.debug("No figures for the status messages: %s", type(error).__name__)
            return {}
        return {live.container.id: live.fresh for live in found if live.fresh is not None}

    async def _learn_since(self, found: tuple[Container, ...], chosen: Iterable[Container]) -> None:
        """Ask each chosen container whose state is new, one after the other, and not for long.

        A list tells an age in coarse words alone, which would change all the time. That it shrank is how a restart
        between two looks is noticed.
        """
        ages = {one.id: _AGELESS if (age := age_of(one.status)) is None else age for one in found}
        states = {one.id: one.state for one in found}
        self._known = {
            identity: replace(known, age=ages[identity])
            for identity, known in self._known.items()
            if known.state is states.get(identity) and known.age <= ages[identity]
        }
        try:
            async with asyncio.timeout(_SINCE_PATIENCE):
                for one in chosen:
                    if one.id not in self._known:
                        self._known[one.id] = _Known(one.state, ages[one.id], await self._since(one))
        except (TimeoutError, DockerError) as error:
            _LOG.debug("Not all containers told since when they are as they are: %s", type(error).__name__)

    async def _since(self, container: Container) -> datetime | None:
        try:
            info = await self._service.info(BOT, container.id)
        except ContainerNotFound:
            return None
        # Between the list and this it may have changed; the next look tells.
        return info.since if info.container.state is container.state else None
