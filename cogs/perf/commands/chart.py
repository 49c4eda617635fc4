"""/perf chart: one operation as a picture."""

from __future__ import annotations

from typing import Literal

from discord import app_commands

from cogs.perf.reports.chart import Chart, Kind

from .base import Choices, Commands, Hours, Interaction


class ChartCommands(Commands):
    """What numbers look like."""

    @app_commands.command()
    @app_commands.describe(
        operation="Which one",
        hours="How far back (24)",
        kind="Over time, how long, slow or busy hours of the week, or against the time before (time)",
    )
    async def chart(
        self,
        interaction: Interaction,
        operation: str,
        hours: Hours = 24,
        kind: Literal["time", "histogram", "heatmap", "busy", "before-after"] = "time",
    ) -> None:
        """One operation as a picture: over time, by duration, by hour of the week, before and after."""
        await interaction.response.defer(ephemeral=True)
        name = await self.find(operation)
        zone, _ = await self.day_of(interaction.guild_id or 0)
        await self.open(interaction, Chart(name or operation, hours, Kind(kind), zone))

    @chart.autocomplete("operation")
    async def _operations_to_chart(self, interaction: Interaction, typed: str) -> Choices:
        return self.offered(interaction, typed)
