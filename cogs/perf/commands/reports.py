"""/perf stats, recent, slow: what was measured."""

from __future__ import annotations

from discord import app_commands

from cogs.perf.arguments import parse_threshold
from cogs.perf.reports.detail import Detail
from cogs.perf.reports.entries import LIMIT, Recent, Slow
from cogs.perf.reports.overview import Overview

from .base import Choices, Commands, Hours, Interaction


class ReportCommands(Commands):
    """The reports that one looks around in."""

    @app_commands.command()
    @app_commands.describe(operation="Only this one", hours="How far back (24)")
    async def stats(self, interaction: Interaction, operation: str | None = None, hours: Hours = 24) -> None:
        """How often, how fast and how well everything ran."""
        await interaction.response.defer(ephemeral=True)
        name = await self.find(operation)
        zone, _ = await self.day_of(interaction.guild_id or 0)
        overview = Overview(hours, zone=zone)
        await self.open(interaction, overview if name is None else Detail(name, hours, overview, zone=zone))

    @app_commands.command()
    @app_commands.describe(operation="Only this one", limit="How many (50)", failures="Only what failed")
    async def recent(
        self,
        interaction: Interaction,
        operation: str | None = None,
        limit: app_commands.Range[int, 1, 200] = LIMIT,
        failures: bool = False,  # noqa: FBT001, FBT002 - an option of a command
    ) -> None:
        """The latest calls, newest first."""
        await interaction.response.defer(ephemeral=True)
        await self.open(interaction, Recent(await self.find(operation), limit, failures))

    @app_commands.command()
    @app_commands.describe(operation="Only this one", hours="How far back (24)", threshold="At least: 500ms, 1.5s, 1m")
    async def slow(
        self,
        interaction: Interaction,
        operation: str | None = None,
        hours: Hours = 24,
        threshold: str | None = None,
    ) -> None:
        """The slowest calls, slowest first."""
        await interaction.response.defer(ephemeral=True)
        least = None if threshold is None else parse_threshold(threshold)
        await self.open(interaction, Slow(await self.find(operation), hours, least))

    @stats.autocomplete("operation")
    @recent.autocomplete("operation")
    @slow.autocomplete("operation")
    async def _operations_of_reports(self, interaction: Interaction, typed: str) -> Choices:
        return self.offered(interaction, typed)
