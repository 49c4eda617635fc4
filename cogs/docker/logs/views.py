"""The buttons under a log."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Protocol

import discord

from cogs.perf.kit import OwnedView

if TYPE_CHECKING:
    from collections.abc import Callable

    from .query import Query

Interaction = discord.Interaction[Any]


class Desk(Protocol):
    """What the buttons ask of the desk; each takes a deferred interaction."""

    async def show(self, interaction: Interaction, query: Query, view: LogView | None = None) -> None:
        """Show the log in the message, with the view that it has."""

    async def follow(self, interaction: Interaction, query: Query) -> None:
        """Follow the log in the message."""

    async def send_file(self, interaction: Interaction, query: Query) -> None:
        """Answer with a file in a message of its own."""


class LogView(OwnedView):
    """Under the end of a log.

    Args:
        owner_id: The only user who may press.
        allowed: Whether they have any right; asked again at each press.
        desk: Does what is asked.
        query: Which log.
    """

    def __init__(self, owner_id: int, allowed: Callable[[Interaction], bool], desk: Desk, query: Query) -> None:
        super().__init__(owner_id, allowed)
        self._desk = desk
        self._query = query

    @discord.ui.button(label="Refresh", custom_id="refresh")
    async def refresh(self, interaction: Interaction, _button: discord.ui.Button[Any]) -> None:
        """Read it again."""
        await interaction.response.defer()
        await self._desk.show(interaction, self._query, self)

    @discord.ui.button(label="Follow", custom_id="follow", style=discord.ButtonStyle.primary)
    async def follow(self, interaction: Interaction, _button: discord.ui.Button[Any]) -> None:
        """Go on with what is written."""
        await interaction.response.defer()
        await self._desk.follow(interaction, self._query)
        self.stop()

    @discord.ui.button(label="As file", custom_id="file")
    async def file(self, interaction: Interaction, _button: discord.ui.Button[Any]) -> None:
        """Send many lines."""
        await interaction.response.defer(ephemeral=True, thinking=True)
        await self._desk.send_file(interaction, self._query)


class FollowView(OwnedView):
    """Under a log that is followed.

    Args:
        owner_id: The only user who may press.
        allowed: Whether they have any right; asked again at the press.
        stop_following: Ends it.
    """

    def __init__(
        self, owner_id: int, allowed: Callable[[Interaction], bool], stop_following: Callable[[], None]
    ) -> None:
        super().__init__(owner_id, allowed)
        self._stop_following = stop_following

    @discord.ui.button(label="Stop", custom_id="stop", style=discord.ButtonStyle.danger)
    async def end(self, interaction: Interaction, _button: discord.ui.Button[Any]) -> None:
        """End it; whoever follows shows the end in the message."""
        await interaction.response.defer()
        self._stop_following()
