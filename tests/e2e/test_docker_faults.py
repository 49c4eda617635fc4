"""Engines that go, hang, break off or hold thousands of containers, and what people see of that in the chat."""

from __future__ import annotations

import json
import os
import secrets
from typing import TYPE_CHECKING, Any

import aiodocker
import pytest

from tests.contract.docker.own import Haproxy, OwnEngine
from tests.contract.docker.real import Containers
from tests.contract.docker.servers import Script, hang, reply
from tests.e2e.world import (
    CHANNEL,
    IMAGE,
    docker,
    find_component,
    living_bot,
    settings_file,
    text_of,
    until_text,
)

if TYPE_CHECKING:
    import asyncio
    from collections.abc import Iterator
    from pathlib import Path

    from tests.e2e.world import World

pytestmark = [pytest.mark.docker, pytest.mark.asyncio(loop_scope="session")]

MANY = 2000


@pytest.fixture
def passing(engine: None) -> Iterator[str]:  # noqa: ARG001 - it must be there
    """A container that a test removes."""
    name = f"ddc-t-{secrets.token_hex(3)}-passing"
    docker("run", "--detach", "--name", name, IMAGE)
    try:
        yield name
    finally:
        if name in docker("ps", "--all", "--format", "{{.Names}}").splitlines():
            docker("rm", "--force", name)


async def test_a_container_removed_after_it_was_offered_is_told_as_gone(world: World, passing: str) -> None:
    for action in ("info", "start", "stop", "restart"):
        offered = await world.sandbox.autocomplete(
            "Ada", CHANNEL, f"docker {action}", {"container": passing}, "container"
        )
        assert [choice["value"] for choice in offered] == [passing]
    docker("rm", "--force", passing)
    for action in ("info", "start", "stop", "restart"):
        answer = await world.run(f"docker {action}", container=passing)
        assert f"no container called {passing}" in text_of(answer).replace("`", "")
        assert not answer.messages[0]["components"], "nothing is left to press"


async def test_a_container_removed_before_the_press_is_told_as_gone(world: World, passing: str) -> None:
    asked = await world.run("docker restart", container=passing)
    docker("rm", "--force", passing)
    pressed = await world.press(asked, f"Restart {passing}")
    assert "no container called" in await until_text(pressed, "no container called")
    record = await world.bot.recorded("docker_operation", action="restart", container=passing)
    assert (record["success"], record["metadata"]["outcome"]) == (False, "not_found")


async def test_an_image_that_is_gone_is_shown_by_its_id(world: World, passing: str) -> None:
    tag = f"{passing}:1"
    docker("tag", IMAGE, tag)
    docker("rm", "--force", passing)
    docker("run", "--detach", "--name", passing, tag)
    image = docker("inspect", "--format", "{{.Image}}", passing).removeprefix("sha256:")
    docker("rmi", tag)
    answer = await world.run("docker info", container=passing)
    assert "running" in text_of(answer)
    listed = await world.run("docker list")
    assert any(passing in line and "running" in line for line in text_of(listed).splitlines())
    assert image[:12] in text_of(answer) or tag in text_of(answer)


async def test_two_thousand_containers_are_listed_offered_measured_and_missed_without_a_pause(
    engine: None,  # noqa: ARG001 - it must be there
    passing: str,
    tmp_path: Path,
) -> None:
    """The answers are real ones, again and again; that nothing held the loop is looked at when the bot has ended."""
    (row,) = await _asked("containers/json", filters=json.dumps({"name": [passing]}))
    looks = json.dumps(await _asked(f"containers/{passing}/json"))
    figures = json.dumps(await _asked(f"containers/{passing}/stats", stream="false"))
    rows = json.dumps(
        [
            {
                **row,
                "Id": f"{n:064x}",
                "Names": [f"/service-{n:04}_of-many.x"],
                "Labels": {"com.docker.compose.project": f"project-{n // 10}", "com.docker.compose.service": f"s{n}"},
            }
            for n in range(MANY)
        ]
    )

    async def answer(request: str, writer: asyncio.StreamWriter) -> None:
        if request.endswith("/containers/json"):
            await reply(writer, rows)
        elif request.endswith("/events"):
            await hang(request, writer)
        elif request.endswith("/stats"):
            await reply(writer, figures)
        elif "/containers/000000" in request:
            await reply(writer, looks)
        else:
            await reply(writer, json.dumps({"message": "No such container: x"}), 404)

    async with (
        Script(tmp_path / "s", answer) as server,
        living_bot(tmp_path / "bot", DOCKER_HOST=server.address) as world,
    ):
        listed = text_of(await world.run("docker list"))
        assert f"{MANY} of {MANY} up" in listed
        assert f"{MANY - 50} more" in listed
        offered = await world.sandbox.autocomplete("Ada", CHANNEL, "docker stop", {"container": "_OF-"}, "container")
        assert len(offered) == 25
        (one,) = await world.sandbox.autocomplete("Ada", CHANNEL, "docker stop", {"container": "1234"}, "container")
        assert one["value"] == "service-1234_of-many.x"
        missed = await world.run("docker info", container="servise-1234_of-many.x")
        assert "service-1234_of-many.x" in text_of(missed), "what is meant is suggested"
        assert "project-0" in text_of(await world.run("docker group list"))
        missed = await world.run("docker group start", target="projekt-77")
        assert "project-77" in text_of(missed)
        assert f"{MANY} running" in text_of(await world.run("docker stats"))
        await world.run("docker stats", container="service-1999_of-many.x")


