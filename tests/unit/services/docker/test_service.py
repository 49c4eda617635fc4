from __future__ import annotations

import asyncio
import json
from typing import TYPE_CHECKING, Any

import pytest

from services.docker import (
    Action,
    Busy,
    ContainerNotFound,
    DockerError,
    DockerService,
    EngineError,
    EngineUnreachable,
    InvalidName,
    OperationTimeout,
    State,
    Stopping,
    Timeouts,
    Why,
)
from tests.contract.docker.fake_engine import FakeEngine
from tests.contract.docker.people import ADMIN

if TYPE_CHECKING:
    from collections.abc import Callable

    from utils.performance_metrics import PerformanceMetrics

Record = dict[str, Any]
AWAY = EngineUnreachable("unix:///fake.sock", Why.NO_SOCKET)


@pytest.fixture
def engine() -> FakeEngine:
    return FakeEngine()


def service_for(engine: FakeEngine, metrics: PerformanceMetrics, **options: float) -> DockerService:
    timeouts = Timeouts(options.pop("timeout", None))
    return DockerService(engine, metrics, timeouts=timeouts, **({"names_max_age": 0.0} | options))  # type: ignore[arg-type] # whole numbers are floats


def metadata(records: list[Record]) -> list[Record]:
    """The metadata without the wait, which is a time, and what goes with it."""
    left_out = ("queue_wait", "queue_depth")
    return [{key: value for key, value in one["metadata"].items() if key not in left_out} for one in records]


async def settle() -> None:
    for _ in range(10):
        await asyncio.sleep(0)


async def test_the_list_shows_what_is_up_first_then_by_name(engine: FakeEngine, metrics: PerformanceMetrics) -> None:
    for name, state in (("b", State.EXITED), ("d", State.RUNNING), ("C", State.PAUSED), ("a", State.CREATED)):
        engine.add(name, state)
    assert [one.name for one in await service_for(engine, metrics).list(ADMIN)] == ["C", "d", "a", "b"]


async def test_a_restart_is_recorded_with_action_container_outcome_and_wait(
    engine: FakeEngine, metrics: PerformanceMetrics, written: Callable[[], list[Record]]
) -> None:
    engine.add("web")
    result = await service_for(engine, metrics).restart(ADMIN, "web")
    (record,) = written()
    assert record["operation"] == "docker_operation"
    assert record["success"] is True
    assert record["metadata"] == {
        "action": "restart",
        "container": "web",
        "outcome": "ok",
        "queue_wait": 0.0,
        "queue_depth": 0,
    }
    assert (result.action, result.name, result.changed, result.state) == (Action.RESTART, "web", True, State.RUNNING)
    assert result.duration == pytest.approx(record["duration"], abs=1e-5)


async def test_each_operation_is_one_record(
    engine: FakeEngine, metrics: PerformanceMetrics, written: Callable[[], list[Record]]
) -> None:
    engine.add("web", State.EXITED)
    service = service_for(engine, metrics)
    await service.list(ADMIN)
    await service.info(ADMIN, "web")
    await service.start(ADMIN, "web")
    await service.stop(ADMIN, "web")
    await service.names(ADMIN)
    assert metadata(written()) == [
        {"action": "list", "outcome": "ok"},
        {"action": "info", "container": "web", "outcome": "ok"},
        {"action": "start", "container": "web", "outcome": "ok"},
        {"action": "stop", "container": "web", "outcome": "ok"},
        {"action": "names", "outcome": "ok"},
    ]


async def test_starting_what_runs_and_stopping_what_is_stopped_is_fine_and_says_so(
    engine: FakeEngine, metrics: PerformanceMetrics, written: Callable[[], list[Record]]
) -> None:
    engine.add("up")
    engine.add("down", State.EXITED)
    service = service_for(engine, metrics)
    started, stopped = await service.start(ADMIN, "up"), await service.stop(ADMIN, "down")
    assert (started.changed, started.state, stopped.changed, stopped.state) == (
        False,
        State.RUNNING,
        False,
        State.EXITED,
    )
    assert [one["success"] for one in written()] == [True, True]


