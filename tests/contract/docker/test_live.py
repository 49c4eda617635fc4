"""Live figures of real containers."""

from __future__ import annotations

import asyncio
import json
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, Any

import pytest

from services.docker import DockerError, Policy, Timeouts
from services.docker.engine import AiodockerEngine
from services.docker.live import LiveFigures
from services.docker.live.sources import Pace
from services.docker.operations import Operations
from tests.contract.docker.people import ADMIN
from tests.contract.docker.real import Containers, until
from tests.contract.docker.servers import Relay, Script, reply
from utils.performance_metrics import PerformanceMetrics

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from pathlib import Path

    from services.docker.live import Live
    from tests.contract.docker.servers import Answer

needs_docker = pytest.mark.docker

MIB = 2**20
BUSY: dict[str, Any] = {"Cmd": ["/bin/sh", "-c", "while :; do :; done"], "StopTimeout": 1}


@asynccontextmanager
async def live_at(
    address: str, folder: Path, *, timeouts: Timeouts | None = None, patience: float = 30.0, **pace: float
) -> AsyncIterator[LiveFigures]:
    """Live figures of the engine at an address."""
    engine = AiodockerEngine(address, environ={}, timeout=90.0)
    metrics = PerformanceMetrics(folder)
    operations = Operations(metrics, concurrency=3, timeout=90.0)
    settings: dict[str, Any] = {"list_every": 0.5, "poll_every": 0.5, "longest_pause": 1.0} | pace
    live = LiveFigures(engine, operations, Policy(), timeouts or Timeouts(), pace=Pace(**settings), patience=patience)
    try:
        yield live
    finally:
        await live.close()
        await engine.close()
        metrics.close()


async def of(live: LiveFigures, name: str) -> Live:
    (one,) = await live.figures(ADMIN, name)
    return one


async def until_measured(live: LiveFigures, name: str) -> Live:
    """Wait until a container's CPU is known, and fail as soon as it reads below zero."""
    found: list[Live] = []

    async def is_measured() -> bool:
        try:
            one = await of(live, name)
        except DockerError:
            return False
        assert not one.sample or one.sample.cpu is None or one.sample.cpu >= 0
        found.append(one)
        return one.fresh is not None and one.fresh.cpu is not None and one.started is not None

    await until(is_measured)
    return found[-1]


@needs_docker
async def test_a_busy_container_and_an_idle_one(containers: Containers, engine_socket: str, tmp_path: Path) -> None:
    busy = await containers.make(config=BUSY | {"HostConfig": {"Memory": 64 * MIB, "MemorySwap": 64 * MIB}})
    idle = await containers.make()
    async with live_at(f"unix://{engine_socket}", tmp_path) as live:
        loaded, resting = await until_measured(live, busy), await until_measured(live, idle)
    assert loaded.fresh
    assert resting.fresh
    assert (loaded.fresh.cpu or 0) > 5 > (resting.fresh.cpu or 0)
    assert (loaded.fresh.limit, resting.fresh.limit) == (64 * MIB, None)
    assert 0 < (loaded.fresh.memory or 0) < 64 * MIB
    assert (loaded.fresh.pids, loaded.restarts) == (1, 0)
    assert loaded.fresh.cpus
    assert loaded.fresh.received is not None


@needs_docker
async def test_a_container_that_is_restarted_while_it_is_followed_goes_on(
    containers: Containers, engine_socket: str, tmp_path: Path
) -> None:
    name = await containers.make(config=BUSY)
    engine = AiodockerEngine(f"unix://{engine_socket}", environ={}, timeout=90.0)
    async with live_at(f"unix://{engine_socket}", tmp_path) as live:
        before = await until_measured(live, name)
        await engine.restart(name)
        await engine.close()

        async def is_followed_again() -> bool:
            after = await until_measured(live, name)
            assert after.started is not None
            assert before.started is not None
            return after.started > before.started and after.history[-1] is not None

        await until(is_followed_again)


