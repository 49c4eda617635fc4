"""A message that follows a log: edited when something was written, at a pace that Discord takes, to its end."""

from __future__ import annotations

import asyncio
import logging
from collections import deque
from contextlib import suppress
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import discord
from discord.utils import utcnow

from cogs.docker.actors import actor_again, actor_of
from cogs.perf.kit import explain, show
from services.docker import DockerError
from services.docker.logs import End, Words

from .embeds import followed_embed, following_embed, why_ended
from .views import FollowView

if TYPE_CHECKING:
    from collections.abc import Callable

    from cogs.perf.kit import OwnedView
    from services.docker import Actor, DockerService
    from services.docker.logs import Following, Heard, LogLine

    from .query import Query

Interaction = discord.Interaction[Any]

_MOST = 150
_FIRST_LINES = 1.0
_LOG = logging.getLogger(__name__)


class FollowedLog:
    """One such message.

    Args:
        service: Follows the log.
        interaction: The press that asked for it; its message is edited.
        query: Which lines of which container.
        allowed: Whether a person has any right here; asked when Stop is pressed.
        pace: Seconds between two edits.
        after: Makes the buttons that the message gets in the end, unless the cog was unloaded.
    """

    def __init__(
        self,
        service: DockerService,
        interaction: Interaction,
        query: Query,
        *,
        allowed: Callable[[Interaction], bool],
        pace: float,
        after: Callable[[], OwnedView],
    ) -> None:
        self._service = service
        self._interaction = interaction
        self._query = query
        self._words = Words.parse(query.words or "")
        self._allowed = allowed
        self._pace = pace
        self._after = after
        self._lines: deque[LogLine] = deque(maxlen=_MOST)
        self._gap = False
        self._news = asyncio.Event()
        self._ended = asyncio.Event()
        self._following: Following | None = None
        self._unloaded = False

    def unload(self) -> None:
        """End it, also before it has begun: the cog is unloaded."""
        self._unloaded = True
        if self._following is not None:
            self._following.end(End.UNLOADED)

    async def run(self, begun: asyncio.Future[None]) -> None:
        """Follow the log to its end. Never raises.

        Args:
            begun: Told when it begins, or why it does not.
        """
        try:
            actor = actor_of(self._interaction)
            async with self._service.logs.follow(actor, self._query.container, words=self._words) as following:
                begun.set_result(None)
                self._following = following
                if self._unloaded:
                    following.end(End.UNLOADED)
                await self._follow(following)
        except Exception as error:  # noqa: BLE001 - whatever it is, someone has to be told: the presser, else the log
            if begun.done():
                _LOG.warning("A followed log could not be shown to its end: %s", type(error).__name__)
            else:
                begun.set_exception(error)

    async def _follow(self, following: Following) -> None:
        showing = asyncio.create_task(self._show(following))
        why, problem = "it broke off", ""
        try:
            end = await following.run(self._hear, self._ask)
            why = why_ended(end, following.seconds)
        except DockerError as error:
            problem = explain(error)
        finally:
            # Not cancelled: an edit under way must not come after the last one.
            self._ended.set()
            await showing
        embed = followed_embed(following.container, self._lines, self._words, why=why, gap=self._gap, problem=problem)
        await show(self._interaction, embed, None if self._unloaded else self._after())

    def _hear(self, heard: Heard) -> None:
        self._lines.extend(heard.lines)
        self._gap = self._gap or heard.gap
        self._news.set()

    async def _ask(self) -> Actor:
        return await actor_again(self._interaction)

    async def _show(self, following: Following) -> None:
        until = utcnow() + timedelta(seconds=following.seconds)
        view = FollowView(self._interaction.user.id, self._allowed, following.end)
        # The last lines come at once, when there are any; that it is followed is shown in any case.
        with suppress(TimeoutError):
            await asyncio.wait_for(self._news.wait(), _FIRST_LINES)
        self._news.set()
        while not self._ended.is_set():
            await _either(self._news, self._ended)
            if self._ended.is_set():
                break
            self._news.clear()
            embed = following_embed(following.container, self._lines, self._words, until=until, gap=self._gap)
            try:
                await show(self._interaction, embed, view)
            except discord.NotFound:
                following.end()  # its reader dismissed it
            except (discord.DiscordException, OSError) as failure:
                _LOG.debug("A followed log could not be shown: %s", type(failure).__name__)
            with suppress(TimeoutError):
                await asyncio.wait_for(self._ended.wait(), self._pace)
        view.stop()


async def _either(*events: asyncio.Event) -> None:
    waits = [asyncio.ensure_future(event.wait()) for event in events]
    try:
        await asyncio.wait(waits, return_when=asyncio.FIRST_COMPLETED)
    finally:
        for wait in waits:
            wait.cancel()
