"""Time limits in the real bot: shown by /docker info, and a stop that takes longer than its limit told to its end."""

from __future__ import annotations

import json
import secrets
from typing import TYPE_CHECKING

import pytest
import pytest_asyncio

from tests.e2e.world import IMAGE, World, docker, living_bot, settings_file, text_of, until_text

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Iterator

pytestmark = [pytest.mark.docker, pytest.mark.asyncio(loop_scope="session")]

DEAF = ("sh", "-c", 'trap "" TERM; while :; do sleep 1; done')


@pytest.fixture(scope="module")
def deaf(engine: None) -> Iterator[str]:  # noqa: ARG001 - it must be there
    """A container that does not listen to SIGTERM and is killed after 5 s."""
    name = f"ddc-t-{secrets.token_hex(3)}-deaf"
    docker("run", "--detach", "--name", name, "--stop-timeout", "5", IMAGE, *DEAF)
    try:
        yield name
    finally:
        docker("rm", "--force", name)


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def patient(deaf: str, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[World]:
    """A bot that gives the deaf one a second."""
    folder = tmp_path_factory.mktemp("timeouts")
    settings_file(folder, {"docker": {"timeouts": {f"{deaf[:-5]}*": 1}, "cooldown_seconds": {"start": 0, "stop": 0}}})
    async with living_bot(folder, DDC_FAST_STATS_TIMEOUT="7.5", DDC_SLOW_STATS_TIMEOUT="12") as world:
        yield world


async def test_a_stop_that_takes_too_long_is_told_and_its_end_in_the_same_message(patient: World, deaf: str) -> None:
    asked = await patient.run("docker stop", container=deaf)
    assert "To stop it may rightly take 15 s, longer than the limit of 1 s" in text_of(asked)
    pressed = await patient.press(asked, f"Stop {deaf}")
    told = await until_text(pressed, "Not done in time")
    assert "Docker may still finish it" in told
    assert docker("inspect", "--format", "{{.State.Running}}", deaf) == "true"
    # Who comes now waits until the stop is over, and does not get an engine's error.
    started = await patient.run("docker start", container=deaf)
    assert "Started" in text_of(started)
    assert "Stopped after all" in await until_text(pressed, "Stopped after all")
    assert docker("inspect", "--format", "{{.State.Running}}", deaf) == "true"
    stop = await patient.bot.recorded("docker_operation", action="stop", container=deaf)
    assert (stop["success"], stop["metadata"]["outcome"]) == (False, "timeout")
    start = await patient.bot.recorded("docker_operation", action="start", container=deaf, outcome="ok")
    assert start["metadata"]["queue_wait"] > 2, "the wait for the container counts as a wait"
    assert start["duration"] < start["metadata"]["queue_wait"]
    await patient.bot.recorded("component.container_confirm.confirm", outcome="timeout")


async def test_info_shows_the_limits_as_set_in_the_environment_and_in_the_file(patient: World, deaf: str) -> None:
    shown = text_of(await patient.run("docker info", container=deaf))
    assert f"looks, start, stop, restart: 1 s · set for `{deaf[:-5]}*`" in shown
    for suffix, wanted in (("game", "looks: 7.5 s · fast kind"), ("redis", "looks: 12 s · slow kind, `redis`")):
        name = f"ddc-t-{secrets.token_hex(3)}-{suffix}"
        docker("create", "--name", name, "--stop-timeout", "45", IMAGE)
        try:
            shown = text_of(await patient.run("docker info", container=name))
        finally:
            docker("rm", "--force", name)
        assert wanted in shown
        assert "start: 30 s · default\nstop, restart: 55 s · what it needs to stop" in shown


async def test_the_queue_is_told_to_admins_alone(patient: World) -> None:
    shown = text_of(await patient.run("docker queue"))
    assert "places taken" in shown
    assert "1 timed out" in shown
    refused = await patient.run("docker queue", user="Olga")
    assert "Only admins" in text_of(refused)
    assert "places" not in json.dumps(refused.messages)
