"""/perf system: how the process does."""

from __future__ import annotations

from discord import app_commands

from cogs.perf.reports.system import System

from .base import Commands, Hours, Interaction


class SystemCommands(Commands):
    """Memory, processor, event loop; and what the bot says of itself in its attribute ``perf_notes``, if it has one."""

    @app_commands.command(name="system")
    @app_commands.describe(hours="How far back (24)")
    async def system_state(self, interaction: Interaction, hours: Hours = 24) -> None:
        """How the process does: memory, processor, event loop, garbage collection."""
        await interaction.response.defer(ephemeral=True)
        await self.open(interaction, System(hours, lambda: getattr(self.bot, "perf_notes", ())))
