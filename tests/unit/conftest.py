"""What many of the tests here need: metrics in a folder of their own."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from utils.performance_metrics import PerformanceMetrics

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


@pytest.fixture
def metrics(tmp_path: Path) -> Iterator[PerformanceMetrics]:
    """Give metrics on the machine's own clock."""
    made = PerformanceMetrics(tmp_path / "metrics")
    yield made
    made.close()
