"""The socket proxy of the documentation, as haproxy runs it: what the bot needs goes through, and nothing else."""

from __future__ import annotations

import asyncio
import json
from typing import TYPE_CHECKING

import pytest

from services.docker import DockerService, EngineError, EngineUnreachable, State, Timeouts, Why
from services.docker.engine import AiodockerEngine
from tests.contract.docker.everything import ask_everything, make_talker
from tests.contract.docker.own import PROXY_CONFIG, Haproxy
from tests.contract.docker.people import ADMIN
from utils.performance_metrics import PerformanceMetrics

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from pathlib import Path

    from tests.contract.docker.real import Containers

pytestmark = pytest.mark.docker


@pytest.fixture
async def proxy(engine_socket: str) -> AsyncIterator[Haproxy]:
    async with Haproxy(engine_socket) as running:
        yield running


async def test_all_that_the_bot_asks_of_an_engine_goes_through(proxy: Haproxy, containers: Containers) -> None:
    engine = AiodockerEngine(proxy.address, environ={}, timeout=60.0)
    await ask_everything(engine, await make_talker(containers))
    await engine.close()


async def _ask(proxy: Haproxy, request: str, rest: str = "\r\n") -> int:
    """Send a request as it stands, and read the status of its answer."""
    reader, writer = await asyncio.open_unix_connection(proxy.socket)
    try:
        writer.write(f"{request} HTTP/1.1\r\nHost: docker\r\n{rest}".encode())
        return int((await reader.readuntil(b"\r\n")).split()[1])
    finally:
        writer.transport.abort()


async def test_the_service_works_through_it(proxy: Haproxy, containers: Containers, tmp_path: Path) -> None:
    name = await containers.make()
    metrics = PerformanceMetrics(tmp_path / "metrics")
    service = DockerService.connect(proxy.address, metrics, timeouts=Timeouts(60.0), environ={})
    assert name in {one.name for one in await service.list(ADMIN)}
    assert (await service.restart(ADMIN, name)).state is State.RUNNING
    assert (await service.stop(ADMIN, name)).state is State.EXITED
    assert (await service.start(ADMIN, name)).state is State.RUNNING
    assert await service.close() is True
    await asyncio.to_thread(metrics.close)


FOREIGN = [
    ("POST", "containers/create"),
    ("DELETE", "containers/{name}"),
    ("POST", "containers/{name}/exec"),
    ("POST", "containers/{name}/kill"),
    ("POST", "containers/{name}/update"),
    ("POST", "containers/{name}/attach"),
    ("GET", "containers/{name}/export"),
    ("GET", "containers/{name}/archive"),
    ("PUT", "containers/{name}/archive"),
    ("GET", "images/json"),
    ("POST", "images/create"),
    ("POST", "build"),
    ("GET", "info"),
    ("GET", "secrets"),
    ("POST", "volumes/create"),
    ("GET", "containers/../images/json"),
    ("GET", "containers/%2e%2e/images/json"),
    ("GET", "/images/json"),
    ("PUT", "containers/{name}/restart"),
    ("GET", "containers/{name}/restart"),
    ("POST", "containers/{name}/json"),
]


async def test_whatever_else_there_is_is_refused(proxy: Haproxy, containers: Containers) -> None:
    name = await containers.make()
    requests = [f"{method} {before}/{path.format(name=name)}" for before in ("", "/v1.41") for method, path in FOREIGN]
    statuses = {request: await _ask(proxy, request) for request in requests}
    assert {request: status for request, status in statuses.items() if status != 403} == {}
    assert await _ask(proxy, f"GET /containers/{name}/json") == 200, "it is there still"


async def test_a_start_may_not_bring_rights_with_it_as_old_versions_let_it(
    proxy: Haproxy, containers: Containers
) -> None:
    name = await containers.make("created")
    binds = json.dumps({"Binds": ["/:/host"], "Privileged": True})
    json_body = f"Content-Type: application/json\r\nContent-Length: {len(binds)}\r\n\r\n{binds}"
    chunked = f"Transfer-Encoding: chunked\r\n\r\n{len(binds):x}\r\n{binds}\r\n0\r\n\r\n"
    for path, rest in (
        (f"/v1.23/containers/{name}/start", "\r\n"),
        (f"/v1.41/containers/{name}/start", json_body),
        (f"/containers/{name}/start", json_body),
        (f"/containers/{name}/start", chunked),
    ):
        assert await _ask(proxy, f"POST {path}", rest) == 403, path
    engine = AiodockerEngine(proxy.address, environ={}, timeout=60.0)
    assert (await engine.inspect(name)).container.state is State.CREATED
    await engine.close()


async def test_a_refusal_says_what_to_let_through(engine_socket: str, containers: Containers, tmp_path: Path) -> None:
    name = await containers.make()
    config = tmp_path / "narrow.cfg"
    lines = PROXY_CONFIG.read_text().splitlines(keepends=True)
    config.write_text("".join(line for line in lines if "allow if acts" not in line))
    async with Haproxy(engine_socket, config) as narrow:
        engine = AiodockerEngine(narrow.address, environ={}, timeout=60.0)
        assert name in {one.name for one in await engine.containers()}
        with pytest.raises(EngineError) as caught:
            await engine.restart(name)
        await engine.close()
    assert caught.value.status == 403
    assert "Let the socket proxy allow `POST /containers/*/restart`" in caught.value.user_message


async def test_an_engine_that_is_away_behind_it_is_told_from_the_proxy(tmp_path: Path) -> None:
    async with Haproxy(str(tmp_path / "none.sock")) as proxy:
        engine = AiodockerEngine(proxy.address, environ={}, timeout=60.0)
        with pytest.raises(EngineUnreachable) as caught:
            await engine.containers()
        await engine.close()
    assert caught.value.why is Why.BEHIND
    assert "Start the Docker Engine" in caught.value.user_message
