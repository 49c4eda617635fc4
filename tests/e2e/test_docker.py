"""/docker against real containers, by an admin, an operator and a member."""

from __future__ import annotations

import asyncio
import json
import secrets
from typing import TYPE_CHECKING

import pytest

from sandbox.errors import Refused
from tests.e2e.world import CHANNEL, IMAGE, docker, find_component, living_bot, text_of, until_text

if TYPE_CHECKING:
    from pathlib import Path

    from tests.e2e.world import Containers, World

pytestmark = [pytest.mark.docker, pytest.mark.asyncio(loop_scope="session")]


async def test_list_shows_the_containers_and_how_they_are(world: World, containers: Containers) -> None:
    answer = await world.run("docker list")
    lines = text_of(answer).splitlines()
    assert any(containers.web in line and "running" in line for line in lines)
    assert any(containers.stopped in line and "running" not in line for line in lines)
    assert all(message["flags"] & 64 for message in answer.messages), "the answer is for the asker alone"


async def test_info_shows_one_container_without_its_environment(world: World) -> None:
    name = f"ddc-t-{secrets.token_hex(3)}-env"
    docker("run", "--detach", "--name", name, "--env", "DB_PASSWORD=hunter2", IMAGE)
    try:
        answer = await world.run("docker info", container=name)
        assert "ddc-perf-test" in text_of(answer)
        assert "hunter2" not in json.dumps(answer.messages)
        assert "DB_PASSWORD" not in json.dumps(answer.messages)
    finally:
        docker("rm", "--force", name)


async def test_a_restart_asks_acts_tells_and_is_seen_in_perf_recent(world: World, containers: Containers) -> None:
    before = docker("inspect", "--format", "{{.State.StartedAt}}", containers.web)
    asked = await world.run("docker restart", container=containers.web)
    assert containers.web in text_of(asked)
    assert docker("inspect", "--format", "{{.State.StartedAt}}", containers.web) == before, (
        "nothing happens before the press"
    )
    pressed = await world.press(asked, f"Restart {containers.web}")
    await until_text(pressed, "Restarted")
    assert docker("inspect", "--format", "{{.State.StartedAt}}", containers.web) != before
    record = await world.bot.recorded("docker_operation", action="restart", container=containers.web)
    assert record["success"] is True
    assert record["metadata"]["outcome"] == "ok"
    assert record["metadata"]["queue_wait"] >= 0
    recent = await world.run("perf recent", operation="docker_operation")
    assert any("restart" in line and containers.web in line for line in text_of(recent).splitlines())


async def test_stop_and_start_go_round_and_a_second_press_is_refused(world: World, containers: Containers) -> None:
    asked = await world.run("docker stop", container=containers.database)
    await until_text(await world.press(asked, f"Stop {containers.database}"), "Stopped")
    assert docker("inspect", "--format", "{{.State.Running}}", containers.database) == "false"
    assert not asked.messages[0]["components"]
    with pytest.raises(Refused):
        world.sandbox.use_component("Ada", CHANNEL, asked.messages[0]["id"], "confirm")
    started = await world.run("docker start", container=containers.database)
    assert "Started" in text_of(started)
    assert docker("inspect", "--format", "{{.State.Running}}", containers.database) == "true"


async def test_cancel_leaves_the_container_alone(world: World, containers: Containers) -> None:
    before = docker("inspect", "--format", "{{.State.StartedAt}}", containers.web)
    asked = await world.run("docker restart", container=containers.web)
    await world.press(asked, "Cancel")
    assert docker("inspect", "--format", "{{.State.StartedAt}}", containers.web) == before
    assert all(not message["components"] for message in asked.messages)


async def test_the_right_is_checked_again_at_the_press(world: World, containers: Containers) -> None:
    before = docker("inspect", "--format", "{{.State.StartedAt}}", containers.web)
    asked = await world.run("docker restart", user="Olga", container=containers.web)
    world.sandbox.set_roles("Olga", [])
    try:
        refused = await world.press(asked, f"Restart {containers.web}", user="Olga")
        assert "no right" in text_of(refused)
        assert docker("inspect", "--format", "{{.State.StartedAt}}", containers.web) == before
        await world.bot.recorded("component.container_confirm.confirm", outcome="denied")
    finally:
        world.sandbox.set_roles("Olga", ["Docker operators"])


