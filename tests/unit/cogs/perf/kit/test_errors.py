"""What people read when something went wrong."""

from __future__ import annotations

import discord
import pytest
from discord import app_commands
from discord.app_commands import transformers

from cogs.perf.kit import Denied, explain
from cogs.perf.kit.errors import next_error_id


class SpeakingError(Exception):
    user_message = "The engine sleeps. Wake it."


@pytest.mark.parametrize(
    ("error", "words"),
    [
        (SpeakingError("secret"), "The engine sleeps. Wake it."),
        (Denied("Ask an admin."), "Ask an admin."),
        (app_commands.CommandOnCooldown(app_commands.Cooldown(1, 9.0), 8.6), "Too fast. Try again in 9 s."),
        (app_commands.NoPrivateMessage(), "This works only in a server, not in direct messages."),
        (
            app_commands.CommandNotFound("perf", []),
            "Discord still shows an older form of this command. Reload Discord (Ctrl+R), then try again.",
        ),
        (app_commands.CheckFailure("internal"), "You have no right to do this here. Ask an admin of this server."),
        (
            app_commands.BotMissingPermissions(["embed_links", "send_messages"]),
            "I lack a permission here: embed links, send messages. An admin can give it to my role.",
        ),
        (
            app_commands.TransformerError("#x`", discord.AppCommandOptionType.channel, transformers.Transformer()),
            "I can't use `#x` there. Choose something else, or something that I can see.",
        ),
    ],
)
def test_a_known_error_is_put_into_words(error: Exception, words: str) -> None:
    assert explain(error) == words


def test_what_a_command_raised_is_unwrapped() -> None:
    @app_commands.command()
    async def hello(interaction: discord.Interaction) -> None:
        """Say hello."""

    assert explain(app_commands.CommandInvokeError(hello, SpeakingError())) == "The engine sleeps. Wake it."


def test_an_unexpected_error_tells_a_number_to_the_person_and_the_rest_to_the_log(
    caplog: pytest.LogCaptureFixture,
) -> None:
    text = explain(ZeroDivisionError("password=hunter2"))
    number = text.rstrip(".").rpartition(" ")[2]
    assert len(number) == 4
    assert "hunter2" not in text
    (record,) = caplog.records
    assert record.getMessage() == f"Error {number}"
    assert record.exc_info is not None


def test_no_two_errors_of_a_run_bear_one_number() -> None:
    assert len({next_error_id() for _ in range(0x10000)}) == 0x10000


def test_the_log_keeps_the_number_as_a_field_of_its_own(caplog: pytest.LogCaptureFixture) -> None:
    text = explain(ZeroDivisionError())
    assert getattr(caplog.records[0], "error_id", None) == text.rstrip(".").rpartition(" ")[2]
