"""Exports hold every entry, harm no spreadsheet and fit into Discord."""

from __future__ import annotations

import csv
import gzip
import hashlib
import io
import json
from typing import TYPE_CHECKING

import pytest

from cogs.perf.export import ExportTooBig, Format, export

if TYPE_CHECKING:
    from utils.performance_metrics import PerformanceMetrics

MUCH = 10_000_000


@pytest.mark.parametrize("kind", list(Format))
def test_nothing_to_export_makes_no_file(metrics: PerformanceMetrics, kind: Format) -> None:
    assert export(metrics, None, kind, MUCH) is None
    metrics.record("op", 1.0)
    assert export(metrics, "other", kind, MUCH) is None


def test_csv_holds_one_row_an_entry(metrics: PerformanceMetrics) -> None:
    metrics.record("=HYPERLINK()", 1.5, success=False, metadata={"a": "ü,\n\"'"}, end_time=5.0)
    done = export(metrics, None, Format.CSV, MUCH)
    assert done is not None
    (row,) = csv.DictReader(io.StringIO(done.data.decode(), newline=""))
    assert row["operation"] == "'=HYPERLINK()"
    assert (row["start_time"], row["end_time"], row["duration"], row["success"]) == ("3.5", "5.0", "1.5", "false")
    assert json.loads(row["metadata"]) == {"a": "ü,\n\"'"}


def test_jsonl_holds_the_lines_of_the_file(metrics: PerformanceMetrics) -> None:
    metrics.record("op", 1.5, metadata={"a": [1, None]}, end_time=5.0)
    done = export(metrics, "op", Format.JSONL, MUCH)
    assert done is not None
    assert (done.name, done.entries, done.unpacked) == ("performance_metrics-op.jsonl", 1, None)
    kept = json.loads(metrics.health().path.read_text())
    assert json.loads(done.data) == kept


def test_json_holds_statistics_and_entries(metrics: PerformanceMetrics) -> None:
    metrics.record("op", 1.5)
    done = export(metrics, None, Format.JSON, MUCH)
    assert done is not None
    assert {"statistics", "entries"} <= set(json.loads(done.data))


def test_what_is_too_big_is_compressed_and_what_is_still_too_big_is_refused_with_advice(
    metrics: PerformanceMetrics,
) -> None:
    for number in range(200):
        digest = hashlib.sha256(bytes([number])).hexdigest()
        metrics.record("op", 1.5, metadata={"note": digest * 8})
    done = export(metrics, None, Format.JSONL, 50_000)
    assert done is not None
    assert done.name == "performance_metrics.jsonl.gz"
    assert done.unpacked == len(gzip.decompress(done.data))
    with pytest.raises(ExportTooBig) as caught:
        export(metrics, None, Format.JSONL, 1000)
    assert "Discord takes 1 kB here. Name one operation to export less" in caught.value.user_message
    with pytest.raises(ExportTooBig, match="limit 1000") as caught:
        export(metrics, "op", Format.CSV, 1000)
    assert "/perf cleanup" in caught.value.user_message
    assert "performance_metrics.jsonl`" in caught.value.user_message
