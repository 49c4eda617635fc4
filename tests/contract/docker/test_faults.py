"""A real engine stopped midway, fifty restarts at once, odd names, images gone: nothing hangs or runs twice."""

from __future__ import annotations

import asyncio
import gc
import json
import secrets
from collections import Counter
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING

import aiodocker
import pytest

from cogs.docker.choices import choices
from cogs.docker.embeds import info_embed, list_embed
from services.docker import Action, ActionResult, DockerError, DockerService, EngineUnreachable, State, Timeouts
from services.docker.engine import AiodockerEngine
from tests.bench.lag import measured_lags
from tests.contract.docker.own import OwnEngine
from tests.contract.docker.people import ADMIN
from tests.contract.docker.real import IMAGE, Containers, until
from utils.performance_metrics import PerformanceMetrics

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from pathlib import Path

pytestmark = pytest.mark.docker

AT_ONCE = 50
LONGEST_HOLD = 0.050


@asynccontextmanager
async def service_at(
    socket: str | Path, folder: Path, timeouts: Timeouts | None = None
) -> AsyncIterator[DockerService]:
    """A service at a socket, with measurements of its own."""
    metrics = PerformanceMetrics(folder / "metrics")
    service = DockerService.connect(f"unix://{socket}", metrics, timeouts=timeouts or Timeouts(60.0), environ={})
    try:
        yield service
    finally:
        await service.close()
        await asyncio.to_thread(metrics.close)


async def test_an_engine_stopped_and_started_while_actions_are_queued(tmp_path: Path) -> None:
    """Each container writes a line at each of its starts, into a folder of ours, so that no second one is missed."""
    starts = tmp_path / "starts"
    starts.mkdir()
    writes = 'echo x >> "/starts/$NAME"; trap "sleep 1; exit 0" TERM; while :; do sleep 1 & wait $!; done'
    async with OwnEngine() as engine, service_at(engine.socket, tmp_path) as service:
        names = []
        async with Containers(str(engine.socket)) as made:
            for number in range(8):
                config = {
                    "Cmd": ["sh", "-c", writes],
                    "Env": [f"NAME={number}"],
                    "HostConfig": {"Binds": [f"{starts}:/starts"]},
                }
                names.append(await made.make(config=config))
            await until(lambda: len(list(starts.iterdir())) == len(names))
            restarts = [asyncio.create_task(service.restart(ADMIN, name)) for name in names]
            await until(lambda: service.queue.waiting > 0 and service.queue.working > 0)
            await engine.down()
            results = await asyncio.wait_for(asyncio.gather(*restarts, return_exceptions=True), timeout=120)
            assert all(isinstance(one, ActionResult | DockerError) for one in results), results
            assert any(isinstance(one, EngineUnreachable) for one in results)
            with pytest.raises(EngineUnreachable):
                await service.list(ADMIN)
            lines = Counter(file.name for file in starts.iterdir() for _ in file.read_text().splitlines())
            assert max(lines.values()) <= 2, "no restart was asked for twice"

            await engine.up()
            assert {one.name for one in await service.list(ADMIN)} == set(names)
            assert [(await service.start(ADMIN, name)).state for name in names] == [State.RUNNING] * len(names)
            again = Counter(file.name for file in starts.iterdir() for _ in file.read_text().splitlines())
            assert max((again - lines).values()) == 1, "nothing that waited before is done now"


