"""An action that took too long, told; and, when it is known, what became of it, in the same message."""

from __future__ import annotations

import asyncio
import logging
from typing import TYPE_CHECKING, Any

from discord import app_commands

from cogs.perf.kit import show
from services.docker import OperationTimeout

from .limits import later_embed, timed_out_embed

if TYPE_CHECKING:
    from collections.abc import Coroutine

    import discord

    Interaction = discord.Interaction[Any]

_LOG = logging.getLogger(__name__)
_telling: set[asyncio.Task[None]] = set()


def followed(error: BaseException) -> OperationTimeout | None:
    """Find the timeout that a command or a button raised, if it is one that the bot looks again at."""
    while isinstance(error, app_commands.CommandInvokeError):
        error = error.original
    return error if isinstance(error, OperationTimeout) and error.later is not None else None


async def tell_timeout(interaction: Interaction, error: OperationTimeout) -> None:
    """Tell it in the interaction's own message, and edit that again when the end is known.

    The second edit is made by a task of its own, so that a command's time ends with the first.

    Args:
        interaction: Deferred, or answered with the message that asked.
        error: What `followed` found.
    """
    await _show(interaction, timed_out_embed(error))
    tell_later(_tell_end(interaction, error))


def tell_later(telling: Coroutine[Any, Any, None]) -> None:
    """Let something be told in a task of its own.

    Args:
        telling: Waits, and tells; it must not raise.
    """
    task = asyncio.create_task(telling, name="docker-later")
    _telling.add(task)
    task.add_done_callback(_telling.discard)


async def _tell_end(interaction: Interaction, error: OperationTimeout) -> None:
    if error.later is not None:
        await _show(interaction, later_embed(error, await asyncio.shield(error.later)))


async def _show(interaction: Interaction, embed: discord.Embed) -> None:
    try:
        await show(interaction, embed)
    except Exception as failure:  # noqa: BLE001 - nobody is left to hand it on to, and the action itself is recorded
        _LOG.warning("The end of a Docker action could not be shown: %s", type(failure).__name__)
