"""/perf doctor: whether all is as it must be."""

from __future__ import annotations

import time

from discord import app_commands

from cogs.perf.doctor import gathered
from cogs.perf.doctor.within import Within
from cogs.perf.kit import show
from cogs.perf.reports import doctor as report

from .base import Commands, Interaction

PATIENCE = 8.0
"""Seconds that each check gets; they run side by side."""


class DoctorCommands(Commands):
    """The checks."""

    @app_commands.command()
    async def doctor(self, interaction: Interaction) -> None:
        """Whether all is as it must be, and what to do where it isn't."""
        ahead = time.time() - interaction.created_at.timestamp()
        await interaction.response.defer(ephemeral=True)
        within = Within(self.bot, self.metrics, self.summaries, guild_id=interaction.guild_id, ahead=ahead)
        await show(interaction, report.render(await gathered(within.checks(), PATIENCE)).build())
