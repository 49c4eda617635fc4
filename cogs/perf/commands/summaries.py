"""/perf summary: the day in one message; and what the posted summaries are made of."""

from __future__ import annotations

import asyncio
import time
from datetime import UTC, datetime
from datetime import time as daytime
from typing import TYPE_CHECKING

from discord import app_commands

from cogs.perf.kit import show
from cogs.perf.posting import Drawn
from cogs.perf.reports.summary import day, month, week
from cogs.perf.reports.summary.names import date_name, span_name
from cogs.perf.schedule import Kind, marker, moment_of
from cogs.perf.schedule_store import FILE_NAME, Memory, ScheduleStore
from cogs.perf.zones import zone_of
from utils.metrics.summary import day as days
from utils.metrics.summary import month as months
from utils.metrics.summary import week as weeks

from .base import Commands, Interaction

if TYPE_CHECKING:
    from datetime import tzinfo

    from cogs.perf.schedule import Decision, Schedule
    from utils.performance_metrics import PerformanceMetrics


class SummaryCommands(Commands):
    """The summary, asked for or posted."""

    @app_commands.command(name="summary")
    async def summary_now(self, interaction: Interaction) -> None:
        """What happened today so far."""
        await interaction.response.defer(ephemeral=True)
        zone, notes = await self.day_of(interaction.guild_id or 0)
        now = datetime.now(zone)
        midnight = (moment_of(now.date(), daytime.min, zone) or now).timestamp()
        seconds = now.timestamp()
        facts = await asyncio.to_thread(days.gather, self.metrics, midnight, seconds, seconds)
        name = f"Today so far, {date_name(now.date())}"
        await show(interaction, day.render(facts, name, seconds, notes=notes).build())

    def open_store(self) -> ScheduleStore:
        """Find the file of the schedules; it may block."""
        return ScheduleStore(self.metrics.health().path.with_name(FILE_NAME))

    async def draw_summary(
        self,
        schedule: Schedule,
        decision: Decision,
        notes: list[str],
        before: Memory | None,
        mark: str | None = None,
    ) -> Drawn:
        """Draw a summary.

        Args:
            schedule: Which.
            decision: Its date and moment.
            notes: Lines that come first.
            before: What was told before.
            mark: What stands for its mark; None for the mark itself.
        """
        zone = await asyncio.to_thread(zone_of, schedule.zone)
        mark = marker(schedule.kind, decision.day) if mark is None else mark
        return await asyncio.to_thread(_draw, self.metrics, schedule, decision, zone, notes, before, mark)


def _draw(  # noqa: PLR0917 - all of them belong to one drawing
    metrics: PerformanceMetrics,
    schedule: Schedule,
    decision: Decision,
    zone: tzinfo,
    notes: list[str],
    before: Memory | None,
    mark: str,
) -> Drawn:
    """Read and render; blocks."""
    now = time.time()
    begin = schedule.covers(decision.day, decision.moment, zone)
    name = span_name(schedule.kind, begin, decision.moment.astimezone(UTC), zone)
    start, end = begin.timestamp(), decision.moment.timestamp()
    if schedule.kind is Kind.WEEKLY:
        report = week.render(weeks.gather(metrics, end, now), name, now, notes=notes, mark=mark)
        return Drawn(report.build())
    if schedule.kind is Kind.MONTHLY:
        report = month.render(months.gather(metrics, start, end), name, now, zone, notes=notes, mark=mark)
        return Drawn(report.build())
    facts = days.gather(metrics, start, end, now)
    told, looked = (before.told, before.at) if before is not None else ({}, None)
    worse = days.regressions(facts, told, looked)
    report = day.render(facts, name, now, regressions=worse, notes=notes, mark=mark)
    return Drawn(report.build(), Memory(end, worse.told))
