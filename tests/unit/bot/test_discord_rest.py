"""Questions to the sandbox: answers, troubles in words, and a token that is never among them."""

from __future__ import annotations

import socket
from typing import TYPE_CHECKING

import pytest
from aiohttp import web
from aiohttp.test_utils import RawTestServer

from bot.discord_rest import DiscordError, DiscordRest, Guild
from sandbox.server import Sandbox
from sandbox.world import BOT_ID, GUILD_ID, REPORTS_ID

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

SECRET = "MTEyMzQ1.not-a-real.token-of-mine"  # noqa: S105 - a wrong one


@pytest.fixture
async def sandbox() -> AsyncIterator[Sandbox]:
    async with Sandbox() as sandbox:
        yield sandbox


async def test_what_is_asked_is_answered(sandbox: Sandbox) -> None:
    async with DiscordRest(sandbox.token, sandbox.api_base) as discord:
        assert (await discord.me()).id == int(BOT_ID)
        assert (await discord.application())["id"] == BOT_ID
        assert await discord.guilds() == [Guild(int(GUILD_ID), "Sandbox")]
        assert (await discord.guild(int(GUILD_ID)))["roles"]
        assert REPORTS_ID in {one["id"] for one in await discord.channels(int(GUILD_ID))}
        assert (await discord.member(int(GUILD_ID), int(BOT_ID)))["roles"]
        assert await discord.commands(int(BOT_ID)) == []
        assert await discord.commands(int(BOT_ID), int(GUILD_ID)) == []


async def test_a_wrong_token_is_a_refusal_without_it(sandbox: Sandbox) -> None:
    async with DiscordRest(SECRET, sandbox.api_base) as discord:
        with pytest.raises(DiscordError, match="refused the token") as caught:
            await discord.me()
    assert caught.value.is_refusal
    assert SECRET not in repr(vars(caught.value))


@pytest.mark.parametrize(
    ("kind", "said"), [("503", r"in trouble itself \(503\)"), ("drop", "can't be reached"), ("cut", "can't be reached")]
)
async def test_a_trouble_of_discord_is_told_with_what_to_do(sandbox: Sandbox, kind: str, said: str) -> None:
    sandbox.fault(kind, times=9)  # aiohttp asks again by itself where a connection drops
    async with DiscordRest(sandbox.token, sandbox.api_base) as discord:
        with pytest.raises(DiscordError, match=said) as caught:
            await discord.me()
    assert caught.value.cure
    assert not caught.value.is_refusal


async def test_a_full_bucket_is_waited_for_once(sandbox: Sandbox) -> None:
    sandbox.fault("429", seconds=0.05)
    async with DiscordRest(sandbox.token, sandbox.api_base) as discord:
        assert (await discord.me()).id == int(BOT_ID)
        sandbox.fault("429", seconds=0.05, times=2)
        with pytest.raises(DiscordError, match="429"):
            await discord.me()


async def test_a_line_end_in_a_token_is_an_error_in_words_and_not_a_leak(sandbox: Sandbox) -> None:
    async with DiscordRest(f"{SECRET}\nx", sandbox.api_base) as discord:
        with pytest.raises(DiscordError) as caught:
            await discord.me()
    assert SECRET not in str(caught.value)


async def test_no_network_is_told_with_the_address() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))  # bound and not listening: a connection is refused
        base = f"http://127.0.0.1:{taken.getsockname()[1]}/api/v10"
        async with DiscordRest(SECRET, base) as discord:
            with pytest.raises(DiscordError, match=f"can't be reached at {base}: .*refused"):
                await discord.me()


@pytest.mark.parametrize("body", ["[]", '{"id": "1"}', '{"id": "one", "username": "x"}', "<html>"])
async def test_an_answer_that_is_none_of_discord_s_is_told_so(body: str) -> None:
    async def answer(_request: web.BaseRequest) -> web.Response:
        return web.Response(text=body)

    async with RawTestServer(answer) as server, DiscordRest(SECRET, str(server.make_url("/"))) as discord:
        with pytest.raises(DiscordError, match="what answered is not Discord"):
            await discord.me()


@pytest.mark.parametrize("off", [0.0, 120.0, -4000.0])
async def test_the_clock_is_held_against_discord_s(sandbox: Sandbox, off: float) -> None:
    import time  # noqa: PLC0415 - the clock that is turned

    async with DiscordRest(sandbox.token, sandbox.api_base, now=lambda: time.time() + off) as discord:
        await discord.me()
        assert discord.ahead is not None
        assert abs(discord.ahead - off) < 30  # a slow machine decides nothing
