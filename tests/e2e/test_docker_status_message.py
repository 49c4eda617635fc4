"""The status message by the real bot over real containers: it follows what happens, and outlives the bot."""

from __future__ import annotations

import secrets
import subprocess
from typing import TYPE_CHECKING, Any

import pytest

from sandbox.server import Sandbox
from tests.e2e.bot_process import BotProcess
from tests.e2e.world import IMAGE, World, bot_environment, check_whole, docker, settings_file, text_of

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from sandbox.interactions import Interaction

pytestmark = [pytest.mark.docker, pytest.mark.asyncio(loop_scope="session"), pytest.mark.usefixtures("engine")]

CHANNEL = "reports"
PATIENCE = 40.0


@pytest.fixture
def name() -> Iterator[str]:
    """One that runs and writes; there is a second one whose name begins so."""
    name = f"aaa-ddc-t-{secrets.token_hex(3)}"  # so that it is among the first thirty, whatever else runs here
    try:
        for each in (name, f"{name}-b"):
            docker("run", "--detach", "--name", each, IMAGE, "/bin/sh", "-c", "echo hello; while :; do sleep 1; done")
        yield name
    finally:
        subprocess.run(["docker", "rm", "--force", name, f"{name}-b"], capture_output=True, check=False, timeout=60)


def posted(sandbox: Sandbox) -> dict[str, Any]:
    """The one status message that everyone in the channel sees."""
    (message,) = [each for each in sandbox.messages("Max", CHANNEL) if not each["flags"] & 64]
    return message


def line_of(sandbox: Sandbox, name: str) -> str:
    """What the status message says of a container; nothing while it says nothing."""
    shown = [each for each in sandbox.messages("Max", CHANNEL) if not each["flags"] & 64]
    lines = shown[0]["embeds"][0]["description"].splitlines() if shown else []
    return next((line for line in lines if f"`{name}`" in line), "")


async def press(world: World, key: str, user: str = "Olga") -> Interaction:
    message = posted(world.sandbox)
    return await world.settled(world.sandbox.use_component(user, CHANNEL, message["id"], f"status_message:{key}"))


async def go_on(world: World, last: Interaction, key: str, *values: str) -> Interaction:
    """Press or pick in what only the presser sees."""

    def found() -> dict[str, str]:
        return {
            item["custom_id"]: message["id"]
            for message in last.messages
            if message["flags"] & 64
            for row in message["components"]
            for item in row["components"]
        }

    await world.sandbox.until(lambda: key in found(), 15)
    return await world.settled(world.sandbox.use_component("Olga", CHANNEL, found()[key], key, values or None))


def environment(folder: Path, sandbox: Sandbox, name: str) -> dict[str, str]:
    """A bot that shows no containers of other tests, looks often, and lets operators do all with these two."""
    role = next(role["id"] for role in sandbox.state("Ada")["roles"] if role["name"] == "Docker operators")
    rule = {"containers": [f"{name}*"], "actions": "all", "roles": [int(role)]}
    settings = {"hidden": ["ddc-t-*"], "status_poll_seconds": 5, "permissions": [rule]}
    settings_file(folder, {"docker": settings})
    return bot_environment(sandbox, DDC_OPERATOR_ROLE_IDS="")


async def test_it_follows_what_happens_outside_and_lives_on_after_a_crash_with_its_buttons(
    tmp_path: Path, name: str
) -> None:
    async with Sandbox() as sandbox:
        world = World(sandbox, BotProcess(tmp_path, environment(tmp_path, sandbox, name)))
        await world.log_in()
        assert "Status message set" in text_of(await world.run("docker status-message set", channel=CHANNEL))
        first = posted(sandbox)["id"]
        assert line_of(sandbox, name).startswith(f"● `{name}` running since <t:")

        docker("stop", "--time", "1", name)
        await sandbox.until(lambda: f"○ `{name}` exited <t:" in line_of(sandbox, name), PATIENCE)

        await world.bot.kill()
        docker("start", name)
        await world.log_in()
        await sandbox.until(lambda: f"● `{name}` running" in line_of(sandbox, name), PATIENCE)

        pressed = await press(world, "restart")
        await go_on(world, pressed, "container", name)
        await go_on(world, pressed, "confirm")
        await sandbox.until(lambda: "Restarted" in text_of(pressed), 30)
        await world.bot.recorded("docker_operation", action="restart", container=name, outcome="ok")
        await world.bot.recorded("component.status_buttons.restart", outcome="ok")

        logs = await press(world, "logs")
        await go_on(world, logs, "container", name)
        await sandbox.until(lambda: "hello" in text_of(logs), 15)

        refused = await press(world, "stop", user="Max")
        assert "no right" in text_of(refused)
        assert name not in text_of(refused)
        await world.bot.recorded("component.status_buttons.stop_container", outcome="denied")
        assert world.bot.records("component.expired") == []

        assert posted(sandbox)["id"] == first, "one message through all of it"
        assert await world.bot.stop() == 0
        check_whole(sandbox, world.bot)


async def test_a_crash_while_it_is_posted_makes_no_second_one(tmp_path: Path, name: str) -> None:
    async with Sandbox() as sandbox:
        world = World(sandbox, BotProcess(tmp_path, environment(tmp_path, sandbox, name)))
        await world.log_in()
        sandbox.fault("slow_answer", path="/messages$", method="POST", seconds=4)
        sandbox.run_command("Ada", "bot-commands", "docker status-message set", {"channel": CHANNEL})
        await sandbox.until(lambda: line_of(sandbox, name), PATIENCE)
        await world.bot.kill()
        first = posted(sandbox)["id"]
        docker("stop", "--time", "1", name)
        await world.log_in()
        await sandbox.until(lambda: f"○ `{name}` exited" in line_of(sandbox, name), PATIENCE)
        assert posted(sandbox)["id"] == first
        assert await world.bot.stop() == 0
        check_whole(sandbox, world.bot)


async def test_it_says_since_when_docker_can_not_be_reached(tmp_path: Path) -> None:
    async with Sandbox() as sandbox:
        address = f"unix://{tmp_path}/none.sock"
        world = World(sandbox, BotProcess(tmp_path / "bot", bot_environment(sandbox, DOCKER_HOST=address)))
        await world.log_in()
        await world.run("docker status-message set", channel=CHANNEL)
        (embed,) = posted(sandbox)["embeds"]
        assert "**Docker can't be reached** since <t:" in embed["description"]
        assert "none.sock" not in embed["description"], "where Docker is concerns no reader"
        assert await world.bot.stop() == 0
        check_whole(sandbox, world.bot)
