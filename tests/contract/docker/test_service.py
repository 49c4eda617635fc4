"""The service against the real engine: what is done, what is measured."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

import pytest

from services.docker import DockerService, Interrupted, OperationTimeout, State, Timeouts
from tests.contract.docker.people import ADMIN
from tests.contract.docker.real import Containers, until
from utils.performance_metrics import PerformanceMetrics

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from pathlib import Path

    from utils.performance_metrics import MetricEntry

pytestmark = pytest.mark.docker

DEAF = ["sh", "-c", 'trap "" TERM; while :; do sleep 1; done']


@pytest.fixture
async def metrics(tmp_path: Path) -> AsyncIterator[PerformanceMetrics]:
    made = PerformanceMetrics(tmp_path)
    yield made
    await asyncio.to_thread(made.close)


async def entries(metrics: PerformanceMetrics) -> list[MetricEntry]:
    return await asyncio.to_thread(lambda: list(metrics.iter_entries("docker_operation")))


async def test_real_actions_end_up_in_the_metrics(
    containers: Containers, engine_socket: str, metrics: PerformanceMetrics
) -> None:
    name = await containers.make()
    service = DockerService.connect(f"unix://{engine_socket}", metrics, timeouts=Timeouts(90.0))
    stopped = await service.stop(ADMIN, name)
    started = await service.start(ADMIN, name)
    restarted = await service.restart(ADMIN, name)
    await service.close()
    assert (stopped.state, started.state, restarted.state) == (State.EXITED, State.RUNNING, State.RUNNING)
    found = await entries(metrics)
    assert [one.metadata["action"] for one in found] == ["stop", "start", "restart"]
    assert {one.metadata["container"] for one in found} == {name}
    assert {one.metadata["outcome"] for one in found} == {"ok"}
    assert all(one.success and one.duration > 0 for one in found)


async def test_ten_restarts_at_once_all_end_and_those_that_waited_say_how_long(
    containers: Containers, engine_socket: str, metrics: PerformanceMetrics
) -> None:
    names = await asyncio.gather(*(containers.make() for _ in range(10)))
    service = DockerService.connect(f"unix://{engine_socket}", metrics, timeouts=Timeouts(90.0))
    results = await asyncio.gather(*(service.restart(ADMIN, name) for name in names))
    await service.close()
    assert [one.name for one in results] == list(names)
    assert {one.state for one in results} == {State.RUNNING}
    assert [one.queue_wait for one in results[:3]] == [0.0] * 3
    assert all(one.queue_wait > 0 for one in results[3:])
    waits = {one.metadata["container"]: one.metadata["queue_wait"] for one in await entries(metrics)}
    assert waits == {one.name: round(one.queue_wait, 3) for one in results}


async def test_a_bot_that_stops_before_the_engine_answers_says_so_and_does_not_blame_docker(
    containers: Containers, engine_socket: str, metrics: PerformanceMetrics
) -> None:
    name = await containers.make(config={"Cmd": DEAF, "StopTimeout": 3})
    service = DockerService.connect(f"unix://{engine_socket}", metrics)
    stopping = asyncio.create_task(service.stop(ADMIN, name))
    await asyncio.sleep(0.5)
    assert await service.close(grace=0.2) is False
    with pytest.raises(Interrupted, match=f"stop of `{name}`. Docker may still finish it"):
        await stopping
    (entry,) = await entries(metrics)
    assert (entry.success, entry.metadata["outcome"]) == (False, "cancelled")


async def test_a_stop_that_takes_too_long_is_a_timeout_and_the_engine_finishes_it_all_the_same(
    containers: Containers, engine_socket: str, metrics: PerformanceMetrics
) -> None:
    name = await containers.make(config={"Cmd": DEAF, "StopTimeout": 6})
    impatient = DockerService.connect(f"unix://{engine_socket}", metrics, timeouts=Timeouts(3.0))
    with pytest.raises(OperationTimeout, match="Docker may still finish it"):
        await impatient.stop(ADMIN, name)
    await impatient.close()
    (entry,) = await entries(metrics)
    assert (entry.success, entry.metadata["outcome"]) == (False, "timeout")

    service = DockerService.connect(f"unix://{engine_socket}", metrics, timeouts=Timeouts(90.0))

    async def has_ended() -> bool:
        return (await service.info(ADMIN, name)).container.state is State.EXITED

    await until(has_ended)
    await service.close()


async def test_a_timed_out_stop_keeps_the_container_until_the_engine_is_done_and_tells_its_end(
    containers: Containers, engine_socket: str, metrics: PerformanceMetrics
) -> None:
    name = await containers.make(config={"Cmd": DEAF, "StopTimeout": 6})
    other = await containers.make()
    timeouts = Timeouts(90.0, named={name: 1.0})
    service = DockerService.connect(f"unix://{engine_socket}", metrics, timeouts=timeouts, concurrency=1)
    with pytest.raises(OperationTimeout, match="may rightly take 16 s") as caught:
        await service.stop(ADMIN, name)
    later = caught.value.later
    assert later is not None
    starting = asyncio.create_task(service.start(ADMIN, name))
    assert (await service.restart(ADMIN, other)).state is State.RUNNING, "the place is free"
    assert not later.done()
    assert not starting.done()
    told = await later
    assert (told.finished, told.problem) == (True, "")
    started = await starting
    assert (started.changed, started.state) == (True, State.RUNNING), "it began after the stop had ended"
    await service.close()
    outcomes = {(one.metadata["action"], one.metadata["outcome"]) for one in await entries(metrics)}
    assert outcomes == {("stop", "timeout"), ("start", "ok"), ("restart", "ok"), ("look", "ok")}


async def test_clicks_on_one_container_at_once_are_all_done_one_after_the_other(
    containers: Containers, engine_socket: str, metrics: PerformanceMetrics
) -> None:
    name = await containers.make()
    service = DockerService.connect(f"unix://{engine_socket}", metrics, timeouts=Timeouts(90.0))
    acts = [service.restart, service.stop, service.start, service.restart, service.stop]
    results = await asyncio.gather(*(act(ADMIN, name) for act in acts))
    assert all(one.changed for one in results)
    assert (await service.info(ADMIN, name)).container.state is State.EXITED
    await service.close()
    found = sorted(
        (one for one in await entries(metrics) if one.metadata["action"] != "info"), key=lambda one: one.end_time
    )
    assert [one.metadata["action"] for one in found] == ["restart", "stop", "start", "restart", "stop"]
    waits = [one.metadata["queue_wait"] for one in found]
    assert waits == sorted(waits)
    assert waits[0] == 0.0 < waits[1]


async def test_fifty_restarts_at_once_all_end_and_none_runs_twice(
    containers: Containers, engine_socket: str, metrics: PerformanceMetrics
) -> None:
    names = [await containers.make("created") for _ in range(50)]
    service = DockerService.connect(f"unix://{engine_socket}", metrics)
    results = await asyncio.gather(*(service.restart(ADMIN, name) for name in names))
    await service.close()
    assert [(one.name, one.state) for one in results] == [(name, State.RUNNING) for name in names]
    stats = service.queue.stats()
    assert (stats.total, stats.refused, stats.largest_line, stats.in_use, stats.waiting) == (50, 0, 47, 0, 0)
    assert sorted(one.metadata["container"] for one in await entries(metrics)) == sorted(names)
