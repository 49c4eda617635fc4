"""Writes everything kept about an operation, or about all, as one JSON file for other tools."""

from __future__ import annotations

import json
import os
import secrets
import tempfile
from array import array
from contextlib import suppress
from dataclasses import asdict
from typing import IO, TYPE_CHECKING, Any

from utils.metrics.appender import FILE_MODE
from utils.metrics.codec import timestamp
from utils.metrics.errors import StorageError
from utils.metrics.sanitise import clean_metadata
from utils.metrics.stats import summarise

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from utils.metrics.model import MetricEntry

_HOUR = 3_600.0
_DAY = 86_400.0
_BLOCK = 2**20


def as_json(entry: MetricEntry) -> dict[str, Any]:
    """Return an entry as the object that stands in its line, unknown fields included."""
    return {
        "operation": entry.operation,
        "start_time": entry.start_time,
        "end_time": entry.end_time,
        "duration": entry.duration,
        "success": entry.success,
        "timestamp": entry.timestamp,
        "metadata": entry.metadata,
        **entry.extra,
    }


class _Tally:
    """Counts one operation while its entries go by, so that the statistics are those of the entries written."""

    def __init__(self) -> None:
        self.durations = array("d")
        self.successes = self.day = self.hour = 0

    def add(self, entry: MetricEntry, now: float) -> None:
        self.durations.append(entry.duration)
        self.successes += entry.success
        self.day += entry.end_time >= now - _DAY
        self.hour += entry.end_time >= now - _HOUR


def export(path: Path, entries: Iterable[MetricEntry], *, operation: str | None, now: float) -> int:
    """Write entries and their statistics to `path`, whole or not at all.

    Args:
        path: the file to write; its folder is made when missing, an older file replaced.
        entries: in the order they shall stand there; they are not held in memory.
        operation: what was asked for, None for all.
        now: seconds since the epoch.

    Returns:
        How many entries were written.

    Raises:
        StorageError: it could not be written; an older file is as it was.
    """
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=path.parent) as body:
            tallies, written = _write_entries(body, entries, now)
            head = {
                "exported_at": timestamp(now),
                "operation": operation,
                "window": "everything kept",
                "statistics": {name: asdict(_stats(name, tally)) for name, tally in sorted(tallies.items())},
            }
            opening = json.dumps(head, ensure_ascii=False, indent=2)
            _write_whole(path, opening.removesuffix("\n}") + ',\n  "entries": [', body, "\n  ]\n}\n")
    except OSError as error:
        raise StorageError(
            f"The export can't be written to {path}: {error.strerror or error}. Choose a folder you may write to."
        ) from error
    return written


def _stats(name: str, tally: _Tally) -> Any:  # noqa: ANN401 - for asdict
    return summarise(name, tally.durations, successes=tally.successes, last_24h=tally.day, last_hour=tally.hour)


def _write_entries(body: IO[bytes], entries: Iterable[MetricEntry], now: float) -> tuple[dict[str, _Tally], int]:
    tallies: dict[str, _Tally] = {}
    written = 0
    for entry in entries:
        tallies.setdefault(entry.operation, _Tally()).add(entry, now)
        try:
            text = json.dumps(as_json(entry), ensure_ascii=False, allow_nan=False)
        except ValueError:  # a number in a foreign line that no JSON reader would take
            text = json.dumps(clean_metadata(as_json(entry)), ensure_ascii=False)
        body.write(f"{',' if written else ''}\n    {text}".encode())
        written += 1
    return tallies, written


def _write_whole(path: Path, opening: str, body: IO[bytes], closing: str) -> None:
    part = path.with_name(f".{path.name}.{secrets.token_hex(4)}.part")
    handle = os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL, FILE_MODE)
    try:
        with os.fdopen(handle, "wb") as target:
            target.write(opening.encode())
            body.seek(0)
            while block := body.read(_BLOCK):
                target.write(block)
            target.write(closing.encode())
            target.flush()
            os.fsync(target.fileno())
        part.replace(path)
    except BaseException:
        with suppress(OSError):
            part.unlink()
        raise
