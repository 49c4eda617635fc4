"""Every failure gets an answer: what was wrong and what to do, or a number to look up in the log."""

from __future__ import annotations

import itertools
import logging
import secrets
from typing import Any

import discord
from discord import app_commands

from .report import BAD, Report
from .text import code

_LOG = logging.getLogger(__name__)
_NUMBERS = 0x10000
_numbers = itertools.count(secrets.randbelow(_NUMBERS))
_OUTDATED = "Discord still shows an older form of this command. Reload Discord (Ctrl+R), then try again."
_WORDS: tuple[tuple[type[Exception], str], ...] = (
    (app_commands.NoPrivateMessage, "This works only in a server, not in direct messages."),
    (app_commands.CheckFailure, "You have no right to do this here. Ask an admin of this server."),
    (app_commands.CommandNotFound, _OUTDATED),
    (app_commands.CommandSignatureMismatch, _OUTDATED),
)


def explain(error: BaseException) -> str:
    """Put an exception into words for the person who ran into it.

    An exception with a `user_message` speaks for itself. An unexpected one is logged with its traceback under a short
    number, which is all of it that the person sees.

    Args:
        error: What a command, button or autocomplete raised.
    """
    while isinstance(error, app_commands.CommandInvokeError):
        error = error.original
    message = getattr(error, "user_message", None)
    if isinstance(message, str) and message:
        return message
    known = _known(error)
    return _unexpected(error) if known is None else known


def _known(error: BaseException) -> str | None:
    if isinstance(error, app_commands.CommandOnCooldown):
        return f"Too fast. Try again in {max(1, round(error.retry_after))} s."
    if isinstance(error, app_commands.BotMissingPermissions):
        missing = ", ".join(name.replace("_", " ") for name in error.missing_permissions)
        return f"I lack a permission here: {missing}. An admin can give it to my role."
    if isinstance(error, app_commands.TransformerError):
        return f"I can't use {code(str(error.value))} there. Choose something else, or something that I can see."
    for kind, words in _WORDS:
        if isinstance(error, kind):
            return words
    return None


def next_error_id() -> str:
    """Give a number that no other error of this run bears, four hexadecimal digits; the log keeps it as `error_id`.

    It begins anywhere, so that the errors of two runs are seldom mistaken for one another.
    """
    return f"{next(_numbers) % _NUMBERS:04X}"


def _unexpected(error: BaseException) -> str:
    number = next_error_id()
    _LOG.error("Error %s", number, exc_info=error, extra={"error_id": number})
    return f"That went wrong on my side, not yours. The bot's log tells more under error {number}."


async def reply_error(interaction: discord.Interaction[Any], message: str) -> None:
    """Show `message` to the person alone, as an embed, whether or not the interaction was answered before.

    It never raises: when Discord takes no answer any more, the log says so.
    """
    embed = Report("That didn't work", BAD).line(message).build()
    response = interaction.response
    try:
        if not response.is_done():
            await response.send_message(embed=embed, ephemeral=True)
        elif response.type is discord.InteractionResponseType.deferred_channel_message:
            await interaction.edit_original_response(content=None, embed=embed, attachments=[], view=None)
        else:
            await interaction.followup.send(embed=embed, ephemeral=True)
    except discord.HTTPException as failure:
        _LOG.warning("An error could not be shown to its user: %s %s", type(failure).__name__, failure.status)
    except Exception as failure:  # noqa: BLE001 - the network's errors have no common base, and this is the last answer
        _LOG.warning("An error could not be shown to its user: %s", type(failure).__name__)


async def answer_error(interaction: discord.Interaction[Any], error: BaseException) -> None:
    """Explain `error` to the person; what a cog's `cog_app_command_error` and a view's `on_error` call."""
    await reply_error(interaction, explain(error))
