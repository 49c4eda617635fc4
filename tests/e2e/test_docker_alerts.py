"""What containers do by themselves: told in a channel by the real bot, with a real engine.

Other containers of the same engine may die meanwhile, so the tests look for the names of their own alone.
"""

from __future__ import annotations

import json
import secrets
import subprocess
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import pytest

from tests.e2e.world import IMAGE, docker, living_bot, settings_file, soon, text_of, until_text

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tests.e2e.world import World

pytestmark = [pytest.mark.docker, pytest.mark.usefixtures("engine"), pytest.mark.asyncio(loop_scope="session")]

SEND_MESSAGES = 1 << 11


class Trial:
    """Containers that are removed at the end."""

    def __init__(self) -> None:
        self.run = f"ddc-t-{secrets.token_hex(3)}"
        self.names: list[str] = []

    def make(self, part: str, script: str | None = None, *options: str) -> str:
        """Run one, by default the one that ends at a TERM."""
        name = f"{self.run}-{part}"
        self.names.append(name)
        command = ("/bin/sh", "-c", script) if script else ()
        docker("run", "--detach", "--network", "none", "--name", name, *options, IMAGE, *command)
        return name


@pytest.fixture
def trial() -> Iterator[Trial]:
    with made() as trial:
        yield trial


@contextmanager
def made() -> Iterator[Trial]:
    trial = Trial()
    try:
        yield trial
    finally:
        subprocess.run(["docker", "rm", "--force", *trial.names], capture_output=True, check=False, timeout=60)


def settings(folder: Path, **alerts: object) -> None:
    settings_file(folder, {"docker": {"alerts": {"group_seconds": 3, **alerts}}})


def told_of(world: World, name: str, channel: str = "reports") -> list[dict[str, Any]]:
    """The messages about a container, as a member sees them."""
    return [one for one in world.sandbox.messages("Max", channel) if f"`{name}`" in json.dumps(one["embeds"])]


async def listening(world: World, channel: str = "reports") -> None:
    """Set the channel, and wait until the engine's events are heard."""
    await world.run("docker alerts", channel=channel)
    for _ in range(100):
        if "not heard" not in text_of(await world.run("docker alerts")):
            return
    raise AssertionError("Docker's events are not heard")


async def test_what_dies_together_is_told_in_one_message_and_its_recovery_in_the_same(
    tmp_path: Path, trial: Trial
) -> None:
    settings(tmp_path)
    async with living_bot(tmp_path) as world:
        await listening(world)
        first, second = trial.make("one", "sleep 0.5; exit 3"), trial.make("two", "exit 1")
        await soon(lambda: told_of(world, first), 20)
        (message,) = told_of(world, first)
        assert told_of(world, second) == [message]
        assert "containers died" in message["embeds"][0]["title"]
        assert f"✗ `{first}` died\n\u2003exit code 3 · <t:" in message["embeds"][0]["description"]
        assert message["flags"] & 64 == 0, "it is there for everyone"
        record = await world.bot.recorded("docker_event", event="died", container=first)
        assert (record["success"], record["duration"], record["metadata"]["exit_code"]) == (False, 0, 3)

        docker("start", second)  # it dies again, within the cooldown
        await soon(lambda: "died 2 times" in json.dumps(told_of(world, second)), 20)
        assert [one["id"] for one in told_of(world, second)] == [message["id"]]

        recent = await world.run("perf recent", operation="docker_event")
        assert first in text_of(recent)
        state = await world.run("docker alerts")
        assert first in text_of(state)
        assert "set in the chat" in text_of(state)


async def test_a_container_that_becomes_unhealthy_and_well_again_is_told(tmp_path: Path, trial: Trial) -> None:
    settings(tmp_path, group_seconds=1)
    async with living_bot(tmp_path) as world:
        await listening(world)
        name = trial.make(
            "sick",
            "while :; do sleep 0.1; done",
            *("--health-cmd", "test ! -e /sick", "--health-interval", "200ms", "--health-retries", "1"),
        )
        docker("exec", name, "sh", "-c", "echo > /sick")
        await soon(lambda: told_of(world, name), 20)
        assert f"⚠ `{name}` unhealthy" in told_of(world, name)[0]["embeds"][0]["description"]
        docker("exec", name, "busybox", "rm", "/sick")
        await soon(lambda: "healthy again" in json.dumps(told_of(world, name)), 20)
        assert len(told_of(world, name)) == 1