async def test_a_container_is_found_by_its_id_and_recorded_by_its_name(
    engine: FakeEngine, metrics: PerformanceMetrics, written: Callable[[], list[Record]]
) -> None:
    identity = engine.add("web").id
    assert (await service_for(engine, metrics).stop(ADMIN, identity[:12])).name == "web"
    assert metadata(written()) == [{"action": "stop", "container": "web", "outcome": "ok"}]


async def test_a_missing_container_is_recorded_as_not_found_and_close_names_are_suggested(
    engine: FakeEngine, metrics: PerformanceMetrics, written: Callable[[], list[Record]]
) -> None:
    engine.add("nginx")
    service = service_for(engine, metrics, names_max_age=60.0)
    with pytest.raises(ContainerNotFound) as caught:
        await service.restart(ADMIN, "ngnix")
    assert caught.value.suggestions == ("nginx",)
    assert caught.value.name == "ngnix"
    record, names = written()
    assert record["success"] is False
    assert metadata([record]) == [
        {"action": "restart", "container": "ngnix", "outcome": "not_found", "error_type": "ContainerNotFound"}
    ]
    assert names["metadata"]["action"] == "names"
    assert engine.state("nginx") is State.RUNNING


async def test_a_container_removed_between_the_look_and_the_action_is_not_found(
    engine: FakeEngine, metrics: PerformanceMetrics
) -> None:
    engine.add("web")
    service = service_for(engine, metrics)
    engine.open.clear()
    stopping = asyncio.create_task(service.stop(ADMIN, "web"))
    await settle()
    engine.remove("web")
    engine.open.set()
    with pytest.raises(ContainerNotFound, match="`web`"):
        await stopping


async def test_a_container_that_goes_with_its_stop_was_stopped_all_the_same(
    engine: FakeEngine, metrics: PerformanceMetrics
) -> None:
    engine.add("once", remove_on_stop=True)
    result = await service_for(engine, metrics).stop(ADMIN, "once")
    assert (result.changed, result.state) == (True, State.REMOVED)


class ForgetfulEngine(FakeEngine):
    """Breaks after an action is done."""

    async def restart(self, ref: str) -> None:
        await super().restart(ref)
        self.broken = EngineError(500, "no memory of that")


async def test_an_action_that_was_done_is_no_failure_when_the_look_after_it_fails(
    metrics: PerformanceMetrics, written: Callable[[], list[Record]]
) -> None:
    engine = ForgetfulEngine()
    engine.add("web")
    result = await service_for(engine, metrics).restart(ADMIN, "web")
    assert (result.changed, result.state) == (True, State.UNKNOWN)
    assert written()[0]["success"] is True


async def test_an_engine_that_is_away_is_in_the_metrics(
    engine: FakeEngine, metrics: PerformanceMetrics, written: Callable[[], list[Record]]
) -> None:
    engine.broken = AWAY
    with pytest.raises(EngineUnreachable):
        await service_for(engine, metrics).list(ADMIN)
    (record,) = written()
    assert record["success"] is False
    assert metadata([record]) == [{"action": "list", "outcome": "error", "error_type": "EngineUnreachable"}]


async def test_what_an_engine_said_is_not_in_the_metrics(
    engine: FakeEngine, metrics: PerformanceMetrics, written: Callable[[], list[Record]]
) -> None:
    engine.add("web")
    engine.broken = EngineError(500, "the owner's birthday is in May")
    with pytest.raises(EngineError):
        await service_for(engine, metrics).start(ADMIN, "web")
    assert "birthday" not in json.dumps(written())


async def test_an_operation_that_takes_too_long_is_ended_and_recorded_as_a_timeout(
    engine: FakeEngine, metrics: PerformanceMetrics, written: Callable[[], list[Record]]
) -> None:
    engine.add("web")
    engine.open.clear()
    service = service_for(engine, metrics, timeout=0.02)
    with pytest.raises(OperationTimeout) as caught:
        await service.restart(ADMIN, "web")
    assert (caught.value.seconds, caught.value.action, caught.value.container) == (0.02, "restart", "web")
    (record,) = written()
    assert record["success"] is False
    assert metadata([record]) == [
        {"action": "restart", "container": "web", "outcome": "timeout", "error_type": "OperationTimeout"}
    ]
    assert service.queue.working == 0


