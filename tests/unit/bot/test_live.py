"""What a change of the settings reaches while the bot runs, and that nothing else is said to be reached."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

import msgspec
import pytest

from bot.live import LIVE
from bot.policy import docker_alerts, docker_cooldowns, docker_policy, docker_timeouts
from bot.retention import Retention, policy_of
from services.config import Settings
from services.config.reading import known_keys
from services.docker import ContainerNotFound, DockerService, Right, TooSoon
from services.docker.access import Actor
from services.docker.events import Kind
from tests.contract.docker.fake_engine import FakeEngine
from tests.contract.docker.people import ADMIN

if TYPE_CHECKING:
    from utils.performance_metrics import PerformanceMetrics


def with_web() -> FakeEngine:
    engine = FakeEngine()
    engine.add("web")
    return engine


def adjust(service: DockerService, **docker: object) -> None:
    settings = msgspec.convert({"docker": docker}, Settings).docker
    service.adjust(
        policy=docker_policy(settings, service.policy.own_container),
        timeouts=docker_timeouts(settings),
        cooldowns=docker_cooldowns(settings),
        alerts=docker_alerts(settings, None),
    )


def test_only_settings_that_there_are_are_said_to_be_applied_live() -> None:
    assert known_keys() >= LIVE
    assert not LIVE & {"guild_id", "docker.host", "docker.concurrency", "log.file"}


async def test_a_container_that_is_hidden_now_is_gone_and_whoever_shows_containers_is_told(
    metrics: PerformanceMetrics,
) -> None:
    service = DockerService(with_web(), metrics, names_max_age=0.0)
    told: list[bool] = []
    service.listen(lambda: told.append(True))
    person = Actor(user_id=5, name="bob")
    everything = {"containers": ["*"], "actions": "all", "users": [5]}
    with pytest.raises(ContainerNotFound):
        await service.info(person, "web")
    adjust(service, permissions=[everything])
    assert (await service.info(person, "web")).container.name == "web"
    adjust(service, permissions=[everything], hidden=["we*"])
    with pytest.raises(ContainerNotFound):
        await service.info(person, "web")
    assert service.watch.policy is service.live.policy is service.policy
    assert service.policy.may(ADMIN, (await service.info(ADMIN, "web")).container, Right.SEE)
    assert len(told) == 2
    await service.close()


async def test_time_limits_hold_for_what_begins_later(metrics: PerformanceMetrics) -> None:
    service = DockerService(FakeEngine(), metrics)
    limits = service.timeouts
    adjust(service, timeouts={"web": 7}, fast_timeout_seconds=8, timeout_seconds=9)
    assert service.timeouts is limits, "who was given them has the new ones"
    assert [limits.look(name).seconds for name in ("web", "other")] == [7, 8]
    assert (limits.action("other").seconds, service._operations.timeout) == (9, 9)
    await service.close()


async def test_cooldowns_hold_for_what_is_accepted_later(metrics: PerformanceMetrics) -> None:
    service = DockerService(with_web(), metrics)
    adjust(service, cooldown_seconds={"restart": 60})
    await service.restart(ADMIN, "web")
    with pytest.raises(TooSoon):
        await service.restart(ADMIN, "web")
    await service.close()


async def test_alerts_follow_new_rules_and_go_to_the_new_channel(metrics: PerformanceMetrics) -> None:
    service = DockerService(FakeEngine(), metrics)
    adjust(service, alerts={"channel_id": 77, "kinds": ["oom"], "loop_count": 9})
    state = await service.watch.state(ADMIN)
    assert (state.channel_id, state.rules.kinds, state.rules.loop_count) == (77, frozenset({Kind.OOM}), 9)
    await service.close()


async def test_retention_begins_and_ends_with_its_settings(metrics: PerformanceMetrics) -> None:
    async def never() -> None:
        await asyncio.Event().wait()

    forever = policy_of(msgspec.convert({"retention_days": 0, "max_file_mb": 0}, type(Settings().metrics)))
    retention = Retention(metrics, forever, never)
    retention.start()
    assert not retention.check.is_running()
    retention.adjust(policy_of(Settings().metrics))
    assert retention.check.is_running()
    retention.adjust(forever)
    await asyncio.sleep(0)
    await asyncio.sleep(0)
    assert not retention.check.is_running()
