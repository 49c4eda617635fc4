from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from utils.metrics.errors import StorageError
from utils.metrics.export import as_json, export
from utils.metrics.model import MetricEntry

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


def entry(end: float, **extra: object) -> MetricEntry:
    return MetricEntry("op", end - 1, end, 1.0, end % 2 == 0, "2025-11-12T23:59:59", {"n": end}, dict(extra))


def test_an_entry_is_written_as_its_line_was() -> None:
    assert as_json(entry(2.0, host="alpha")) == {
        "operation": "op",
        "start_time": 1.0,
        "end_time": 2.0,
        "duration": 1.0,
        "success": True,
        "timestamp": "2025-11-12T23:59:59",
        "metadata": {"n": 2.0},
        "host": "alpha",
    }


def test_statistics_are_those_of_the_entries_in_the_file(tmp_path: Path) -> None:
    written = export(tmp_path / "e.json", (entry(float(end)) for end in range(1, 11)), operation=None, now=10.0)
    exported = json.loads((tmp_path / "e.json").read_text())
    assert written == len(exported["entries"]) == 10
    assert exported["statistics"]["op"]["successful_calls"] == 5
    assert exported["operation"] is None
    assert list(exported) == ["exported_at", "operation", "window", "statistics", "entries"]


def test_nothing_to_export_is_an_export_of_nothing(tmp_path: Path) -> None:
    assert export(tmp_path / "e.json", iter(()), operation="op", now=10.0) == 0
    exported = json.loads((tmp_path / "e.json").read_text())
    assert (exported["statistics"], exported["entries"]) == ({}, [])


def test_numbers_that_are_no_json_are_replaced(tmp_path: Path) -> None:
    export(tmp_path / "e.json", [entry(2.0, big=float("inf"))], operation=None, now=10.0)
    (exported,) = json.loads((tmp_path / "e.json").read_text(), parse_constant=pytest.fail)["entries"]
    assert exported["big"] == "<inf>"


def test_entries_that_end_in_an_error_leave_the_older_export(tmp_path: Path) -> None:
    def broken() -> Iterator[MetricEntry]:
        yield entry(2.0)
        raise OSError(5, "Input/output error")

    (tmp_path / "e.json").write_text("older")
    with pytest.raises(StorageError, match="Input/output error"):
        export(tmp_path / "e.json", broken(), operation=None, now=10.0)
    assert [path.name for path in tmp_path.iterdir()] == ["e.json"]
    assert (tmp_path / "e.json").read_text() == "older"
