"""Engines older and newer than the one at hand: what is asked is real, only what the engine says of itself is not."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING

import pytest

from services.docker.engine import AiodockerEngine
from tests.contract.docker.everything import ask_everything, make_talker
from tests.contract.docker.servers import Versioned

if TYPE_CHECKING:
    from tests.contract.docker.real import Containers

pytestmark = pytest.mark.docker


def says(version: str, newest: str, oldest: str, component: str = "Engine") -> dict[str, object]:
    return {
        "Version": version,
        "ApiVersion": newest,
        "MinAPIVersion": oldest,
        "Components": [{"Name": component, "Version": version}],
    }


DOCKER_29 = says("29.0.0", "1.52", "1.44")
DOCKER_28 = says("28.5.1", "1.51", "1.24")
DOCKER_1903 = says("19.03.15", "1.40", "1.12")
DOCKER_112 = says("1.12.6", "1.24", "1.12")
PODMAN = says("4.3.1", "1.41", "1.24", "Podman Engine")


@pytest.mark.parametrize(
    ("version", "spoken", "told"),
    [
        (DOCKER_29, "v1.44", "Docker 29.0.0, API 1.52, newer than tested (1.40 to 1.41)"),
        (DOCKER_28, "v1.41", "Docker 28.5.1, API 1.51, newer than tested (1.40 to 1.41)"),
        (DOCKER_1903, "v1.40", "Docker 19.03.15, API 1.40"),
        (DOCKER_112, "v1.24", "Docker 1.12.6, API 1.24, older than tested (1.40 to 1.41)"),
        (PODMAN, "v1.41", "Podman 4.3.1, API 1.41"),
    ],
    ids=["29", "28", "19.03", "1.12", "podman"],
)
async def test_everything_works_in_the_version_agreed_on_and_the_engine_is_named(
    engine_socket: str, containers: Containers, version: dict[str, object], spoken: str, told: str
) -> None:
    async with Versioned(engine_socket, version) as server:
        engine = AiodockerEngine(server.address, environ={}, timeout=60.0)
        assert engine.known is None
        await ask_everything(engine, await make_talker(containers))
        assert str(engine.known) == told
        await engine.close()
    asked = {request.split()[1].split("/")[1] for request in server.requests}
    assert asked == {"version", spoken}


async def test_an_untested_engine_is_named_once_in_the_log_however_often_it_is_met(
    engine_socket: str, caplog: pytest.LogCaptureFixture
) -> None:
    async with Versioned(engine_socket, DOCKER_29) as server:
        engine = AiodockerEngine(server.address, environ={}, timeout=60.0)
        for _ in range(3):
            await engine.containers()
            await engine.close()  # the next call connects anew, and asks anew
        await engine.close()
    assert server.requests.count("GET /version") == 3
    warned = [record.getMessage() for record in caplog.records if record.levelno >= logging.WARNING]
    assert warned == [f"At {server.address} there is Docker 29.0.0, API 1.52, newer than tested (1.40 to 1.41)."]


async def test_an_engine_that_is_replaced_by_a_newer_one_is_spoken_to_in_its_version_without_a_failure(
    engine_socket: str,
) -> None:
    async with Versioned(engine_socket, DOCKER_1903) as server:
        engine = AiodockerEngine(server.address, environ={}, timeout=60.0)
        await engine.containers()
        server.version = DOCKER_29
        await engine.containers()
        assert str(engine.known).startswith("Docker 29.0.0")
        await engine.close()
    assert [request.split("?")[0] for request in server.requests] == [
        "GET /version",
        "GET /v1.40/containers/json",
        "GET /v1.40/containers/json",  # refused, so nothing was done
        "GET /version",
        "GET /v1.44/containers/json",
    ]
