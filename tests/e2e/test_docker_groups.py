"""/docker group against real containers: the preview, the run in one message, what failed, and another try."""

from __future__ import annotations

import asyncio
import json
import secrets
import subprocess
from typing import TYPE_CHECKING

import pytest

from sandbox.world import OPERATOR_ROLE_ID
from tests.e2e.world import CHANNEL, IMAGE, docker, find_component, living_bot, settings_file, text_of, until_text

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from sandbox.interactions import Interaction
    from tests.e2e.world import World

pytestmark = [pytest.mark.docker, pytest.mark.asyncio(loop_scope="session"), pytest.mark.usefixtures("engine")]

WELL_WHEN_TOLD = ("--health-cmd", "cat /well", "--health-interval", "0.3s", "--health-retries", "100")
DEAF = ("sh", "-c", 'trap "" TERM; while :; do sleep 1; done')
FAILS_UNTIL_TOLD = ("sh", "-c", "cat /well || exit 3; trap 'exit 0' TERM; while :; do sleep 0.1; done")


class Project:
    """A compose project as compose would label it."""

    def __init__(self) -> None:
        self.name = f"ddc-t-{secrets.token_hex(4)}"

    def called(self, service: str) -> str:
        return f"{self.name}-{service}"

    def add(
        self, service: str, needs: str = "", *options: str, command: tuple[str, ...] = (), verb: str = "run"
    ) -> None:
        labels = {"project": self.name, "service": service, "depends_on": needs, "oneoff": "False"}
        given = [part for key, value in labels.items() for part in ("--label", f"com.docker.compose.{key}={value}")]
        detach = ("--detach",) if verb == "run" else ()
        docker(verb, *detach, "--name", self.called(service), *given, *options, IMAGE, *command)

    def running(self, service: str) -> bool:
        return docker("inspect", "--format", "{{.State.Running}}", self.called(service)) == "true"

    def started(self, service: str) -> str:
        return docker("inspect", "--format", "{{.State.StartedAt}}", self.called(service))

    def write(self, service: str) -> None:
        """Make the file that its health check, or its program, looks for."""
        done = subprocess.run(
            ["docker", "cp", "-", f"{self.called(service)}:/"], input=_archive(), capture_output=True, check=False
        )
        assert done.returncode == 0, done.stderr

    def remove(self) -> None:
        label = f"label=com.docker.compose.project={self.name}"
        found = docker("ps", "--all", "--quiet", "--filter", label).split()
        if found:
            docker("rm", "--force", *found)


def _archive() -> bytes:
    """A tar file with an empty file called `well`: what `docker cp -` takes."""
    made = subprocess.run(
        ["tar", "--create", "--to-stdout", "--transform", "s|.*|well|", "/dev/null"], capture_output=True, check=True
    )
    return made.stdout


@pytest.fixture
def project() -> Iterator[Project]:
    made = Project()
    try:
        yield made
    finally:
        made.remove()


async def press(world: World, asked: Interaction, label: str) -> Interaction:
    """Press a button without waiting for the end of what it begins."""
    message, button = find_component(asked, label)
    return world.sandbox.use_component("Ada", CHANNEL, message["id"], button["custom_id"])


async def test_a_project_is_restarted_in_order_and_each_container_has_a_record_and_an_audit_line(
    world: World, project: Project
) -> None:
    project.add("db")
    project.add("web", "db:service_started:false")
    before = project.started("web")
    asked = await world.run("docker group restart", target=project.name)
    assert "Restart 2 containers?" in text_of(asked)
    assert project.called("db") in text_of(asked)
    assert project.started("web") == before, "nothing happens before the press"
    pressed = await press(world, asked, f"Restart {project.name} (2 containers)")
    told = await until_text(pressed, "2 of 2 restarted.")
    assert project.started("db") < project.started("web") > before
    assert told.index(project.called("db")) < told.index(project.called("web"))
    assert all(message["flags"] & 64 for message in pressed.messages), "the answer is for the asker alone"
    for service in ("db", "web"):
        record = await world.bot.recorded("docker_operation", action="restart", container=project.called(service))
        assert record["metadata"]["outcome"] == "ok"
        audit = await world.run("docker audit", container=project.called(service))
        assert "restart" in text_of(audit)
    await world.bot.recorded("component.group_confirm.confirm", outcome="ok")
    await world.bot.recorded("command.docker.group.restart", outcome="ok")


async def test_progress_is_shown_in_the_message_while_a_container_becomes_healthy(
    world: World, project: Project
) -> None:
    project.add("db", "", *WELL_WHEN_TOLD, verb="create")
    project.add("web", "db:service_healthy:false", verb="create")
    asked = await world.run("docker group start", target=project.name)
    pressed = await press(world, asked, f"Start {project.name} (2 containers)")
    told = await until_text(pressed, f"waits for `{project.called('db')}`")
    assert "Starting · 1 of 2" in told
    assert not project.running("web")
    await asyncio.to_thread(project.write, "db")
    await until_text(pressed, "2 of 2 started.", 30)
    assert project.running("web")


