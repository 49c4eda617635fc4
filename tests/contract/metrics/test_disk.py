"""A disk that refuses, fills up, or is tidied by others: the program goes on, and so does the measuring."""

from __future__ import annotations

import logging
import subprocess
from typing import TYPE_CHECKING

import pytest

from tests.contract.metrics.kit import FILE, file_lines, run_python
from tests.needs import mount
from utils.metrics.backlog import MAX_LINES
from utils.metrics.recorder import MAX_BUFFER
from utils.performance_metrics import PerformanceMetrics, StorageError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


@pytest.fixture
def blocked(tmp_path: Path) -> Iterator[PerformanceMetrics]:
    """Metrics whose directory can't be made: a file stands in its place."""
    (tmp_path / "metrics").touch()
    metrics = PerformanceMetrics(tmp_path / "metrics")
    yield metrics
    metrics.close()


def test_what_the_disk_refuses_is_still_in_every_answer(blocked: PerformanceMetrics) -> None:
    for number in range(1, 5):
        blocked.record("op", number, success=number != 2)
    stats = blocked.get_stats()["op"]
    assert (stats.total_calls, stats.failed_calls, stats.max_duration, stats.p50_duration) == (4, 1, 4.0, 2.5)
    assert (stats.last_hour_calls, stats.last_24h_calls) == (4, 4)
    assert [entry.duration for entry in blocked.get_recent_metrics(limit=2)] == [4.0, 3.0]
    assert [entry.duration for entry in blocked.get_recent_metrics(failures_only=True)] == [2.0]
    assert [entry.duration for entry in blocked.get_slow_metrics(threshold=3)] == [4.0, 3.0]
    assert [entry.duration for entry in blocked.iter_entries()] == [1.0, 2.0, 3.0, 4.0]
    assert blocked.get_operations() == ["op"]


def test_waiting_and_written_entries_are_answered_together_and_none_twice(tmp_path: Path) -> None:
    metrics = PerformanceMetrics(tmp_path / "metrics")
    for number in range(3):
        metrics.record("op", number, end_time=1_000.0 + 2 * number)
    assert metrics.flush()
    (tmp_path / "metrics" / FILE).rename(tmp_path / "kept")
    (tmp_path / "metrics").rmdir()
    (tmp_path / "metrics").symlink_to("/proc/self")  # no file can be made there
    for number in range(3):
        metrics.record("op", 10 + number, end_time=1_001.0 + 2 * number)
    assert [entry.duration for entry in metrics.iter_entries()] == [10.0, 11.0, 12.0]
    (tmp_path / "metrics").unlink()
    (tmp_path / "metrics").mkdir()
    (tmp_path / "kept").rename(tmp_path / "metrics" / FILE)
    for _ in range(2):
        assert [entry.duration for entry in metrics.iter_entries()] == [0.0, 10.0, 1.0, 11.0, 2.0, 12.0]
    metrics.close()


def test_health_says_what_is_wrong_and_writing_resumes_by_itself(
    tmp_path: Path, blocked: PerformanceMetrics, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.INFO, logger="utils.metrics.recorder"):
        for _ in range(3):
            blocked.record("op", 1)
            assert blocked.flush() is False
        health = blocked.health()
        assert (health.pending, health.dropped, health.last_write) == (3, 0, None)
        assert health.last_error is not None
        assert "Not a directory" in health.last_error
        (tmp_path / "metrics").unlink()
        assert blocked.flush() is True
    assert blocked.health().last_error is None
    assert blocked.health().last_write is not None
    assert len(file_lines(tmp_path / "metrics")) == 3
    # Told once when it began, and once when it was over.
    assert [record.levelname for record in caplog.records] == ["WARNING", "INFO"]


def test_the_writer_comes_back_without_being_asked(tmp_path: Path) -> None:
    code = """
import pathlib, sys, time
from utils.performance_metrics import get_performance_metrics
metrics = get_performance_metrics()
metrics.record("op", 1)
metrics.flush()
assert metrics.health().pending == 1
pathlib.Path(sys.argv[1]).unlink()
while not pathlib.Path(sys.argv[1], "performance_metrics.jsonl").exists():
    time.sleep(0.01)
"""
    (tmp_path / "metrics").touch()
    run_python(code, tmp_path / "metrics", tmp_path / "metrics")
    assert len(file_lines(tmp_path / "metrics")) == 1


