"""/perf summary: the day in one message; and what the posted summaries are made of."""

from __future__ import annotations

import asyncio
import logging
import time
from dataclasses import dataclass
from datetime import UTC, datetime
from datetime import time as daytime
from typing import TYPE_CHECKING

import discord
from discord import app_commands

from cogs.perf.charts import NAME, ChartError, chart_file
from cogs.perf.goals.store import GoalStoreError
from cogs.perf.kit import show
from cogs.perf.posting import Drawn
from cogs.perf.reports.summary import day, month, week
from cogs.perf.reports.summary.names import date_name, span_name
from cogs.perf.schedule import Kind, marker, moment_of
from cogs.perf.schedule_store import FILE_NAME, Memory, ScheduleStore
from cogs.perf.zones import zone_of
from utils.metrics.analysis.spans import Span
from utils.metrics.goals import read
from utils.metrics.summary import day as days
from utils.metrics.summary import month as months
from utils.metrics.summary import week as weeks

from .base import Commands, Interaction

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import tzinfo

    from cogs.perf.goals.watch import Watch
    from cogs.perf.kit import Report
    from cogs.perf.schedule import Decision, Schedule
    from utils.metrics.goals import Goal
    from utils.performance_metrics import PerformanceMetrics

_LOG = logging.getLogger(__name__)


class SummaryCommands(Commands):
    """The summary, asked for or posted.

    Attributes:
        goals: What knows the goals that are set.
    """

    goals: Watch

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
        goals: tuple[Goal, ...] = ()
        if schedule.kind is Kind.MONTHLY:
            try:
                goals = tuple(kept.goal for kept in (await self.goals.book()).of_guild(schedule.guild_id))
            except GoalStoreError as error:
                notes = [*notes, f"⚠ {error.user_message}"]
        told = _Told(schedule, decision, zone, notes, before, mark, goals)
        report, memory, operation = await asyncio.to_thread(_draw, self.metrics, told)
        files: tuple[discord.File, ...] = ()
        if operation is not None and self._may_attach(schedule.channel_id):
            begin = schedule.covers(decision.day, decision.moment, zone)
            files = await self._chart(operation, begin.timestamp(), decision.moment.timestamp(), zone)
        if files:
            report.image(NAME)
        return Drawn(report.build(), memory, files)

    async def _chart(self, operation: str, start: float, end: float, zone: tzinfo) -> tuple[discord.File, ...]:
        """Draw the course of an operation; nothing where it can't be drawn, for the numbers stand beside it."""
        try:
            file = await chart_file(self.metrics, operation, Span(start, end, "24 h"), end, zone)
        except ChartError as error:
            _LOG.info("The summary has no chart: %s", error.user_message)
            return ()
        return (file,) if file is not None else ()

    def _may_attach(self, channel_id: int) -> bool:
        """Tell whether a picture may be posted in a channel; one that is not known will tell by itself."""
        channel = self.bot.get_channel(channel_id)
        me = getattr(getattr(channel, "guild", None), "me", None)
        return not isinstance(channel, discord.TextChannel) or me is None or channel.permissions_for(me).attach_files


@dataclass(frozen=True, slots=True)
class _Told:
    """What a summary is drawn from."""

    schedule: Schedule
    decision: Decision
    zone: tzinfo
    notes: Sequence[str]
    before: Memory | None
    mark: str
    goals: Sequence[Goal]


def _draw(metrics: PerformanceMetrics, told: _Told) -> tuple[Report, Memory | None, str | None]:
    """Read and put into words; blocks.

    Returns:
        The report, which regressions it tells, and the operation whose chart belongs to it.
    """
    now = time.time()
    schedule, moment = told.schedule, told.decision.moment
    begin = schedule.covers(told.decision.day, moment, told.zone)
    name = span_name(schedule.kind, begin, moment.astimezone(UTC), told.zone)
    start, end = begin.timestamp(), moment.timestamp()
    if schedule.kind is Kind.WEEKLY:
        report = week.render(weeks.gather(metrics, end, now), name, now, notes=told.notes, mark=told.mark)
        return report, None, None
    if schedule.kind is Kind.MONTHLY:
        month_facts = months.gather(metrics, start, end)
        stands = [read(metrics, goal, end) for goal in told.goals]
        report = month.render(month_facts, name, now, told.zone, notes=told.notes, mark=told.mark, goals=stands)
        return report, None, None
    facts = days.gather(metrics, start, end, now)
    known, looked = (told.before.told, told.before.at) if told.before is not None else ({}, None)
    worse = days.regressions(facts, known, looked)
    report = day.render(facts, name, now, regressions=worse, notes=told.notes, mark=told.mark)
    return report, Memory(end, worse.told), facts.telling(worse)
