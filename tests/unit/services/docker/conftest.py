"""Nothing of ours may block the event loop; and what was recorded is read from the file."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest
from blockbuster import blockbuster_ctx

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from utils.performance_metrics import PerformanceMetrics


@pytest.fixture(autouse=True)
def _nothing_blocks_the_loop() -> Iterator[None]:
    """Whatever of ours blocks the event loop (a file, a lock, a sleep) raises."""
    with blockbuster_ctx(["services", "cogs"]):
        yield


@pytest.fixture
def written(metrics: PerformanceMetrics) -> Callable[[], list[dict[str, Any]]]:
    """Reads the lines that stand in the file, oldest first."""

    def read() -> list[dict[str, Any]]:
        metrics.flush()
        return [json.loads(line) for line in metrics.path.read_text().splitlines()] if metrics.path.exists() else []

    return read
