"""/docker status-message set, remove, list."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

import discord
from discord import app_commands

from cogs.docker.actors import actor_of
from cogs.docker.board import Board, Lookout, Outlet, StatusButtons
from cogs.docker.board.buttons import MARK
from cogs.docker.board.embeds import list_of_messages, message_removed, message_set
from cogs.docker.board.outlet import ChannelGoneError, RefusedError, TroubleError
from cogs.docker.board.planner import Pace
from cogs.docker.board.store import FILE_NAME, BoardStore
from cogs.perf.kit import denied, lacking_permissions, show
from utils.metrics.outcome import Outcome

from .base import Commands, Interaction

if TYPE_CHECKING:
    from cogs.docker.logs import LogDesk

_PATIENCE = 10.0


class CannotPostError(Exception):
    """The bot lacks permissions in a channel.

    Args:
        channel: Its mention.
        lacking: What is missing there.
    """

    outcome: ClassVar[Outcome] = Outcome.BAD_INPUT

    def __init__(self, channel: str, lacking: list[str]) -> None:
        self.user_message = (
            f"I can't post in {channel} yet. I need there: {', '.join(lacking)}. "
            "Give them to my role in the channel's settings, then run this again."
        )
        super().__init__(self.user_message)


class BoardCommands(Commands):
    """The status message of a channel: for admins.

    Attributes:
        poll: Seconds between two looks at Docker for status messages.
        figures: Whether they show CPU and memory.
        pace: How fast the messages are edited.
        board: All status messages; there once the cog is loaded.
        log_desk: Shows logs.
    """

    poll: float
    figures: bool
    pace = Pace()
    board: Board
    log_desk: LogDesk

    status_message = app_commands.Group(
        name="status-message", description="One message in a channel that shows what the containers do"
    )

    async def cog_load(self) -> None:
        """Take up the status messages there are; their buttons work from now on, whenever they were posted."""
        await super().cog_load()
        buttons = StatusButtons(self.service, self.log_desk, self.allowed)
        self.bot.add_view(buttons)
        outlet = Outlet(self.bot, buttons, MARK)
        store = BoardStore(self.folder / "docker" / FILE_NAME)
        self.board = Board(
            self.service, Lookout(self.service, figures=self.figures), outlet, store, poll=self.poll, pace=self.pace
        )
        self.board.start()

    async def cog_unload(self) -> None:
        """Leave the messages as they are."""
        await self.board.close()
        await super().cog_unload()

    @status_message.command(name="set")
    @app_commands.describe(channel="Where everyone may see it")
    async def set_status_message(self, interaction: Interaction, channel: discord.TextChannel) -> None:
        """Keep one message in a channel that shows what the containers do."""
        _admins_only(interaction)
        await interaction.response.defer(ephemeral=True)
        lacking = lacking_permissions(channel)
        if lacking:
            raise CannotPostError(channel.mention, lacking)
        messenger = await self.board.set(channel.guild.id, channel.id)
        await messenger.tried(_PATIENCE)
        await show(interaction, message_set(messenger))

    @status_message.command(name="remove")
    @app_commands.describe(channel="Whose status message goes")
    async def remove_status_message(self, interaction: Interaction, channel: discord.TextChannel) -> None:
        """Delete a channel's status message, and keep none there any more."""
        _admins_only(interaction)
        await interaction.response.defer(ephemeral=True)
        problem = None
        try:
            was_there = await self.board.remove(channel.id) is not None
        except (TroubleError, RefusedError) as error:
            was_there, problem = True, error.reason
        except ChannelGoneError:
            was_there = True
        await show(interaction, message_removed(channel.mention, was_there=was_there, problem=problem))

    @status_message.command(name="list")
    async def list_status_messages(self, interaction: Interaction) -> None:
        """Show which channels have a status message, and how it goes."""
        _admins_only(interaction)
        await interaction.response.defer(ephemeral=True)
        await show(interaction, list_of_messages(await self.board.posts(), self.board.damage))


def _admins_only(interaction: Interaction) -> None:
    if not actor_of(interaction).admin:
        raise denied(interaction, "Only admins can set up status messages here.")
