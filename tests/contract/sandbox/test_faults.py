from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

import aiohttp
import discord
import pytest

from sandbox.errors import Refused

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from sandbox.clock import ManualClock
    from sandbox.server import Sandbox
    from tests.contract.sandbox.conftest import Bot

MESSAGES = r"^/channels/\d+/messages$"


@pytest.fixture
async def general(sandbox: Sandbox, bot: Bot, run: Callable[..., Awaitable[Bot]]) -> discord.TextChannel:
    await run(sandbox, bot)
    return bot.guilds[0].text_channels[0]


def posts(sandbox: Sandbox) -> list[int]:
    return [each.status for each in sandbox.requests() if each.route == "/channels/{channel_id}/messages"]


@pytest.mark.parametrize("everywhere", [False, True])
async def test_a_429_is_waited_out_and_the_message_is_sent_once(
    sandbox: Sandbox,
    general: discord.TextChannel,
    everywhere: bool,  # noqa: FBT001 - a table
) -> None:
    sandbox.fault("429", path=MESSAGES, seconds=0.05, everywhere=everywhere)
    await general.send("x")

    assert posts(sandbox) == [429, 200]
    assert len(sandbox.messages("Max", "general")) == 1


async def test_the_sixth_message_within_five_seconds_is_too_much(sandbox: Sandbox, http: aiohttp.ClientSession) -> None:
    url = f"{sandbox.api_base}/channels/{sandbox.state('Ada')['channels'][0]['id']}/messages"
    headers = {"Authorization": f"Bot {sandbox.token}"}
    for number in range(5):
        async with http.post(url, json={"content": "x"}, headers=headers) as response:
            assert response.headers["X-RateLimit-Remaining"] == str(4 - number)

    async with http.post(url, json={"content": "6"}, headers=headers) as response:
        body = await response.json()
        assert response.status == 429
        assert 0 < body["retry_after"] <= 5
        assert response.headers["X-RateLimit-Limit"] == "5"
        assert response.headers["X-RateLimit-Remaining"] == "0"
        assert response.headers["Content-Type"] == "application/json"


async def test_a_503_on_an_interaction_s_webhook_is_tried_again(
    sandbox: Sandbox, bot: Bot, run: Callable[..., Awaitable[Bot]]
) -> None:
    @bot.tree.command(description="d")
    async def ping(interaction: discord.Interaction) -> None:
        await interaction.response.defer()
        await interaction.followup.send("pong")

    await run(sandbox, bot)
    sandbox.fault("503", path=r"^/webhooks/", method="post")
    record = await sandbox.run_command("Max", "general", "ping").wait()

    assert record.messages[0]["content"] == "pong"
    assert [each.status for each in sandbox.requests() if each.path.startswith("/webhooks/")] == [503, 200]


async def test_a_503_on_a_channel_is_an_error_and_nothing_was_sent(
    sandbox: Sandbox, general: discord.TextChannel
) -> None:
    sandbox.fault("503", path=MESSAGES)
    with pytest.raises(discord.DiscordServerError):
        await general.send("x")

    assert sandbox.messages("Max", "general") == []
    await general.send("x")


async def test_a_dropped_connection_did_nothing_and_a_cut_answer_did_all(
    sandbox: Sandbox, general: discord.TextChannel
) -> None:
    sandbox.fault("drop", path=MESSAGES)
    with pytest.raises(aiohttp.ClientError):
        await general.send("dropped")
    sandbox.fault("cut", path=MESSAGES)
    with pytest.raises(aiohttp.ClientError):
        await general.send("cut")

    assert [message["content"] for message in sandbox.messages("Max", "general")] == ["cut"]


async def test_a_slow_answer_was_done_before_it_leaves(
    timed: Sandbox, clock: ManualClock, bot: Bot, run: Callable[..., Awaitable[Bot]]
) -> None:
    await run(timed, bot)
    timed.fault("slow_answer", path=MESSAGES, seconds=30)
    sending = asyncio.create_task(bot.guilds[0].text_channels[0].send("x"))

    await timed.until(lambda: posts(timed) == [200])
    assert not sending.done()
    assert len(timed.messages("Max", "general")) == 1
    clock.advance(30)
    assert (await sending).content == "x"


async def test_a_slow_way_to_discord_makes_an_answer_late(
    timed: Sandbox, clock: ManualClock, bot: Bot, run: Callable[..., Awaitable[Bot]]
) -> None:
    @bot.tree.command(description="d")
    async def ping(interaction: discord.Interaction) -> None:
        await interaction.response.send_message("pong")

    await run(timed, bot)
    timed.fault("slow", path="/callback$", seconds=3.5)
    record = timed.run_command("Max", "general", "ping")
    await timed.until(lambda: any(each.path.endswith("/callback") for each in timed.requests()))
    clock.advance(3.5)

    assert await bot.error_code() == 10062
    assert (await record.wait()).state == "failed"


async def test_a_socket_can_be_dropped_by_a_request(
    sandbox: Sandbox, bot: Bot, run: Callable[..., Awaitable[Bot]]
) -> None:
    resumed = asyncio.Event()

    @bot.event
    async def on_resumed() -> None:
        resumed.set()

    await run(sandbox, bot)
    sandbox.fault("drop_socket", path=MESSAGES)
    await bot.guilds[0].text_channels[0].send("x")

    await asyncio.wait_for(resumed.wait(), 10)


@pytest.mark.parametrize(("kind", "path"), [("earthquake", None), ("503", "(")])
async def test_a_fault_that_cannot_be_is_refused(sandbox: Sandbox, kind: str, path: str | None) -> None:
    with pytest.raises(Refused):
        sandbox.fault(kind, path=path)


async def test_a_fault_befalls_only_its_route_and_only_so_often(sandbox: Sandbox, general: discord.TextChannel) -> None:
    sandbox.fault("503", path=MESSAGES, method="POST", times=2)

    await general.guild.fetch_roles()
    for _ in range(2):
        with pytest.raises(discord.DiscordServerError):
            await general.send("x")
    await general.send("x")
    assert posts(sandbox) == [503, 503, 200]
