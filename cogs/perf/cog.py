"""The cog: its commands put together, who gets in, and the clock of the summaries and goals."""

from __future__ import annotations

import asyncio
import logging
import time
from typing import TYPE_CHECKING

from discord import app_commands
from discord.ext import commands, tasks

from utils.metrics.errors import MetricsError

from .channel import DiscordChannel
from .charts import PAINTER
from .clocks import SAMPLE_VARIABLE, TICK, tick_seconds
from .commands import (
    ChartCommands,
    CompareCommands,
    DebugCommands,
    DoctorCommands,
    ExplainCommands,
    GoalCommands,
    LiveCommands,
    MemoryCommands,
    ProfileCommands,
    ReportCommands,
    ScheduleCommands,
    SystemCommands,
    TimeCommands,
    UpkeepCommands,
)
from .goals.watch import Watch
from .kit import answer_error, denied, is_admin
from .resources.sampler import Sampler
from .summaries import Summaries

if TYPE_CHECKING:
    from utils.performance_metrics import PerformanceMetrics

    from .commands.base import Interaction

ADMINS_ONLY = "Only admins can see performance reports here. Ask one to run this, or to give you administrator rights."
_RETRY = 0.5
_LOG = logging.getLogger(__name__)


@app_commands.guild_only()
@app_commands.default_permissions(administrator=True)
class PerfCog(
    ReportCommands,
    CompareCommands,
    ChartCommands,
    DoctorCommands,
    ExplainCommands,
    GoalCommands,
    LiveCommands,
    TimeCommands,
    DebugCommands,
    SystemCommands,
    MemoryCommands,
    ProfileCommands,
    UpkeepCommands,
    ScheduleCommands,
    commands.GroupCog,
    group_name="perf",
    group_description="How fast the bot is, and what fails",
):
    """Reports on what was measured.

    Args:
        bot: The bot that shows them.
        metrics: Where they come from.
    """

    def __init__(self, bot: commands.Bot, metrics: PerformanceMetrics) -> None:
        super().__init__()
        self.bot = bot
        self.metrics = metrics
        self.sampler = Sampler(metrics, tick_seconds(SAMPLE_VARIABLE))
        self.summaries = Summaries(self.open_store, DiscordChannel(bot), self.draw_summary, time.time, time.monotonic)
        self.goals = Watch(self.open_goal_store, DiscordChannel(bot), self.goal_rings, self.draw_alarm, clock=time.time)

    async def cog_load(self) -> None:
        """Start the clock of the summaries, and the look at the process each minute."""
        await super().cog_load()
        self.sampler.start()
        self.tick.change_interval(seconds=tick_seconds())
        self.tick.start()

    async def cog_unload(self) -> None:
        """Stop it, and note when."""
        self.tick.cancel()
        self.sampler.stop()
        self.end_debug()
        await self.end_live()
        await self.end_memory()
        await self.end_profile()
        await asyncio.to_thread(PAINTER.close)
        await self.summaries.close()

    @tasks.loop(seconds=TICK)
    async def tick(self) -> None:
        """Post what is due."""
        await self.summaries.tick()
        await self.goals.tick()

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

    async def _read_file(self) -> None:
        try:
            await asyncio.to_thread(self.metrics.health)
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
