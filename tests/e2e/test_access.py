"""Who the bot listens to, and that it answers each press once."""

from __future__ import annotations

import asyncio
import json
import secrets
from typing import TYPE_CHECKING

import pytest

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
    soon,
    text_of,
    until_text,
)

if TYPE_CHECKING:
    from pathlib import Path

    from tests.e2e.world import Containers

pytestmark = pytest.mark.asyncio(loop_scope="session")


async def test_the_admins_of_another_server_get_nothing(tmp_path: Path, containers: Containers) -> None:
    """A stranger can invite a public bot to a server of their own, where they are administrator."""
    async with Sandbox() as sandbox:
        # An earlier start told every server the commands; then the bot got a home, which is another server.
        world = World(sandbox, BotProcess(tmp_path, bot_environment(sandbox, DDC_GUILD_ID="")))
        await world.log_in()
        assert containers.web in text_of(await world.run("docker list")), "the only server is home"
        await world.bot.stop()
        stranger = World(sandbox, BotProcess(tmp_path, bot_environment(sandbox, DDC_GUILD_ID="424242")))
        await stranger.log_in()
        # Olga has our operator role there, Max is administrator there.
        sandbox.set_roles("Max", ["Admin"])
        asked = [("docker list", {}), ("docker restart", {"container": containers.web})]
        for user, commands in (
            ("Olga", asked),
            ("Max", [*asked, ("perf stats", {}), ("perf cleanup", {}), ("perf export", {})]),
        ):
            for command, options in commands:
                answer = await stranger.run(command, user=user, **options)
                assert "answers to the admins of one server, and this is not it" in text_of(answer)
                assert "ddc-t-" not in json.dumps(answer.messages)
                assert not answer.messages[0]["components"]
                assert not answer.messages[0]["attachments"]
        for command, option in (("docker stop", "container"), ("perf stats", "operation")):
            assert await sandbox.autocomplete("Max", CHANNEL, command, {option: ""}, option) == []
        await stranger.bot.recorded("autocomplete.docker.stop.container", outcome="denied")
        await stranger.bot.stop()


async def test_with_a_home_each_command_is_there_once_also_after_a_start_without(tmp_path: Path) -> None:
    async with Sandbox() as sandbox:
        world = World(sandbox, BotProcess(tmp_path, bot_environment(sandbox, DDC_GUILD_ID="")))
        await world.log_in()
        await world.bot.stop()
        world = World(sandbox, BotProcess(tmp_path, bot_environment(sandbox)))
        await world.log_in()
        await soon(
            lambda: sorted(command["name"] for command in sandbox.state("Ada")["commands"]) == ["docker", "perf"]
        )
        await world.bot.stop()
        check_whole(sandbox, world.bot)


async def test_a_press_is_answered_once_and_not_called_expired_later(world: World) -> None:
    report = await world.run("perf stats")
    pressed = await world.press(report, "7 d")
    await until_text(pressed, "last 7 d")
    await asyncio.sleep(2)
    assert "expired" not in json.dumps(world.sandbox.messages("Ada", CHANNEL))
    assert world.bot.records("component.expired") == []


async def test_a_second_press_while_the_page_is_redrawn_is_answered_too(tmp_path: Path) -> None:
    async with living_bot(tmp_path) as world:
        for _ in range(12):
            await world.run("perf summary")
        report = await world.run("perf recent")
        world.sandbox.fault("slow", path="/messages/", method="PATCH", seconds=0.4)
        message, button = find_component(report, "next")
        presses = []
        for _ in range(2):
            presses.append(world.sandbox.use_component("Ada", CHANNEL, message["id"], button["custom_id"]))
            await asyncio.sleep(0.2)
        for press in presses:
            await until_text(press, "2/")
        await asyncio.sleep(2)
        assert "expired" not in json.dumps(world.sandbox.messages("Ada", CHANNEL))


@pytest.mark.docker
@pytest.mark.usefixtures("engine")
async def test_the_time_limit_of_the_settings_is_the_one_that_holds(tmp_path: Path) -> None:
    name = f"ddc-t-{secrets.token_hex(3)}-slow"
    slow = "trap 'sleep 2; exit 0' TERM; while :; do sleep 0.05; done"
    docker("run", "--detach", "--name", name, IMAGE, "/bin/sh", "-c", slow)
    try:
        async with living_bot(tmp_path, DDC_DOCKER_TIMEOUT="0.5") as world:
            asked = await world.run("docker stop", container=name)
            await until_text(await world.press(asked, "confirm"), "may still finish")
            record = await world.bot.recorded("docker_operation", action="stop", container=name)
            # After 2 s it would have been stopped: it was given up before that, and not before the limit.
            assert record["metadata"]["outcome"] == "timeout"
            assert record["duration"] >= 0.5
    finally:
        docker("rm", "--force", name)
