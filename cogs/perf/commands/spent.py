"""/perf time: whose time the commands take."""

from __future__ import annotations

from discord import app_commands

from cogs.perf.arguments import BadInput
from cogs.perf.kit import code
from cogs.perf.reports.spent import TimeSpent
from utils.metrics.spent import ASKED

from .base import Choices, Commands, Hours, Interaction


class TimeCommands(Commands):
    """The bot, Docker or Discord?"""

    @app_commands.command(name="time")
    @app_commands.describe(command="Only this one", hours="How far back (24)")
    async def time_spent(self, interaction: Interaction, command: str | None = None, hours: Hours = 24) -> None:
        """Whose time the commands take: the bot's, the queue's, Docker's or Discord's."""
        await interaction.response.defer(ephemeral=True)
        name = await self.find(command)
        if name is not None and not name.startswith(ASKED):
            raise BadInput(
                f"{code(name)} is nothing that a person waits for. Choose a command, a button, a form or an "
                "autocomplete; `/perf stats` shows the others."
            )
        every = TimeSpent(hours)
        await self.open(interaction, every if name is None else TimeSpent(hours, name, back=every))

    @time_spent.autocomplete("command")
    async def _commands(self, interaction: Interaction, typed: str) -> Choices:
        return [choice for choice in self.offered(interaction, typed) if choice.value.startswith(ASKED)]
