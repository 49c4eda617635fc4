"""The end of a log is read within bounds, for who may, and leaves a record."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from services.docker import (
    Actor,
    ContainerNotFound,
    DockerService,
    EngineUnreachable,
    Forbidden,
    OperationTimeout,
    Policy,
    Right,
    Why,
)
from services.docker.access import Rule
from services.docker.logs import Bound, Limits, LogPage, LogReader, NotUnderstood, Source
from services.docker.redact import HIDDEN
from services.docker.timeouts import Timeouts
from tests.contract.docker.people import ADMIN
from tests.unit.services.docker.logs.log_engine import BEGIN, LogEngine

if TYPE_CHECKING:
    from utils.performance_metrics import PerformanceMetrics

READER = Actor(user_id=2, name="rita")
SEER = Actor(user_id=3, name="sam")
RULES = Policy(
    rules=(
        Rule(frozenset({Right.SEE, Right.LOGS}), containers=("*",), user_ids=frozenset({2})),
        Rule(frozenset({Right.SEE}), containers=("*",), user_ids=frozenset({3})),
    )
)


@pytest.fixture
def service(engine: LogEngine, metrics: PerformanceMetrics) -> DockerService:
    return DockerService(engine, metrics, policy=RULES, names_max_age=0.0)


def reader_of(service: DockerService, engine: LogEngine, limits: Limits) -> LogReader:
    return LogReader(engine, look=service._guard.look, run=service._for_one, limits=limits)


def texts(page: LogPage) -> list[str]:
    return [line.text for line in page.lines]


async def test_the_last_lines_are_read_the_newest_last_and_that_there_are_more(
    service: DockerService, engine: LogEngine
) -> None:
    engine.write(*(f"line {n}" for n in range(100)))
    page = await service.logs.read(READER, "web", lines=3)
    assert texts(page) == ["line 97", "line 98", "line 99"]
    assert page.lines[-1].moment == BEGIN + timedelta(seconds=99)
    assert (page.more, page.bound, page.container.name) == (True, None, "web")


async def test_fifty_lines_are_read_when_none_are_named_and_no_more_are_asked_for(
    service: DockerService, engine: LogEngine
) -> None:
    engine.write(*map(str, range(100)))
    assert len((await service.logs.read(READER, "web")).lines) == 50
    assert engine.asked == [(51, None)]


async def test_a_short_log_is_read_whole(service: DockerService, engine: LogEngine) -> None:
    engine.write("a", "b")
    page = await service.logs.read(READER, "web")
    assert (texts(page), page.more) == (["a", "b"], False)


async def test_an_empty_log_has_no_lines(service: DockerService) -> None:
    page = await service.logs.read(READER, "web")
    assert (page.lines, page.more, page.bound) == ((), False, None)


async def test_a_time_narrows_the_lines_and_widens_their_number(service: DockerService, engine: LogEngine) -> None:
    engine.write(*map(str, range(300)))
    page = await service.logs.read(READER, "web", since="2026-11-24 08:01:40")
    assert texts(page) == [str(n) for n in range(100, 300)]
    assert page.since == BEGIN + timedelta(seconds=100)


async def test_a_filter_finds_lines_further_up(service: DockerService, engine: LogEngine) -> None:
    engine.write("ERROR old disk", *["fine"] * 500, "error disk", "error net", "fine")
    page = await service.logs.read(READER, "web", lines=2, words="error -net")
    assert texts(page) == ["ERROR old disk", "error disk"]
    assert (page.searched, page.bound, page.more) == (504, None, False)


async def test_a_filter_keeps_the_newest_of_what_it_finds(service: DockerService, engine: LogEngine) -> None:
    engine.write(*(f"error {n}" for n in range(10)))
    page = await service.logs.read(READER, "web", lines=2, words="error")
    assert (texts(page), page.more) == (["error 8", "error 9"], True)


async def test_a_search_stops_at_its_bound_of_lines_and_says_so(service: DockerService, engine: LogEngine) -> None:
    engine.write("needle", *["hay"] * 20)
    page = await reader_of(service, engine, Limits(searched=20)).read(READER, "web", words="needle")
    assert (page.lines, page.searched, page.bound) == ((), 20, Bound.LINES)


async def test_a_log_too_big_is_read_from_its_end_within_the_bound_of_bytes(
    service: DockerService, engine: LogEngine
) -> None:
    engine.write(*(f"{n} " + "x " * 50 for n in range(1000)))
    page = await reader_of(service, engine, Limits(searched=1000, size=20_000, tries=3)).read(
        READER, "web", words="x", lines=10
    )
    assert [text.split()[0] for text in texts(page)] == [str(n) for n in range(990, 1000)]
    assert page.bound is Bound.BYTES
    assert page.searched < 150


async def test_an_engine_that_sends_no_more_is_given_up_and_what_came_is_shown(
    service: DockerService, engine: LogEngine
) -> None:
    engine.write("first", "second")
    engine.stuck = True
    page = await reader_of(service, engine, Limits(seconds=0.05, tries=2)).read(READER, "web")
    assert (page.bound, len(page.lines)) == (Bound.TIME, 1)
    assert engine.streams == 0


async def test_an_engine_that_sends_nothing_is_a_timeout_and_no_empty_log(
    engine: LogEngine, metrics: PerformanceMetrics
) -> None:
    engine.write("first")
    engine.mute = True
    with pytest.raises(OperationTimeout, match=r"Logs of `web` took longer than 0\.2 s"):
        await DockerService(engine, metrics, timeouts=Timeouts(fast=0.2)).logs.read(ADMIN, "web")


async def test_secrets_are_hidden_and_no_filter_can_find_them_out(service: DockerService, engine: LogEngine) -> None:
    engine.write("login password=hunter2 ok")
    assert texts(await service.logs.read(READER, "web", words="login")) == [f"login password={HIDDEN} ok"]
    assert texts(await service.logs.read(READER, "web", words="hunter")) == []
    assert texts(await service.logs.read(READER, "web", words="login -hunter")) == [f"login password={HIDDEN} ok"]


async def test_lines_of_the_standard_error_are_known(service: DockerService, engine: LogEngine) -> None:
    engine.write("out")
    engine.write("err", source=2)
    page = await service.logs.read(READER, "web")
    assert [(line.source, line.aside) for line in page.lines] == [(Source.STDOUT, False), (Source.STDERR, True)]


async def test_who_may_only_see_a_container_may_not_read_its_log(service: DockerService, engine: LogEngine) -> None:
    with pytest.raises(Forbidden, match="web"):
        await service.logs.read(SEER, "web")
    assert engine.asked == []


async def test_for_who_may_not_see_a_container_it_does_not_exist(service: DockerService, engine: LogEngine) -> None:
    with pytest.raises(ContainerNotFound):
        await service.logs.read(Actor(user_id=9), "web")
    assert engine.asked == []


@pytest.mark.parametrize("wrong", [{"since": "yesterday"}, {"words": "x " * 11}])
async def test_what_is_not_understood_asks_nothing_of_the_engine(
    service: DockerService, engine: LogEngine, wrong: dict[str, str]
) -> None:
    with pytest.raises(NotUnderstood):
        await service.logs.read(ADMIN, "web", **wrong)  # type: ignore[arg-type]
    assert engine.calls == []


async def test_a_reading_is_recorded_with_its_action_and_outcome(
    service: DockerService, engine: LogEngine, metrics: PerformanceMetrics
) -> None:
    await service.logs.read(READER, "web")
    engine.broken = EngineUnreachable("unix:///fake.sock", Why.CUT)
    with pytest.raises(EngineUnreachable):
        await service.logs.read(READER, "web")
    found = await asyncio.to_thread(lambda: list(metrics.iter_entries("docker_operation")))
    assert [(one.metadata["action"], one.metadata["container"], one.metadata["outcome"]) for one in found] == [
        ("logs", "web", "ok"),
        ("logs", "web", "error"),
    ]
