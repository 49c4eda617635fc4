"""The cog: its commands put together, who gets in, and what is said when something fails."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import discord
from discord import app_commands
from discord.ext import commands

from cogs.perf.kit import answer_error, denied

from .commands import (
    AlertCommands,
    AuditCommands,
    BoardCommands,
    ContainerCommands,
    GroupCommands,
    LogCommands,
    QueueCommands,
    StatsCommands,
)
from .later import followed, tell_timeout
from .logs import LogDesk

if TYPE_CHECKING:
    from services.docker import DockerService

    from .commands.base import Interaction


@app_commands.guild_only()
class DockerCog(
    ContainerCommands,
    StatsCommands,
    LogCommands,
    AlertCommands,
    AuditCommands,
    QueueCommands,
    BoardCommands,
    GroupCommands,
    commands.GroupCog,
    group_name="docker",
    group_description="See and control Docker containers",
):
    """`/docker`, for those whom the service's policy knows. Every answer is seen by the asker alone.

    Discord shows the group to admins alone, or to everyone when others are let in (it can't show a command to a role of
    our choice); either way it is the check at run time that decides, for commands, buttons and autocomplete.

    Args:
        bot: The bot that the cog is added to.
        service: What acts on containers.
        folder: Where the cog keeps what was set in the chat.
        poll: Seconds between two looks at Docker for status messages.
        figures: Whether status messages show CPU and memory.
    """

    def __init__(
        self,
        bot: commands.Bot,
        service: DockerService,
        folder: Path = Path("data"),
        *,
        poll: float = 30.0,
        figures: bool = True,
    ) -> None:
        super().__init__()
        self.bot = bot
        self.service = service
        self.folder = folder
        self.poll = poll
        self.figures = figures
        self.log_desk = LogDesk(service, self.allowed)
        self.show_to_whom_it_may_concern()

    def show_to_whom_it_may_concern(self) -> bool:
        """Let Discord show the commands to admins alone, or to all when the policy lets others in.

        Returns:
            Whether that differs from before, so that Discord must be told.
        """
        group = self.app_command
        if not isinstance(group, app_commands.Group):
            return False
        before = group.default_permissions
        group.default_permissions = (
            None if self.service.policy.lets_others_in else discord.Permissions(administrator=True)
        )
        return before != group.default_permissions

    async def interaction_check(self, interaction: Interaction, /) -> bool:
        """Refuse whoever has no right.

        Raises:
            Denied: Instead of returning false, so that the person gets an answer. It names nothing.
        """
        if not self.allowed(interaction):
            raise denied(
                interaction, "Only admins and the roles set up for it can use Docker commands here. Ask an admin."
            )
        return True

    async def cog_app_command_error(self, interaction: Interaction, error: app_commands.AppCommandError) -> None:
        """Answer whatever a command raised."""
        if timeout := followed(error):
            await tell_timeout(interaction, timeout)
        else:
            await answer_error(interaction, error)
