"""Actions on one container go one by one, and one that took too long is followed."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

import pytest

from services.docker import (
    Busy,
    ContainerNotFound,
    DockerService,
    Forbidden,
    Policy,
    Right,
    State,
    Stopping,
    Timeouts,
)
from tests.contract.docker.people import ADMIN
from tests.unit.services.docker.actions.watchful import WatchfulEngine, entries, settle

if TYPE_CHECKING:
    from collections.abc import Callable

    from services.docker import Actor, Container
    from utils.performance_metrics import PerformanceMetrics


async def test_many_clicks_on_one_container_go_one_by_one_in_order_and_keep_no_other_waiting(
    engine: WatchfulEngine, serve: Callable[..., DockerService]
) -> None:
    service = serve(concurrency=2)
    first = engine.hold("restart web")
    clicks = [asyncio.create_task(service.restart(ADMIN, "web")) for _ in range(2)]
    clicks += [asyncio.create_task(service.stop(ADMIN, "web")), asyncio.create_task(service.start(ADMIN, "web"))]
    await settle()
    assert (service.queue.working, service.queue.waiting, service.waiting_for_containers) == (1, 0, 3)
    assert (await service.restart(ADMIN, "db")).state is State.RUNNING
    assert [call for call in engine.calls if call == "restart web"] == ["restart web"]
    first.set_result(None)
    results = await asyncio.gather(*clicks)
    acts = [call for call in engine.calls if call.endswith("web") and not call.startswith("inspect")]
    assert acts == ["restart web", "restart web", "stop web", "start web"]
    assert [one.changed for one in results] == [True] * 4
    assert (service.queue.working, service.waiting_for_containers) == (0, 0)


@pytest.mark.parametrize("second_is_cancelled", [False, True])
async def test_who_came_first_goes_first_also_when_the_engine_answers_the_later_look_before(
    engine: WatchfulEngine, serve: Callable[..., DockerService], *, second_is_cancelled: bool
) -> None:
    service = serve()
    looks = []
    asked = []
    for act in (service.stop, service.restart, service.start):
        looks.append(engine.hold("inspect web"))
        asked.append(asyncio.create_task(act(ADMIN, "web")))
        await settle()
    engine.held.clear()
    if second_is_cancelled:
        asked[1].cancel()
        await asyncio.wait([asked[1]])
    for look in reversed(looks):
        look.set_result(None)
        await settle()
    await asyncio.wait(asked)
    acts = [call for call in engine.calls if not call.startswith("inspect")]
    assert acts == ["stop web", *([] if second_is_cancelled else ["restart web"]), "start web"]


async def test_looks_do_not_wait_for_an_action(engine: WatchfulEngine, serve: Callable[..., DockerService]) -> None:
    service = serve()
    held = engine.hold("stop web")
    stopping = asyncio.create_task(service.stop(ADMIN, "web"))
    await settle()
    assert (await service.info(ADMIN, "web")).container.state is State.RUNNING
    assert len(await service.list(ADMIN)) == 2
    held.set_result(None)
    await stopping


async def test_a_name_an_id_and_the_beginning_of_an_id_are_one_container(
    engine: WatchfulEngine, serve: Callable[..., DockerService]
) -> None:
    service = serve()
    identity = (await service.info(ADMIN, "web")).container.id
    held = engine.hold("stop web")
    asked = [asyncio.create_task(service.stop(ADMIN, ref)) for ref in ("web", identity, identity[:12])]
    await settle()
    assert (service.queue.working, service.waiting_for_containers) == (1, 2)
    held.set_result(None)
    assert [one.changed for one in await asyncio.gather(*asked)] == [True, False, False]


async def test_a_person_goes_before_the_background_at_a_container_too(
    engine: WatchfulEngine, serve: Callable[..., DockerService]
) -> None:
    service = serve()
    held = engine.hold("stop web")
    asked = [asyncio.create_task(service.stop(ADMIN, "web"))]
    await settle()
    asked.append(asyncio.create_task(service.restart(replace(ADMIN, background=True), "web")))
    await settle()
    asked.append(asyncio.create_task(service.start(ADMIN, "web")))
    await settle()
    held.set_result(None)
    await asyncio.gather(*asked)
    assert [call for call in engine.calls if not call.startswith("inspect")] == ["stop web", "start web", "restart web"]


async def test_the_background_waits_for_a_place_until_no_person_does(
    engine: WatchfulEngine, serve: Callable[..., DockerService]
) -> None:
    service = serve(concurrency=1)
    held = engine.hold("stop web")
    asked = [asyncio.create_task(service.stop(ADMIN, "web"))]
    await settle()
    asked.append(asyncio.create_task(service.restart(replace(ADMIN, background=True), "db")))
    await settle()
    listing = asyncio.create_task(service.list(ADMIN))
    await settle()
    stats = service.queue.stats()
    assert (stats.waiting, stats.background) == (1, 1)
    held.set_result(None)
    await asyncio.gather(listing, *asked)
    assert engine.calls.index("list") < engine.calls.index("restart db")


async def test_who_waited_for_a_container_that_is_gone_then_hears_so_by_its_name(
    engine: WatchfulEngine, serve: Callable[..., DockerService]
) -> None:
    service = serve()
    held = engine.hold("stop web")
    first = asyncio.create_task(service.stop(ADMIN, "web"))
    await settle()
    second = asyncio.create_task(service.restart(ADMIN, "web"))
    await settle()
    engine.remove("web")
    engine.add("web2")
    held.set_result(None)
    for task in (first, second):
        with pytest.raises(ContainerNotFound) as caught:
            await task
        assert (caught.value.name, caught.value.suggestions) == ("web", ("web2",))
    assert "restart web" not in engine.calls


@dataclass(frozen=True, slots=True)
class Fickle(Policy):
    """Lets everyone do everything for as long as `gone` is empty."""

    gone: list[bool] = field(default_factory=list)

    def may(self, actor: Actor, container: Container, right: Right) -> bool:
        return Policy.may(self, actor, container, right) and (right is Right.SEE or not self.gone)


async def test_who_lost_the_right_while_waiting_may_not_act(
    engine: WatchfulEngine, serve: Callable[..., DockerService]
) -> None:
    policy = Fickle()
    service = serve(policy=policy)
    held = engine.hold("stop web")
    first = asyncio.create_task(service.stop(ADMIN, "web"))
    await settle()
    second = asyncio.create_task(service.restart(ADMIN, "web"))
    await settle()
    policy.gone.append(True)
    held.set_result(None)
    await first
    with pytest.raises(Forbidden):
        await second
    assert "restart web" not in engine.calls


async def test_the_wait_for_a_container_counts_as_wait_and_not_as_work(
    engine: WatchfulEngine, serve: Callable[..., DockerService], metrics: PerformanceMetrics
) -> None:
    service = serve(timeouts=Timeouts(5.0))
    held = engine.hold("stop web")
    first = asyncio.create_task(service.stop(ADMIN, "web"))
    await settle()
    second = asyncio.create_task(service.start(ADMIN, "web"))
    await asyncio.sleep(0.1)
    held.set_result(None)
    await first
    result = await second
    (entry,) = await entries(metrics, "start")
    assert result.queue_wait >= 0.09
    assert entry.metadata["queue_wait"] == pytest.approx(result.queue_wait, abs=0.001)
    assert entry.duration == pytest.approx(result.duration, abs=1e-4)
    assert entry.duration < result.queue_wait
    assert entry.metadata["outcome"] == "ok"


async def test_the_time_for_the_work_does_not_pass_while_another_has_the_container(
    engine: WatchfulEngine, serve: Callable[..., DockerService]
) -> None:
    service = serve(timeouts=Timeouts(named={"web": 0.5}))
    stop, start = engine.hold("stop web"), engine.hold("start web")
    first = asyncio.create_task(service.stop(ADMIN, "web"))
    await settle()
    second = asyncio.create_task(service.start(ADMIN, "web"))
    await asyncio.sleep(0.35)
    stop.set_result(None)
    await first
    await asyncio.sleep(0.35)
    start.set_result(None)
    assert (await second).changed


async def test_an_action_that_is_done_is_no_timeout_when_the_look_after_it_takes_long(
    engine: WatchfulEngine, serve: Callable[..., DockerService]
) -> None:
    service = serve(timeouts=Timeouts(named={"web": 0.1}))
    stop = engine.hold("stop web")
    stopping = asyncio.create_task(service.stop(ADMIN, "web"))
    await settle()
    look = engine.hold("inspect web")
    stop.set_result(None)
    await asyncio.sleep(0.3)
    look.set_result(None)
    assert (await stopping).state is State.EXITED


async def test_too_many_clicks_on_one_container_are_refused_with_its_name_and_counted(
    engine: WatchfulEngine, serve: Callable[..., DockerService], metrics: PerformanceMetrics
) -> None:
    service = serve(timeouts=Timeouts(named={"web": 300.0}))  # so that two may wait
    held = engine.hold("stop web")
    asked = [asyncio.create_task(service.stop(ADMIN, "web")) for _ in range(3)]
    await settle()
    with pytest.raises(Busy, match="2 actions wait for `web` already") as caught:
        await service.stop(ADMIN, "web")
    assert (caught.value.waiting, caught.value.container) == (2, "web")
    assert service.queue.stats().refused == 1
    held.set_result(None)
    await asyncio.gather(*asked)
    assert sorted(one.metadata["outcome"] for one in await entries(metrics, "stop")) == ["error", "ok", "ok", "ok"]


async def test_those_who_wait_for_a_container_are_refused_when_the_bot_stops(
    engine: WatchfulEngine, serve: Callable[..., DockerService]
) -> None:
    service = serve()
    held = engine.hold("stop web")
    first = asyncio.create_task(service.stop(ADMIN, "web"))
    await settle()
    second = asyncio.create_task(service.start(ADMIN, "web"))
    await settle()
    closing = asyncio.create_task(service.close())
    with pytest.raises(Stopping):
        await second
    held.set_result(None)
    assert (await first).changed
    assert await closing is True


async def test_cancelling_all_who_wait_for_a_container_leaves_it_free(
    engine: WatchfulEngine, serve: Callable[..., DockerService]
) -> None:
    service = serve(concurrency=1)
    held = engine.hold("stop web")
    asked = [asyncio.create_task(service.stop(ADMIN, "web")) for _ in range(4)]
    await settle()
    for task in asked[1:]:
        task.cancel()
    held.set_result(None)
    await asyncio.wait(asked)
    assert (service.queue.working, service.queue.waiting, service.waiting_for_containers) == (0, 0, 0)
    assert (await service.start(ADMIN, "web")).changed
