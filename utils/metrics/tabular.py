"""Entries for other programs: CSV for a spreadsheet, or the lines of the file itself; and what the file is called."""

from __future__ import annotations

import csv
import json
import re
from typing import IO, TYPE_CHECKING

from utils.metrics.export import as_json
from utils.metrics.sanitise import clean_metadata

if TYPE_CHECKING:
    from collections.abc import Iterable

    from utils.metrics.model import MetricEntry

COLUMNS = ("operation", "start_time", "end_time", "duration", "success", "timestamp", "metadata")
_UNSAFE = re.compile(r"[^A-Za-z0-9_.-]+")
_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n")


def file_stem(operation: str | None) -> str:
    """Make a file name of an operation: no folders, no signs that a system minds."""
    safe = _UNSAFE.sub("_", operation or "").strip("._-")[:60]
    return f"performance_metrics-{safe}" if safe else "performance_metrics"


def cell(value: str) -> str:
    """Make a text harmless in a spreadsheet: what would be read as a formula gets an apostrophe first."""
    return f"'{value}" if value.startswith(_FORMULA) else value


def write_csv(file: IO[str], entries: Iterable[MetricEntry]) -> int:
    """Write a heading and a row for each entry.

    Args:
        file: open for text without translation of line ends (``newline=""``).
        entries: what to write, in this order; not held in memory.

    Returns:
        How many entries were written.
    """
    rows = csv.writer(file)
    rows.writerow(COLUMNS)
    written = 0
    for entry in entries:
        rows.writerow(
            (
                cell(entry.operation),
                entry.start_time,
                entry.end_time,
                entry.duration,
                "true" if entry.success else "false",
                cell(entry.timestamp),
                cell(json.dumps(entry.metadata, ensure_ascii=False)),
            )
        )
        written += 1
    return written


def write_lines(file: IO[str], entries: Iterable[MetricEntry]) -> int:
    """Write a line of JSON for each entry, as it stands in the metrics file.

    Args:
        file: open for text.
        entries: what to write, in this order; not held in memory.

    Returns:
        How many entries were written.
    """
    written = 0
    for entry in entries:
        try:
            text = json.dumps(as_json(entry), ensure_ascii=False, allow_nan=False)
        except ValueError:  # a number in a foreign line that no JSON reader would take
            text = json.dumps(clean_metadata(as_json(entry)), ensure_ascii=False)
        file.write(text + "\n")
        written += 1
    return written
