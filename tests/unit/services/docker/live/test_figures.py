from __future__ import annotations

import asyncio
import json
import time
from typing import TYPE_CHECKING, Any

import pytest

from services.docker import (
    Actor,
    ContainerNotFound,
    EngineError,
    EngineUnreachable,
    InvalidName,
    Policy,
    State,
    Stopping,
    Why,
)
from services.docker.live import LiveFigures
from services.docker.live.sources import Pace
from services.docker.operations import Operations
from services.docker.timeouts import Timeouts
from tests.contract.docker.people import ADMIN
from tests.contract.docker.real import until
from tests.unit.services.docker.live.meter import Meter, frame
from utils.performance_metrics import PerformanceMetrics

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from pathlib import Path

AWAY = EngineUnreachable("unix:///fake.sock", Why.REFUSED)
QUICK: dict[str, Any] = {"list_every": 0.01, "poll_every": 0.01, "pause": 0.01, "longest_pause": 0.02}
NOBODY = Actor(user_id=9)


class Bench:
    """Live figures over the tests' engine.

    Args:
        engine: The engine.
        folder: Where records go.
    """

    def __init__(self, engine: Meter, folder: Path) -> None:
        self.engine = engine
        self.metrics = PerformanceMetrics(folder)
        self.timeouts = Timeouts()
        self.policy = Policy()
        self._file = folder / "performance_metrics.jsonl"
        self._made: list[LiveFigures] = []

    def live(self, *, patience: float = 60.0, **pace: float) -> LiveFigures:
        operations = Operations(self.metrics, concurrency=3, timeout=30.0)
        made = LiveFigures(
            self.engine, operations, self.policy, self.timeouts, pace=Pace(**(QUICK | pace)), patience=patience
        )
        self._made.append(made)
        return made

    def records(self) -> list[dict[str, Any]]:
        self.metrics.flush()
        lines = self._file.read_text().splitlines() if self._file.exists() else []
        found = [json.loads(line) for line in lines]
        assert {one["operation"] for one in found} <= {"docker_operation"}
        return [{"success": one["success"]} | one["metadata"] for one in found]

    async def close(self) -> None:
        for one in self._made:
            await one.close()
        await asyncio.to_thread(self.metrics.close)


@pytest.fixture
def engine() -> Meter:
    return Meter()


@pytest.fixture
async def bench(engine: Meter, tmp_path: Path) -> AsyncIterator[Bench]:
    made = Bench(engine, tmp_path)
    yield made
    await made.close()


async def followed(engine: Meter, live: LiveFigures, *names: str) -> None:
    """Let the first ask be answered: each container gets two frames between which it used 40 % of a CPU."""
    asking = asyncio.create_task(live.figures(ADMIN))
    await until(lambda: set(names) <= engine.followed.keys())
    for name in names:
        engine.send(name, frame(0), frame(1, 0.4))
    await asking


async def cpu(live: LiveFigures, name: str) -> float | None:
    (one,) = await live.figures(ADMIN, name)
    return round(one.fresh.cpu) if one.fresh and one.fresh.cpu is not None else None


async def test_nothing_is_asked_of_the_engine_before_someone_asks(engine: Meter, bench: Bench) -> None:
    engine.add("web")
    live = bench.live()
    await asyncio.sleep(0.05)
    assert (engine.calls, live.is_running) == ([], False)


async def test_the_first_ask_waits_for_two_frames_of_those_that_run(engine: Meter, bench: Bench) -> None:
    engine.add("web")
    engine.add("old", State.EXITED)
    live = bench.live()
    asking = asyncio.create_task(live.figures(ADMIN))
    await until(lambda: "web" in engine.followed)
    engine.send("web", frame(0))
    await asyncio.sleep(0.05)
    assert not asking.done()
    engine.send("web", frame(1, 0.4))
    found = {one.container.name: one for one in await asking}
    assert found["web"].fresh
    assert found["web"].fresh.cpu == pytest.approx(40.0)
    assert (found["old"].sample, found["old"].age) == (None, None)


async def test_the_first_ask_does_not_wait_longer_than_its_patience(engine: Meter, bench: Bench) -> None:
    engine.add("web")
    (one,) = await bench.live(patience=0.05).figures(ADMIN)
    assert (one.container.name, one.sample) == ("web", None)


