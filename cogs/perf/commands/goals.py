"""/perf goal: what is wanted of operations, and an alarm when it is in danger."""

from __future__ import annotations

import asyncio
import time
from typing import TYPE_CHECKING, Literal

import discord
from discord import app_commands

from cogs.perf.arguments import BadInput, parse_share, parse_threshold, suggest
from cogs.perf.goals.book import Kept
from cogs.perf.goals.store import FILE_NAME, GoalStore
from cogs.perf.kit import code, lacking_permissions, show
from cogs.perf.reports import goals as told
from utils.metrics.analysis.goals import PERIOD_DAYS
from utils.metrics.goals import Goal, read, rings
from utils.metrics.parse import find_name, near_names

from .base import Choices, Commands, Interaction, may_see

if TYPE_CHECKING:
    from cogs.perf.goals.book import Notice
    from cogs.perf.goals.watch import Watch

Percentile = Literal["p50", "p90", "p95", "p99", "none"]
Days = Literal[7, 14, 30]
_SHARES = {"p50": 0.5, "p90": 0.9, "p95": 0.95, "p99": 0.99}
_LONGEST_NAME = 200


class GoalCommands(Commands):
    """Goals of a server.

    Attributes:
        goals: All goals, and what looks after them.
    """

    goals: Watch

    goal = app_commands.Group(
        name="goal", description="What is wanted of operations, and an alarm when it is in danger"
    )

    @goal.command(name="set")
    @app_commands.describe(
        operation="Which one; a name that is not measured yet will do",
        threshold="Fast enough: 500ms, 1.5s, 1m",
        percentile="How many calls must be fast enough (p95: 95 of 100)",
        success="How many calls must succeed: 99%, 99.9",
        channel="Where its alarms are posted (the server's channel)",
        days="Over how many days its budget goes (30)",
    )
    async def set_goal(
        self,
        interaction: Interaction,
        operation: str,
        *,
        threshold: str | None = None,
        percentile: Percentile | None = None,
        success: str | None = None,
        channel: discord.TextChannel | None = None,
        days: Days = PERIOD_DAYS,
    ) -> None:
        """Set what is wanted of an operation, in place of what was."""
        await interaction.response.defer(ephemeral=True)
        await asyncio.to_thread(self.metrics.health)  # what other processes measured is known only after a look
        known = self.metrics.get_operations()
        name = find_name(known, operation) or operation.strip()
        goal = _goal(name, threshold, percentile, success, days)
        _check_channel(channel)
        now = time.time()
        kept = Kept(interaction.guild_id or 0, goal, channel.id if channel else None, now)
        book = await self.goals.change(lambda book: book.with_goal(kept))
        stand = await asyncio.to_thread(read, self.metrics, goal, now)
        near = () if name in known else tuple(near_names(known, name))
        report = told.goal_set(stand, book.channel_of(kept), known=name in known, near=near)
        await show(interaction, report.build())

    @goal.command(name="list")
    async def list_goals(self, interaction: Interaction) -> None:
        """How the goals of this server stand."""
        await interaction.response.defer(ephemeral=True)
        guild_id = interaction.guild_id or 0
        book = await self.goals.book()
        problems = {kept.key: self.goals.problem(kept.key) for kept in book.of_guild(guild_id)}
        known = {key: problem for key, problem in problems.items() if problem}
        await self.open(interaction, told.Goals(book, guild_id, known, self.goals.damage))

    @goal.command(name="remove")
    @app_commands.describe(operation="Whose goal goes")
    async def remove_goal(self, interaction: Interaction, operation: str) -> None:
        """Remove the goal of an operation."""
        await interaction.response.defer(ephemeral=True)
        guild_id = interaction.guild_id or 0
        names = [kept.goal.operation for kept in (await self.goals.book()).of_guild(guild_id)]
        name = find_name(names, operation)
        if name is None:
            there = f"There are goals for {', '.join(map(code, names[:10]))}." if names else "No goal is set here."
            raise BadInput(f"{code(operation)} has no goal. {there}")
        await self.goals.change(lambda book: book.without_goal((guild_id, name)))
        await show(interaction, told.goal_removed(name).build())

    @goal.command(name="alerts")
    @app_commands.describe(channel="Where alarms are posted", off="Post none, but of goals with a channel of their own")
    async def goal_alerts(
        self,
        interaction: Interaction,
        channel: discord.TextChannel | None = None,
        off: bool = False,  # noqa: FBT001, FBT002 - an option of a command
    ) -> None:
        """Choose where alarms of goals are posted; without options: what is set."""
        await interaction.response.defer(ephemeral=True)
        if off and channel is not None:
            raise BadInput("`off` removes the channel, `channel` sets one. Give either.")
        _check_channel(channel)
        guild_id = interaction.guild_id or 0
        changed = off or channel is not None
        book = await self.goals.book()
        if changed:
            chosen = channel.id if channel is not None else None
            book = await self.goals.change(lambda book: book.with_channel(guild_id, chosen))
        own = sum(kept.channel_id is not None for kept in book.of_guild(guild_id))
        await show(interaction, told.alerts_state(book.channels.get(guild_id), own, changed=changed).build())

    @set_goal.autocomplete("operation")
    async def _operations_for_goals(self, interaction: Interaction, typed: str) -> Choices:
        found = self.offered(interaction, typed)
        name = typed.strip()[:100]
        # A name that is not measured yet is offered as it is typed.
        own = [] if not name or found or not may_see(interaction) else [app_commands.Choice(name=name, value=name)]
        return found + own

    @remove_goal.autocomplete("operation")
    async def _operations_with_goals(self, interaction: Interaction, typed: str) -> Choices:
        if not may_see(interaction):
            return []
        book = await self.goals.book()
        names = [kept.goal.operation for kept in book.of_guild(interaction.guild_id or 0)]
        return [app_commands.Choice(name=name, value=name) for name in suggest(names, typed)]

    def open_goal_store(self) -> GoalStore:
        """Find the file of the goals; it may block."""
        return GoalStore(self.metrics.path.with_name(FILE_NAME))

    def goal_rings(self, goal: Goal, now: float) -> bool:
        """Tell whether a goal's alarm rings; it blocks."""
        return rings(self.metrics, goal, now)

    async def draw_alarm(self, kept: Kept, notice: Notice) -> discord.Embed:
        """Draw the message of an alarm."""
        stand = await asyncio.to_thread(read, self.metrics, kept.goal, time.time())
        return told.alarm(notice, stand).build()


