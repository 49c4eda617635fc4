"""An action that took too long: what became of it is found out and told, and its container is kept until then."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

import pytest

from services.docker import (
    Action,
    DockerService,
    EngineError,
    EngineUnreachable,
    OperationTimeout,
    State,
    Timeouts,
    Why,
)
from services.docker.aftermath import is_done
from tests.contract.docker.people import ADMIN
from tests.unit.services.docker.actions.watchful import WatchfulEngine, entries, settle

if TYPE_CHECKING:
    from collections.abc import Callable

    from utils.performance_metrics import PerformanceMetrics


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
