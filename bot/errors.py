"""The last answer: what no cog answered, a person still hears about.

Cogs answer their own errors (they may live in another bot). What is left for the bot: commands that Discord shows in an
old form, and presses of buttons whose view ended with an earlier run of the bot.
"""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any

import discord
from discord import app_commands

from cogs.perf.hooks import TAKEN
from cogs.perf.kit import answer_error, reply_error
from cogs.perf.measure import metrics_of
from utils.metrics.outcome import Outcome

if TYPE_CHECKING:
    from utils.performance_metrics import PerformanceMetrics

ORPHAN_AFTER = 1.5
"""Seconds after which a press that nobody answered is taken for one without a view; Discord waits 3 s."""
_LOOKS = 10


async def on_tree_error(interaction: discord.Interaction[Any], error: app_commands.AppCommandError) -> None:
    """Answer an error of an application command, unless a cog has done so.

    Args:
        interaction: The failed interaction.
        error: What it ended with.
    """
    command = interaction.command
    if isinstance(command, app_commands.Command) and command._has_any_error_handlers():  # noqa: SLF001 - no public way
        return
    await answer_error(interaction, error)


async def answer_orphan(interaction: discord.Interaction[Any], metrics: PerformanceMetrics) -> None:
    """Answer the press of a button (or the sending of a form) that belongs to no live view.

    A press may be quicker than discord.py, which knows a view only when Discord's answer to the message is in. So a
    press that found no view is handed to it again until it finds one, or the time is over.

    Args:
        interaction: Any interaction; all but components and modals are left alone.
        metrics: Gets a record of its own, for no hook of discord.py sees such a press.
    """
    if interaction.type not in (discord.InteractionType.component, discord.InteractionType.modal_submit):
        return
    for left in reversed(range(_LOOKS)):
        await asyncio.sleep(ORPHAN_AFTER / _LOOKS)
        if interaction.response.is_done() or TAKEN in interaction.extras:
            return
        if left:
            _find_view(interaction)
    with metrics.track("component.expired") as span:
        span.set_outcome(Outcome.NOT_FOUND)
        await reply_error(interaction, "These buttons have expired. Run the command again.")


def _find_view(interaction: discord.Interaction[Any]) -> None:
    """Let discord.py look once more for the view that a press belongs to; without one, nothing happens.

    Not without our hooks: what has been taken bears no mark then, and would be done twice.
    """
    if interaction.type is discord.InteractionType.component and metrics_of(interaction.client) is not None:
        data: Any = interaction.data
        views = interaction._state._view_store  # noqa: SLF001 - no public way
        views.dispatch_view(data["component_type"], data["custom_id"], interaction)
