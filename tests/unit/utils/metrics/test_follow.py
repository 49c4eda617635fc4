"""Following the file: every entry once, in order, whatever others do to the file."""

from __future__ import annotations

import os
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.contract.metrics.kit import NOW, ManualClock
from utils.metrics.errors import StorageError
from utils.metrics.follow import Follower
from utils.performance_metrics import PerformanceMetrics

if TYPE_CHECKING:
    from collections.abc import Iterator

    from utils.metrics.model import MetricEntry


@pytest.fixture
def metrics(tmp_path: Path) -> Iterator[PerformanceMetrics]:
    made = PerformanceMetrics(tmp_path, clock=ManualClock())
    yield made
    made.close()


def add(metrics: PerformanceMetrics, *names: str, ago: float = 0.0) -> None:
    for name in names:
        metrics.record(name, 1.0, end_time=NOW - ago)
    assert metrics.flush()


def anything(_: MetricEntry) -> bool:
    return True


def follow(metrics: PerformanceMetrics) -> Follower:
    follower = Follower(metrics.path)
    follower.last(0, anything)
    return follower


def names(entries: Iterator[MetricEntry] | list[MetricEntry]) -> list[str]:
    return [entry.operation for entry in entries]


def test_the_last_entries_come_in_the_order_of_the_file(metrics: PerformanceMetrics) -> None:
    add(metrics, *"abcdefg")
    assert names(Follower(metrics.path).last(3, anything)) == ["e", "f", "g"]
    assert names(Follower(metrics.path).last(99, anything)) == list("abcdefg")
    assert names(Follower(metrics.path).last(2, lambda entry: entry.operation in "aceg")) == ["e", "g"]


def test_new_entries_come_once(metrics: PerformanceMetrics) -> None:
    follower = follow(metrics)
    assert names(follower.new()) == []
    add(metrics, "a", "b")
    assert names(follower.new()) == ["a", "b"]
    add(metrics, "c")
    assert names(follower.new()) == ["c"]
    assert names(follower.new()) == []
    follower.close()


def test_a_line_counts_from_its_end_on(metrics: PerformanceMetrics) -> None:
    add(metrics, "a")
    line = metrics.path.read_bytes()
    follower = follow(metrics)
    with metrics.path.open("ab") as file:
        file.write(line[:20])
        file.flush()
        assert names(follower.new()) == []
        file.write(line[20:])
    assert names(follower.new()) == ["a"]
    follower.close()


def test_what_is_no_entry_is_passed_over_a_line_of_megabytes_as_well(metrics: PerformanceMetrics) -> None:
    add(metrics, "a")
    line = metrics.path.read_bytes()
    follower = follow(metrics)
    with metrics.path.open("ab") as file:
        file.write(b"\nrubbish\n\xff\xff\n" + b"x" * 3_000_000 + line + line)
    add(metrics, "b")
    assert names(follower.new()) == ["a", "b"]
    assert names(Follower(metrics.path).last(9, anything)) == ["a", "a", "b"]
    follower.close()


def test_a_cleanup_by_another_neither_loses_nor_repeats(metrics: PerformanceMetrics, tmp_path: Path) -> None:
    add(metrics, "old", ago=90_000)
    add(metrics, "a")
    follower = follow(metrics)
    add(metrics, "b")
    other = PerformanceMetrics(tmp_path, clock=ManualClock())
    assert other.cleanup_old_metrics(days=1) == 1
    add(metrics, "c")
    assert names(follower.new()) == ["b", "c"]
    other.close()
    follower.close()


def test_a_cleanup_of_everything_is_survived(metrics: PerformanceMetrics) -> None:
    add(metrics, "a", ago=90_000)
    follower = follow(metrics)
    add(metrics, "b", ago=90_000)
    assert metrics.cleanup_old_metrics(days=1) == 2
    add(metrics, "c")
    assert names(follower.new()) == ["b", "c"]
    follower.close()


@settings(deadline=None)
@given(
    st.lists(
        st.one_of(
            st.tuples(st.just("write"), st.integers(0, 3)),
            st.tuples(st.just("cleanup"), st.integers(0, 3)),
            st.tuples(st.just("look"), st.just(0)),
            st.tuples(st.just("rotate"), st.just(0)),
        ),
        max_size=20,
    )
)
def test_every_entry_comes_once_and_in_order_through_any_cleanups_and_rotations(steps: list[tuple[str, int]]) -> None:
    with TemporaryDirectory() as folder:
        metrics = PerformanceMetrics(Path(folder), clock=ManualClock())
        add(metrics, "first")
        follower = follow(metrics)
        written: list[str] = []
        seen: list[str] = []
        replaced = False
        for number, (step, days) in enumerate(steps):
            # One look between two replacements is what it needs.
            if step == "look" or (replaced and step != "write"):
                seen += names(follower.new())
                replaced = replaced and not metrics.path.exists()
            if step == "write":
                written.append(str(number))
                add(metrics, str(number), ago=days * 86_400 + 1)
            elif step == "cleanup" and not replaced:
                metrics.cleanup_old_metrics(days=days)
                replaced = True
            elif step == "rotate" and not replaced and metrics.path.exists():
                metrics.path.rename(Path(folder) / "rotated")
                replaced = True
        seen += names(follower.new())
        assert seen == written
        follower.close()
        metrics.close()


def test_a_file_that_is_emptied_in_place_is_read_from_its_start(metrics: PerformanceMetrics) -> None:
    add(metrics, "a", "b", "c")
    follower = follow(metrics)
    os.truncate(metrics.path, 0)
    assert names(follower.new()) == []
    add(metrics, "d")
    assert names(follower.new()) == ["d"]
    follower.close()


def test_a_file_that_is_overwritten_with_a_longer_one_is_read_from_its_start(metrics: PerformanceMetrics) -> None:
    add(metrics, "a")
    follower = follow(metrics)
    lines = metrics.path.read_text()
    metrics.path.write_text((lines.replace('"a"', '"x"')) * 3)
    assert names(follower.new()) == ["x", "x", "x"]
    follower.close()


def test_a_file_that_is_not_there_yet_is_waited_for(metrics: PerformanceMetrics) -> None:
    follower = follow(metrics)
    assert names(follower.new()) == []
    add(metrics, "a")
    assert names(follower.new()) == ["a"]
    metrics.path.unlink()
    assert names(follower.new()) == []
    add(metrics, "b")
    assert names(follower.new()) == ["b"]
    follower.close()


def test_what_is_no_file_is_told(tmp_path: Path) -> None:
    follower = Follower(tmp_path)
    with pytest.raises(StorageError, match="can't be read"):
        follower.last(1, anything)
    with pytest.raises(StorageError, match="can't be read"):
        list(follower.new())
    follower.close()