async def test_a_warm_ask_for_50_containers_asks_nothing_of_the_engine(engine: Meter, bench: Bench) -> None:
    names = [f"c{number}" for number in range(50)]
    for name in names:
        engine.add(name)
    live = bench.live(list_every=60.0)
    await followed(engine, live, *names)
    await until(lambda: sum(call.startswith("inspect") for call in engine.calls) == 50)
    before = list(engine.calls)
    began = time.perf_counter()
    found = await live.figures(ADMIN)
    print(f"figures of {len(found)} containers: {(time.perf_counter() - began) * 1000:.2f} ms")  # noqa: T201
    assert [round(one.fresh.cpu or 0) for one in found if one.fresh] == [40] * 50
    assert engine.calls == before


async def test_the_newest_frame_is_what_is_told(engine: Meter, bench: Bench) -> None:
    engine.add("web")
    live = bench.live()
    await followed(engine, live, "web")
    engine.send("web", frame(2, 1.4))

    async def is_newer() -> bool:
        return await cpu(live, "web") == 100

    await until(is_newer)


async def test_a_container_is_found_by_its_name_its_id_and_the_beginning_of_it(engine: Meter, bench: Bench) -> None:
    web = engine.add("web")
    engine.add("db")
    live = bench.live()
    await followed(engine, live, "web", "db")
    for ref in ("web", web.id, web.id[:12]):
        assert [one.container.name for one in await live.figures(ADMIN, ref)] == ["web"]


async def test_what_came_since_the_last_list_is_found(engine: Meter, bench: Bench) -> None:
    engine.add("web")
    live = bench.live(patience=0.0, list_every=60.0)
    await live.figures(ADMIN)
    engine.add("new")
    assert [one.container.name for one in await live.figures(ADMIN, "new")] == ["new"]


async def test_one_that_has_just_come_is_waited_for_and_a_table_is_not_held_up_by_it(
    engine: Meter, bench: Bench
) -> None:
    engine.add("web")
    live = bench.live(patience=0.5)
    await followed(engine, live, "web")
    engine.add("new")
    await until(lambda: "new" in engine.followed)
    await asyncio.sleep(0.5)  # the beginning is over
    table = {one.container.name: one.sample for one in await live.figures(ADMIN)}
    assert table["new"] is None
    asking = asyncio.create_task(live.figures(ADMIN, "new"))
    await asyncio.sleep(0.02)
    engine.send("new", frame(0), frame(1, 0.4))
    (one,) = await asking
    assert one.fresh
    assert one.fresh.cpu == pytest.approx(40.0)


async def test_what_is_not_there_is_not_found_and_what_is_like_it_is_offered(engine: Meter, bench: Bench) -> None:
    engine.add("nginx")
    live = bench.live(patience=0.0)
    with pytest.raises(ContainerNotFound) as caught:
        await live.figures(ADMIN, "ngnix")
    assert caught.value.suggestions == ("nginx",)
    with pytest.raises(InvalidName):
        await live.figures(ADMIN, "../x")


async def test_what_may_not_be_seen_does_not_exist(engine: Meter, bench: Bench) -> None:
    engine.add("nginx")
    live = bench.live(patience=0.0)
    assert await live.figures(NOBODY) == ()
    with pytest.raises(ContainerNotFound) as hidden:
        await live.figures(NOBODY, "nginx")
    with pytest.raises(ContainerNotFound) as absent:
        await live.figures(NOBODY, "absent")
    assert hidden.value.suggestions == ()
    assert hidden.value.user_message.replace("nginx", "absent") == absent.value.user_message


async def test_hidden_containers_are_in_no_table_and_hold_up_nobody_who_may_not_see_them(
    engine: Meter, bench: Bench
) -> None:
    for name in ("web", "vault"):
        engine.add(name)
    bench.policy = Policy(operator_role_ids=frozenset({7}), hidden=("vault*",))
    operator = Actor(user_id=8, role_ids=frozenset({7}))
    live = bench.live()
    asking = asyncio.create_task(live.figures(operator))
    await until(lambda: engine.followed == {"web": 1, "vault": 1})
    engine.send("web", frame(0), frame(1, 0.4))
    assert [one.container.name for one in await asking] == ["web"]
    engine.send("vault", frame(0), frame(1, 0.4))
    with pytest.raises(ContainerNotFound) as caught:
        await live.figures(operator, "vault")
    assert caught.value.suggestions == ()
    assert {one.container.name for one in await live.figures(ADMIN)} == {"web", "vault"}


