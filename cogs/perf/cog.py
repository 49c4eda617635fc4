"""The `/perf` commands: parse, read, show. For admins alone, answers for their eyes alone."""

from __future__ import annotations

import asyncio
import io
import logging
import time
from datetime import UTC, datetime
from datetime import time as daytime
from typing import TYPE_CHECKING, Any, Literal

import discord
from discord import app_commands
from discord.ext import commands, tasks

from utils.metrics import words as told
from utils.metrics.errors import MetricsError
from utils.metrics.outcome import Outcome

from .arguments import UnknownOperation, find_operation, parse_threshold, suggest
from .channel import DiscordChannel
from .clocks import TICK, tick_seconds
from .export import Format, export
from .kit import ConfirmView, answer_error, denied, is_admin, show
from .measure import note_outcome
from .planning import Wish, about_today, plan
from .reports import housekeeping, summary
from .reports.detail import Detail
from .reports.entries import LIMIT, Recent, Slow
from .reports.overview import Overview
from .schedule import WINDOW, Decision, Schedule, decide, marker, moment_of
from .schedule_store import FILE_NAME, ScheduleStore, ScheduleStoreError
from .summaries import Summaries
from .views import PerfView
from .zones import NoSuchZone, suggest_zones, zone_of

if TYPE_CHECKING:
    from datetime import tzinfo

    from utils.performance_metrics import PerformanceMetrics

    from .screen import Screen

Interaction = discord.Interaction[Any]
Hours = app_commands.Range[int, 1, 8760]

ADMINS_ONLY = "Only admins can see performance reports here. Ask one to run this, or to give you administrator rights."
_RETRY = 0.5
_DISCORD_LIMIT = 10 * 1024 * 1024
_LOG = logging.getLogger(__name__)