async def test_the_timeout_counts_from_the_start_of_the_work_not_from_the_asking(
    engine: FakeEngine, metrics: PerformanceMetrics
) -> None:
    service = service_for(engine, metrics, concurrency=1, timeout=0.2)
    await service.queue.acquire()
    listing = asyncio.create_task(service.list(ADMIN))
    await asyncio.sleep(0.3)  # longer in the queue than the work may take
    service.queue.release()
    assert await listing == ()


async def test_the_wait_stands_apart_from_the_duration(
    engine: FakeEngine, metrics: PerformanceMetrics, written: Callable[[], list[Record]]
) -> None:
    service = service_for(engine, metrics, concurrency=1)
    await service.queue.acquire()
    listing = asyncio.create_task(service.list(ADMIN))
    await asyncio.sleep(0.1)
    service.queue.release()
    await listing
    (record,) = written()
    assert record["metadata"]["queue_wait"] >= 0.09
    assert record["duration"] < record["metadata"]["queue_wait"]


async def test_three_work_at_once_and_the_others_in_the_order_they_came(
    engine: FakeEngine, metrics: PerformanceMetrics
) -> None:
    names = [f"c{number}" for number in range(8)]
    for name in names:
        engine.add(name)
    service = service_for(engine, metrics)
    engine.open.clear()
    tasks = [asyncio.create_task(service.restart(ADMIN, name)) for name in names]
    await settle()
    assert engine.calls == ["inspect c0", "inspect c1", "inspect c2"]
    assert (service.queue.working, service.queue.waiting) == (3, 5)
    engine.open.set()
    await asyncio.gather(*tasks)
    first_calls = [call for call in engine.calls if call.startswith("restart")]
    assert sorted(first_calls) == first_calls


async def test_a_full_queue_says_so_and_the_refusal_is_recorded(
    engine: FakeEngine, metrics: PerformanceMetrics, written: Callable[[], list[Record]]
) -> None:
    engine.add("web")
    service = service_for(engine, metrics, concurrency=1, queue_limit=0)
    await service.queue.acquire()
    with pytest.raises(Busy):
        await service.start(ADMIN, "web")
    service.queue.release()
    (record,) = written()
    assert (record["success"], record["duration"]) == (False, 0.0)
    assert metadata([record]) == [{"action": "start", "container": "web", "outcome": "error", "error_type": "Busy"}]


async def test_a_cancelled_waiter_is_recorded_and_gives_way(
    engine: FakeEngine, metrics: PerformanceMetrics, written: Callable[[], list[Record]]
) -> None:
    service = service_for(engine, metrics, concurrency=1)
    await service.queue.acquire()
    listing = asyncio.create_task(service.list(ADMIN))
    await settle()
    listing.cancel()
    await asyncio.wait([listing])
    service.queue.release()
    assert await service.list(ADMIN) == ()
    first, second = written()
    assert metadata([first]) == [{"action": "list", "outcome": "cancelled", "error_type": "CancelledError"}]
    assert second["success"] is True


async def test_cancelled_work_is_recorded_and_gives_its_place_back(
    engine: FakeEngine, metrics: PerformanceMetrics, written: Callable[[], list[Record]]
) -> None:
    service = service_for(engine, metrics)
    engine.open.clear()
    listing = asyncio.create_task(service.list(ADMIN))
    await settle()
    listing.cancel()
    await asyncio.wait([listing])
    assert service.queue.working == 0
    assert written()[0]["metadata"]["outcome"] == "cancelled"


async def test_a_text_that_is_no_name_asks_nothing_and_is_no_docker_operation(
    engine: FakeEngine, metrics: PerformanceMetrics, written: Callable[[], list[Record]]
) -> None:
    service = service_for(engine, metrics)
    for ask in (service.info, service.start, service.stop, service.restart):
        with pytest.raises(InvalidName):
            await ask(ADMIN, "../images")
    assert (engine.calls, written()) == ([], [])


