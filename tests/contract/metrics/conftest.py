from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.contract.metrics.kit import ManualClock, NaiveEngine
from utils.performance_metrics import PerformanceMetrics

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


@pytest.fixture
def clock() -> ManualClock:
    return ManualClock()


@pytest.fixture(params=["file", "naive"])
def metrics(request: pytest.FixtureRequest, tmp_path: Path, clock: ManualClock) -> Iterator[PerformanceMetrics]:
    """The metrics on top of every engine there is."""
    engine = NaiveEngine(clock) if request.param == "naive" else None
    made = PerformanceMetrics(tmp_path / "metrics", clock=clock, engine=engine)
    yield made
    made.close()


@pytest.fixture
def file_metrics(tmp_path: Path, clock: ManualClock) -> Iterator[PerformanceMetrics]:
    """The metrics as they run: on the file."""
    made = PerformanceMetrics(tmp_path / "metrics", clock=clock)
    yield made
    made.close()
