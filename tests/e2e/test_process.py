"""Starting and ending: one clear line for each way it can fail, and nothing lost at the end."""

from __future__ import annotations

import asyncio
import re
import secrets
import signal
import socket
from typing import TYPE_CHECKING

import discord
import pytest
from discord.gateway import DiscordWebSocket

from bot.run import StartError, _explained
from bot.sandbox_process import use_discord_at
from sandbox.server import Sandbox
from tests.e2e.bot_process import BotProcess
from tests.e2e.world import (
    CHANNEL,
    IMAGE,
    World,
    bot_environment,
    check_whole,
    docker,
    find_component,
    living_bot,
    settings_file,
    soon,
    text_of,
    until_text,
)

if TYPE_CHECKING:
    from pathlib import Path


pytestmark = pytest.mark.asyncio(loop_scope="session")


async def ends_with(bot: BotProcess, code: int) -> str:
    """Run a bot that can't run; gives the one line it says, without its log lines."""
    await bot.start()
    assert await bot.ended() == code, bot.log()
    assert "Traceback" not in bot.log()
    (line,) = [line for line in bot.log().splitlines() if line.startswith("ddc-perf: ")]
    return line


async def test_a_wrong_token_is_one_line_and_exit_code_3(tmp_path: Path) -> None:
    async with Sandbox() as sandbox:
        bot = BotProcess(tmp_path, bot_environment(sandbox, DISCORD_BOT_TOKEN="wrong-token-of-mine"))  # noqa: S106 - a wrong one
        line = await ends_with(bot, 3)
    assert "refused the token in DISCORD_BOT_TOKEN" in line
    assert "wrong-token-of-mine" not in bot.log()


async def test_no_network_is_one_line_and_exit_code_4(tmp_path: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))  # bound and not listening: a connection is refused
        port = taken.getsockname()[1]
        environment = {
            "DISCORD_BOT_TOKEN": "any",
            "DDC_DISCORD_API": f"http://127.0.0.1:{port}/api/v10",
            "DDC_DISCORD_GATEWAY": f"ws://127.0.0.1:{port}/gateway",
        }
        line = await ends_with(BotProcess(tmp_path, environment), 4)
    assert f"Discord can't be reached at http://127.0.0.1:{port}" in line
    assert "network" in line


async def test_no_token_is_one_line_that_names_the_sandbox(tmp_path: Path) -> None:
    line = await ends_with(BotProcess(tmp_path, {}), 2)
    assert "DISCORD_BOT_TOKEN" in line
    assert "--sandbox" in line


async def test_wrong_settings_are_told_all_at_once(tmp_path: Path) -> None:
    settings_file(tmp_path, {"guild_id": "my server", "docker": {"timeout_seconds": 0}})
    bot = BotProcess(tmp_path, {"DISCORD_BOT_TOKEN": "any"})
    await bot.start()
    assert await bot.ended() == 2
    lines = bot.log().splitlines()
    assert len(lines) == 2
    assert "guild_id" in lines[0]
    assert "docker.timeout_seconds" in lines[1]


async def test_a_missing_intent_is_one_line_with_its_cure() -> None:
    """Our bot asks for none, so one that does stands in for a changed bot; the refusal is the gateway's own."""
    base, gateway = discord.http.Route.BASE, DiscordWebSocket.DEFAULT_GATEWAY
    async with Sandbox(granted_intents=0) as sandbox:
        use_discord_at(sandbox.api_base, sandbox.gateway_url)
        client = discord.Client(intents=discord.Intents(guilds=True, members=True))
        try:
            with pytest.raises(StartError, match="Privileged Gateway Intents") as caught:
                await _explained(asyncio.create_task(client.start(sandbox.token)), "the sandbox")
        finally:
            await client.close()
            discord.http.Route.BASE, DiscordWebSocket.DEFAULT_GATEWAY = base, gateway
    assert caught.value.code == 5


@pytest.mark.parametrize("where", ["/users/@me", "/commands$"], ids=["at the login", "while it tells its commands"])
async def test_a_signal_during_the_start_is_a_clean_end(tmp_path: Path, where: str) -> None:
    async with Sandbox() as sandbox:
        sandbox.fault("slow", path=where, seconds=5)
        bot = BotProcess(tmp_path, bot_environment(sandbox))
        await bot.start()
        await soon(lambda: any(re.search(where, record.path) for record in sandbox.requests()), 20)
        assert await bot.stop() == 0, bot.log()
        assert "Traceback" not in bot.log()
        assert "can't be reached" not in bot.log()