async def test_names_go_past_a_busy_queue(engine: FakeEngine, metrics: PerformanceMetrics) -> None:
    engine.add("web")
    service = service_for(engine, metrics, concurrency=1)
    await service.queue.acquire()
    assert [one.name for one in await service.names(ADMIN)] == ["web"]
    service.queue.release()


async def test_names_never_raise_and_their_failure_is_recorded(
    engine: FakeEngine, metrics: PerformanceMetrics, written: Callable[[], list[Record]]
) -> None:
    engine.broken = AWAY
    assert await service_for(engine, metrics).names(ADMIN) == ()
    assert metadata(written()) == [{"action": "names", "outcome": "error", "error_type": "EngineUnreachable"}]


async def test_typing_does_not_flood_the_statistics(
    engine: FakeEngine, metrics: PerformanceMetrics, written: Callable[[], list[Record]]
) -> None:
    service = service_for(engine, metrics, names_max_age=60.0)
    await service.list(ADMIN)
    for _ in range(50):
        await service.names(ADMIN)
    assert [one["metadata"]["action"] for one in written()] == ["list"]


async def test_an_action_makes_the_names_be_fetched_anew(engine: FakeEngine, metrics: PerformanceMetrics) -> None:
    engine.add("web")
    service = service_for(engine, metrics, names_max_age=60.0)
    assert [one.state for one in await service.names(ADMIN)] == [State.RUNNING]
    await service.stop(ADMIN, "web")
    assert [one.state for one in await service.names(ADMIN)] == [State.EXITED]


async def test_closing_finishes_what_works_refuses_what_waits_and_closes_the_engine(
    engine: FakeEngine, metrics: PerformanceMetrics, written: Callable[[], list[Record]]
) -> None:
    engine.add("web")
    service = service_for(engine, metrics, concurrency=1)
    engine.open.clear()
    working = asyncio.create_task(service.restart(ADMIN, "web"))
    await settle()
    waiting = asyncio.create_task(service.list(ADMIN))
    await settle()
    closing = asyncio.create_task(service.close())
    await settle()
    assert not closing.done()
    engine.open.set()
    assert await closing is True
    assert (await working).state is State.RUNNING
    with pytest.raises(Stopping):
        await waiting
    assert engine.closed
    assert {one["metadata"]["outcome"] for one in written()} == {"ok", "cancelled"}


async def test_closing_that_is_cut_short_still_closes_the_engine(
    engine: FakeEngine, metrics: PerformanceMetrics
) -> None:
    service = service_for(engine, metrics)
    await service.queue.acquire()
    with pytest.raises(TimeoutError):
        await asyncio.wait_for(service.close(), timeout=0.01)
    assert engine.closed
    service.queue.release()


@pytest.mark.parametrize(
    ("concurrency", "seconds", "limit"), [(3, 30.0, 60), (1, 600.0, 1), (2, 6000.0, 2), (10, 1.0, 100)]
)
async def test_no_more_may_wait_than_can_be_answered_in_time(
    metrics: PerformanceMetrics, concurrency: int, seconds: float, limit: int
) -> None:
    service = service_for(FakeEngine(), metrics, concurrency=concurrency, timeout=seconds)
    for _ in range(concurrency):
        await service.queue.acquire()
    waiting = [asyncio.create_task(service.queue.acquire()) for _ in range(limit)]
    await settle()
    with pytest.raises(Busy):
        await service.queue.acquire()
    for task in waiting:
        task.cancel()
    await asyncio.wait(waiting)


async def test_a_wrong_address_is_told_when_the_service_is_made(metrics: PerformanceMetrics) -> None:
    with pytest.raises(DockerError, match="ssh"):
        DockerService.connect("ssh://host", metrics)


async def test_a_service_is_made_while_the_engine_is_away(metrics: PerformanceMetrics) -> None:
    service = DockerService.connect(None, metrics, environ={"DOCKER_HOST": "unix:///nowhere.sock"})
    assert service.address == "unix:///nowhere.sock"
    with pytest.raises(EngineUnreachable, match=r"/nowhere\.sock"):
        await service.list(ADMIN)
    await service.close()