async def test_a_partial_failure_is_told_plainly_and_the_button_tries_the_failed_again(tmp_path: Path) -> None:
    project = Project()
    # Without cooldowns: they would only make this test slow.
    settings_file(tmp_path / "bot", {"docker": {"cooldown_seconds": {"start": 0, "stop": 0, "restart": 0}}})
    try:
        project.add("db", "", *WELL_WHEN_TOLD, command=FAILS_UNTIL_TOLD, verb="create")
        project.add("web", "db:service_healthy:false", verb="create")
        project.add("other", verb="create")
        async with living_bot(tmp_path / "bot") as world:
            asked = await world.run("docker group start", target=project.name)
            pressed = await press(world, asked, f"Start {project.name} (3 containers)")
            told = await until_text(pressed, "1 of 3 started, 1 failed, 1 skipped.", 30)
            assert "Partly started" in told
            assert "exit code 3" in told
            assert f"skipped: `{project.called('db')}` is not running" in told
            assert not project.running("web")
            project.write("db")
            again = await press(world, pressed, f"Start 2 of {project.name} again")
            await until_text(again, "2 of 2 started.", 30)
            assert project.running("web")
            await world.bot.recorded("component.group_retry.retry", outcome="ok")
    finally:
        project.remove()


async def test_a_stop_that_takes_too_long_is_told_and_its_end_in_the_same_result(tmp_path: Path) -> None:
    project = Project()
    try:
        # Docker itself would kill it only after ten minutes: it ends when the test says so.
        project.add("db", "", "--stop-timeout", "600", command=DEAF)
        project.add("other")
        settings = {"timeouts": {project.called("db"): 3}, "cooldown_seconds": {"start": 0, "stop": 0}}
        settings_file(tmp_path / "bot", {"docker": settings})
        async with living_bot(tmp_path / "bot") as world:
            asked = await world.run("docker group stop", target=project.name)
            pressed = await press(world, asked, f"Stop {project.name} (2 containers)")
            told = await until_text(pressed, "I go on looking at what took too long", 30)
            assert "1 of 2 stopped, 1 failed." in told
            assert f"Stop of `{project.called('db')}` took longer than 3 s. Docker may still finish it." in told
            assert f"Stop 1 of {project.name} again" in told
            assert project.running("db")
            await asyncio.to_thread(docker, "kill", project.called("db"))
            told = await until_text(pressed, "2 of 2 stopped.", 30)
            assert f"`{project.called('db')}` stopped after all" in told
            assert "again" not in told
    finally:
        project.remove()


async def test_a_group_that_one_may_not_see_does_not_exist_and_one_seen_in_part_is_that_part(tmp_path: Path) -> None:
    project, secret = Project(), Project()
    try:
        for service in ("db", "web"):
            project.add(service, "db:service_started:false" if service == "web" else "", verb="create")
        secret.add("vault", verb="create")
        rule = {"containers": [project.called("web")], "actions": ["start"], "roles": [OPERATOR_ROLE_ID]}
        settings_file(tmp_path / "bot", {"docker": {"permissions": [rule]}})
        async with living_bot(tmp_path / "bot", DDC_OPERATOR_ROLE_IDS="") as world:
            listed = text_of(await world.run("docker group list", user="Olga"))
            assert f"`{project.name}` 0 of 1 up" in listed
            offered = await world.sandbox.autocomplete(
                "Olga", CHANNEL, "docker group start", {"target": "ddc-t-"}, "target"
            )
            assert project.name in [one["value"] for one in offered]
            for name in (secret.name, "ddc-t-none"):
                unseen = text_of(await world.run("docker group info", user="Olga", target=name))
                assert f"There is no group called `{name}`." in unseen
            asked = await world.run("docker group start", user="Olga", target=project.name)
            assert "Start 1 container?" in text_of(asked)
            seen = json.dumps([asked.messages, offered, listed])
            assert project.called("db") not in seen
            assert secret.name not in seen
    finally:
        project.remove()
        secret.remove()


async def test_a_bot_that_is_stopped_meanwhile_tells_what_it_did_not_begin(tmp_path: Path, project: Project) -> None:
    project.add("db", "", *WELL_WHEN_TOLD, verb="create")
    project.add("web", "db:service_healthy:false", verb="create")
    async with living_bot(tmp_path / "bot") as world:
        asked = await world.run("docker group start", target=project.name)
        pressed = await press(world, asked, f"Start {project.name} (2 containers)")
        await until_text(pressed, "waits for")
        assert await world.bot.stop() == 0
        told = text_of(pressed)
        assert "1 of 2 started, 1 not begun." in told
        assert "not begun: the bot is being stopped" in told
    assert not project.running("web")
