from __future__ import annotations

import gc
import weakref
from pathlib import Path

from tests.contract.metrics.kit import run_python
from utils import performance_metrics
from utils.performance_metrics import PerformanceMetrics


def test_there_is_one_for_the_process_in_the_directory_of_the_environment(tmp_path: Path) -> None:
    code = """
import os, pathlib, sys
from concurrent.futures import ThreadPoolExecutor
from utils.performance_metrics import get_performance_metrics
with ThreadPoolExecutor(8) as pool:
    found = set(pool.map(lambda _: get_performance_metrics(), range(100)))
assert len(found) == 1
print(get_performance_metrics().health().path)
"""
    assert run_python(code, tmp_path / "metrics").strip() == str(tmp_path / "metrics" / "performance_metrics.jsonl")


def test_without_the_variable_it_is_data_metrics_where_the_program_started(tmp_path: Path) -> None:
    code = """
import os
del os.environ["DDC_METRICS_DIR"]
from utils.performance_metrics import get_performance_metrics
metrics = get_performance_metrics()
os.chdir("/")
print(metrics.health().path)
"""
    expected = tmp_path / "data" / "metrics" / "performance_metrics.jsonl"
    assert run_python(code, tmp_path / "metrics").strip() == str(expected)


def test_everything_it_says_to_offer_is_there() -> None:
    for name in performance_metrics.__all__:
        assert hasattr(performance_metrics, name)


def open_files() -> int:
    return len(list(Path("/proc/self/fd").iterdir()))


def test_a_reader_that_stops_early_or_never_begins_leaves_no_file_open(tmp_path: Path) -> None:
    metrics = PerformanceMetrics(tmp_path)
    for _ in range(10):
        metrics.record("op", 1)
    metrics.get_stats()
    before = open_files()
    for _ in range(20):
        metrics.iter_entries()
        next(metrics.iter_entries())
        assert len(list(metrics.iter_entries())) == 10
    gc.collect()
    assert open_files() == before
    metrics.close()
    assert open_files() < before


def test_instances_that_nobody_holds_go_away(tmp_path: Path) -> None:
    made = []
    for number in range(5):
        metrics = PerformanceMetrics(tmp_path / str(number))
        metrics.record("op", 1)
        metrics.close()
        made.append(weakref.ref(metrics))
        del metrics
    gc.collect()
    assert [left() for left in made] == [None] * 5
