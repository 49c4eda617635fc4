"""A log that is followed is heard as it is written, and ends by itself for a reason that is told."""

from __future__ import annotations

import asyncio
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

import pytest

from services.docker import (
    Actor,
    ContainerNotFound,
    DockerService,
    EngineUnreachable,
    Forbidden,
    Policy,
    State,
    Stopping,
    Why,
)
from services.docker.logs import End, Following, Heard, Pace, TooManyFollowed, Words
from tests.contract.docker.people import ADMIN
from tests.contract.docker.real import until
from tests.unit.services.docker.logs.test_reader import READER, RULES, SEER

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from tests.unit.services.docker.logs.log_engine import LogEngine
    from utils.performance_metrics import PerformanceMetrics

# Short where the rule is about time; what must not happen meanwhile takes much longer.
PACE = Pace(seconds=60.0, recheck=60.0, settle=0.01, window=0.01)


@dataclass
class Ear:
    """Follows as one person, and writes down what is heard."""

    service: DockerService
    actor: Actor = ADMIN
    heard: list[Heard] = field(default_factory=list)
    running: asyncio.Task[End] | None = None

    @property
    def texts(self) -> list[str]:
        return [line.text for heard in self.heard for line in heard.lines]

    async def ask(self) -> Actor:
        return self.actor

    @asynccontextmanager
    async def follow(self, **options: object) -> AsyncIterator[tuple[Following, asyncio.Task[End]]]:
        async with self.service.logs.follow(self.actor, "web", **options) as following:  # type: ignore[arg-type]
            task = asyncio.create_task(following.run(self.heard.append, self.ask))
            try:
                yield following, task
            finally:
                task.cancel()

    async def hears(self, *texts: str) -> None:
        await until(lambda: self.texts == list(texts))


def service_for(engine: LogEngine, metrics: PerformanceMetrics, pace: Pace = PACE) -> DockerService:
    return DockerService(engine, metrics, policy=RULES, names_max_age=0.0, log_pace=pace)


async def test_the_last_lines_are_heard_first_and_then_what_is_written(
    engine: LogEngine, metrics: PerformanceMetrics
) -> None:
    engine.write("a", "b", "c")
    ear = Ear(service_for(engine, metrics))
    async with ear.follow(most=2):
        await ear.hears("b", "c")
        engine.write("d password=hunter2")
        await ear.hears("b", "c", "d password=[hidden]")
    await until(lambda: engine.streams == 0)


async def test_only_the_lines_that_are_wanted_are_heard(engine: LogEngine, metrics: PerformanceMetrics) -> None:
    ear = Ear(service_for(engine, metrics))
    async with ear.follow(words=Words.parse("error")):
        engine.write("fine", "an error", "fine")
        await ear.hears("an error")


async def test_it_ends_when_its_time_is_up(engine: LogEngine, metrics: PerformanceMetrics) -> None:
    async with Ear(service_for(engine, metrics, replace(PACE, seconds=0.05))).follow() as (_, ends):
        assert await ends is End.TIME
    assert engine.streams == 0


async def test_it_ends_when_its_owner_ends_it(engine: LogEngine, metrics: PerformanceMetrics) -> None:
    async with Ear(service_for(engine, metrics)).follow() as (following, ends):
        following.end()
        following.end(End.BOT)
        assert await ends is End.STOPPED


async def test_it_ends_when_the_container_stays_stopped(engine: LogEngine, metrics: PerformanceMetrics) -> None:
    async with Ear(service_for(engine, metrics)).follow() as (_, ends):
        await until(lambda: engine.streams == 1)
        engine.change("web", state=State.EXITED)
        engine.end_streams()
        assert await ends is End.EXITED


async def test_it_ends_when_the_container_is_removed(engine: LogEngine, metrics: PerformanceMetrics) -> None:
    async with Ear(service_for(engine, metrics)).follow() as (_, ends):
        await until(lambda: engine.streams == 1)
        engine.remove("web")
        engine.end_streams()
        assert await ends is End.REMOVED


