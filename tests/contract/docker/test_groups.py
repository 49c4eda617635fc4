"""Groups against the real engine: labelled containers, in the order of what they depend on."""

from __future__ import annotations

import asyncio
import json
import secrets
import subprocess
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING, Any

import pytest

from services.docker import Action, DockerService, GroupNotFound, State, Timeouts
from services.docker.groups import Cause, Fate, Progress
from tests.contract.docker.people import ADMIN
from utils.performance_metrics import PerformanceMetrics

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from pathlib import Path

    from tests.contract.docker.real import Containers

pytestmark = pytest.mark.docker

LASTS = ["sh", "-c", "trap 'exit 0' TERM; while :; do sleep 0.1; done"]
SLOW_TO_BE_WELL = ["sh", "-c", "rm -f /well; sleep 1; echo > /well; exec sleep 1000"]


def health(*command: str, retries: int = 40) -> dict[str, Any]:
    """A check every half second, nanoseconds being the engine's unit."""
    return {"Test": ["CMD", *command], "Interval": 500_000_000, "Timeout": 5_000_000_000, "Retries": retries}


@dataclass
class Site:
    """A compose project of the test's own."""

    containers: Containers
    service: DockerService
    project: str = field(default_factory=lambda: f"ddc-t-{secrets.token_hex(4)}")
    names: dict[str, str] = field(default_factory=dict)

    async def add(self, service: str, needs: str = "", state: str = "created", **config: object) -> None:
        labels = {
            "com.docker.compose.project": self.project,
            "com.docker.compose.service": service,
            "com.docker.compose.oneoff": "False",
            "com.docker.compose.depends_on": needs,
        }
        given = {"Cmd": LASTS, "StopTimeout": 1, "Labels": labels} | config
        self.names[service] = await self.containers.make(state, config=given)

    async def run(self, action: Action, seen: list[Progress] | None = None) -> Progress:
        plan = await self.service.groups.plan(ADMIN, self.project, action)
        seen = [] if seen is None else seen
        return await self.service.groups.run(ADMIN, plan, seen.append)

    def fates(self, progress: Progress) -> dict[str, Fate]:
        called = {name: service for service, name in self.names.items()}
        return {called[member.name]: member.fate for member in progress.members}

    def causes(self, progress: Progress) -> dict[str, tuple[Cause, str]]:
        called = {name: service for service, name in self.names.items()} | {"": ""}
        return {
            called[member.name]: (member.reason.cause, called[member.reason.name])
            for member in progress.members
            if member.reason.cause is not Cause.NONE
        }

    async def looked(self, service: str) -> dict[str, Any]:
        """The engine's own account of a container's state."""
        command = ["docker", "inspect", "--format", "{{json .State}}", self.names[service]]
        done = await asyncio.to_thread(subprocess.run, command, capture_output=True, check=True)
        found: dict[str, Any] = json.loads(done.stdout)
        return found

    async def times(self, what: str, *services: str) -> list[str]:
        return [(await self.looked(service))[what] for service in services]


@pytest.fixture
async def site(containers: Containers, engine_socket: str, tmp_path: Path) -> AsyncIterator[Site]:
    metrics = PerformanceMetrics(tmp_path)
    service = DockerService.connect(f"unix://{engine_socket}", metrics, timeouts=Timeouts(90.0))
    yield Site(containers, service)
    await service.close()
    await asyncio.to_thread(metrics.close)


async def test_a_project_starts_up_its_dependencies_and_stops_down_them(site: Site) -> None:
    await site.add("proxy", "web:service_started:false")
    await site.add("web", "db:service_started:true,cache:service_started:false")
    for service in ("db", "cache"):
        await site.add(service)
    started = await site.run(Action.START)
    assert set(site.fates(started).values()) == {Fate.DONE}
    for first in ("db", "cache"):
        times = await site.times("StartedAt", first, "web", "proxy")
        assert times == sorted(times)
    stopped = await site.run(Action.STOP)
    assert set(site.fates(stopped).values()) == {Fate.DONE}
    assert {member.state for member in stopped.members} == {State.EXITED}
    for last in ("db", "cache"):
        times = await site.times("FinishedAt", "proxy", "web", last)
        assert times == sorted(times)


async def test_a_restart_is_in_the_order_of_a_start_and_starts_what_was_down(site: Site) -> None:
    await site.add("web", "db", state="running")
    await site.add("db", state="exited")
    before = await site.times("StartedAt", "db", "web")
    ended = await site.run(Action.RESTART)
    assert set(site.fates(ended).values()) == {Fate.DONE}
    after = await site.times("StartedAt", "db", "web")
    assert after == sorted(after)
    assert all(new > old for new, old in zip(after, before, strict=True))


