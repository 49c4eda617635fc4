"""What the tests of the events share: metrics in a folder of their own."""

from __future__ import annotations

import asyncio
import json
from typing import TYPE_CHECKING, Any

import pytest

from utils.performance_metrics import PerformanceMetrics

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable
    from pathlib import Path


@pytest.fixture
async def metrics(tmp_path: Path) -> AsyncIterator[PerformanceMetrics]:
    made = PerformanceMetrics(tmp_path / "metrics")
    yield made
    await asyncio.to_thread(made.close)


@pytest.fixture
def written(metrics: PerformanceMetrics) -> Callable[[], list[dict[str, Any]]]:
    """Reads the lines that stand in the file, oldest first."""

    def read() -> list[dict[str, Any]]:
        metrics.flush()
        return [json.loads(line) for line in metrics.path.read_text().splitlines()] if metrics.path.exists() else []

    return read
