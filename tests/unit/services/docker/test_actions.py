"""Actions on one container go one by one, and one that took too long is followed."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any, TypeVar

import pytest

from services.docker import (
    Action,
    Busy,
    ContainerNotFound,
    DockerService,
    EngineError,
    EngineUnreachable,
    Forbidden,
    OperationTimeout,
    Policy,
    Right,
    State,
    Stopping,
    Timeouts,
    Why,
)
from services.docker.aftermath import is_done
from tests.contract.docker.fake_engine import FakeEngine
from tests.contract.docker.people import ADMIN

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Awaitable, Callable

    from services.docker import Actor, Container
    from utils.performance_metrics import MetricEntry, PerformanceMetrics

T = TypeVar("T")


@dataclass
class WatchfulEngine(FakeEngine):
    """Sees whether two actions on one container ever run at once."""

    under_way: list[str] = field(default_factory=list)
    overlapped: bool = False

    async def start(self, ref: str) -> bool:
        return await self._act(ref, super().start)

    async def stop(self, ref: str) -> bool:
        return await self._act(ref, super().stop)

    async def restart(self, ref: str) -> None:
        await self._act(ref, super().restart)

    async def _act(self, ref: str, act: Callable[[str], Awaitable[T]]) -> T:
        self.overlapped |= ref in self.under_way
        self.under_way.append(ref)
        try:
            return await act(ref)
        finally:
            self.under_way.remove(ref)


@pytest.fixture
def engine() -> WatchfulEngine:
    made = WatchfulEngine()
    for name in ("web", "db"):
        made.add(name)
    return made


@pytest.fixture
async def serve(engine: WatchfulEngine, metrics: PerformanceMetrics) -> AsyncIterator[Callable[..., DockerService]]:
    """Makes services, and closes them."""
    made: list[DockerService] = []

    def make(**options: Any) -> DockerService:  # noqa: ANN401 - as the service takes them
        made.append(DockerService(engine, metrics, **({"names_max_age": 0.0} | options)))
        return made[-1]

    yield make
    for service in made:
        await service.close(grace=0.1)
    assert not engine.overlapped, "two actions ran on one container at once"


async def entries(metrics: PerformanceMetrics, action: str) -> list[MetricEntry]:
    found = await asyncio.to_thread(lambda: list(metrics.iter_entries("docker_operation")))
    return [one for one in found if one.metadata["action"] == action]


async def settle() -> None:
    for _ in range(200):
        await asyncio.sleep(0)


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


async def timed_out(service: DockerService, engine: WatchfulEngine, call: str) -> OperationTimeout:
    action, name = call.split()
    with pytest.raises(OperationTimeout) as caught:
        await getattr(service, action)(ADMIN, name)
    assert engine.calls.count(call) == 1
    assert (caught.value.action, caught.value.container) == (action, name)
    return caught.value


SHORT = Timeouts(named={"web": 0.02})


async def test_an_action_that_took_too_long_frees_its_place_keeps_its_container_and_tells_its_end(
    engine: WatchfulEngine, serve: Callable[..., DockerService], metrics: PerformanceMetrics
) -> None:
    service = serve(concurrency=1, timeouts=SHORT, patience=30.0)
    held = engine.hold("stop web")
    error = await timed_out(service, engine, "stop web")
    assert error.later is not None
    assert service.queue.stats().timeouts == 1
    assert (await service.restart(ADMIN, "db")).changed, "the place is free"
    waiting = asyncio.create_task(service.start(ADMIN, "web"))
    await settle()
    assert service.waiting_for_containers == 1
    held.set_result(None)
    later = await error.later
    assert (later.action, later.name, later.finished, later.problem) == (Action.STOP, "web", True, "")
    assert later.state in (State.EXITED, State.RUNNING), "the one who waited has it back up, perhaps"
    assert (await waiting).changed
    (entry,) = await entries(metrics, "stop")
    assert (entry.success, entry.metadata["outcome"], entry.metadata["error_type"]) == (
        False,
        "timeout",
        "OperationTimeout",
    )
    assert len(await entries(metrics, "look")) == 1


async def test_an_action_that_does_not_end_is_given_up_in_the_end_and_its_container_is_free(
    engine: WatchfulEngine, serve: Callable[..., DockerService]
) -> None:
    service = serve(timeouts=SHORT, patience=0.3)
    engine.hold("stop web")
    error = await timed_out(service, engine, "stop web")
    assert error.later is not None
    later = await error.later
    assert (later.finished, later.state, later.problem) == (False, State.RUNNING, "")
    assert later.seconds >= 0.25
    assert (await service.restart(ADMIN, "web")).changed


async def test_what_the_engine_says_against_it_in_the_end_is_told(
    engine: WatchfulEngine, serve: Callable[..., DockerService]
) -> None:
    service = serve(timeouts=SHORT)
    held = engine.hold("stop web")
    error = await timed_out(service, engine, "stop web")
    held.set_result(EngineError(500, "it would not die"))
    assert error.later is not None
    later = await error.later
    assert (later.finished, later.state) == (False, State.RUNNING)
    assert "it would not die" in later.problem


async def test_looks_find_out_what_a_broken_connection_does_not_tell(
    engine: WatchfulEngine, serve: Callable[..., DockerService]
) -> None:
    service = serve(timeouts=SHORT, patience=300.0)
    held = engine.hold("stop web")
    error = await timed_out(service, engine, "stop web")
    held.set_result(EngineUnreachable(engine.address, Why.CUT))
    engine.change("web", state=State.EXITED)
    assert error.later is not None
    async with asyncio.timeout(60):  # long before its patience is over
        later = await error.later
    assert (later.finished, later.state) == (True, State.EXITED)


async def test_a_container_that_went_with_its_late_stop_is_told_to_be_gone(
    engine: WatchfulEngine, serve: Callable[..., DockerService]
) -> None:
    service = serve(timeouts=SHORT)
    held = engine.hold("stop web")
    engine.removed_on_stop.add((await service.info(ADMIN, "web")).container.id)
    error = await timed_out(service, engine, "stop web")
    held.set_result(None)
    assert error.later is not None
    assert ((await error.later).finished, (await error.later).state) == (True, State.REMOVED)


async def test_an_engine_that_can_not_be_seen_is_told_as_unknown(
    engine: WatchfulEngine, serve: Callable[..., DockerService]
) -> None:
    service = serve(timeouts=SHORT, patience=0.2)
    engine.hold("stop web")
    error = await timed_out(service, engine, "stop web")
    engine.broken = EngineUnreachable(engine.address, Why.CUT)
    assert error.later is not None
    later = await error.later
    assert (later.finished, later.state) == (False, State.UNKNOWN)


async def test_stopping_the_bot_ends_the_looking_and_tells(
    engine: WatchfulEngine, serve: Callable[..., DockerService]
) -> None:
    service = serve(timeouts=SHORT)
    engine.hold("stop web")
    error = await timed_out(service, engine, "stop web")
    assert await service.close() is True
    assert error.later is not None
    assert error.later.done()
    assert (await error.later).problem == "The bot was stopped before it had looked again."


async def test_an_action_whose_asker_is_cancelled_keeps_its_container_until_the_engine_has_answered(
    engine: WatchfulEngine, serve: Callable[..., DockerService]
) -> None:
    service = serve()
    held = engine.hold("stop web")
    stopping = asyncio.create_task(service.stop(ADMIN, "web"))
    await settle()
    stopping.cancel()
    await asyncio.wait([stopping])
    assert service.queue.working == 0
    starting = asyncio.create_task(service.start(ADMIN, "web"))
    await settle()
    assert "start web" not in engine.calls
    held.set_result(None)
    assert (await starting).changed


async def test_a_stop_has_the_time_its_container_needs_when_no_limit_is_set(
    engine: WatchfulEngine, serve: Callable[..., DockerService]
) -> None:
    engine.add("web", stop_timeout=60.0)
    service = serve()
    info = await service.info(ADMIN, "web")
    limits = [service.limit(action, info).seconds for action in (Action.START, Action.STOP, Action.RESTART)]
    assert limits == [30.0, 70.0, 70.0]
    assert service.limit(Action.INFO, info).seconds == 45.0


async def test_a_limit_that_is_too_short_for_the_container_is_kept_and_the_timeout_says_so(
    engine: WatchfulEngine, serve: Callable[..., DockerService]
) -> None:
    engine.add("web", stop_timeout=60.0)
    service = serve(timeouts=SHORT)
    engine.hold("stop web")
    error = await timed_out(service, engine, "stop web")
    assert (error.seconds, error.needs) == (0.02, 70.0)
    assert error.user_message == (
        "Stop of `web` took longer than 0.02 s. Docker may still finish it. "
        "It may rightly take 70 s, so it was given too little."
    )


async def test_a_container_has_its_own_limit_by_whatever_it_was_asked_for(
    engine: WatchfulEngine, serve: Callable[..., DockerService]
) -> None:
    service = serve(timeouts=SHORT)
    identity = (await service.info(ADMIN, "web")).container.id
    engine.hold("stop web")
    with pytest.raises(OperationTimeout) as caught:
        await asyncio.wait_for(service.stop(ADMIN, identity), 20)
    assert (caught.value.seconds, caught.value.container) == (0.02, "web")


async def test_a_look_has_the_limit_of_the_kind_that_the_container_was_seen_to_be(
    engine: WatchfulEngine, serve: Callable[..., DockerService]
) -> None:
    engine.add("a", image="postgres:16")
    service = serve(timeouts=Timeouts(fast=20.0, slow=0.02), names_max_age=60.0)
    await service.list(ADMIN)
    engine.hold("inspect a")
    with pytest.raises(OperationTimeout) as caught:
        await asyncio.wait_for(service.info(ADMIN, "a"), 10)
    assert (caught.value.seconds, caught.value.action) == (0.02, "info")


@pytest.mark.parametrize(
    ("action", "state", "restarted", "done"),
    [
        (Action.STOP, State.EXITED, False, True),
        (Action.STOP, State.REMOVED, False, True),
        (Action.STOP, State.RUNNING, False, False),
        (Action.STOP, State.UNKNOWN, False, False),
        (Action.START, State.RUNNING, False, True),
        (Action.START, State.CREATED, False, False),
        (Action.START, State.EXITED, True, True),
        (Action.RESTART, State.RUNNING, False, False),
        (Action.RESTART, State.RUNNING, True, True),
        (Action.RESTART, State.EXITED, False, False),
    ],
)
def test_two_looks_tell_whether_it_was_done(action: Action, state: State, *, restarted: bool, done: bool) -> None:
    engine = WatchfulEngine()
    engine.add("x", State.RUNNING)
    before = engine.seen("x")
    engine.change("x", state=state, restarted=restarted)
    assert is_done(action, before, engine.seen("x")) is done