async def test_what_needs_a_healthy_container_is_begun_when_it_is_healthy(site: Site) -> None:
    await site.add("web", "db:service_healthy:false")
    await site.add("db", Cmd=SLOW_TO_BE_WELL, Healthcheck=health("cat", "/well"))
    seen: list[Progress] = []
    ended = await site.run(Action.START, seen)
    assert set(site.fates(ended).values()) == {Fate.DONE}
    assert any(site.causes(now).get("web") == (Cause.AWAITED, "db") for now in seen)
    checks = (await site.looked("db"))["Health"]["Log"]
    well = next(check["End"] for check in checks if check["ExitCode"] == 0)
    begun = (await site.looked("web"))["StartedAt"]
    assert datetime.fromisoformat(begun) >= datetime.fromisoformat(well)


async def test_what_needs_an_unhealthy_container_is_skipped_and_the_others_go_on(site: Site) -> None:
    await site.add("web", "db:service_healthy:false")
    await site.add("proxy", "web:service_started:false")
    await site.add("other")
    await site.add("db", Healthcheck=health("cat", "/none", retries=1))
    ended = await site.run(Action.START)
    expected = {"db": Fate.DONE, "other": Fate.DONE, "web": Fate.SKIPPED, "proxy": Fate.SKIPPED}
    assert site.fates(ended) == expected
    assert site.causes(ended) == {"web": (Cause.UNHEALTHY, "db"), "proxy": (Cause.FAILED_BEFORE, "web")}
    assert (await site.looked("web"))["Status"] == "created"


async def test_one_that_can_not_start_and_one_that_ends_at_once_have_failed(site: Site) -> None:
    await site.add("broken", Cmd=["/no/such/program"])
    await site.add("crash", Cmd=["sh", "-c", "exit 3"])
    await site.add("fine")
    await site.add("after", "broken:service_started:false")
    ended = await site.run(Action.START)
    assert site.fates(ended) == {
        "broken": Fate.FAILED,
        "crash": Fate.FAILED,
        "fine": Fate.DONE,
        "after": Fate.SKIPPED,
    }
    reasons = {member.name: member.reason for member in ended.members}
    assert "no such file" in reasons[site.names["broken"]].text
    crashed = reasons[site.names["crash"]]
    assert (crashed.cause, crashed.code) == (Cause.ENDED, 3)


@pytest.mark.parametrize(("code", "fate"), [(0, Fate.DONE), (4, Fate.SKIPPED)])
async def test_what_needs_a_task_to_be_complete_begins_when_it_ended_well(site: Site, code: int, fate: Fate) -> None:
    await site.add("migrate", Cmd=["sh", "-c", f"sleep 0.5; exit {code}"])
    await site.add("app", "migrate:service_completed_successfully:false")
    ended = await site.run(Action.START)
    assert site.fates(ended)["app"] is fate
    if fate is Fate.DONE:
        finished, begun = (await site.times("FinishedAt", "migrate"))[0], (await site.times("StartedAt", "app"))[0]
        assert finished < begun


async def test_a_label_of_ones_own_makes_a_group_with_its_own_order(site: Site) -> None:
    group = f"ddc-t-{secrets.token_hex(4)}"
    labels = {"ddc.group": f"x, {group}", "ddc.order": "1", "basicauth": "hunter2"}
    first = await site.containers.make("created", config={"Labels": labels})
    second = await site.containers.make("created", config={"Labels": {"ddc.group": group, "ddc.order": "2"}})
    plan = await site.service.groups.plan(ADMIN, group, Action.START)
    assert [[step.container.name for step in level] for level in plan.levels] == [[first], [second]]
    ended = await site.service.groups.run(ADMIN, plan, lambda _progress: None)
    assert [member.fate for member in ended.members] == [Fate.DONE, Fate.DONE]
    assert not any("hunter2" in repr(one) for one in await site.service.groups.list(ADMIN))


async def test_what_a_compose_run_left_behind_is_not_part_of_the_project(site: Site) -> None:
    project = f"ddc-t-{secrets.token_hex(4)}"
    labels = {"com.docker.compose.project": project, "com.docker.compose.oneoff": "True"}
    await site.containers.make("created", config={"Labels": labels})
    with pytest.raises(GroupNotFound):
        await site.service.groups.plan(ADMIN, project, Action.START)
