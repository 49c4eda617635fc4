"""Where logs are asked for: the answer to the command and to its buttons, and the messages that follow a log."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from io import BytesIO
from typing import TYPE_CHECKING, Any

import discord

from cogs.docker.actors import actor_of
from cogs.perf.kit import show
from services.docker import Stopping
from services.docker.logs import MOST_LINES

from .block import file_text
from .embeds import file_embed, file_head, page_embed, page_needs_file
from .following import FollowedLog
from .views import LogView

if TYPE_CHECKING:
    from collections.abc import Callable

    from services.docker import DockerService
    from services.docker.logs import LogPage

    from .query import Query

Interaction = discord.Interaction[Any]

PACE = 3.0
"""Seconds between two edits of a message that follows a log; Discord allows five in five seconds."""
MOST_BYTES = 8_000_000
_FAREWELL = 5.0


class LogDesk:
    """Shows logs.

    Args:
        service: Reads them.
        allowed: Whether a person has any right here; asked again at each press. The service judges each container.
        pace: Seconds between two edits of a message that follows a log.
    """

    def __init__(self, service: DockerService, allowed: Callable[[Interaction], bool], *, pace: float = PACE) -> None:
        self._service = service
        self._allowed = allowed
        self._pace = pace
        self._following: dict[asyncio.Task[None], FollowedLog] = {}
        self._closed = False

    async def show(self, interaction: Interaction, query: Query, view: LogView | None = None) -> None:
        """Answer with the end of a log, in the interaction's own message.

        Args:
            interaction: Deferred.
            query: Which lines of which container.
            view: The buttons that the message has already.

        Raises:
            DockerError: As `LogReader.read` does.
        """
        page = await self._read(interaction, query)
        files = [await _file(page)] if page_needs_file(page) else []
        if view is None:
            named = replace(query, container=page.container.name)
            view = LogView(interaction.user.id, self._allowed, self, named)
        view.follow.disabled = not page.container.state.is_up
        await show(interaction, page_embed(page, attached=bool(files)), view, files)

    async def send_file(self, interaction: Interaction, query: Query) -> None:
        """Answer with many lines as a file, in a message of its own.

        Args:
            interaction: Deferred, to a new message.
            query: Which lines; their number is as many as a file takes.

        Raises:
            DockerError: As `LogReader.read` does.
        """
        page = await self._read(interaction, replace(query, lines=MOST_LINES))
        files = [await _file(page)] if page.lines else []
        await show(interaction, file_embed(page), files=files)

    async def follow(self, interaction: Interaction, query: Query) -> None:
        """Begin to follow a log, in the message whose button was pressed.

        Args:
            interaction: Deferred.
            query: Which lines of which container.

        Raises:
            DockerError: As `Followers.follow` does; Stopping when the desk is closed.
        """
        if self._closed:
            raise Stopping
        loop = asyncio.get_running_loop()
        begun: asyncio.Future[None] = loop.create_future()
        followed = FollowedLog(
            self._service,
            interaction,
            query,
            allowed=self._allowed,
            pace=self._pace,
            after=lambda: LogView(interaction.user.id, self._allowed, self, query),
        )
        task = loop.create_task(followed.run(begun), name="docker-log-follow")
        self._following[task] = followed
        task.add_done_callback(self._following.pop)
        await begun

    async def close(self) -> None:
        """Follow no log any more, and wait a moment until each message says so that can still be edited."""
        self._closed = True
        for followed in self._following.values():
            followed.unload()
        if self._following:
            await asyncio.wait(self._following, timeout=_FAREWELL)

    async def _read(self, interaction: Interaction, query: Query) -> LogPage:
        return await self._service.logs.read(
            actor_of(interaction), query.container, lines=query.lines, since=query.since, words=query.words
        )


async def _file(page: LogPage) -> discord.File:
    content = await asyncio.to_thread(file_text, page.lines, file_head(page), MOST_BYTES)
    return discord.File(BytesIO(content), f"{page.container.name[:60]}-{page.taken:%Y%m%d-%H%M%S}.txt")
