"""Since when a container is as it is: asked once for each state, and anew when the state began anew."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import pytest

from cogs.docker.board.lookout import Lookout
from services.docker import Busy, DockerService, EngineUnreachable, OperationTimeout, Policy, State, Why
from tests.contract.docker.fake_engine import FakeEngine
from utils.performance_metrics import PerformanceMetrics

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from pathlib import Path

    from services.docker import Container


@dataclass
class TellingEngine(FakeEngine):
    """One that words a container's age in its list, as real ones do."""

    status: str = "Up 3 minutes"

    async def containers(self) -> tuple[Container, ...]:
        return tuple(replace(one, status=self.status) for one in await super().containers())


@pytest.fixture
def engine() -> TellingEngine:
    return TellingEngine()


@pytest.fixture
async def lookout(engine: TellingEngine, tmp_path: Path) -> AsyncIterator[Lookout]:
    metrics = PerformanceMetrics(tmp_path)
    service = DockerService(engine, metrics, policy=Policy())
    yield Lookout(service, clock=lambda: 1000.0)
    await service.close()
    metrics.close()


def everything(containers: tuple[Container, ...]) -> tuple[Container, ...]:
    return containers


def inspected(engine: FakeEngine) -> int:
    return sum(call.startswith("inspect") for call in engine.calls)


async def test_each_container_is_asked_once_while_its_state_lasts(engine: TellingEngine, lookout: Lookout) -> None:
    web = engine.add("web")
    engine.add("db")
    for status in ("Up 3 minutes", "Up 3 minutes", "Up 4 minutes", "Up About an hour"):
        engine.status = status
        assert web.id in (await lookout.look(everything)).since
    assert inspected(engine) == 2


async def test_a_restart_between_two_looks_is_noticed_by_its_age(engine: TellingEngine, lookout: Lookout) -> None:
    web = engine.add("web")
    before = (await lookout.look(everything)).since[web.id]
    await engine.restart(web.id)
    engine.status = "Up 2 seconds"
    assert (await lookout.look(everything)).since[web.id] > before


async def test_a_new_state_is_asked_for_its_beginning(engine: TellingEngine, lookout: Lookout) -> None:
    web = engine.add("web")
    before = (await lookout.look(everything)).since[web.id]
    await engine.stop(web.id)
    engine.status = "Exited (0) 5 hours ago"
    assert (await lookout.look(everything)).since[web.id] > before


async def test_only_those_that_are_shown_are_asked(engine: TellingEngine, lookout: Lookout) -> None:
    for number in range(100):
        engine.add(f"c{number}")
    sight = await lookout.look(lambda containers: containers[:3])
    assert (inspected(engine), len(sight.since), len(sight.containers or ())) == (3, 3, 100)


async def test_a_container_that_is_gone_is_forgotten(engine: TellingEngine, lookout: Lookout) -> None:
    engine.add("web")
    await lookout.look(everything)
    engine.remove("web")
    assert (await lookout.look(everything)).since == {}


async def test_an_engine_that_is_away_keeps_the_first_moment_and_the_last_sight(
    engine: TellingEngine, lookout: Lookout
) -> None:
    engine.add("web")
    seen = await lookout.look(everything)
    engine.broken = EngineUnreachable("unix:///x", Why.REFUSED)
    away = await lookout.look(everything)
    assert (away.containers, away.away, away.silent) == (seen.containers, 1000.0, False)
    engine.broken = OperationTimeout(30.0, "list")
    assert (await lookout.look(everything)).silent
    engine.broken = None
    assert (await lookout.look(everything)).away is None


async def test_our_own_crowd_says_nothing_of_docker(engine: TellingEngine, lookout: Lookout) -> None:
    engine.add("web")
    seen = await lookout.look(everything)
    engine.broken = Busy(100)
    assert await lookout.look(everything) == seen


async def test_a_container_that_changed_between_the_list_and_the_question_has_no_wrong_since(
    engine: TellingEngine, lookout: Lookout
) -> None:
    web = engine.add("web")

    def meanwhile(containers: tuple[Container, ...]) -> tuple[Container, ...]:
        engine._turn(engine._find("web"), State.EXITED)
        return containers

    assert web.id not in (await lookout.look(meanwhile)).since


async def test_figures_that_can_not_be_had_hold_nothing_up(engine: TellingEngine, tmp_path: Path) -> None:
    engine.add("web")
    metrics = PerformanceMetrics(tmp_path / "other")
    service = DockerService(engine, metrics, policy=Policy())
    sight = await Lookout(service, figures=True).look(everything)
    assert (len(sight.containers or ()), dict(sight.figures)) == (1, {})
    await service.close()
    await asyncio.to_thread(metrics.close)