async def _asked(path: str, **query: str) -> Any:  # noqa: ANN401 - JSON
    """What the real engine answers, as it sends it."""
    async with aiodocker.Docker(url=os.environ.get("DOCKER_HOST") or "unix:///var/run/docker.sock") as client:
        return await client._query_json(path, params=query)


async def test_an_engine_that_never_answers_keeps_nobody_waiting(tmp_path: Path) -> None:
    limits = {"timeout_seconds": 1, "fast_timeout_seconds": 1, "slow_timeout_seconds": 1}
    settings_file(tmp_path / "bot", {"docker": limits})
    async with (
        Script(tmp_path / "s", hang) as server,
        living_bot(tmp_path / "bot", DOCKER_HOST=server.address) as world,
    ):
        assert await world.sandbox.autocomplete("Ada", CHANNEL, "docker stop", {}, "container") == []
        for command in ("list", "info", "start", "stop", "restart", "logs", "stats", "group list"):
            options = {} if command.endswith("list") else {"container": "web"}
            answer = text_of(await world.run(f"docker {command}", **options))
            assert "longer than 1 s" in answer, f"{command}: {answer}"
        assert not [request for request in server.requests if request.startswith("POST")]


@pytest.mark.parametrize("fault", ["breaks off", "never answers"])
async def test_a_restart_that_gets_no_answer_is_told_as_uncertain_and_not_asked_for_twice(
    tmp_path: Path, passing: str, fault: str
) -> None:
    looks = docker("inspect", "--format", "{{json .}}", passing)
    identity = json.loads(looks)["Id"]

    async def answer(request: str, writer: asyncio.StreamWriter) -> None:
        if request.startswith("POST") and fault == "breaks off":
            writer.transport.abort()
        elif request.endswith((f"/{passing}/json", f"/{identity}/json")):
            await reply(writer, looks)
        elif request.endswith("/containers/json"):
            await reply(writer, "[]")
        else:
            await hang(request, writer)

    settings_file(tmp_path / "bot", {"docker": {"timeout_seconds": 1}})
    async with (
        Script(tmp_path / "s", answer) as server,
        living_bot(tmp_path / "bot", DOCKER_HOST=server.address) as world,
    ):
        asked = await world.run("docker restart", container=passing)
        message, button = find_component(asked, f"Restart {passing}")
        pressed = world.sandbox.use_component("Ada", CHANNEL, message["id"], button["custom_id"])
        await until_text(pressed, "may or may not be done" if fault == "breaks off" else "Docker may still finish it")
        posts = [request for request in server.requests if request.startswith("POST")]
        assert posts == [f"POST /v1.41/containers/{identity}/restart"]


async def test_an_engine_stopped_and_started_while_presses_wait_leaves_none_of_them_unanswered(
    engine: None,  # noqa: ARG001 - it must be there, for its image
    tmp_path: Path,
) -> None:
    # Three are at work at once, so that the others wait for three seconds at least.
    slow = "trap 'sleep 3; exit 0' TERM; while :; do sleep 0.1; done"
    async with OwnEngine() as own, Containers(str(own.socket)) as made:
        address = f"unix://{own.socket}"
        names = [await made.make(config={"Cmd": ["sh", "-c", slow]}) for _ in range(6)]
        async with living_bot(tmp_path / "bot", DOCKER_HOST=address) as world:
            questions = [await world.run("docker restart", container=name) for name in names]
            presses = []
            for question in questions:
                message, button = find_component(question, "confirm")
                presses.append(world.sandbox.use_component("Ada", CHANNEL, message["id"], button["custom_id"]))
            await until_text(presses[-1], "Restarting")
            await own.down()
            ends = ("Restarted", "That didn't work")
            for press in presses:
                await press.wait_for(lambda record: any(end in text_of(record) for end in ends), 60)
            assert "can't be reached" in text_of(presses[-1])
            assert "Install and start Docker" in text_of(await world.run("docker list"))
            await own.up()
            assert f"0 of {len(names)} up" in text_of(await world.run("docker list"))
            assert "Started" in text_of(await world.run("docker start", container=names[-1]))


async def test_the_whole_bot_works_through_the_socket_proxy(passing: str, tmp_path: Path) -> None:
    socket = (os.environ.get("DOCKER_HOST") or "unix:///var/run/docker.sock").removeprefix("unix://")
    async with Haproxy(socket) as proxy, living_bot(tmp_path / "bot", DOCKER_HOST=proxy.address) as world:
        assert passing in text_of(await world.run("docker list"))
        info = text_of(await world.run("docker info", container=passing))
        assert "running" in info
        assert "API 1." in info, "the engine is named at the foot"
        assert passing in text_of(await world.run("docker stats", container=passing))
        assert "403" not in text_of(await world.run("docker logs", container=passing))
        asked = await world.run("docker restart", container=passing)
        await until_text(await world.press(asked, f"Restart {passing}"), "Restarted")
        asked = await world.run("docker stop", container=passing)
        await until_text(await world.press(asked, f"Stop {passing}"), "Stopped")
        assert "Started" in text_of(await world.run("docker start", container=passing))
        dies = f"{passing}-dies"
        docker("run", "--detach", "--name", dies, IMAGE, "sh", "-c", "sleep 0.2; exit 3")
        try:
            await world.bot.recorded("docker_event", container=dies)  # heard through the proxy
        finally:
            docker("rm", "--force", dies)