@app_commands.guild_only()
@app_commands.default_permissions(administrator=True)
class PerfCog(commands.GroupCog, group_name="perf", group_description="How fast the bot is, and what fails"):
    """Reports on what was measured.

    Args:
        bot: The bot that shows them.
        metrics: Where they come from.
    """

    def __init__(self, bot: commands.Bot, metrics: PerformanceMetrics) -> None:
        self.bot = bot
        self._metrics = metrics
        self._summaries = Summaries(
            self._open_store, DiscordChannel(bot), self._draw_summary, time.time, time.monotonic
        )

    async def cog_load(self) -> None:
        """Start the clock of the daily summary."""
        self.tick.change_interval(seconds=tick_seconds())
        self.tick.start()

    async def cog_unload(self) -> None:
        """Stop it, and note when."""
        self.tick.cancel()
        await self._summaries.close()

    @tasks.loop(seconds=TICK)
    async def tick(self) -> None:
        """Post what is due."""
        await self._summaries.tick()

    @tick.before_loop
    async def _until_ready(self) -> None:
        # The first question makes the metrics read their file, so that autocomplete knows what it holds.
        await self._read_file()
        while not await self._ready():  # noqa: ASYNC110 - discord.py has no event to wait for before the login
            await asyncio.sleep(_RETRY)

    async def interaction_check(self, interaction: Interaction, /) -> bool:
        """Refuse everyone but admins."""
        if not is_admin(interaction):
            raise denied(interaction, ADMINS_ONLY)
        return True

    async def cog_app_command_error(self, interaction: Interaction, error: app_commands.AppCommandError) -> None:
        """Answer whatever a command raised."""
        await answer_error(interaction, error)

    @app_commands.command()
    @app_commands.describe(operation="Only this one", hours="How far back (24)")
    async def stats(self, interaction: Interaction, operation: str | None = None, hours: Hours = 24) -> None:
        """How often, how fast and how well everything ran."""
        await interaction.response.defer(ephemeral=True)
        name = await self._find(operation)
        overview = Overview(hours)
        await self._open(interaction, overview if name is None else Detail(name, hours, overview))

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
        await self._open(interaction, Recent(await self._find(operation), limit, failures))

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
        await self._open(interaction, Slow(await self._find(operation), hours, least))

    @app_commands.command()
    @app_commands.describe(days="Delete what is older than this many days (30)")
    async def cleanup(self, interaction: Interaction, days: app_commands.Range[int, 1, 3650] = 30) -> None:
        """Delete old measurements; asks before it does."""
        await interaction.response.defer(ephemeral=True)
        preview = await asyncio.to_thread(self._metrics.preview_cleanup, days)
        view = None
        if preview.removed:

            async def confirmed(press: Interaction) -> None:
                removed = await asyncio.to_thread(self._metrics.cleanup_old_metrics, days)
                health = await asyncio.to_thread(self._metrics.health)
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
        name = await self._find(operation)
        limit = interaction.filesize_limit or _DISCORD_LIMIT
        exported = await asyncio.to_thread(export, self._metrics, name, Format(kind), limit)
        if exported is None:
            await show(interaction, housekeeping.export_nothing(name).build())
            return
        file = discord.File(io.BytesIO(exported.data), exported.name)
        await show(interaction, housekeeping.export_done(exported, name).build(), files=[file])

    @app_commands.command(name="summary")
    async def summary_now(self, interaction: Interaction) -> None:
        """What happened today so far."""
        await interaction.response.defer(ephemeral=True)
        zone, notes = await self._day_of(interaction.guild_id or 0)
        now = datetime.now(zone)
        midnight = moment_of(now.date(), daytime.min, zone) or now
        facts = await asyncio.to_thread(
            summary.gather, self._metrics, midnight.timestamp(), now.timestamp(), now.timestamp()
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
            report = housekeeping.schedule_removed(was_there=await self._summaries.remove(guild_id))
            await show(interaction, report.build())
            return
        present = (await self._summaries.book()).of_guild(guild_id)
        if wish.is_empty and present is None:
            await show(interaction, housekeeping.schedule_missing().build())
            return
        wanted = await asyncio.to_thread(plan, wish, guild_id, present, time.time())
        kept = await self._summaries.set(wanted) if not wish.is_empty else wanted
        await self._show_schedule(interaction, kept, changed=not wish.is_empty)

    @stats.autocomplete("operation")
    @recent.autocomplete("operation")
    @slow.autocomplete("operation")
    @export_entries.autocomplete("operation")
    async def _operations(self, interaction: Interaction, typed: str) -> list[app_commands.Choice[str]]:
        if not _may_see(interaction):
            return []
        return [app_commands.Choice(name=name, value=name) for name in suggest(self._metrics.get_operations(), typed)]

    @schedule.autocomplete("timezone")
    async def _zones(self, interaction: Interaction, typed: str) -> list[app_commands.Choice[str]]:
        if not _may_see(interaction):
            return []
        names = await asyncio.to_thread(suggest_zones, typed)
        return [app_commands.Choice(name=name, value=name) for name in names]

    async def _read_file(self) -> None:
        try:
            await asyncio.to_thread(self._metrics.health)
        except MetricsError as error:
            _LOG.warning("The metrics can't be read: %s", error)
        except Exception:  # noqa: BLE001 - what is raised here ends the summary's loop, and nobody hears of it
            _LOG.exception("The metrics can't be read")

    async def _ready(self) -> bool:
        """Wait for Discord; False when it is too early even for that: a bot can load its cogs before it logs in."""
        try:
            await self.bot.wait_until_ready()
        except Exception as error:  # noqa: BLE001 - as above: the loop must live
            _LOG.debug("Not logged in yet: %s", error)
            return False
        return True

    async def _find(self, operation: str | None) -> str | None:
        try:
            return find_operation(self._metrics.get_operations(), operation)
        except UnknownOperation:
            # Another process may have measured it since the file was read.
            await asyncio.to_thread(self._metrics.health)
            return find_operation(self._metrics.get_operations(), operation)

    async def _open(self, interaction: Interaction, screen: Screen) -> None:
        await PerfView(interaction.user.id, is_admin, self._metrics).open(interaction, screen)

    async def _show_schedule(self, interaction: Interaction, schedule: Schedule, *, changed: bool) -> None:
        claims = (await self._summaries.book()).claims_of(schedule)
        zone = await asyncio.to_thread(zone_of, schedule.zone)
        states = {day: claim.state for day, claim in claims.items()}
        now = datetime.now(UTC)
        upcoming = decide(schedule, zone, states, now).moment
        last = claims[max(claims)] if claims else None
        problem = self._summaries.problem(schedule.guild_id)
        report = housekeeping.schedule_state(schedule, upcoming, last, problem, changed=changed)
        today = about_today(schedule, zone, states, now) if changed else None
        if today:
            report.line(today)
        await show(interaction, report.build())

    async def _day_of(self, guild_id: int) -> tuple[tzinfo, list[str]]:
        """Give the zone whose day it is in a server, and what has to be said of it."""
        try:
            schedule = (await self._summaries.book()).of_guild(guild_id)
            return await asyncio.to_thread(zone_of, schedule.zone if schedule else "UTC"), []
        except (ScheduleStoreError, NoSuchZone) as error:
            return UTC, [f"⚠ This is the day of UTC. {error.user_message}"]

    def _open_store(self) -> ScheduleStore:
        return ScheduleStore(self._metrics.health().path.with_name(FILE_NAME))

    async def _draw_summary(self, schedule: Schedule, decision: Decision, notes: list[str]) -> discord.Embed:
        end, now = decision.moment, time.time()
        start = end - WINDOW
        zone = await asyncio.to_thread(zone_of, schedule.zone)
        facts = await asyncio.to_thread(summary.gather, self._metrics, start.timestamp(), end.timestamp(), now)
        name = summary.day_name(end, zone)
        return summary.render(facts, name, now, notes=notes, mark=marker(decision.day)).build()


def _may_see(interaction: Interaction) -> bool:
    """Tell whether someone who types gets suggestions; a refusal has no answer of its own, so it is noted here."""
    if is_admin(interaction):
        return True
    note_outcome(Outcome.DENIED)
    return False
