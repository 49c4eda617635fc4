"""What happens in the engine is recorded and handed on, as the settings and the admins want it."""

from __future__ import annotations

import asyncio
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, Any

import pytest

from services.docker import Actor, Policy
from services.docker.errors import AdminsOnly
from services.docker.events import AlertPlan, BookError, Bulletin, Kind, Rules, Watcher
from tests.contract.docker.happening import NOON, RememberingEngine, raw_event
from tests.contract.docker.people import ADMIN
from tests.contract.docker.real import until

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable
    from pathlib import Path

    from utils.performance_metrics import PerformanceMetrics

MEMBER = Actor(user_id=2, name="max")
QUICK = Rules(group=0.01)


class Stage:
    """A watcher at work and what it handed on."""

    def __init__(self, watcher: Watcher, engine: RememberingEngine) -> None:
        self.watcher = watcher
        self.engine = engine
        self.told: list[tuple[int, Bulletin]] = []
        watcher.tell = lambda channel, bulletin: self.told.append((channel, bulletin))

    def names(self) -> list[str]:
        return [alert.container.name for _, bulletin in self.told for alert in bulletin.alerts]


@asynccontextmanager
async def watching(metrics: PerformanceMetrics, plan: AlertPlan, policy: Policy | None = None) -> AsyncIterator[Stage]:
    engine = RememberingEngine()
    watcher = Watcher(engine, metrics, policy or Policy(), plan, clock=lambda: NOON)
    stage = Stage(watcher, engine)
    watcher.start()
    try:
        await until(lambda: bool(engine.listeners))
        yield stage
    finally:
        await watcher.close()
    assert engine.listeners == 0


async def test_a_death_is_told_in_the_channel_and_recorded_at_its_own_time(
    metrics: PerformanceMetrics, written: Callable[[], list[dict[str, Any]]]
) -> None:
    async with watching(metrics, AlertPlan(QUICK, 7)) as stage:
        stage.engine.happen(raw_event("web", "die", NOON - 5, exitCode="3"))
        await until(lambda: bool(stage.told))
    ((channel, bulletin),) = stage.told
    assert (channel, bulletin.alerts[0].counts) == (7, {Kind.DIED: 1})
    (record,) = written()
    assert (record["operation"], record["duration"], record["success"]) == ("docker_event", 0.0, False)
    assert record["end_time"] == pytest.approx(NOON - 5)
    assert record["metadata"] == {"event": "died", "container": "web", "exit_code": 3, "outcome": "error"}


async def test_each_kind_has_its_record(
    metrics: PerformanceMetrics, written: Callable[[], list[dict[str, Any]]]
) -> None:
    async with watching(metrics, AlertPlan(Rules(kinds=frozenset(), loop_count=2))) as stage:
        for number, (action, attributes) in enumerate(
            [
                ("oom", {}),
                ("health_status: unhealthy", {}),
                ("die", {"exitCode": "1"}),
                ("start", {}),
                ("die", {"exitCode": "1"}),
                ("start", {}),
            ]
        ):
            stage.engine.happen(raw_event("web", action, NOON + number, **attributes))
        await until(lambda: len(written()) == 5)
    assert [one["metadata"]["event"] for one in written()] == ["oom", "unhealthy", "died", "died", "restart_loop"]
    assert "hunter2" not in str(written())


async def test_without_a_channel_it_is_recorded_and_not_told(
    metrics: PerformanceMetrics, written: Callable[[], list[dict[str, Any]]]
) -> None:
    async with watching(metrics, AlertPlan(QUICK)) as stage:
        stage.engine.happen(raw_event("web", "die", exitCode="1"))
        await until(lambda: bool(written()))
        await asyncio.sleep(0.05)
        state = await stage.watcher.state(ADMIN)
    assert stage.told == []
    assert [alert.container.name for bulletin in state.latest for alert in bulletin.alerts] == ["web"]
    assert state.listening


