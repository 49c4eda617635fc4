"""/perf summary, schedule: the day in one message, and when it is posted."""

from __future__ import annotations

import asyncio
import time
from datetime import UTC, datetime
from datetime import time as daytime

import discord
from discord import app_commands

from cogs.perf.kit import show
from cogs.perf.planning import Wish, about_today, plan
from cogs.perf.reports import housekeeping, summary
from cogs.perf.schedule import WINDOW, Decision, Schedule, decide, marker, moment_of
from cogs.perf.schedule_store import FILE_NAME, ScheduleStore
from cogs.perf.zones import suggest_zones, zone_of

from .base import Choices, Commands, Interaction, may_see


class SummaryCommands(Commands):
    """The summary and its schedule."""

    @app_commands.command(name="summary")
    async def summary_now(self, interaction: Interaction) -> None:
        """What happened today so far."""
        await interaction.response.defer(ephemeral=True)
        zone, notes = await self.day_of(interaction.guild_id or 0)
        now = datetime.now(zone)
        midnight = moment_of(now.date(), daytime.min, zone) or now
        facts = await asyncio.to_thread(
            summary.gather, self.metrics, midnight.timestamp(), now.timestamp(), now.timestamp()
        )
        name = f"Today so far, {summary.date_name(now.date())}"
        await show(interaction, summary.render(facts, name, now.timestamp(), notes=notes).build())

    @app_commands.command()
    @app_commands.describe(
        channel="Where the summary is posted",
        at="When, hours and minutes: 09:00",
        timezone="Whose hours",
        off="Post no summary any more",
    )
    @app_commands.rename(at="time")
    async def schedule(
        self,
        interaction: Interaction,
        channel: discord.TextChannel | None = None,
        at: str | None = None,
        timezone: str | None = None,
        off: bool = False,  # noqa: FBT001, FBT002 - an option of a command
    ) -> None:
        """Post a summary each day; without options: what is set."""
        await interaction.response.defer(ephemeral=True)
        guild_id = interaction.guild_id or 0
        wish = Wish(channel, at, timezone, off)
        if off:
            wish.check_off()
            report = housekeeping.schedule_removed(was_there=await self.summaries.remove(guild_id))
            await show(interaction, report.build())
            return
        present = (await self.summaries.book()).of_guild(guild_id)
        if wish.is_empty and present is None:
            await show(interaction, housekeeping.schedule_missing().build())
            return
        wanted = await asyncio.to_thread(plan, wish, guild_id, present, time.time())
        kept = await self.summaries.set(wanted) if not wish.is_empty else wanted
        await self._show_schedule(interaction, kept, changed=not wish.is_empty)

    @schedule.autocomplete("timezone")
    async def _zones(self, interaction: Interaction, typed: str) -> Choices:
        if not may_see(interaction):
            return []
        names = await asyncio.to_thread(suggest_zones, typed)
        return [app_commands.Choice(name=name, value=name) for name in names]

    async def _show_schedule(self, interaction: Interaction, schedule: Schedule, *, changed: bool) -> None:
        claims = (await self.summaries.book()).claims_of(schedule)
        zone = await asyncio.to_thread(zone_of, schedule.zone)
        states = {day: claim.state for day, claim in claims.items()}
        now = datetime.now(UTC)
        upcoming = decide(schedule, zone, states, now).moment
        last = claims[max(claims)] if claims else None
        problem = self.summaries.problem(schedule.guild_id)
        report = housekeeping.schedule_state(schedule, upcoming, last, problem, changed=changed)
        today = about_today(schedule, zone, states, now) if changed else None
        if today:
            report.line(today)
        await show(interaction, report.build())

    def open_store(self) -> ScheduleStore:
        """Find the file of the schedules; it may block."""
        return ScheduleStore(self.metrics.health().path.with_name(FILE_NAME))

    async def draw_summary(self, schedule: Schedule, decision: Decision, notes: list[str]) -> discord.Embed:
        """Draw the summary that is due."""
        end, now = decision.moment, time.time()
        start = end - WINDOW
        zone = await asyncio.to_thread(zone_of, schedule.zone)
        facts = await asyncio.to_thread(summary.gather, self.metrics, start.timestamp(), end.timestamp(), now)
        name = summary.day_name(end, zone)
        return summary.render(facts, name, now, notes=notes, mark=marker(decision.day)).build()