def _goal(name: str, threshold: str | None, percentile: Percentile | None, success: str | None, days: int) -> Goal:
    """Make the goal that was asked for.

    Raises:
        BadInput: An option makes no sense, or one is missing.
    """
    if not name or len(name) > _LONGEST_NAME:
        raise BadInput(f"Name an operation, in at most {_LONGEST_NAME} signs.")
    fast = threshold is not None and percentile != "none"
    if percentile not in (None, "none") and threshold is None:
        raise BadInput(f"Say what is fast enough, too: `threshold:500ms` with `percentile:{percentile}`.")
    if not fast and success is None:
        raise BadInput(f"Say what is wanted: a `threshold`, a share of `success`, or both. {told.EXAMPLE}")
    seconds = parse_threshold(threshold) if fast and threshold is not None else 0.0
    if fast and not seconds:
        raise BadInput("A threshold of 0 can't be met. Choose a longer one, such as `500ms`.")
    return Goal(
        name,
        percentile=_SHARES[percentile or "p95"] if fast else None,
        threshold=seconds,
        success=None if success is None else parse_share(success),
        days=days,
    )


def _check_channel(channel: discord.TextChannel | None) -> None:
    """Refuse a channel that the bot can't post in."""
    lacking = lacking_permissions(channel) if channel is not None else []
    if channel is not None and lacking:
        raise BadInput(
            f"I can't post in {channel.mention} yet. I need there: {', '.join(lacking)}. "
            "Give them to my role in the channel's settings, then run this again."
        )
