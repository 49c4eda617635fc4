"""Reports on what the bot and its containers did: how fast, how often, how well.

Copy this folder to another discord.py bot's `cogs/`, and `utils/metrics/` and `utils/performance_metrics.py` to its
`utils/`; then `await bot.load_extension("cogs.perf")` times its commands and adds `/perf`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from utils.metrics.redact import conceal
from utils.metrics.words import START
from utils.performance_metrics import get_performance_metrics

from .instrumentation import attach, detach

if TYPE_CHECKING:
    from discord.ext import commands


async def setup(bot: commands.Bot) -> None:
    """Time everything the bot is asked to do, and add the `/perf` commands."""
    from .cog import PerfCog  # noqa: PLC0415 - a cog that only uses the kit need not load the reports

    metrics = get_performance_metrics()
    if bot.http.token:
        conceal(bot.http.token)  # whatever else may quote it: it comes into no record
    attach(bot, metrics)
    metrics.record(START, 0.0)
    await bot.add_cog(PerfCog(bot, metrics))


async def teardown(bot: commands.Bot) -> None:
    """Stop timing; discord.py has removed the cog."""
    detach(bot)
