"""/perf cleanup, export: what becomes of the measurements."""

from __future__ import annotations

import asyncio
import io
from typing import Literal

import discord
from discord import app_commands

from cogs.perf.export import Format, export
from cogs.perf.kit import ConfirmView, is_admin, show
from cogs.perf.reports import housekeeping
from utils.metrics import words as told

from .base import Choices, Commands, Interaction

_DISCORD_LIMIT = 10 * 1024 * 1024


class UpkeepCommands(Commands):
    """Deleting and taking away."""

    @app_commands.command()
    @app_commands.describe(days="Delete what is older than this many days (30)")
    async def cleanup(self, interaction: Interaction, days: app_commands.Range[int, 1, 3650] = 30) -> None:
        """Delete old measurements; asks before it does."""
        await interaction.response.defer(ephemeral=True)
        preview = await asyncio.to_thread(self.metrics.preview_cleanup, days)
        view = None
        if preview.removed:

            async def confirmed(press: Interaction) -> None:
                removed = await asyncio.to_thread(self.metrics.cleanup_old_metrics, days)
                health = await asyncio.to_thread(self.metrics.health)
                await show(press, housekeeping.cleanup_done(removed, health.entries).build())

            label = f"Delete {told.entries(preview.removed)}"
            view = ConfirmView(
                interaction.user.id, is_admin, label=label, on_confirm=confirmed, keep="Keep", kept="Everything stays."
            )
        await show(interaction, housekeeping.cleanup_preview(preview, days).build(), view)

    @app_commands.command(name="export")
    @app_commands.rename(kind="format")
    @app_commands.describe(operation="Only this one", kind="The file's format (json)")
    async def export_entries(
        self, interaction: Interaction, operation: str | None = None, kind: Literal["json", "csv", "jsonl"] = "json"
    ) -> None:
        """Get the measurements as a file."""
        await interaction.response.defer(ephemeral=True)
        name = await self.find(operation)
        limit = interaction.filesize_limit or _DISCORD_LIMIT
        exported = await asyncio.to_thread(export, self.metrics, name, Format(kind), limit)
        if exported is None:
            await show(interaction, housekeeping.export_nothing(name).build())
            return
        file = discord.File(io.BytesIO(exported.data), exported.name)
        await show(interaction, housekeeping.export_done(exported, name).build(), files=[file])

    @export_entries.autocomplete("operation")
    async def _operations_to_export(self, interaction: Interaction, typed: str) -> Choices:
        return self.offered(interaction, typed)
