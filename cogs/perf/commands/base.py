"""What every group of commands has at hand."""

from __future__ import annotations

import asyncio
from datetime import UTC
from typing import TYPE_CHECKING, Any

import discord
from discord import app_commands
from discord.ext import commands

from cogs.perf.arguments import UnknownOperation, find_operation, suggest
from cogs.perf.kit import is_admin
from cogs.perf.measure import note_outcome
from cogs.perf.schedule_store import ScheduleStoreError
from cogs.perf.views import PerfView
from cogs.perf.zones import NoSuchZone, zone_of
from utils.metrics.outcome import Outcome

if TYPE_CHECKING:
    from datetime import tzinfo

    from cogs.perf.screen import Screen
    from cogs.perf.summaries import Summaries
    from utils.performance_metrics import PerformanceMetrics

Interaction = discord.Interaction[Any]
Choices = list[app_commands.Choice[str]]
Hours = app_commands.Range[int, 1, 8760]


class Commands(commands.Cog):
    """The part of the cog that all its commands share.

    Attributes:
        bot: The bot that shows the reports.
        metrics: Where they come from.
        summaries: What posts summaries, and knows in whose zone.
    """

    bot: commands.Bot
    metrics: PerformanceMetrics
    summaries: Summaries

    async def find(self, operation: str | None) -> str | None:
        """Return the operation that is meant, whatever part of its name was typed; None for none.

        Raises:
            UnknownOperation: There is none of that name.
        """
        try:
            return find_operation(self.metrics.get_operations(), operation)
        except UnknownOperation:
            # Another process may have measured it since the file was read.
            await asyncio.to_thread(self.metrics.health)
            return find_operation(self.metrics.get_operations(), operation)

    async def day_of(self, guild_id: int) -> tuple[tzinfo, list[str]]:
        """Give the zone whose day it is in a server, that of its first summary, and what has to be said of it."""
        try:
            own = (await self.summaries.book()).of_guild(guild_id)
            return await asyncio.to_thread(zone_of, own[0].zone if own else "UTC"), []
        except (ScheduleStoreError, NoSuchZone) as error:
            return UTC, [f"⚠ This is the day of UTC. {error.user_message}"]

    async def open(self, interaction: Interaction, screen: Screen) -> None:
        """Show a screen in the message of a deferred interaction."""
        await PerfView(interaction.user.id, is_admin, self.metrics).open(interaction, screen)

    def offered(self, interaction: Interaction, typed: str) -> Choices:
        """Offer the operations that have what was typed in their names."""
        if not may_see(interaction):
            return []
        return [app_commands.Choice(name=name, value=name) for name in suggest(self.metrics.get_operations(), typed)]


def may_see(interaction: Interaction) -> bool:
    """Tell whether someone who types gets suggestions; a refusal has no answer of its own, so it is noted here."""
    if is_admin(interaction):
        return True
    note_outcome(Outcome.DENIED)
    return False