async def test_a_token_with_a_line_end_inside_is_one_line(tmp_path: Path) -> None:
    line = await ends_with(BotProcess(tmp_path, {"DISCORD_BOT_TOKEN": "half-a\nsecret"}), 3)
    assert "blanks, line ends" in line
    assert "secret" not in line


async def test_at_debug_the_log_holds_no_token_of_an_interaction(tmp_path: Path) -> None:
    async with living_bot(tmp_path, DDC_LOG_LEVEL="DEBUG") as world:
        await world.press(await world.run("perf stats"), "7 d")


async def test_the_bot_asks_for_no_privileged_intent(world: World) -> None:
    privileged = (1 << 1) | (1 << 8) | (1 << 15)  # members, presences, message content
    (session,) = world.sandbox.hub.gateway.sessions.values()
    assert session.intents & privileged == 0


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
async def test_a_signal_ends_it_cleanly_with_every_record_on_disk(tmp_path: Path, number: signal.Signals) -> None:
    async with Sandbox() as sandbox:
        world = World(sandbox, BotProcess(tmp_path, bot_environment(sandbox)))
        await world.log_in()
        for _ in range(20):
            await world.run("perf recent")
        assert await world.bot.stop(number) == 0
        assert len(world.bot.records("command.perf.recent")) == 20
        assert not sandbox.hub.gateway.online
        check_whole(sandbox, world.bot)


@pytest.mark.docker
@pytest.mark.usefixtures("engine")
async def test_an_action_under_way_finishes_and_answers_before_the_end(tmp_path: Path) -> None:
    slow = f"ddc-t-{secrets.token_hex(3)}-slow"
    patient = "trap 'sleep 2; exit 0' TERM; while :; do sleep 0.1; done"
    docker("run", "--detach", "--name", slow, IMAGE, "/bin/sh", "-c", patient)
    try:
        async with Sandbox() as sandbox:
            world = World(sandbox, BotProcess(tmp_path, bot_environment(sandbox)))
            await world.log_in()
            asked = await world.run("docker stop", container=slow)
            message, button = find_component(asked, "confirm")
            pressed = sandbox.use_component("Ada", CHANNEL, message["id"], button["custom_id"])
            await until_text(pressed, "Stopping")
            assert await world.bot.stop() == 0
            assert "Stopped" in text_of(pressed)
            assert world.bot.records("docker_operation")[-1]["metadata"]["action"] == "stop"
            assert world.bot.records("docker_operation")[-1]["success"] is True
            check_whole(sandbox, world.bot)
    finally:
        docker("rm", "--force", slow)


async def test_a_button_from_before_a_restart_is_answered(tmp_path: Path) -> None:
    async with Sandbox() as sandbox:
        world = World(sandbox, BotProcess(tmp_path, bot_environment(sandbox)))
        await world.log_in()
        report = await world.run("perf stats")
        await world.bot.stop()
        await world.log_in()
        pressed = await world.press(report, "7 d")
        assert "expired" in text_of(pressed)
        await world.bot.recorded("component.expired", outcome="not_found")
        await world.bot.stop()
        check_whole(sandbox, world.bot)


async def test_a_dropped_connection_is_taken_up_again_and_a_503_at_the_start_is_survived(tmp_path: Path) -> None:
    async with Sandbox() as sandbox:
        sandbox.fault("503", path="/commands", method="PUT")
        bot = BotProcess(tmp_path, bot_environment(sandbox))
        world = World(sandbox, bot)
        await bot.start()
        await sandbox.until_online(20)
        await soon(lambda: "could not be sent to Discord (503)" in bot.log())
        await bot.stop()
        await world.log_in()  # the next start sends them
        sandbox.fault("drop_socket")
        await sandbox.until(lambda: not sandbox.hub.gateway.online)
        await sandbox.until_online(20)
        assert "Recent" in text_of(await world.run("perf recent"))
        await bot.stop()
        assert bot.findings() == []
