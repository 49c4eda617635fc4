"""Entries as rows and lines, whatever stands in them."""

from __future__ import annotations

import csv
import io
import json
import math

from hypothesis import given
from hypothesis import strategies as st

from utils.metrics.codec import decode
from utils.metrics.model import MetricEntry
from utils.metrics.tabular import COLUMNS, cell, file_stem, write_csv, write_lines


def entry(operation: str = "op", **metadata: object) -> MetricEntry:
    return MetricEntry(operation, 1.0, 2.5, 1.5, success=True, timestamp="1970-01-01T00:00:02", metadata=metadata)


@given(st.text())
def test_no_cell_is_a_formula(text: str) -> None:
    assert not cell(text).startswith(("=", "+", "-", "@", "\t", "\r", "\n"))
    assert cell(text).removeprefix("'") == text.removeprefix("'")


@given(st.lists(st.text(st.characters(codec="utf-8"), min_size=1)))
def test_csv_has_one_row_an_entry_and_names_that_come_back(names: list[str]) -> None:
    file = io.StringIO(newline="")
    assert write_csv(file, map(entry, names)) == len(names)
    heading, *rows = csv.reader(io.StringIO(file.getvalue(), newline=""))
    assert tuple(heading) == COLUMNS
    assert [row[0] for row in rows] == [cell(name) for name in names]


@given(st.lists(st.text(st.characters(codec="utf-8"), min_size=1)))
def test_lines_are_read_back_as_the_same_entries(names: list[str]) -> None:
    file = io.StringIO()
    entries = [entry(name, note=name) for name in names]
    assert write_lines(file, entries) == len(names)
    assert [decode(line.encode()) for line in file.getvalue().split("\n")[:-1]] == entries


def test_a_number_that_is_no_json_does_not_stop_the_lines() -> None:
    file = io.StringIO()
    write_lines(file, [entry(value=math.inf)])
    assert json.loads(file.getvalue())["metadata"] == {"value": "<inf>"}


@given(st.text(max_size=300))
def test_no_operation_makes_a_bad_file_name(operation: str) -> None:
    stem = file_stem(operation)
    assert stem.startswith("performance_metrics")
    assert stem.replace("_", "").replace("-", "").replace(".", "").isalnum()
    assert stem.isascii()
    assert len(stem) <= 80
