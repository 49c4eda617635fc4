"""A watchful engine with two containers, and services on it that are closed in the end."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from services.docker import (
    DockerService,
)
from tests.unit.services.docker.actions.watchful import WatchfulEngine

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable

    from utils.performance_metrics import PerformanceMetrics


@pytest.fixture
def engine() -> WatchfulEngine:
    made = WatchfulEngine()
    for name in ("web", "db"):
        made.add(name)
    return made


@pytest.fixture
async def serve(engine: WatchfulEngine, metrics: PerformanceMetrics) -> AsyncIterator[Callable[..., DockerService]]:
    """Makes services, and closes them."""
    made: list[DockerService] = []

    def make(**options: Any) -> DockerService:  # noqa: ANN401 - as the service takes them
        made.append(DockerService(engine, metrics, **({"names_max_age": 0.0} | options)))
        return made[-1]

    yield make
    for service in made:
        await service.close(grace=0.1)
    assert not engine.overlapped, "two actions ran on one container at once"
