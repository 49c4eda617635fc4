"""A token, and a place for it."""

from __future__ import annotations

import secrets
from typing import TYPE_CHECKING

import pytest

from services.secrets.seal import Cost
from utils.performance_metrics import PerformanceMetrics

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

CHEAP = Cost(n=2**4)


@pytest.fixture
def token() -> str:
    """One that nobody has, with the shape of a bot's."""
    return f"MTE5{secrets.token_urlsafe(16)[:22]}.{secrets.token_hex(3)}.{secrets.token_urlsafe(30)[:38]}"


@pytest.fixture
def environment(tmp_path: Path) -> dict[str, str]:
    """Settings in one folder, measurements in another."""
    (tmp_path / "config").mkdir()
    return {
        "DDC_CONFIG": str(tmp_path / "config" / "config.json"),
        "DDC_METRICS_DIR": str(tmp_path / "data" / "metrics"),
    }


@pytest.fixture
def metrics(tmp_path: Path) -> Iterator[PerformanceMetrics]:
    """Where the time that crypto takes is kept."""
    metrics = PerformanceMetrics(tmp_path / "data" / "metrics")
    yield metrics
    metrics.close()