async def test_an_operator_may_act_but_not_see_performance(world: World, containers: Containers) -> None:
    answer = await world.run("docker list", user="Olga")
    assert containers.web in text_of(answer)
    names = [command["name"] for command in world.sandbox.state("Olga")["commands"]]
    assert names == ["docker"]


async def test_a_member_gets_nothing_not_even_a_name_by_autocomplete(world: World, containers: Containers) -> None:
    for command, options in (
        ("docker list", {}),
        *((f"docker {action}", {"container": containers.web}) for action in ("info", "start", "stop", "restart")),
    ):
        answer = await world.run(command, user="Max", **options)
        assert "Only admins" in text_of(answer)
        assert "ddc-t-" not in json.dumps(answer.messages)
    for action in ("info", "start", "stop", "restart"):
        assert (
            await world.sandbox.autocomplete("Max", CHANNEL, f"docker {action}", {"container": "ddc"}, "container")
            == []
        )
    assert docker("inspect", "--format", "{{.State.Running}}", containers.web) == "true"
    await world.bot.recorded("command.docker.stop", outcome="denied")


async def test_autocomplete_offers_the_containers_that_fit_the_action_first(
    world: World, containers: Containers
) -> None:
    prefix = containers.web[:-4]
    for action, first in (("start", containers.stopped), ("stop", containers.database)):
        choices = await world.sandbox.autocomplete(
            "Ada", CHANNEL, f"docker {action}", {"container": prefix}, "container"
        )
        assert choices[0]["value"] == first
    narrowed = await world.sandbox.autocomplete(
        "Ada", CHANNEL, "docker info", {"container": containers.web}, "container"
    )
    assert [choice["value"] for choice in narrowed] == [containers.web]
    await world.bot.recorded("autocomplete.docker.info.container", outcome="ok")


async def test_an_unknown_container_is_told_and_recorded_as_not_found(world: World) -> None:
    answer = await world.run("docker info", container="ddc-t-nobody")
    assert "no container called" in text_of(answer)
    record = await world.bot.recorded("docker_operation", container="ddc-t-nobody")
    assert (record["success"], record["metadata"]["outcome"]) == (False, "not_found")
    await world.bot.recorded("command.docker.info", outcome="not_found")


async def test_no_more_than_three_act_at_once_and_the_rest_wait_in_line(world: World) -> None:
    # Each needs half a second to stop, so that the first three are still at it when the rest come.
    slow = "trap 'sleep 0.5; exit 0' TERM; while :; do sleep 0.05; done"
    names = [f"ddc-t-{secrets.token_hex(3)}-{n}" for n in range(5)]
    try:
        for name in names:
            docker("run", "--detach", "--name", name, IMAGE, "/bin/sh", "-c", slow)
        questions = [await world.run("docker restart", container=name) for name in names]
        presses = []
        for question in questions:
            message, button = find_component(question, "confirm")
            presses.append(world.sandbox.use_component("Ada", CHANNEL, message["id"], button["custom_id"]))
        await asyncio.gather(*(until_text(press, "Restarted", 30) for press in presses))
        restarts = [
            await world.bot.recorded("docker_operation", action="restart", container=name, outcome="ok")
            for name in names
        ]
    finally:
        docker("rm", "--force", *names)
    waits = [record["metadata"]["queue_wait"] for record in restarts]
    assert [wait > 0.1 for wait in waits] == [False, False, False, True, True], "first in, first out"
    begins = sorted((record["start_time"], 1) for record in restarts)
    ends = sorted((record["end_time"], -1) for record in restarts)
    at_once, most = 0, 0
    for _, change in sorted(begins + ends):
        at_once += change
        most = max(most, at_once)
    assert most == 3


async def test_without_an_engine_the_bot_runs_and_says_which_socket_it_tried_and_why(tmp_path: Path) -> None:
    address = f"unix://{tmp_path}/none.sock"
    async with living_bot(tmp_path / "bot", DOCKER_HOST=address) as world:
        answer = await world.run("docker list")
        assert f"{tmp_path}/none.sock" in text_of(answer)
        assert "there is no such socket. Install and start Docker" in text_of(answer)
        record = await world.bot.recorded("docker_operation", action="list")
        assert record["success"] is False
        await world.bot.recorded("command.docker.list", outcome="error")
        recent = await world.run("perf recent", failures=True)
        assert "docker_operation" in text_of(recent)
        assert await world.sandbox.autocomplete("Ada", CHANNEL, "docker stop", {}, "container") == []