async def test_what_is_hidden_is_told_to_no_channel(metrics: PerformanceMetrics) -> None:
    async with watching(metrics, AlertPlan(QUICK, 7), Policy(hidden=("vault*",))) as stage:
        stage.engine.happen(raw_event("vault-1", "die", NOON, exitCode="1"))
        stage.engine.happen(raw_event("web", "die", NOON + 1, exitCode="1"))
        await until(lambda: bool(stage.told))
    assert stage.names() == ["web"]


async def test_a_muted_container_is_recorded_and_not_told_until_it_is_unmuted(
    metrics: PerformanceMetrics, written: Callable[[], list[dict[str, Any]]], tmp_path: Path
) -> None:
    plan = AlertPlan(QUICK, 7, tmp_path / "alerts.json")
    async with watching(metrics, plan) as stage:
        assert await stage.watcher.mute(ADMIN, "web", 3600) == NOON + 3600
        assert await stage.watcher.mute(ADMIN, "db") is None
    async with watching(metrics, plan) as stage:  # the bot was started anew
        assert (await stage.watcher.state(ADMIN)).mutes == (("db", None), ("web", NOON + 3600))
        assert stage.watcher.muted(ADMIN) == ("db", "web")
        stage.engine.happen(raw_event("web", "die", NOON, exitCode="1"))
        await until(lambda: len(written()) == 1)
        assert await stage.watcher.unmute(ADMIN, "web") is True
        assert await stage.watcher.unmute(ADMIN, "web") is False
        stage.engine.happen(raw_event("web", "die", NOON + 1, exitCode="1"))
        await until(lambda: bool(stage.told))
    assert [bulletin.alerts[0].counts for _, bulletin in stage.told] == [{Kind.DIED: 1}]


async def test_the_channel_set_in_the_chat_goes_over_the_settings_and_survives_a_restart(
    metrics: PerformanceMetrics, tmp_path: Path
) -> None:
    plan = AlertPlan(QUICK, 7, tmp_path / "alerts.json")
    async with watching(metrics, plan) as stage:
        await stage.watcher.post_to(ADMIN, 8)
    async with watching(metrics, plan) as stage:
        state = await stage.watcher.state(ADMIN)
        assert (state.channel_id, state.chosen) == (8, True)
        await stage.watcher.post_to(ADMIN, None)
        assert (await stage.watcher.state(ADMIN)).channel_id is None


async def test_admins_alone_see_and_change_it(metrics: PerformanceMetrics) -> None:
    async with watching(metrics, AlertPlan(QUICK, 7)) as stage:
        watcher = stage.watcher
        await watcher.mute(ADMIN, "web")
        for ask in (watcher.state(MEMBER), watcher.post_to(MEMBER, 1), watcher.mute(MEMBER, "db")):
            with pytest.raises(AdminsOnly):
                await ask
        with pytest.raises(AdminsOnly):
            await watcher.unmute(MEMBER, "web")
        assert watcher.muted(MEMBER) == ()
        assert watcher.muted(ADMIN) == ("web",)


async def test_what_cannot_be_saved_is_not_changed(metrics: PerformanceMetrics, tmp_path: Path) -> None:
    (tmp_path / "blocked").write_text("no folder")
    async with watching(metrics, AlertPlan(QUICK, 7, tmp_path / "blocked" / "alerts.json")) as stage:
        with pytest.raises(BookError):
            await stage.watcher.mute(ADMIN, "web")
        assert stage.watcher.muted(ADMIN) == ()
        stage.engine.happen(raw_event("web", "die", exitCode="1"))
        await until(lambda: bool(stage.told))


async def test_whoever_shows_containers_hears_of_every_event(metrics: PerformanceMetrics) -> None:
    heard: list[int] = []
    async with watching(metrics, AlertPlan()) as stage:
        stage.watcher.heard = lambda: heard.append(1)
        stage.engine.happen(raw_event("web", "start", NOON))
        stage.engine.happen(raw_event("web", "exec_die", NOON + 1))
        stage.engine.happen(raw_event("web", "destroy", NOON + 2))
        await until(lambda: len(heard) == 2)
