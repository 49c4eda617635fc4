"""An engine that sees whether two actions run on one container at once, and what the tests ask of records."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, TypeVar

from tests.contract.docker.fake_engine import FakeEngine

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from utils.performance_metrics import MetricEntry, PerformanceMetrics


T = TypeVar("T")


@dataclass
class WatchfulEngine(FakeEngine):
    """Sees whether two actions on one container ever run at once."""

    under_way: list[str] = field(default_factory=list)
    overlapped: bool = False

    async def start(self, ref: str) -> bool:
        return await self._act(ref, super().start)

    async def stop(self, ref: str) -> bool:
        return await self._act(ref, super().stop)

    async def restart(self, ref: str) -> None:
        await self._act(ref, super().restart)

    async def _act(self, ref: str, act: Callable[[str], Awaitable[T]]) -> T:
        self.overlapped |= ref in self.under_way
        self.under_way.append(ref)
        try:
            return await act(ref)
        finally:
            self.under_way.remove(ref)


async def entries(metrics: PerformanceMetrics, action: str) -> list[MetricEntry]:
    found = await asyncio.to_thread(lambda: list(metrics.iter_entries("docker_operation")))
    return [one for one in found if one.metadata["action"] == action]


async def settle() -> None:
    for _ in range(200):
        await asyncio.sleep(0)