@needs_docker
async def test_a_container_that_stops_has_no_figures_and_one_that_starts_gets_them(
    containers: Containers, engine_socket: str, tmp_path: Path
) -> None:
    name = await containers.make(config=BUSY)
    engine = AiodockerEngine(f"unix://{engine_socket}", environ={}, timeout=90.0)
    async with live_at(f"unix://{engine_socket}", tmp_path) as live:
        await until_measured(live, name)
        await engine.stop(name)

        async def is_down() -> bool:
            one = await of(live, name)
            return one.sample is None and not one.container.state.is_up

        await until(is_down)
        await engine.start(name)
        await engine.close()
        await until_measured(live, name)


@needs_docker
async def test_past_the_bound_real_containers_are_polled(
    containers: Containers, engine_socket: str, tmp_path: Path
) -> None:
    busy = await containers.make(config=BUSY)
    names = [busy, *[await containers.make() for _ in range(3)]]
    async with live_at(f"unix://{engine_socket}", tmp_path, streams=2, at_once=2) as live:
        for name in names:
            one = await until_measured(live, name)
            assert one.fresh
            assert one.fresh.memory
        loaded = (await until_measured(live, busy)).fresh
        assert loaded
        assert (loaded.cpu or 0) > 5


@needs_docker
async def test_figures_come_back_after_the_engine_was_away(
    containers: Containers, engine_socket: str, tmp_path: Path
) -> None:
    name = await containers.make(config=BUSY)
    async with Relay(engine_socket, tmp_path / "relay.sock") as relay, live_at(relay.address, tmp_path) as live:
        before = await until_measured(live, name)
        await relay.down()
        await until(lambda: "can't be reached" in live.problem)
        last = await of(live, name)
        assert last.sample is not None, "the last figures are still told"
        assert last.problem
        await relay.up()

        async def is_back() -> bool:
            after = await until_measured(live, name)
            return not live.problem and not after.problem and len(after.history) > len(before.history) + 2

        await until(is_back)


LISTED = json.dumps([{"Id": "5a" * 32, "Names": ["/web"], "Image": "web:1", "State": "running", "Status": "Up"}])
LOOKED = json.dumps({"Id": "5a" * 32, "Name": "/web", "State": {"Status": "running"}, "Config": {}})


def sending(body: bytes | None, *, more: bool = False) -> Answer:
    """An engine that has one container, and for its figures sends this; None: nothing at all. Then it hangs or cuts."""

    async def answer(request: str, writer: asyncio.StreamWriter) -> None:
        if not request.endswith("/stats"):
            await reply(writer, LISTED if request.endswith("/containers/json") else LOOKED)
            return
        if body is not None:
            writer.write(b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 100000\r\n\r\n" + body)
            await writer.drain()
        if more or body is None:
            await asyncio.Event().wait()

    return answer


@pytest.mark.parametrize(
    ("answer", "told"),
    [
        (sending(b"what figures?\n", more=True), "does not speak Docker's language"),
        (sending(b'{"read": "2026-'), "broke the connection off"),
        (sending(b""), "broke the connection off"),
        (sending(b'[1, 2]\n"three"\nnull\n{}\n', more=True), "took longer than 0.2 s"),
        (sending(None), "took longer than 0.1 s"),
    ],
    ids=["no JSON", "cut in a frame", "cut at once", "odd JSON, then nothing", "no answer"],
)
async def test_what_an_engine_sends_instead_of_figures_is_told_and_tried_again(
    tmp_path: Path, answer: Answer, told: str
) -> None:
    async with Script(tmp_path / "engine.sock", answer) as engine:
        timeouts = Timeouts(named={"web": 0.1 if "0.1" in told else 30.0})
        async with live_at(
            engine.address, tmp_path, timeouts=timeouts, patience=0.0, silence=0.2, list_every=0.05, pause=0.01
        ) as live:

            async def is_told_and_tried_again() -> bool:
                tries = sum(request.endswith("/stats") for request in engine.requests)
                return told in (await of(live, "web")).problem and tries > 1

            await until(is_told_and_tried_again)
            assert (await of(live, "web")).fresh is None
