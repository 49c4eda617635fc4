"""What an exception says about how a command ended: the library's rules, and discord.py's own exceptions."""

from __future__ import annotations

from discord import app_commands
from discord.ext import commands

from utils.metrics.outcome import Outcome
from utils.metrics.outcome import outcome_of as general_outcome_of

_KINDS: tuple[tuple[tuple[type[BaseException], ...], Outcome], ...] = (
    (
        (app_commands.CheckFailure, commands.CheckFailure, commands.CommandOnCooldown, commands.DisabledCommand),
        Outcome.DENIED,
    ),
    ((app_commands.TransformerError, commands.UserInputError), Outcome.BAD_INPUT),
    ((app_commands.CommandNotFound, commands.CommandNotFound), Outcome.NOT_FOUND),
)


def root_cause(error: BaseException) -> BaseException:
    """Unwrap what discord.py puts around the exception of a callback.

    Args:
        error: Any exception, perhaps a ``CommandInvokeError`` or a ``HybridCommandError``.

    Returns:
        The innermost exception that tells what went wrong. A ``TransformerError`` stays itself: it means bad input
        whatever the converter raised.
    """
    while isinstance(
        error, (app_commands.CommandInvokeError, commands.CommandInvokeError, commands.HybridCommandError)
    ):
        error = error.original
    return error


def outcome_of(error: BaseException) -> tuple[Outcome, str]:
    """Classify an exception.

    Args:
        error: The exception that a command, a component, a modal or a task ended with.

    Returns:
        The outcome and the exception's class name. Its text is never used: it may hold secrets. An exception with an
        ``outcome`` attribute (an :class:`Outcome`) speaks for itself.
    """
    cause = root_cause(error)
    outcome = general_outcome_of(cause)
    if outcome is Outcome.ERROR:
        outcome = next((own for kinds, own in _KINDS if isinstance(cause, kinds)), outcome)
    return outcome, type(cause).__name__
