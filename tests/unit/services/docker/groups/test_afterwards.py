"""What became of those that took too long for a run: judged by what was seen later, and told as it becomes known."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

import pytest

from services.docker import Action, DockerService, State, Timeouts
from services.docker.groups import Cause, Fate, Groups, Kind, Member, Progress, Reason, Target, caught_up
from services.docker.model import Later
from tests.contract.docker.fake_engine import FakeEngine
from tests.contract.docker.people import ADMIN
from tests.unit.services.docker.groups.compose import labelled
from utils.performance_metrics import PerformanceMetrics

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from pathlib import Path

TOO_LONG = Reason(Cause.ERROR, text="It took longer than 5 s.")
# Long for the engine in memory, which answers at once, and short for who waits for the test.
LIMIT = 0.5


def late(name: str = "web") -> Member:
    later = asyncio.get_running_loop().create_future()
    return Member(name, name, Fate.FAILED, TOO_LONG, state=State.RUNNING, seconds=5.0, later=later)


def seen(
    member: Member, state: State, *, finished: bool = True, action: Action = Action.STOP, problem: str = ""
) -> None:
    assert member.later is not None
    member.later.set_result(Later(action, member.name, finished=finished, state=state, seconds=2.0, problem=problem))


def progress(*members: Member, action: Action = Action.STOP) -> Progress:
    return Progress(Target("site", Kind.PROJECT), "site", action, members, ended=True)


@pytest.mark.parametrize(
    ("action", "state", "fate", "cause"),
    [
        (Action.STOP, State.EXITED, Fate.DONE, Cause.AFTER_ALL),
        (Action.STOP, State.REMOVED, Fate.DONE, Cause.AFTER_ALL),
        (Action.STOP, State.RUNNING, Fate.FAILED, Cause.CAME_BACK),
        (Action.START, State.RUNNING, Fate.DONE, Cause.AFTER_ALL),
        (Action.RESTART, State.EXITED, Fate.DONE, Cause.AFTER_ALL),
        (Action.RESTART, State.UNKNOWN, Fate.DONE, Cause.AFTER_ALL),
        (Action.RESTART, State.RESTARTING, Fate.FAILED, Cause.ENDED),
    ],
)
async def test_what_was_done_in_the_end_counts_by_what_it_came_to(
    action: Action, state: State, fate: Fate, cause: Cause
) -> None:
    member = late()
    seen(member, state, action=action)
    (now,) = caught_up(progress(member, action=action)).members
    assert (now.fate, now.reason.cause, now.state, now.seconds) == (fate, cause, state, 7.0)
    assert now.later is None


async def test_what_was_not_done_has_failed_with_all_that_is_known() -> None:
    member = late()
    seen(member, State.RUNNING, finished=False, problem="The bot was stopped.")
    (now,) = caught_up(progress(member)).members
    assert now.fate is Fate.FAILED
    assert now.reason == Reason(Cause.NOT_IN_TIME, text="It took longer than 5 s. The bot was stopped.")


async def test_while_nothing_is_known_nothing_changes_and_the_others_are_waited_for() -> None:
    one, other = late(), late("db")
    before = progress(one, other)
    assert caught_up(before) is before
    seen(other, State.EXITED)
    now = caught_up(before)
    assert now.awaited == {one.later}
    assert now.unfinished == {"web"}
    assert [member.fate for member in now.members] == [Fate.FAILED, Fate.DONE]


async def test_what_was_skipped_because_of_it_stays_so_because_it_came_too_late() -> None:
    member = late()
    skipped = [
        Member("db", "db", Fate.SKIPPED, Reason(Cause.STILL_USES, "web")),
        Member("cache", "cache", Fate.SKIPPED, Reason(Cause.STILL_USES, "proxy")),
    ]
    seen(member, State.EXITED)
    now = caught_up(progress(member, *skipped))
    assert [one.reason for one in now.members[1:]] == [Reason(Cause.TOO_LATE, "web"), Reason(Cause.STILL_USES, "proxy")]
    assert now.unfinished == {"db", "cache"}


@pytest.fixture
def engine() -> FakeEngine:
    made = FakeEngine()
    for name in ("db", "web"):
        made.add(name, membership=labelled(groups=("pair",)))
    return made


@pytest.fixture
async def service(engine: FakeEngine, tmp_path: Path) -> AsyncIterator[DockerService]:
    metrics = PerformanceMetrics(tmp_path)
    made = DockerService(engine, metrics, names_max_age=0.0, timeouts=Timeouts(named={"web": LIMIT}))
    made.groups = Groups(made, engine.inspect, settle=0.0)
    yield made
    await made.close()
    await asyncio.to_thread(metrics.close)


async def test_a_run_ends_with_what_took_too_long_still_awaited(service: DockerService, engine: FakeEngine) -> None:
    held = engine.hold("stop web")
    plan = await service.groups.plan(ADMIN, "pair", Action.STOP)
    ended = await service.groups.run(ADMIN, plan, lambda _progress: None)
    assert [(one.name, one.fate) for one in ended.members] == [("db", Fate.DONE), ("web", Fate.FAILED)]
    assert "took longer than 0.5 s" in ended.members[1].reason.text
    (later,) = ended.awaited
    held.set_result(None)
    await later
    assert [one.fate for one in caught_up(ended).members] == [Fate.DONE, Fate.DONE]


async def test_a_run_that_outlasts_it_ends_with_what_became_of_it(service: DockerService, engine: FakeEngine) -> None:
    web, db = engine.hold("stop web"), engine.hold("stop db")

    def progress(now: Progress) -> None:
        if now.awaited and not web.done():
            (later,) = now.awaited
            later.add_done_callback(lambda _later: db.set_result(None))
            web.set_result(None)

    plan = await service.groups.plan(ADMIN, "pair", Action.STOP)
    ended = await service.groups.run(ADMIN, plan, progress)
    assert not ended.awaited
    assert [one.reason.cause for one in ended.members] == [Cause.NONE, Cause.AFTER_ALL]
