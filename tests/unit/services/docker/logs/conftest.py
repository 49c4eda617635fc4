from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

import pytest

from tests.unit.services.docker.logs.log_engine import LogEngine
from utils.performance_metrics import PerformanceMetrics

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from pathlib import Path


@pytest.fixture
async def metrics(tmp_path: Path) -> AsyncIterator[PerformanceMetrics]:
    made = PerformanceMetrics(tmp_path)
    yield made
    await asyncio.to_thread(made.close)


@pytest.fixture
def engine() -> LogEngine:
    made = LogEngine()
    made.add("web")
    return made
