from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.contract.metrics.kit import NOW, ManualClock
from utils.metrics.model import MetricEntry
from utils.metrics.process.sample import ProcessSample, of_this_run, read
from utils.metrics.words import SAMPLE
from utils.performance_metrics import PerformanceMetrics

if TYPE_CHECKING:
    from pathlib import Path

SAMPLED = ProcessSample(NOW, 0.03, 7, NOW - 90, 5 * 10**7, 0.0123, 9, 20, 0.0005, 0.01, 0.004, 3, 10**6, 10**5, 2, 0)


def test_what_was_recorded_is_read_again_within_the_window(tmp_path: Path) -> None:
    metrics = PerformanceMetrics(tmp_path, clock=ManualClock())
    for ago in (90_000, 60, 0):
        metrics.record(SAMPLE, SAMPLED.worst, metadata=SAMPLED.metadata, end_time=NOW - ago)
    found = read(metrics, 24, NOW)
    metrics.close()
    assert [sample.end for sample in found] == [NOW - 60, NOW]
    assert found[-1] == SAMPLED


def test_what_is_not_known_is_left_out() -> None:
    assert ProcessSample(NOW, 0.0, rss=5).metadata == {"rss": 5}


@pytest.mark.parametrize("odd", ["5", True, -1, float("nan"), float("inf"), [], None])
def test_what_makes_no_sense_is_not_known(odd: object) -> None:
    entry = MetricEntry(SAMPLE, 0, 1, 1, success=True, timestamp="", metadata={"rss": odd, "cpu": 0.5})
    assert ProcessSample.of(entry) == ProcessSample(1, 1, cpu=0.5)


def test_after_a_restart_a_run_begins_anew() -> None:
    before, after = (ProcessSample(NOW, 0, pid=1, started=started) for started in (1.0, 2.0))
    assert of_this_run([before, after, after]) == [after, after]
    assert of_this_run([]) == []