def test_only_so_much_waits_the_oldest_is_dropped_and_counted(tmp_path: Path, blocked: PerformanceMetrics) -> None:
    for number in range(MAX_LINES + 150):
        blocked.record("op", number)
    assert blocked.flush() is False
    health = blocked.health()
    assert (health.pending, health.dropped) == (MAX_LINES, 150)
    (tmp_path / "metrics").unlink()
    assert blocked.flush() is True
    durations = [line["duration"] for line in file_lines(tmp_path / "metrics")]
    assert durations == list(range(150, MAX_LINES + 150))


def test_big_measurements_wait_in_bounded_memory_too(blocked: PerformanceMetrics) -> None:
    for _ in range(2_000):
        blocked.record("op", 1, metadata={str(key): "x" * 1_990 for key in range(7)})
    assert blocked.flush() is False
    health = blocked.health()
    assert health.dropped > 0
    assert health.pending + health.dropped == 2_000


def test_a_disk_that_hangs_holds_nobody_up_and_what_is_too_much_is_counted(tmp_path: Path) -> None:
    metrics = PerformanceMetrics(tmp_path / "metrics")
    recorder = metrics._engine._recorder  # type: ignore[attr-defined] # as if the writer were stuck in the disk
    with recorder._lock:
        for _ in range(MAX_BUFFER + 25):
            metrics.record("op", 1)
        assert metrics.flush(timeout=0) is False
        assert metrics.get_operations() == ["op"]
    assert metrics.flush(timeout=60)
    assert metrics.wait_until_loaded()
    assert metrics.health().dropped == 25
    assert metrics.health().entries == MAX_BUFFER
    metrics.close()


FULL = """
import pathlib, resource, sys
from utils.performance_metrics import get_performance_metrics
metrics = get_performance_metrics()
path = pathlib.Path(sys.argv[1]) / "performance_metrics.jsonl"
metrics.record("before", 1)
metrics.flush()
hard = resource.getrlimit(resource.RLIMIT_FSIZE)[1]
for room in (0, 1, 70, 500, 2_000):
    resource.setrlimit(resource.RLIMIT_FSIZE, (path.stat().st_size + room, hard))
    for number in range(30):
        with metrics.track(f"room{room}", metadata={"number": number}):
            pass
    assert metrics.flush() is False
    assert metrics.health().pending > 0
    assert path.read_bytes().endswith(b"\\n"), "a piece of a line was left"
    assert metrics.get_stats()[f"room{room}"].total_calls == 30
    resource.setrlimit(resource.RLIMIT_FSIZE, (hard, hard))
    assert metrics.flush() is True
health = metrics.health()
assert (health.dropped, health.pending, health.corrupt_lines, health.last_error) == (0, 0, 0, None), health
"""


def test_a_disk_that_fills_up_in_the_middle_of_a_batch_loses_and_tears_nothing(tmp_path: Path) -> None:
    run_python(FULL, tmp_path / "metrics", tmp_path / "metrics")
    lines = file_lines(tmp_path / "metrics")
    assert [line["metadata"]["number"] for line in lines[1:]] == list(range(30)) * 5


def test_a_device_without_space_is_survived(tmp_path: Path) -> None:
    directory = tmp_path / "metrics"
    directory.mkdir()
    (directory / FILE).symlink_to("/dev/full")
    metrics = PerformanceMetrics(directory)
    metrics.record("op", 1)
    assert metrics.flush() is False
    assert "No space left" in str(metrics.health().last_error)
    assert metrics.get_stats()["op"].total_calls == 1
    (directory / FILE).unlink()
    assert metrics.flush() is True
    assert len(file_lines(directory)) == 1
    metrics.close()