async def test_what_the_bot_was_asked_to_do_and_what_is_muted_is_no_alert(tmp_path: Path, trial: Trial) -> None:
    settings(tmp_path, group_seconds=1)
    async with living_bot(tmp_path) as world:
        await listening(world)
        stopped = trial.make("stopped", "trap 'exit 9' TERM; while :; do sleep 0.05; done")
        muted = trial.make("muted", "while [ ! -e /end ]; do sleep 0.05; done; exit 4")
        done = trial.make("done", "while [ ! -e /end ]; do sleep 0.05; done")
        answer = await world.run("docker mute", container=muted, hours=2)
        assert "Nothing is posted about" in text_of(answer)
        asked = await world.run("docker stop", container=stopped)
        await until_text(await world.press(asked, f"Stop {stopped}"), "Stopped")
        for name in (muted, done):
            docker("exec", name, "sh", "-c", "echo > /end")
        docker("wait", muted, done)
        fence = trial.make("fence", "exit 1")
        await soon(lambda: told_of(world, fence), 20)
        await world.bot.recorded("docker_event", event="died", container=muted)
        assert [told_of(world, name) for name in (stopped, muted, done)] == [[], [], []]

        offered = await world.sandbox.autocomplete("Ada", "bot-commands", "docker unmute", {}, "container")
        assert muted in [choice["value"] for choice in offered]
        assert await world.bot.stop() == 0
        await world.log_in()  # the mute and the channel survive a restart
        state = text_of(await world.run("docker alerts"))
        assert f"`{muted}` until" in state
        assert "set in the chat" in state
        assert "Unmuted" in text_of(await world.run("docker unmute", container=muted))
        assert not [one for one in world.bot.records("docker_event") if one["metadata"]["container"] == stopped]


async def test_a_restart_loop_is_told_as_one(tmp_path: Path, trial: Trial) -> None:
    settings(tmp_path)
    async with living_bot(tmp_path) as world:
        await listening(world)
        name = trial.make("loop", "exit 5", "--restart", "always")
        await soon(lambda: told_of(world, name), 20)
        (message,) = told_of(world, name)
        assert f"↻ `{name}` restart loop · died" in message["embeds"][0]["description"]
        await world.bot.recorded("docker_event", event="restart_loop", container=name)


async def test_a_channel_that_refuses_is_told_to_the_admin_and_a_discord_that_is_away_is_tried_again(
    tmp_path: Path, trial: Trial
) -> None:
    settings(tmp_path, group_seconds=1)
    async with living_bot(tmp_path) as world:
        await listening(world)
        world.sandbox.set_permissions("reports", "ddc-perf", deny=SEND_MESSAGES)
        lost = trial.make("lost", "exit 1")
        await soon(lambda: "An alert for channel" in world.bot.log(), 20)
        state = text_of(await world.run("docker alerts"))
        assert "I may not write to the channel" in state
        refused = await world.run("docker alerts", channel="reports")
        assert "Send Messages" in text_of(refused)
        world.sandbox.set_permissions("reports", "ddc-perf", allow=SEND_MESSAGES)
        world.sandbox.fault("503", path="/messages$", method="POST", times=2)
        name = trial.make("late", "exit 1")
        await soon(lambda: told_of(world, name), 40)
        assert (len(told_of(world, name)), told_of(world, lost)) == (1, [])
        assert world.bot.log().count("I may not write") == 1


async def test_hidden_containers_are_not_posted_and_nobody_but_admins_sees_the_alerts(
    tmp_path: Path, trial: Trial
) -> None:
    settings_file(tmp_path, {"docker": {"alerts": {"group_seconds": 1}, "hidden": [f"{trial.run}-vault*"]}})
    async with living_bot(tmp_path) as world:
        await listening(world)
        hidden = trial.make("vault", "exit 1")
        fence = trial.make("fence", "exit 1")
        await soon(lambda: told_of(world, fence), 20)
        assert hidden not in json.dumps(world.sandbox.messages("Max", "reports"))
        assert f"`{hidden}`" in text_of(await world.run("docker alerts"))
        for command, options in (
            ("docker alerts", {}),
            ("docker alerts", {"off": True}),
            ("docker mute", {"container": fence}),
            ("docker unmute", {"container": fence}),
        ):
            answer = text_of(await world.run(command, user="Olga", **options))
            assert "Only admins can see or change the alerts" in answer
            assert hidden not in answer
        off = await world.run("docker alerts", off=True)
        assert "switched off in the chat" in text_of(off)
