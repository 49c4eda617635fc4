"""/perf schedule: which summaries are posted where and when."""

from __future__ import annotations

import asyncio
import time
from dataclasses import replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Literal

import discord
from discord import app_commands

from cogs.perf.arguments import CHOICE, CHOICES
from cogs.perf.kit import cut, show
from cogs.perf.planning import EVERY_MONTH, LAST_DAY, MORNING, Wish, about_today, choose, plan
from cogs.perf.reports import schedules as told
from cogs.perf.schedule import LAST, Decision, Kind, Schedule, Verdict, decide
from cogs.perf.schedule_store import ScheduleStoreError
from cogs.perf.zones import NoSuchZone, suggest_zones, zone_of

from .base import Choices, Interaction, may_see
from .summaries import SummaryCommands

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date, tzinfo

    from cogs.perf.schedule_store import Claim

# What most people look for comes first.
_DAYS = tuple(dict.fromkeys(("1", "15", "28", LAST_DAY, *map(str, range(1, EVERY_MONTH + 1)))))
Weekday = Literal["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"]


class ScheduleCommands(SummaryCommands):
    """The schedules of the summaries."""

    schedule = app_commands.Group(name="schedule", description="Which summaries are posted where and when")

    @schedule.command(name="list")
    async def list_schedules(self, interaction: Interaction) -> None:
        """Show the summaries that are set, and what became of the last ones."""
        await interaction.response.defer(ephemeral=True)
        own = (await self.summaries.book()).of_guild(interaction.guild_id or 0)
        if not own:
            await show(interaction, told.none_set(self.summaries.damage).build())
            return
        standings = [await self._standing(schedule) for schedule in own]
        await show(interaction, told.listed(standings).build())

    @schedule.command(name="set")
    @app_commands.describe(
        kind="Which summary",
        channel="Where it is posted",
        at="When, hours and minutes: 09:00",
        timezone="Whose hours",
        weekday="Of a weekly one: on which day (Monday)",
        day="Of a monthly one: on which day, 1 to 28 or last (1)",
    )
    @app_commands.rename(at="time")
    async def set_schedule(  # noqa: PLR0917 - options of a command
        self,
        interaction: Interaction,
        kind: Literal["daily", "weekly", "monthly"],
        channel: discord.TextChannel | None = None,
        at: str | None = None,
        timezone: str | None = None,
        weekday: Weekday | None = None,
        day: str | None = None,
    ) -> None:
        """Post a summary each day, week or month, or change when."""
        await interaction.response.defer(ephemeral=True)
        guild_id = interaction.guild_id or 0
        wish = Wish(Kind(kind), channel, at, timezone, weekday, day)
        own = (await self.summaries.book()).of_guild(guild_id)
        wanted = await asyncio.to_thread(plan, wish, guild_id, own, time.time())
        kept = await self.summaries.set(wanted)
        zone = await asyncio.to_thread(zone_of, kept.zone)
        others = sum(one.kind is kept.kind and one.key != kept.key for one in own)
        report = told.is_set(await self._standing(kept), others)
        states = {on: claim.state for on, claim in (await self.summaries.book()).claims_of(kept).items()}
        today = about_today(kept, zone, states, datetime.now(UTC))
        if today:
            report.line(today)
        await show(interaction, report.build())

    @schedule.command(name="preview")
    @app_commands.describe(summary="Which of those that are set, or a kind")
    async def preview_schedule(self, interaction: Interaction, summary: str | None = None) -> None:
        """See for yourself alone what would be posted now."""
        await interaction.response.defer(ephemeral=True)
        guild_id = interaction.guild_id or 0
        own = (await self.summaries.book()).of_guild(guild_id)
        schedule = _sample(guild_id, own, summary)
        zone = await asyncio.to_thread(zone_of, schedule.zone)
        now = datetime.now(UTC)
        local = now.astimezone(zone)
        decision = Decision(Verdict.POST, local.date(), now)
        # As if it were due at this very moment: a monthly one is about the month before it.
        day = schedule.day if schedule.kind is not Kind.MONTHLY else local.day if local.day <= EVERY_MONTH else LAST
        schedule = replace(schedule, at=local.time().replace(tzinfo=None), day=day)
        before = (await self.summaries.book()).told.get(schedule.key)
        drawn = await self.draw_summary(schedule, decision, [], before, "a preview, posted nowhere")
        await show(interaction, drawn.embed, files=drawn.files)

    @schedule.command(name="pause")
    @app_commands.describe(summary="Which one")
    async def pause_schedule(self, interaction: Interaction, summary: str | None = None) -> None:
        """Post a summary no more until it is resumed."""
        await self._switch(interaction, summary, paused=True)

    @schedule.command(name="resume")
    @app_commands.describe(summary="Which one")
    async def resume_schedule(self, interaction: Interaction, summary: str | None = None) -> None:
        """Post a paused summary again."""
        await self._switch(interaction, summary, paused=False)

    @schedule.command(name="remove")
    @app_commands.describe(summary="Which one")
    async def remove_schedule(self, interaction: Interaction, summary: str | None = None) -> None:
        """Post a summary no more."""
        await interaction.response.defer(ephemeral=True)
        own = (await self.summaries.book()).of_guild(interaction.guild_id or 0)
        schedule = choose(own, summary)
        was_there = await self.summaries.remove(schedule)
        await show(interaction, told.removed(schedule, was_there=was_there).build())

    @set_schedule.autocomplete("timezone")
    async def _zones(self, interaction: Interaction, typed: str) -> Choices:
        if not may_see(interaction):
            return []
        names = await asyncio.to_thread(suggest_zones, typed)
        return [app_commands.Choice(name=name, value=name) for name in names]

    @set_schedule.autocomplete("day")
    async def _days(self, interaction: Interaction, typed: str) -> Choices:
        if not may_see(interaction):
            return []
        fitting = [day for day in _DAYS if day.startswith(typed.strip().casefold())]
        return [app_commands.Choice(name=day, value=day) for day in fitting[:CHOICES]]

    @pause_schedule.autocomplete("summary")
    async def _to_pause(self, interaction: Interaction, typed: str) -> Choices:
        return await self._offered_schedules(interaction, typed, paused=False)

    @resume_schedule.autocomplete("summary")
    async def _to_resume(self, interaction: Interaction, typed: str) -> Choices:
        return await self._offered_schedules(interaction, typed, paused=True)

    @remove_schedule.autocomplete("summary")
    async def _to_remove(self, interaction: Interaction, typed: str) -> Choices:
        return await self._offered_schedules(interaction, typed)

    @preview_schedule.autocomplete("summary")
    async def _to_preview(self, interaction: Interaction, typed: str) -> Choices:
        found = await self._offered_schedules(interaction, typed)
        kinds = [kind.value for kind in Kind if kind.startswith(typed.strip().casefold())]
        if may_see(interaction):
            found += [app_commands.Choice(name=f"any {kind} summary", value=kind) for kind in kinds]
        return found

    async def _offered_schedules(self, interaction: Interaction, typed: str, *, paused: bool | None = None) -> Choices:
        if not may_see(interaction):
            return []
        try:
            own = (await self.summaries.book()).of_guild(interaction.guild_id or 0)
        except ScheduleStoreError:
            return []
        guild = interaction.guild
        choices = []
        for one in own:
            channel = guild.get_channel(one.channel_id) if guild is not None else None
            where = f"#{channel.name}" if channel is not None else f"channel {one.channel_id}"
            name = f"{one.number} · {one.kind}, {told.rhythm(one)} at {one.at:%H:%M} ({one.zone}) in {where}"
            if paused in (None, one.paused) and typed.strip().casefold() in name.casefold():
                choices.append(app_commands.Choice(name=cut(name, CHOICE), value=str(one.number)))
        return choices

    async def _switch(self, interaction: Interaction, summary: str | None, *, paused: bool) -> None:
        await interaction.response.defer(ephemeral=True)
        schedule = choose((await self.summaries.book()).of_guild(interaction.guild_id or 0), summary)
        if schedule.paused is not paused:
            # What was due in the pause is not owed.
            schedule = await self.summaries.set(replace(schedule, paused=paused, since=time.time()))
        await show(interaction, told.switched(await self._standing(schedule)).build())

    async def _standing(self, schedule: Schedule) -> told.Standing:
        claims = (await self.summaries.book()).claims_of(schedule)
        last = claims[max(claims)] if claims else None
        problem = self.summaries.problem(schedule)
        try:
            zone = await asyncio.to_thread(zone_of, schedule.zone)
        except NoSuchZone as error:
            return told.Standing(schedule, None, last, error.user_message)
        return told.Standing(schedule, _upcoming(schedule, zone, claims), last, problem)


def _sample(guild_id: int, own: tuple[Schedule, ...], named: str | None) -> Schedule:
    """Choose what to preview: a kind needs no schedule; nothing at all means the only one, or a day when none is set.

    Raises:
        BadInput: There is no such one, or there are several and none was named.
    """
    kind = next((kind for kind in Kind if named is not None and named.strip().casefold() == kind), None)
    if kind is None and (own or named is not None):
        return choose(own, named)
    return Schedule(guild_id, 0, MORNING, own[0].zone if own else "UTC", 0.0, kind or Kind.DAILY)


def _upcoming(schedule: Schedule, zone: tzinfo, claims: Mapping[date, Claim]) -> datetime:
    states = {day: claim.state for day, claim in claims.items()}
    return decide(schedule, zone, states, datetime.now(UTC)).moment