async def test_streams_follow_what_comes_stops_and_goes(engine: Meter, bench: Bench) -> None:
    for name in ("stays", "stops", "goes"):
        engine.add(name)
    live = bench.live()
    await followed(engine, live, "stays", "stops", "goes")
    engine.add("comes")
    await engine.stop("stops")
    engine.remove("goes")
    await until(lambda: engine.followed == {"stays": 1, "comes": 1})
    engine.send("comes", frame(0), frame(1))
    assert {one.container.name for one in await live.figures(ADMIN)} == {"stays", "stops", "comes"}


async def test_past_the_bound_all_are_polled_and_no_more_than_so_many_at_once(engine: Meter, bench: Bench) -> None:
    names = [f"c{number}" for number in range(12)]
    for name in names[:6]:
        engine.add(name)
    live = bench.live(streams=6, at_once=4)
    await followed(engine, live, *names[:6])
    assert engine.polled == 0
    for name in names[6:]:
        engine.add(name)
    await until(lambda: engine.followed == {} and engine.polled >= 36)
    found = await live.figures(ADMIN)
    assert all(one.fresh for one in found)
    assert len(found) == 12
    assert engine.most_at_once == 4
    for name in names[6:]:
        engine.remove(name)
    await until(lambda: engine.followed.keys() == set(names[:6]))
    polled = engine.polled
    await asyncio.sleep(0.05)
    assert engine.polled == polled, "the polling ended"


async def test_polled_containers_get_a_cpu_figure_from_our_own_deltas(engine: Meter, bench: Bench) -> None:
    for name in ("a", "b"):
        engine.add(name)
    found = await bench.live(streams=1).figures(ADMIN)
    assert [round(one.fresh.cpu or 0) for one in found if one.fresh] == [50, 50]


async def test_all_of_it_ends_when_nobody_asks_and_begins_again_when_someone_does(engine: Meter, bench: Bench) -> None:
    engine.add("web")
    live = bench.live(idle=0.05)
    await followed(engine, live, "web")
    await until(lambda: not live.is_running)
    assert engine.followed == {}
    calls = len(engine.calls)
    await asyncio.sleep(0.05)
    assert len(engine.calls) == calls
    await followed(engine, live, "web")
    assert await cpu(live, "web") == 40


async def test_a_polled_container_that_hangs_holds_up_no_other(engine: Meter, bench: Bench) -> None:
    for name in ("hangs", "goes"):
        engine.add(name)
    engine.hanging.add("hangs")
    bench.timeouts = Timeouts(named={"hangs": 0.05})
    live = bench.live(streams=1, at_once=2)
    await live.figures(ADMIN)

    async def both_are_told() -> bool:
        found = {one.container.name: one for one in await live.figures(ADMIN)}
        goes, hangs = found["goes"], found["hangs"]
        return goes.fresh is not None and not goes.problem and "longer than 0.05 s" in hangs.problem

    await until(both_are_told)
    polled = engine.polled
    await until(lambda: engine.polled > polled + 5)


async def test_a_stream_that_does_not_open_in_its_containers_time_is_told(engine: Meter, bench: Bench) -> None:
    engine.add("web")
    bench.timeouts = Timeouts(named={"web": 0.05})
    (one,) = await bench.live().figures(ADMIN)
    assert "longer than 0.05 s" in one.problem
    (record, *_) = await asyncio.to_thread(bench.records)
    assert (record["container"], record["outcome"]) == ("web", "timeout")


async def test_an_opening_is_recorded_and_frames_lists_and_looks_are_not(engine: Meter, bench: Bench) -> None:
    engine.add("web")
    live = bench.live()
    await followed(engine, live, "web")
    engine.send("web", *(frame(second) for second in range(2, 30)))
    await until(lambda: len(engine.calls) > 20)
    (record,) = await asyncio.to_thread(bench.records)
    assert record == {"success": True, "action": "stats", "container": "web", "queue_wait": 0.0, "outcome": "ok"}


async def test_polling_is_recorded_once(engine: Meter, bench: Bench) -> None:
    for name in ("a", "b", "c"):
        engine.add(name)
    await bench.live(streams=2).figures(ADMIN)
    await until(lambda: engine.polled > 30)
    (record,) = await asyncio.to_thread(bench.records)
    assert record == {"success": True, "action": "stats", "queue_wait": 0.0, "outcome": "ok"}


