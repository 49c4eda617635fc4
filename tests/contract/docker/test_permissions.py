"""What a member learns from a real engine about containers that are not theirs: nothing."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

import pytest

from services.docker import Actor, ContainerNotFound, DockerService, EngineError, Policy, Right, Rule
from tests.contract.docker.people import ADMIN
from utils.performance_metrics import PerformanceMetrics

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from pathlib import Path

    from tests.contract.docker.real import Containers

pytestmark = pytest.mark.docker

MAX = Actor(user_id=7)


@pytest.fixture
async def metrics(tmp_path: Path) -> AsyncIterator[PerformanceMetrics]:
    made = PerformanceMetrics(tmp_path)
    yield made
    await asyncio.to_thread(made.close)


async def test_an_id_cut_too_short_tells_admins_so_and_a_member_nothing(
    containers: Containers, engine_socket: str, metrics: PerformanceMetrics
) -> None:
    # Seventeen ids of sixteen digits: two begin alike.
    made = [await containers.make("created") for _ in range(17)]
    first = [(await containers.identity(name))[0] for name in made]
    twice = next(digit for digit in first if first.count(digit) > 1)
    service = DockerService.connect(f"unix://{engine_socket}", metrics)
    try:
        with pytest.raises(EngineError, match=r"(?i)prefix|more than one"):
            await service.info(ADMIN, twice)
        with pytest.raises(ContainerNotFound):
            await service.info(MAX, twice)
    finally:
        await service.close()


async def test_by_name_id_or_a_part_of_it_only_what_a_rule_opens_is_found(
    containers: Containers, engine_socket: str, metrics: PerformanceMetrics
) -> None:
    mine, other = [await containers.make("created") for _ in range(2)]
    rule = Rule(frozenset({Right.SEE}), containers=(mine,), user_ids=frozenset({7}))
    service = DockerService.connect(f"unix://{engine_socket}", metrics, policy=Policy(rules=(rule,)))
    try:
        for name, found in ((mine, True), (other, False)):
            identity = await containers.identity(name)
            for asked in (name, identity, identity[:12]):
                if found:
                    assert (await service.info(MAX, asked)).container.name == mine
                else:
                    with pytest.raises(ContainerNotFound):
                        await service.info(MAX, asked)
        assert [one.name for one in await service.list(MAX)] == [mine]
    finally:
        await service.close()
