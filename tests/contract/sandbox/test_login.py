from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

import discord
import pytest

from sandbox import permissions as perms

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from sandbox.server import Sandbox
    from tests.contract.sandbox.conftest import Bot


async def test_a_bot_logs_in_and_finds_its_guild(
    sandbox: Sandbox, bot: Bot, run: Callable[..., Awaitable[Bot]]
) -> None:
    await run(sandbox, bot)

    [guild] = bot.guilds
    assert (guild.name, str(guild.id)) == ("Sandbox", sandbox.guild_id)
    assert [channel.name for channel in guild.text_channels] == ["general", "bot-commands", "reports", "secret"]
    assert {role.name for role in guild.roles} == {"@everyone", "Admin", "Docker operators", "ddc-perf"}
    assert guild.me.name == "ddc-perf"
    assert bot.application_id == guild.me.id
    assert guild.self_role is not None
    assert sandbox.state("Ada")["bot"]["online"] is True


async def test_a_bot_without_privileged_intents_sees_no_member_but_itself(
    sandbox: Sandbox, bot: Bot, run: Callable[..., Awaitable[Bot]]
) -> None:
    await run(sandbox, bot)

    assert [member.name for member in bot.guilds[0].members] == ["ddc-perf"]
    ada = await bot.guilds[0].fetch_member(int(sandbox.state("Ada")["me"]["id"]))
    assert (ada.display_name, [role.name for role in ada.roles]) == ("Ada", ["@everyone", "Admin"])
    with pytest.raises(discord.Forbidden):
        await bot.http.get_members(bot.guilds[0].id, 10, None)


async def test_with_the_members_intent_all_members_arrive(
    open_sandbox: Callable[..., Awaitable[Sandbox]],
    make_bot: Callable[[discord.Intents], Bot],
    run: Callable[..., Awaitable[Bot]],
) -> None:
    intents = discord.Intents.default()
    intents.members = True
    sandbox = await open_sandbox(granted_intents=1 << 1)
    bot = await run(sandbox, make_bot(intents))

    [guild] = bot.guilds
    assert {member.display_name for member in guild.members} == {"Ada", "Olga", "Max", "ddc-perf"}
    assert {member.name async for member in guild.fetch_members(limit=None)} == {"ada", "olga", "max", "ddc-perf"}
    assert [member.name for member in await guild.query_members("ol")] == ["olga"]


async def test_a_wrong_token_is_refused_at_login(sandbox: Sandbox, bot: Bot) -> None:
    async with bot:
        with pytest.raises(discord.LoginFailure):
            await bot.login("wrong")

    [request] = sandbox.requests()
    assert (request.status, request.response) == (401, {"message": "401: Unauthorized", "code": 0})


async def test_a_privileged_intent_that_was_not_granted_is_refused(
    sandbox: Sandbox, make_bot: Callable[[discord.Intents], Bot]
) -> None:
    intents = discord.Intents.default()
    intents.message_content = True
    async with make_bot(intents) as bot:
        with pytest.raises(discord.PrivilegedIntentsRequired):
            await bot.start(sandbox.token)


async def test_the_bot_is_offline_once_it_has_closed(sandbox: Sandbox, bot: Bot) -> None:
    async with bot:
        await bot.login(sandbox.token)
        connection = asyncio.create_task(bot.connect())
        await sandbox.until_online()
        await bot.wait_until_ready()
        await bot.close()
        await connection

    await sandbox.until(lambda: not sandbox.state("Ada")["bot"]["online"])


async def test_the_sandbox_stops_while_a_bot_is_connected(
    open_sandbox: Callable[..., Awaitable[Sandbox]], bot: Bot
) -> None:
    sandbox = await open_sandbox()
    async with bot:
        await bot.login(sandbox.token)
        connection = asyncio.create_task(bot.connect(reconnect=False))
        await bot.wait_until_ready()
        await asyncio.wait_for(sandbox.stop(), 5)
        await bot.close()
        await asyncio.gather(connection, return_exceptions=True)


@pytest.mark.parametrize("fault", ["drop_socket", "reconnect"])
async def test_a_bot_that_lost_its_socket_resumes_and_no_interaction_is_lost(
    sandbox: Sandbox, bot: Bot, run: Callable[..., Awaitable[Bot]], fault: str
) -> None:
    resumed = asyncio.Event()

    @bot.event
    async def on_resumed() -> None:
        resumed.set()

    @bot.tree.command(description="Answers")
    async def ping(interaction: discord.Interaction) -> None:
        await interaction.response.send_message("pong")

    await run(sandbox, bot)
    [session] = sandbox.hub.gateway.sessions.values()
    sandbox.fault(fault)
    # While the socket is away the bot cannot hear of it; the session keeps it.
    lost = [sandbox.run_command("Max", "general", "ping") for _ in range(3)]

    for record in lost:
        assert (await record.wait()).messages[0]["content"] == "pong"
    await asyncio.wait_for(resumed.wait(), 10)
    assert list(sandbox.hub.gateway.sessions.values()) == [session]


async def test_a_bot_whose_session_is_gone_identifies_anew(
    sandbox: Sandbox, bot: Bot, run: Callable[..., Awaitable[Bot]]
) -> None:
    await run(sandbox, bot)
    [old] = sandbox.hub.gateway.sessions
    sandbox.fault("invalid_session")

    await sandbox.until(lambda: sandbox.hub.gateway.online and old not in sandbox.hub.gateway.sessions)
    assert len(sandbox.hub.gateway.sessions) == 1


async def test_a_channel_whose_permissions_change_is_told(
    sandbox: Sandbox, bot: Bot, run: Callable[..., Awaitable[Bot]]
) -> None:
    changed = asyncio.Event()

    @bot.event
    async def on_guild_channel_update(_: object, after: discord.TextChannel) -> None:
        if not after.permissions_for(after.guild.me).send_messages:
            changed.set()

    await run(sandbox, bot)
    sandbox.set_permissions("general", "@everyone", deny=perms.SEND_MESSAGES)
    await asyncio.wait_for(changed.wait(), 10)

    with pytest.raises(discord.Forbidden) as refused:
        await bot.guilds[0].text_channels[0].send("hello")
    assert refused.value.code == 50013
