from __future__ import annotations

import json
import time
from typing import TYPE_CHECKING

from tests.bench.data import FILE, OPERATIONS, Sample
from utils.metrics.codec import decode
from utils.performance_metrics import PerformanceMetrics

if TYPE_CHECKING:
    from pathlib import Path

SAMPLE = Sample(entries=3_000, seconds=86_400.0, end=1_700_000_000.0)


def test_the_same_lines_come_out_each_time() -> None:
    assert list(SAMPLE.lines()) == list(SAMPLE.lines())


def test_each_line_is_an_entry_they_are_in_order_and_cover_the_time() -> None:
    entries = [decode(line.encode()) for line in SAMPLE.lines()]
    ends = [entry.end_time for entry in entries if entry is not None]
    assert len(ends) == SAMPLE.entries
    assert ends == sorted(ends)
    assert SAMPLE.end - SAMPLE.seconds < ends[0] < ends[-1] == SAMPLE.end


def test_all_operations_occur_with_failures_among_them_and_no_duration_twice() -> None:
    lines = [json.loads(line) for line in SAMPLE.lines()]
    assert {line["operation"] for line in lines} == set(OPERATIONS)
    assert {line["success"] for line in lines} == {True, False}
    assert len({line["duration"] for line in lines}) == len(lines)


def test_the_file_holds_the_lines(tmp_path: Path) -> None:
    path = SAMPLE.write(tmp_path / "new")
    assert path == tmp_path / "new" / FILE
    assert path.read_text("utf-8") == "".join(SAMPLE.lines())


def test_a_line_is_what_the_engine_writes_of_the_same_measurement(tmp_path: Path) -> None:
    # Otherwise the engine's way with files of its own making would not be what is timed.
    lines = list(Sample(entries=20, seconds=60.0, end=round(time.time(), 3)).lines())
    metrics = PerformanceMetrics(tmp_path)
    for line in map(json.loads, lines):
        metrics.record(
            line["operation"],
            line["duration"],
            success=line["success"],
            metadata=line["metadata"],
            end_time=line["end_time"],
        )
    metrics.close()
    assert metrics.path.read_text("utf-8").splitlines(keepends=True) == lines