def test_a_small_file_system_that_fills_up_is_survived(tmp_path: Path) -> None:
    directory = tmp_path / "metrics"
    directory.mkdir()
    mount("-t", "tmpfs", "-o", "size=64k", "tmpfs", directory)
    try:
        metrics = PerformanceMetrics(directory)
        for number in range(1_000):
            metrics.record("op", 1, metadata={"number": number})
        assert metrics.flush() is False
        assert metrics.get_stats()["op"].total_calls == 1_000
        on_disk = len(file_lines(directory))
        assert 100 < on_disk < 1_000
        subprocess.run(["mount", "-o", "remount,size=1m", str(directory)], check=True)
        assert metrics.flush() is True
        assert [line["metadata"]["number"] for line in file_lines(directory)] == list(range(1_000))
        metrics.close()
    finally:
        subprocess.run(["umount", "-l", str(directory)], check=True)


def test_a_file_that_is_deleted_or_replaced_is_begun_anew(tmp_path: Path) -> None:
    metrics = PerformanceMetrics(tmp_path)
    metrics.record("first", 1)
    assert list(metrics.get_stats()) == ["first"]
    (tmp_path / FILE).unlink()
    assert metrics.get_stats() == {}
    metrics.record("second", 1)
    assert list(metrics.get_stats()) == ["second"]
    (tmp_path / FILE).rename(tmp_path / "rotated")
    metrics.record("third", 1)
    assert list(metrics.get_stats()) == ["third"]
    (tmp_path / "rotated").replace(tmp_path / FILE)
    metrics.record("fourth", 1)
    assert list(metrics.get_stats()) == ["fourth", "second"]
    metrics.close()


def test_a_directory_that_is_deleted_is_made_again(tmp_path: Path) -> None:
    metrics = PerformanceMetrics(tmp_path / "a" / "b")
    metrics.record("first", 1)
    metrics.flush()
    (tmp_path / "a" / "b" / FILE).unlink()
    (tmp_path / "a" / "b").rmdir()
    (tmp_path / "a").rmdir()
    metrics.record("second", 1)
    assert metrics.flush()
    assert list(metrics.get_stats()) == ["second"]
    metrics.close()


def test_a_file_that_cannot_be_read_is_said_to_be(tmp_path: Path) -> None:
    (tmp_path / FILE).mkdir()
    metrics = PerformanceMetrics(tmp_path)
    metrics.record("op", 1)
    for question in (metrics.get_stats, metrics.get_recent_metrics, metrics.get_slow_metrics, metrics.iter_entries):
        with pytest.raises(StorageError, match="can't be read") as raised:
            question()
        assert str(tmp_path) in raised.value.user_message
    with pytest.raises(StorageError, match="can't be cleaned up"):
        metrics.cleanup_old_metrics()
    health = metrics.health()
    assert health.pending == 1
    assert "can't be read" in str(health.last_error)
    (tmp_path / FILE).rmdir()
    assert metrics.close()


def test_an_export_that_cannot_be_written_says_so_and_leaves_the_older_one(tmp_path: Path) -> None:
    metrics = PerformanceMetrics(tmp_path / "metrics")
    metrics.record("op", 1)
    (tmp_path / "file").write_text("in the way")
    with pytest.raises(StorageError, match="can't be written") as raised:
        metrics.export_to_json(tmp_path / "file" / "export.json")
    assert "file/export.json" in raised.value.user_message
    (tmp_path / "export.json").mkdir()
    with pytest.raises(StorageError, match="can't be written"):
        metrics.export_to_json(tmp_path / "export.json")
    assert sorted(path.name for path in tmp_path.iterdir()) == ["export.json", "file", "metrics"]
    metrics.close()


def test_a_new_file_is_not_for_everyone(tmp_path: Path) -> None:
    metrics = PerformanceMetrics(tmp_path)
    metrics.record("op", 1)
    metrics.flush()
    metrics.export_to_json(tmp_path / "export.json")
    for name in (FILE, "export.json"):
        assert (tmp_path / name).stat().st_mode & 0o137 == 0
    metrics.close()
