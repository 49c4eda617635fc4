"""Summaries in a real channel of the sandbox: posted with a nonce, found again by their mark, failures told apart."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import discord
import pytest

from cogs.perf.channel import DiscordChannel
from cogs.perf.posting import PostError
from sandbox.world import REPORTS_ID, SECRET_ID
from tests.unit.cogs.perf.desk import Desk, at_the_desk

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from discord.ext import commands

EARLIER = datetime.now(UTC) - timedelta(hours=1)
REPORTS, SECRET = int(REPORTS_ID), int(SECRET_ID)
MARK = "summary due 2026-11-24"


def made(footer: str = f"exact over 3 calls · {MARK} · last write just now") -> discord.Embed:
    return discord.Embed(description="All quiet. @everyone").set_footer(text=footer)


@pytest.fixture
async def desk() -> AsyncIterator[Desk]:
    async def prepare(_bot: commands.Bot) -> None:
        pass

    async with at_the_desk(prepare) as desk:
        yield desk


async def test_a_posted_summary_is_found_by_its_mark(desk: Desk) -> None:
    channel, where = DiscordChannel(desk.bot), REPORTS
    assert await channel.find(where, MARK, EARLIER) is None
    posted = await channel.post(where, made(), "nonce")
    assert await channel.find(where, MARK, EARLIER) == posted
    assert await channel.find(where, "summary due 2026-11-2", EARLIER) is None
    assert await channel.find(where, MARK, datetime.now(UTC) + timedelta(minutes=1)) is None
    (message,) = desk.sandbox.messages("Max", "reports")
    assert message["mentions"] == []
    assert not message["mention_everyone"]


async def test_the_same_nonce_posts_once(desk: Desk) -> None:
    channel, where = DiscordChannel(desk.bot), REPORTS
    assert await channel.post(where, made(), "nonce") == await channel.post(where, made(), "nonce")
    assert len(desk.sandbox.messages("Max", "reports")) == 1


async def test_a_mark_that_somebody_else_wrote_does_not_count(desk: Desk) -> None:
    desk.sandbox.write("Ada", "reports", MARK)
    assert await DiscordChannel(desk.bot).find(REPORTS, MARK, EARLIER) is None


async def test_a_summary_is_found_however_much_others_wrote_before_and_after_it(desk: Desk) -> None:
    channel = DiscordChannel(desk.bot)

    def chat(number: int) -> None:
        for _ in range(number):
            desk.sandbox.write("Ada", "reports", "chat")

    chat(510)
    assert await channel.find(REPORTS, MARK, EARLIER) is None
    posted = await channel.post(REPORTS, made(), "nonce")
    assert await channel.find(REPORTS, MARK, EARLIER) == posted
    chat(510)
    assert await channel.find(REPORTS, MARK, EARLIER) == posted


async def test_a_channel_without_the_permission_is_a_refusal(desk: Desk) -> None:
    channel, where = DiscordChannel(desk.bot), SECRET
    with pytest.raises(PostError, match="I may not write to the channel") as caught:
        await channel.post(where, made(), "nonce")
    assert caught.value.refused
    with pytest.raises(PostError, match="I may not look into the channel"):
        await channel.find(where, MARK, EARLIER)


async def test_a_channel_that_is_gone_is_a_refusal(desk: Desk) -> None:
    with pytest.raises(PostError, match="The channel is gone") as caught:
        await DiscordChannel(desk.bot).post(4, made(), "nonce")
    assert caught.value.refused


async def test_an_overloaded_discord_is_no_refusal(desk: Desk) -> None:
    desk.sandbox.fault("503", path="/messages")
    with pytest.raises(PostError, match="Discord answered 503") as caught:
        await DiscordChannel(desk.bot).post(REPORTS, made(), "nonce")
    assert not caught.value.refused


async def test_a_dead_network_is_no_refusal(desk: Desk) -> None:
    desk.sandbox.fault("drop", path="/messages", times=10)
    with pytest.raises(PostError, match="could not be reached") as caught:
        await DiscordChannel(desk.bot).find(REPORTS, MARK, EARLIER)
    assert not caught.value.refused


async def test_a_summary_whose_answer_was_cut_off_is_found_again(desk: Desk) -> None:
    desk.sandbox.fault("cut", path="/messages", method="POST")
    channel = DiscordChannel(desk.bot)
    with pytest.raises(PostError, match="could not be reached"):
        await channel.post(REPORTS, made(), "nonce")
    assert await channel.find(REPORTS, MARK, EARLIER) is not None
