"""What the bot removes by itself stands in its log."""

from __future__ import annotations

import asyncio
import logging
import time
from typing import TYPE_CHECKING

import pytest

from bot.retention import Retention, policy_of
from services.config.settings import MetricsSettings
from utils.metrics.retention import Policy

if TYPE_CHECKING:
    from utils.performance_metrics import PerformanceMetrics


async def at_once() -> None:
    """Nothing to wait for."""


@pytest.mark.parametrize(
    ("days", "megabytes", "policy"),
    [
        (90, 1000, Policy(90, 1_000_000_000)),
        (0, 0, Policy()),
        (None, None, Policy()),
        (0.5, 0.1, Policy(0.5, 100_000)),
    ],
)
def test_zero_and_null_mean_no_limit(days: float | None, megabytes: float | None, policy: Policy) -> None:
    assert policy_of(MetricsSettings(retention_days=days, max_file_mb=megabytes)) == policy


async def test_it_looks_at_once_and_tells_what_it_removed(
    metrics: PerformanceMetrics, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO)
    for day in range(10):
        metrics.record("op", 1.0, end_time=time.time() - day * 86_400 - 60)
    retention = Retention(metrics, Policy(days=5), at_once)
    retention.start()
    for _ in range(1_000):
        if caplog.messages:
            break
        await asyncio.sleep(0.01)
    retention.stop()
    assert caplog.messages[0].startswith("Removed 5 entries older than 5 days; 5 stay; the file shrank by ")
    assert len(await asyncio.to_thread(metrics.get_recent_metrics)) == 5


async def test_nothing_to_do_is_nothing_to_tell(metrics: PerformanceMetrics, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO)
    metrics.record("op", 1.0)
    await Retention(metrics, Policy(days=5, max_bytes=10_000), at_once).check()
    keeping_all = Retention(metrics, Policy(), at_once)
    keeping_all.start()
    assert not keeping_all.check.is_running()
    assert caplog.messages == []


async def test_a_file_that_cannot_be_read_is_told_and_tried_again(
    metrics: PerformanceMetrics, caplog: pytest.LogCaptureFixture
) -> None:
    metrics.path.mkdir(parents=True)
    await Retention(metrics, Policy(days=5), at_once).check()
    (message,) = caplog.messages
    assert "can't be read" in message
    assert message.endswith("The next try is in an hour.")


async def test_a_file_full_of_other_lines_is_told_and_costs_no_entry(
    metrics: PerformanceMetrics, caplog: pytest.LogCaptureFixture
) -> None:
    metrics.record("op", 1.0)
    metrics.flush()
    with metrics.path.open("a") as file:
        file.write("rubbish\n" * 1_000)
    await Retention(metrics, Policy(max_bytes=5_000), at_once).check()
    (message,) = caplog.messages
    assert "is over its greatest size (5 kB)" in message
    assert len(metrics.get_recent_metrics()) == 1