async def test_a_restart_is_followed_and_no_line_is_heard_twice(engine: LogEngine, metrics: PerformanceMetrics) -> None:
    engine.write("a")
    ear = Ear(service_for(engine, metrics))
    async with ear.follow():
        await ear.hears("a")
        engine.end_streams()
        await until(lambda: len(engine.asked) == 2)
        engine.write("b")
        await ear.hears("a", "b")


async def test_it_ends_when_the_right_is_gone(engine: LogEngine, metrics: PerformanceMetrics) -> None:
    ear = Ear(service_for(engine, metrics, replace(PACE, recheck=0.01)), actor=READER)
    async with ear.follow() as (_, ends):
        await until(lambda: engine.calls.count("inspect web") > 2)
        ear.actor = SEER
        assert await ends is End.DENIED


async def test_it_ends_when_the_rules_change(engine: LogEngine, metrics: PerformanceMetrics) -> None:
    service = service_for(engine, metrics, replace(PACE, recheck=0.01))
    async with Ear(service, actor=READER).follow() as (_, ends):
        service.policy = Policy()
        assert await ends is End.DENIED


async def test_an_engine_that_is_lost_is_told_as_it_is(engine: LogEngine, metrics: PerformanceMetrics) -> None:
    async with Ear(service_for(engine, metrics)).follow() as (_, ends):
        await until(lambda: engine.streams == 1)
        engine.end_streams(EngineUnreachable("unix:///fake.sock", Why.CUT))
        with pytest.raises(EngineUnreachable):
            await ends


async def test_a_second_one_of_the_same_person_ends_the_first(engine: LogEngine, metrics: PerformanceMetrics) -> None:
    service = service_for(engine, metrics)
    async with Ear(service).follow() as (_, first):
        async with Ear(service).follow() as (_, second):
            assert await first is End.REPLACED
            assert not second.done()
        async with Ear(service).follow() as (_, third):
            await until(lambda: engine.streams == 1)
            assert not third.done()


async def test_no_more_than_a_few_are_followed_in_the_whole(engine: LogEngine, metrics: PerformanceMetrics) -> None:
    service = service_for(engine, metrics, replace(PACE, most=1))
    async with Ear(service).follow():
        with pytest.raises(TooManyFollowed):
            async with Ear(service, actor=READER).follow():
                pass
        async with Ear(service).follow():
            pass
    async with Ear(service, actor=READER).follow():
        pass


async def test_a_bot_that_is_stopped_ends_them_and_waits_until_that_is_told(
    engine: LogEngine, metrics: PerformanceMetrics
) -> None:
    service = service_for(engine, metrics)
    told = False
    async with Ear(service).follow() as (_, ends):
        closing = asyncio.create_task(service.close())
        assert await ends is End.BOT
        await asyncio.sleep(0.01)
        assert not closing.done()
        told = True
    await closing
    assert told
    with pytest.raises(Stopping):
        async with Ear(service).follow():
            pass


async def test_who_may_not_read_may_not_follow(engine: LogEngine, metrics: PerformanceMetrics) -> None:
    service = service_for(engine, metrics)
    with pytest.raises(Forbidden):
        async with Ear(service, actor=SEER).follow():
            pass
    with pytest.raises(ContainerNotFound):
        async with Ear(service, actor=Actor(user_id=9)).follow():
            pass
    assert engine.asked == []


async def test_of_a_flood_the_newest_lines_are_heard_and_that_there_is_a_gap(
    engine: LogEngine, metrics: PerformanceMetrics
) -> None:
    ear = Ear(service_for(engine, metrics, replace(PACE, burst=500, window=0.2)))
    async with ear.follow(most=3):
        await until(lambda: engine.streams == 1)
        engine.write(*(f"line {n}" for n in range(1000)))
        await until(lambda: "line 999" in ear.texts)
        assert [heard.gap for heard in ear.heard][-3:].count(True) == 1
        assert len(ear.texts) < 100
        engine.write("after")
        await until(lambda: ear.texts[-1] == "after")
        assert not ear.heard[-1].gap