async def test_an_engine_that_is_away_is_told_and_its_return_noticed(engine: Meter, bench: Bench) -> None:
    engine.add("web")
    engine.broken = AWAY
    live = bench.live()
    with pytest.raises(EngineUnreachable):
        await live.figures(ADMIN)
    engine.broken = None
    await followed(engine, live, "web")
    assert (await cpu(live, "web"), live.problem) == (40, "")


async def test_when_the_engine_goes_away_the_last_figures_stay_and_age_until_it_is_back(
    engine: Meter, bench: Bench
) -> None:
    engine.add("web")
    live = bench.live()
    await followed(engine, live, "web")
    engine.broken = AWAY
    engine.send("web", AWAY)
    await until(lambda: bool(live.problem) and not engine.followed)
    (one,) = await live.figures(ADMIN)
    assert (one.problem, one.sample is not None) == (AWAY.user_message, True)
    engine.broken = None
    await until(lambda: "web" in engine.followed)
    engine.send("web", frame(10, 5.0), frame(11, 6.0))

    async def is_back() -> bool:
        return await cpu(live, "web") == 100

    await until(is_back)
    assert len(await asyncio.to_thread(bench.records)) == 1, "the tries meanwhile are not recorded"


async def test_who_asks_while_the_loop_pauses_finds_out_at_once_that_the_engine_is_back(
    engine: Meter, bench: Bench
) -> None:
    engine.add("web")
    engine.broken = AWAY
    live = bench.live(pause=60.0, longest_pause=60.0, patience=0.2)
    with pytest.raises(EngineUnreachable):
        await live.figures(ADMIN)
    engine.broken = None
    assert [one.container.name for one in await live.figures(ADMIN)] == ["web"]


async def test_a_silent_stream_is_opened_anew(engine: Meter, bench: Bench) -> None:
    engine.add("web")
    live = bench.live(silence=0.05, patience=0.0)
    await live.figures(ADMIN)
    await until(lambda: "web" in engine.followed)
    engine.send("web", frame(0))
    await until(lambda: engine.calls.count("stats web") >= 2)
    (one,) = await live.figures(ADMIN)
    assert "took longer than 0.05 s" in one.problem


async def test_a_stream_that_the_engine_ends_is_opened_anew(engine: Meter, bench: Bench) -> None:
    engine.add("web")
    live = bench.live()
    await followed(engine, live, "web")
    engine.send("web", None)
    await until(lambda: engine.calls.count("stats web") >= 2)


async def test_figures_that_are_refused_for_one_container_are_told_and_the_others_go_on(
    engine: Meter, bench: Bench
) -> None:
    for name in ("web", "db"):
        engine.add(name)
    live = bench.live()
    asking = asyncio.create_task(live.figures(ADMIN))
    await until(lambda: engine.followed == {"web": 1, "db": 1})
    engine.send("web", frame(0), frame(1, 0.4))
    engine.send("db", EngineError(403, "no"))
    found = {one.container.name: one for one in await asking}
    assert (found["web"].problem, found["db"].sample) == ("", None)
    assert "refused" in found["db"].problem
    failed = [one for one in await asyncio.to_thread(bench.records) if not one["success"]]
    assert [(one["container"], one["outcome"]) for one in failed] == [("db", "error")]


async def test_after_closing_nothing_runs_and_an_ask_is_refused(engine: Meter, bench: Bench) -> None:
    engine.add("web")
    live = bench.live()
    await followed(engine, live, "web")
    await live.close()
    assert (engine.followed, live.is_running) == ({}, False)
    with pytest.raises(Stopping):
        await live.figures(ADMIN)


async def test_many_who_ask_first_share_one_beginning(engine: Meter, bench: Bench) -> None:
    engine.add("web")
    live = bench.live()
    askers = [asyncio.create_task(live.figures(ADMIN)) for _ in range(10)]
    await until(lambda: "web" in engine.followed)
    askers.pop().cancel()
    engine.send("web", frame(0), frame(1, 0.4))
    answers: list[Any] = await asyncio.gather(*askers)
    assert [round(found[0].fresh.cpu) for found in answers] == [40] * 9
    assert engine.calls.count("stats web") == 1
