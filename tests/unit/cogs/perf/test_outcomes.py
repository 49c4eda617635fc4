"""What an exception says about how a command ended."""

import asyncio

import discord
import pytest
from discord import app_commands
from discord.ext import commands

from cogs.perf.outcomes import outcome_of, root_cause
from utils.metrics.outcome import Outcome


class Speaks(Exception):  # noqa: N818 - a name for the record
    outcome = Outcome.NOT_FOUND


class Mumbles(Exception):  # noqa: N818 - a name for the record
    outcome = "perfect"


@pytest.mark.parametrize(
    ("error", "outcome", "name"),
    [
        (Speaks(), Outcome.NOT_FOUND, "Speaks"),
        (Mumbles(), Outcome.ERROR, "Mumbles"),
        (TimeoutError(), Outcome.TIMEOUT, "TimeoutError"),
        (asyncio.CancelledError(), Outcome.CANCELLED, "CancelledError"),
        (app_commands.MissingPermissions(["administrator"]), Outcome.DENIED, "MissingPermissions"),
        (app_commands.CommandOnCooldown(app_commands.Cooldown(1, 1), 1), Outcome.DENIED, "CommandOnCooldown"),
        (commands.NotOwner(), Outcome.DENIED, "NotOwner"),
        (commands.BadArgument(), Outcome.BAD_INPUT, "BadArgument"),
        (app_commands.CommandNotFound("x", []), Outcome.NOT_FOUND, "CommandNotFound"),
        (ZeroDivisionError("secret"), Outcome.ERROR, "ZeroDivisionError"),
    ],
)
def test_each_kind_of_exception_has_its_outcome(error: BaseException, outcome: Outcome, name: str) -> None:
    assert outcome_of(error) == (outcome, name)


def test_what_discord_py_wraps_is_unwrapped_however_deep() -> None:
    @app_commands.context_menu(name="x")
    async def menu(_: discord.Interaction, __: discord.Member) -> None: ...

    inner = Speaks()
    wrapped = app_commands.CommandInvokeError(menu, inner)
    assert root_cause(commands.HybridCommandError(wrapped)) is inner
    assert outcome_of(commands.HybridCommandError(wrapped)) == (Outcome.NOT_FOUND, "Speaks")
