"""Groups through the service, with the tests' engine: who gets what, in which order, and what a failure does."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

import pytest

from services.docker import (
    Action,
    Actor,
    DockerService,
    EngineError,
    EngineUnreachable,
    GroupBusy,
    GroupNotFound,
    Health,
    Policy,
    Right,
    State,
    Why,
)
from services.docker.access import Rule
from services.docker.groups import Cause, Fate, Groups, Held, Progress
from tests.contract.docker.fake_engine import FakeEngine
from tests.contract.docker.people import ADMIN
from tests.unit.services.docker.groups.compose import labelled
from utils.performance_metrics import PerformanceMetrics

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable
    from pathlib import Path

BROKEN = EngineError(500, "no space left")
MEMBER = Actor(user_id=7, name="max", role_ids=frozenset({70}))
SITE = {"db": (), "cache": (), "web": ("db:service_healthy", "cache"), "proxy": ("web",)}


@pytest.fixture
def engine() -> FakeEngine:
    made = FakeEngine()
    for name, needs in SITE.items():
        made.add(name, State.EXITED, project="site", membership=labelled(*needs, service=name))
    return made


@pytest.fixture
async def service(engine: FakeEngine, tmp_path: Path) -> AsyncIterator[DockerService]:
    metrics = PerformanceMetrics(tmp_path)
    made = DockerService(engine, metrics, names_max_age=0.0)
    made.groups = groups_for(made, engine)
    yield made
    await made.close()
    await asyncio.to_thread(metrics.close)


def groups_for(service: DockerService, engine: FakeEngine, *, patience: float = 5.0, longest: float = 60.0) -> Groups:
    return Groups(service, engine.inspect, patience=patience, longest=longest, settle=0.0)


def up(engine: FakeEngine) -> None:
    for name in SITE:
        engine.change(name, state=State.RUNNING)


async def run(
    service: DockerService,
    action: Action,
    *,
    actor: Actor = ADMIN,
    target: str = "site",
    progress: Callable[[Progress], None] = lambda _progress: None,
) -> Progress:
    plan = await service.groups.plan(actor, target, action)
    return await service.groups.run(actor, plan, progress)


def acts(engine: FakeEngine) -> list[str]:
    return [call for call in engine.calls if call.split()[0] in ("start", "stop", "restart")]


def fates(progress: Progress) -> dict[str, Fate]:
    return {member.name: member.fate for member in progress.members}


def causes(progress: Progress) -> dict[str, tuple[Cause, str]]:
    return {
        one.name: (one.reason.cause, one.reason.name) for one in progress.members if one.reason.cause is not Cause.NONE
    }


async def test_a_start_goes_up_the_dependencies_and_a_stop_comes_down_them(
    service: DockerService, engine: FakeEngine
) -> None:
    started = await run(service, Action.START)
    assert set(fates(started).values()) == {Fate.DONE}
    assert started.ended
    stopped = await run(service, Action.STOP)
    assert set(fates(stopped).values()) == {Fate.DONE}
    assert acts(engine) == [
        *("start cache", "start db", "start web", "start proxy"),
        *("stop proxy", "stop web", "stop cache", "stop db"),
    ]


async def test_a_restart_is_one_call_a_container_dependencies_first(service: DockerService, engine: FakeEngine) -> None:
    up(engine)
    await run(service, Action.RESTART)
    assert acts(engine) == ["restart cache", "restart db", "restart web", "restart proxy"]


async def test_what_runs_already_is_no_failure_and_is_told_as_such(service: DockerService, engine: FakeEngine) -> None:
    up(engine)
    assert set(fates(await run(service, Action.START)).values()) == {Fate.UNCHANGED}


async def test_a_failure_skips_what_depends_on_it_in_turn_and_the_others_go_on(
    service: DockerService, engine: FakeEngine
) -> None:
    engine.failing["cache"] = BROKEN
    ended = await run(service, Action.START)
    assert fates(ended) == {"cache": Fate.FAILED, "db": Fate.DONE, "web": Fate.SKIPPED, "proxy": Fate.SKIPPED}
    assert causes(ended) == {
        "cache": (Cause.ERROR, ""),
        "web": (Cause.FAILED_BEFORE, "cache"),
        "proxy": (Cause.FAILED_BEFORE, "web"),
    }
    assert ended.members[0].reason.text == BROKEN.user_message
    assert len(ended.unfinished) == 3


async def test_what_could_not_be_stopped_keeps_what_it_uses(service: DockerService, engine: FakeEngine) -> None:
    up(engine)
    engine.failing["web"] = BROKEN
    ended = await run(service, Action.STOP)
    assert fates(ended) == {"proxy": Fate.DONE, "web": Fate.FAILED, "cache": Fate.SKIPPED, "db": Fate.SKIPPED}
    assert causes(ended)["db"] == (Cause.STILL_USES, "web")
    assert engine.state("db") is State.RUNNING


async def test_an_error_nobody_thought_of_is_told_without_its_words_and_the_others_go_on(
    service: DockerService, engine: FakeEngine, caplog: pytest.LogCaptureFixture
) -> None:
    engine.failing["cache"] = RuntimeError("secret")  # type: ignore[assignment] # on purpose none of ours
    ended = await run(service, Action.START)
    assert (fates(ended)["cache"], fates(ended)["db"]) == (Fate.FAILED, Fate.DONE)
    assert "secret" not in repr(ended)
    assert "RuntimeError" in caplog.text


async def test_what_depends_on_a_healthy_container_waits_until_it_is(
    service: DockerService, engine: FakeEngine
) -> None:
    engine.change("db", health=Health.STARTING)
    waited = []

    def progress(now: Progress) -> None:
        if causes(now).get("web") == (Cause.AWAITED, "db"):
            waited.append(list(acts(engine)))
            engine.change("db", health=Health.HEALTHY, state=State.RUNNING)

    assert fates(await run(service, Action.START, progress=progress))["web"] is Fate.DONE
    assert waited == [["start cache", "start db"]]


@pytest.mark.parametrize(
    ("health", "cause"), [(Health.STARTING, Cause.NOT_HEALTHY), (Health.UNHEALTHY, Cause.UNHEALTHY)]
)
async def test_what_does_not_become_healthy_was_started_but_what_depends_on_it_is_skipped(
    service: DockerService, engine: FakeEngine, health: Health, cause: Cause
) -> None:
    service.groups = groups_for(service, engine, patience=0.05)
    engine.change("db", health=health)
    ended = await run(service, Action.START)
    assert (fates(ended)["db"], fates(ended)["web"]) == (Fate.DONE, Fate.SKIPPED)
    assert causes(ended)["web"] == (cause, "db")


@pytest.mark.parametrize(("code", "fate"), [(0, Fate.DONE), (3, Fate.SKIPPED)])
async def test_a_task_must_have_ended_well_before_what_waits_for_it(
    service: DockerService, engine: FakeEngine, code: int, fate: Fate
) -> None:
    engine.add("migrate", State.EXITED, project="jobs", membership=labelled(service="migrate"))
    needs = "migrate:service_completed_successfully"
    engine.add("app", State.EXITED, project="jobs", membership=labelled(needs, service="app"))

    def progress(now: Progress) -> None:
        if causes(now).get("app", (Cause.NONE, ""))[0] is Cause.AWAITED:
            engine.change("migrate", state=State.EXITED, exit_code=code)

    ended = await run(service, Action.START, target="jobs", progress=progress)
    assert fates(ended) == {"migrate": Fate.DONE if code == 0 else Fate.FAILED, "app": fate}


async def test_a_started_one_counts_as_started_though_it_has_ended_since(
    service: DockerService, engine: FakeEngine
) -> None:
    def progress(now: Progress) -> None:
        if fates(now)["cache"] is Fate.DONE:
            engine.change("cache", state=State.EXITED, exit_code=0)

    assert set(fates(await run(service, Action.START, progress=progress)).values()) == {Fate.DONE}
    # And so it does for a second try that is about the others alone.
    only = [container.id for container in await service.list(ADMIN) if container.name != "cache"]
    plan = await service.groups.plan(ADMIN, "site", Action.RESTART, only)
    again = await service.groups.run(ADMIN, plan, lambda _progress: None)
    assert fates(again) == dict.fromkeys(("db", "web", "proxy"), Fate.DONE)


async def test_one_that_ends_with_an_error_soon_after_its_start_has_failed(
    service: DockerService, engine: FakeEngine
) -> None:
    def progress(now: Progress) -> None:
        if fates(now)["proxy"] is Fate.DONE:
            engine.change("cache", state=State.EXITED, exit_code=127)

    ended = await run(service, Action.START, progress=progress)
    (cache,) = (one for one in ended.members if one.name == "cache")
    assert (cache.fate, cache.reason.cause, cache.reason.code) == (Fate.FAILED, Cause.ENDED, 127)


async def test_a_container_removed_since_the_plan_is_gone_and_its_namesake_is_left_alone(
    service: DockerService, engine: FakeEngine
) -> None:
    plan = await service.groups.plan(ADMIN, "site", Action.START)
    engine.remove("cache")
    ended = await service.groups.run(ADMIN, plan, lambda _progress: None)
    assert causes(ended)["cache"] == (Cause.GONE, "")


async def test_progress_tells_every_change_and_ends_as_the_result(service: DockerService) -> None:
    seen: list[Progress] = []
    ended = await run(service, Action.START, progress=seen.append)
    for name in SITE:
        told = [fates(now)[name] for now in seen]
        changes = [fate for index, fate in enumerate(told) if index == 0 or told[index - 1] is not fate]
        assert changes[-2:] == [Fate.WORKING, Fate.DONE]
    assert not any(now.ended for now in seen)
    assert [one.name for one in ended.members] == ["cache", "db", "web", "proxy"]


async def test_a_second_run_on_the_group_or_on_one_that_shares_a_container_is_refused(
    service: DockerService, engine: FakeEngine
) -> None:
    engine.add("solo", State.EXITED, membership=labelled(groups=("other",)))
    engine.add("mixed", State.EXITED, project="site", membership=labelled(groups=("shared",)))
    database = [one.id for one in await service.list(ADMIN) if one.name == "db"]
    others = [one.id for one in await service.list(ADMIN) if one.name != "db"]
    plan = await service.groups.plan(ADMIN, "site", Action.START, others)
    rest = await service.groups.plan(ADMIN, "site", Action.START, database)
    shared = await service.groups.plan(ADMIN, "shared", Action.STOP)
    other = await service.groups.plan(ADMIN, "other", Action.START)
    engine.open.clear()
    first = asyncio.create_task(service.groups.run(ADMIN, plan, lambda _progress: None))
    await asyncio.sleep(0)
    for second in (plan, rest, shared):
        with pytest.raises(GroupBusy, match="A start of `site` is under way") as caught:
            await service.groups.run(ADMIN, second, lambda _progress: None)
        assert (caught.value.action, caught.value.group) == ("start", "site")
    third = asyncio.create_task(service.groups.run(ADMIN, other, lambda _progress: None))
    engine.open.set()
    assert (await first).ended
    assert (await third).count(Fate.DONE) == 1
    await service.groups.run(ADMIN, plan, lambda _progress: None)


async def test_when_the_time_is_over_what_was_not_begun_and_what_was_under_way_is_told(
    service: DockerService, engine: FakeEngine
) -> None:
    service.groups = groups_for(service, engine, longest=0.05)
    plan = await service.groups.plan(ADMIN, "site", Action.START)
    engine.open.clear()
    ended = await service.groups.run(ADMIN, plan, lambda _progress: None)
    assert fates(ended) == {"cache": Fate.FAILED, "db": Fate.FAILED, "web": Fate.LEFT, "proxy": Fate.LEFT}
    assert causes(ended) == {
        **dict.fromkeys(("cache", "db"), (Cause.UNDER_WAY, "")),
        **dict.fromkeys(("web", "proxy"), (Cause.NO_TIME, "")),
    }


async def test_a_bot_that_stops_begins_nothing_more_and_says_what_was_left(
    service: DockerService, engine: FakeEngine
) -> None:
    engine.change("db", health=Health.STARTING)
    closing: list[asyncio.Task[bool]] = []

    def progress(now: Progress) -> None:
        if not closing and causes(now).get("web") == (Cause.AWAITED, "db"):
            closing.append(asyncio.create_task(service.close()))

    ended = await run(service, Action.START, progress=progress)
    assert await closing[0]
    assert fates(ended) == {"cache": Fate.DONE, "db": Fate.DONE, "web": Fate.LEFT, "proxy": Fate.LEFT}
    assert causes(ended) == dict.fromkeys(("web", "proxy"), (Cause.STOPPING, ""))


async def test_a_wide_group_does_not_fill_the_queue(service: DockerService, engine: FakeEngine) -> None:
    for number in range(40):
        engine.add(f"c{number:02}", State.EXITED, membership=labelled(groups=("wide",)))
    longest = []

    def progress(_now: Progress) -> None:
        longest.append(service.queue.waiting + service.queue.working)

    ended = await run(service, Action.START, target="wide", progress=progress)
    assert ended.count(Fate.DONE) == 40
    assert max(longest) <= 3


# Who asks.


def policy(*rules: Rule, **more: object) -> Policy:
    return Policy(rules=rules, **more)  # type: ignore[arg-type] # as `Policy` takes them


def rule(*rights: Right, containers: tuple[str, ...]) -> Rule:
    return Rule(frozenset(rights), containers=containers, role_ids=MEMBER.role_ids)


async def test_what_one_may_not_see_is_not_in_the_group_and_a_group_of_nothing_else_does_not_exist(
    service: DockerService, engine: FakeEngine
) -> None:
    engine.add("vault", membership=labelled(groups=("secrets",)))
    service.policy = policy(rule(Right.START, containers=("web", "proxy")))
    (group,) = await service.groups.list(MEMBER)
    assert [one.name for one in group.containers] == ["proxy", "web"]
    plan = await service.groups.plan(MEMBER, "site", Action.START)
    assert [step.container.name for step in plan.steps] == ["web", "proxy"]
    assert plan.outside == ("web",)
    for hidden in ("secrets", "nothing"):
        with pytest.raises(GroupNotFound) as caught:
            await service.groups.plan(MEMBER, hidden, Action.START)
        assert (
            caught.value.user_message
            == f"There is no group called `{hidden}`. The list of groups shows which there are."
        )


async def test_what_one_may_see_but_not_touch_is_left_and_its_condition_still_counts(
    service: DockerService, engine: FakeEngine
) -> None:
    service.policy = policy(rule(Right.SEE, containers=("*",)), rule(Right.START, containers=("cache", "web", "proxy")))
    down = await run(service, Action.START, actor=MEMBER)
    assert fates(down) == {"cache": Fate.DONE, "db": Fate.HELD, "web": Fate.SKIPPED, "proxy": Fate.SKIPPED}
    assert causes(down)["web"] == (Cause.NOT_UP, "db")
    engine.change("db", state=State.RUNNING)
    assert fates(await run(service, Action.START, actor=MEMBER))["proxy"] is Fate.DONE
    assert "start db" not in acts(engine)


async def test_a_right_lost_since_the_plan_is_refused_by_the_service(service: DockerService) -> None:
    service.policy = policy(rule(Right.START, containers=("*",)))
    plan = await service.groups.plan(MEMBER, "site", Action.START)
    service.policy = policy(rule(Right.SEE, containers=("*",)))
    ended = await service.groups.run(MEMBER, plan, lambda _progress: None)
    assert ended.count(Fate.DONE, Fate.UNCHANGED) == 0
    assert "no right to start" in ended.members[0].reason.text


async def test_what_is_protected_is_not_stopped_and_keeps_nothing_else_up(
    service: DockerService, engine: FakeEngine
) -> None:
    up(engine)
    service.policy = policy(protected=("web",))
    plan = await service.groups.plan(ADMIN, "site", Action.STOP)
    assert {step.container.name: step.held for step in plan.steps if step.held} == {"web": Held.PROTECTED}
    ended = await service.groups.run(ADMIN, plan, lambda _progress: None)
    assert fates(ended) == {"proxy": Fate.DONE, "web": Fate.HELD, "cache": Fate.DONE, "db": Fate.DONE}


async def test_the_bots_own_container_is_not_restarted_with_its_group(
    service: DockerService, engine: FakeEngine
) -> None:
    up(engine)
    service.policy = policy(own_container=(await engine.inspect("web")).container.id[:12])
    assert fates(await run(service, Action.RESTART))["web"] is Fate.HELD
    assert "restart web" not in acts(engine)


async def test_a_second_try_is_about_the_failed_alone(service: DockerService, engine: FakeEngine) -> None:
    engine.failing["cache"] = BROKEN
    first = await run(service, Action.START)
    engine.failing.clear()
    engine.calls.clear()
    plan = await service.groups.plan(ADMIN, "site", Action.START, first.unfinished)
    second = await service.groups.run(ADMIN, plan, lambda _progress: None)
    assert fates(second) == {"cache": Fate.DONE, "web": Fate.DONE, "proxy": Fate.DONE}
    assert acts(engine) == ["start cache", "start web", "start proxy"]


async def test_a_second_try_waits_out_a_short_cooldown_and_not_a_long_one(engine: FakeEngine, tmp_path: Path) -> None:
    metrics = PerformanceMetrics(tmp_path)
    cooldowns = {Action.START: 0.1, Action.RESTART: 3600.0}
    service = DockerService(engine, metrics, cooldowns=cooldowns)
    service.groups = groups_for(service, engine)
    waited: list[Cause] = []

    def progress(now: Progress) -> None:
        waited.extend(one.reason.cause for one in now.members if one.reason.cause is Cause.TOO_SOON)

    await run(service, Action.START)
    again = await run(service, Action.START, progress=progress)
    assert set(fates(again).values()) == {Fate.UNCHANGED}
    assert waited
    await run(service, Action.RESTART)
    refused = await run(service, Action.RESTART)
    assert fates(refused)["db"] is Fate.FAILED
    assert "a moment ago" in refused.members[0].reason.text
    await service.close()
    await asyncio.to_thread(metrics.close)


async def test_names_are_of_groups_in_which_one_may_do_something(service: DockerService, engine: FakeEngine) -> None:
    engine.add("mc", membership=labelled(groups=("games",)))
    service.policy = policy(rule(Right.SEE, containers=("web",)), rule(Right.STOP, containers=("mc",)))
    assert [group.text for group in await service.groups.names(MEMBER)] == ["games", "site"]
    assert [group.text for group in await service.groups.names(MEMBER, Right.STOP)] == ["games"]
    engine.broken = EngineUnreachable("unix:///x", Why.NO_SOCKET)
    assert [group.text for group in await service.groups.names(MEMBER)] == ["games", "site"]


async def test_a_name_close_to_one_is_suggested_and_one_that_means_two_names_both(
    service: DockerService, engine: FakeEngine
) -> None:
    engine.add("x", membership=labelled(groups=("twice",)), project="twice")
    with pytest.raises(GroupNotFound) as caught:
        await service.groups.plan(ADMIN, "sitee", Action.START)
    assert caught.value.suggestions == ("site",)
    with pytest.raises(GroupNotFound, match="Did you mean `group:twice` or `project:twice`"):
        await service.groups.plan(ADMIN, "twice", Action.START)