async def test_fifty_containers_restarted_at_once_all_end_once_and_the_loop_goes_on(
    containers: Containers, engine_socket: str, tmp_path: Path
) -> None:
    names = await asyncio.gather(*(containers.make() for _ in range(AT_ONCE)))
    happened: Counter[tuple[str, str]] = Counter()

    async with aiodocker.Docker(url=f"unix://{engine_socket}") as client:
        stream = await client._do_query("events", "GET", params={"filters": json.dumps({"type": ["container"]})})

        async def hear() -> None:
            async for line in stream.content:
                event = json.loads(line)
                happened[event["Actor"]["Attributes"]["name"], event["Action"]] += 1

        hearing = asyncio.create_task(hear())
        # What the tests before left is none of the service's doing.
        gc.collect()
        gc.freeze()
        # With the time limits of the settings' defaults, for they decide how many may wait.
        async with service_at(engine_socket, tmp_path, Timeouts()) as service, measured_lags() as lags:
            results = await asyncio.gather(*(service.restart(ADMIN, name) for name in names))
        gc.unfreeze()
        assert {(one.changed, one.state) for one in results} == {(True, State.RUNNING)}
        await until(lambda: all(happened[name, "restart"] for name in names))
        hearing.cancel()
        await asyncio.wait([hearing])
        stream.close()
    for event in ("die", "start", "restart"):
        assert {happened[name, event] for name in names} == {1}, event
    assert max(lags.net) < LONGEST_HOLD


ODD = ("_.-a.b__c--d..", "__bold__", "x" * (255 - 19), "..", "-", "CAPITALS.and.1", "0-", "_u_", "e.com")


async def test_names_with_every_odd_sign_that_an_engine_takes_go_through_everything(
    engine_socket: str, tmp_path: Path
) -> None:
    prefix = f"ddc-t-{secrets.token_hex(6)}"
    names = [f"{prefix}{odd}" for odd in ODD]
    async with (
        aiodocker.Docker(url=f"unix://{engine_socket}") as client,
        service_at(engine_socket, tmp_path) as service,
    ):
        made = []
        try:
            for name in names:
                made += [await client.containers.create({"Image": IMAGE}, name=name)]
            listed = [one for one in await service.list(ADMIN) if one.name.startswith(prefix)]
            assert {one.name for one in listed} == set(names)
            shown = list_embed(listed).description or ""
            assert all(f"`{name}`" in shown for name in names if len(name) <= 32)
            for name in names:
                (offered,) = [
                    one
                    for one in choices(listed, name, Action.START)
                    if one.value in (name, next(each.id for each in listed if each.name == name))
                ]
                assert (await service.start(ADMIN, offered.value)).name == name
                info = await service.info(ADMIN, name)
                assert (info.container.name, info.container.state) == (name, State.RUNNING)
                assert len(info_embed(info)) < 6000
                assert (await service.stop(ADMIN, name)).changed
        finally:
            for container in made:
                await container.delete(force=True)


async def test_an_image_that_is_gone_is_shown_by_the_beginning_of_its_id(
    containers: Containers, engine_socket: str
) -> None:
    tag = f"ddc-t-{secrets.token_hex(6)}:1"
    repository = tag.partition(":")[0]
    async with aiodocker.Docker(url=f"unix://{engine_socket}") as client:
        identity = (await client.images.inspect(IMAGE))["Id"].removeprefix("sha256:")
        await client.images.tag(IMAGE, repository, tag="1")
        name = await containers.make(config={"Image": tag})
        await client.images.delete(tag)
    engine = AiodockerEngine(f"unix://{engine_socket}", environ={}, timeout=60.0)
    (listed,) = [one for one in await engine.containers() if one.name == name]
    info = await engine.inspect(name)
    await engine.close()
    assert (listed.image, listed.state) == (identity[:12], State.RUNNING)
    assert info.container.state is State.RUNNING
    assert info.container.image == tag, "as it was asked for"


async def test_a_container_whose_image_was_pruned_starts_all_the_same(tmp_path: Path) -> None:
    async with (
        OwnEngine() as engine,
        Containers(str(engine.socket)) as made,
        service_at(engine.socket, tmp_path) as service,
    ):
        name = await made.make("exited")
        async with aiodocker.Docker(url=f"unix://{engine.socket}") as client:
            await client.images.delete(IMAGE, force=True)
            assert await client.images.list() == []
        (listed,) = await service.list(ADMIN)
        assert len(listed.image) == 12
        assert (await service.start(ADMIN, name)).state is State.RUNNING
        assert info_embed(await service.info(ADMIN, name)).fields
