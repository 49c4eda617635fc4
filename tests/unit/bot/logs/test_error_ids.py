"""The number of an error in the chat is the number in the log, wherever the error came from."""

from __future__ import annotations

import io
import json
import logging
from typing import TYPE_CHECKING, Any

import discord
import pytest
from discord import app_commands

from bot.errors import on_tree_error
from bot.logs import JsonLines
from cogs.perf.kit import OwnedView, is_admin, show
from tests.unit.cogs.perf.desk import Desk, at_the_desk, embed_of

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Iterator

    from discord.ext import commands

Interaction = discord.Interaction[Any]


class Failing(OwnedView):
    @discord.ui.button(label="Fail", custom_id="fail")
    async def fail(self, _interaction: Interaction, _button: discord.ui.Button[Failing]) -> None:
        raise ZeroDivisionError


@pytest.fixture
def log() -> Iterator[io.StringIO]:
    written = io.StringIO()
    handler = logging.StreamHandler(written)
    handler.setFormatter(JsonLines())
    logging.getLogger().addHandler(handler)
    yield written
    logging.getLogger().removeHandler(handler)


@pytest.fixture
async def desk() -> AsyncIterator[Desk]:
    @app_commands.command()
    async def fail(_interaction: Interaction) -> None:
        """Fail."""
        raise ZeroDivisionError

    @app_commands.command()
    async def view(interaction: Interaction) -> None:
        """Show a button that fails."""
        await show(interaction, discord.Embed(title="x"), Failing(interaction.user.id, is_admin))

    async def prepare(bot: commands.Bot) -> None:
        bot.tree.error(on_tree_error)
        bot.tree.add_command(fail)
        bot.tree.add_command(view)

    async with at_the_desk(prepare) as desk:
        yield desk


def logged(log: io.StringIO) -> list[dict[str, str]]:
    lines = [json.loads(line) for line in log.getvalue().splitlines()]
    return [line for line in lines if "error_id" in line]


def number_in(message: dict[str, Any]) -> str:
    return str(embed_of(message)["description"]).rstrip(".").rpartition(" ")[2]


async def test_a_failed_command_shows_the_number_that_the_log_has_with_the_traceback(
    desk: Desk, log: io.StringIO
) -> None:
    shown = [number_in(await desk.run("fail")) for _ in range(2)]
    lines = logged(log)
    assert [line["error_id"] for line in lines] == shown
    assert shown[0] != shown[1]
    assert all("ZeroDivisionError" in line["traceback"] for line in lines)


async def test_a_failed_button_shows_the_number_that_the_log_has(desk: Desk, log: io.StringIO) -> None:
    message = await desk.run("view")
    pressed = await desk.press(message, "fail")
    (line,) = logged(log)
    assert number_in(dict(pressed.messages[-1])) == line["error_id"]
