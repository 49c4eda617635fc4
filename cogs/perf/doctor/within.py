"""The checks that a running bot can make of itself."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, cast

import discord

from cogs.perf.kit import lacking_permissions
from cogs.perf.schedule_store import ScheduleStoreError

from . import judging, machine
from .finding import Finding
from .outline import compare, outline

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from discord.ext import commands

    from cogs.perf.summaries import Summaries
    from utils.performance_metrics import PerformanceMetrics

    from .finding import Check
    from .outline import Outline

LIBRARIES = {"discord.py": "2.7.1"}
"""What the cog needs, and what of its version was tested: it uses private hooks."""
SET_SUMMARY = "/perf schedule set channel:"
_SLOW_HEARTBEAT = 2.0


class Within:
    """Checks of a bot that is logged in.

    Args:
        bot: It.
        metrics: Where it measures.
        summaries: What posts its summaries.
        guild_id: The server where it was asked.
        ahead: Seconds that this machine's clock was ahead of the moment at which Discord says it was asked.
    """

    def __init__(
        self,
        bot: commands.Bot,
        metrics: PerformanceMetrics,
        summaries: Summaries,
        *,
        guild_id: int | None,
        ahead: float,
    ) -> None:
        self._bot = bot
        self._metrics = metrics
        self._summaries = summaries
        self._guild_id = guild_id
        self._ahead = ahead

    def checks(self) -> dict[str, Check]:
        """All of them, by what they look at.

        A bot that has more to look at than the cog knows gives its own checks in its attribute ``perf_checks``, a
        mapping of the same shape.
        """
        more: Mapping[str, Check] = getattr(self._bot, "perf_checks", None) or {}
        return {
            "Machine": self._machine,
            "Data folder": self._data,
            "Gateway": self._gateway,
            "Clock": self._clock,
            "Commands": self._commands,
            "Summaries": self._summary,
            **more,
        }

    async def _machine(self) -> Sequence[Finding]:
        def look() -> list[Finding]:
            return [machine.python(), machine.libraries(LIBRARIES), machine.time_zones()]

        return await asyncio.to_thread(look)

    async def _data(self) -> Sequence[Finding]:
        def look() -> list[Finding]:
            health = self._metrics.health()
            return [*machine.data_folder(health.path.parent), judging.measurements(health)]

        return await asyncio.to_thread(look)

    async def _gateway(self) -> Sequence[Finding]:
        latency = self._bot.latency
        if latency < _SLOW_HEARTBEAT:  # false for the NaN of before the first heartbeat
            return [Finding.ok("Gateway", f"Connected, heartbeat answered in {latency * 1000:.0f} ms.")]
        if latency != latency:  # noqa: PLR0124 - NaN
            return [Finding.ok("Gateway", "Connected just now.")]
        said = f"The last heartbeat was answered after {latency:.1f} s."
        return [Finding.warn("Gateway", said, "See `/perf explain`: the event loop may be held, or the network slow.")]

    async def _clock(self) -> Sequence[Finding]:
        return [judging.clock(self._ahead)]

    async def _commands(self) -> Sequence[Finding]:
        tree = self._bot.tree
        home = getattr(self._bot, "home_guild_id", None)
        guilds: list[discord.abc.Snowflake | None] = [None]
        if home or self._guild_id:
            guilds.append(discord.Object(home or self._guild_id or 0))
        ours: Outline = {}
        theirs: Outline = {}
        for guild in guilds:
            ours |= outline(command.to_dict(tree) for command in tree.get_commands(guild=guild))
            theirs |= outline(command.to_dict() for command in await tree.fetch_commands(guild=guild))
        return [judging.commands(compare(ours, theirs), len(theirs))]

    async def _summary(self) -> Sequence[Finding]:
        check = "Summaries"
        try:
            schedules = (await self._summaries.book()).of_guild(self._guild_id or 0)
        except ScheduleStoreError as error:
            return [Finding.fail(check, f"{error}.", "Let the bot's user read that file.")]
        if not schedules:
            return [Finding.ok(check, "None is set.")]
        found = []
        for one in schedules:
            if one.paused:
                found.append(Finding.ok(check, f"The {one.kind} one, number {one.number}, is paused."))
            elif problem := self._summaries.problem(one):
                found.append(Finding.fail(check, problem, "See `/perf schedule list`."))
            else:
                found.append(channel_of(self._bot, one.channel_id, f"{one.kind} summary", SET_SUMMARY))
        return found


def channel_of(bot: discord.Client, channel_id: int, what_for: str, set_anew: str) -> Finding:
    """Judge the bot's permissions in a channel.

    Args:
        bot: The bot.
        channel_id: The channel.
        what_for: What is posted there.
        set_anew: How another channel is chosen.
    """
    channel = bot.get_channel(channel_id)
    if not isinstance(channel, discord.TextChannel):
        return judging.channel_gone(channel_id, what_for, set_anew)
    me = cast("discord.Member | None", channel.guild.me)
    attach = me is None or channel.permissions_for(me).attach_files
    return judging.channel(f"#{channel.name}", what_for, lacking_permissions(channel), attach=attach)
