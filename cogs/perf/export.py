"""Writes the entries to a file that Discord takes: JSON, CSV or JSON lines, compressed when it must be."""

from __future__ import annotations

import gzip
import shutil
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, ClassVar

from utils.metrics.format import size
from utils.metrics.outcome import Outcome
from utils.metrics.tabular import file_stem, write_csv, write_lines

from .kit import code

if TYPE_CHECKING:
    from collections.abc import Callable

    from utils.performance_metrics import PerformanceMetrics


class Format(StrEnum):
    """What a file can be written as."""

    JSON = "json"
    CSV = "csv"
    JSONL = "jsonl"


class ExportTooBig(Exception):  # noqa: N818 - it names what it is about
    """The file is over what Discord takes here.

    Args:
        full: Bytes of the file.
        packed: Bytes of it compressed.
        limit: Bytes allowed.
        operation: What was exported, None for everything.
        source: The file on the server that holds it all.
    """

    outcome: ClassVar[Outcome] = Outcome.BAD_INPUT

    def __init__(self, full: int, packed: int, limit: int, operation: str | None, source: Path) -> None:
        super().__init__(f"export of {full} bytes, {packed} compressed, limit {limit}")
        advice = (
            "Name one operation to export less"
            if operation is None
            else "Delete old entries first (`/perf cleanup`), or choose another operation"
        )
        self.user_message = (
            f"The export has {size(full)}, {size(packed)} compressed, and Discord takes {size(limit)} here. "
            f"{advice}; or take the file itself from the bot's computer: {code(str(source), 200)}."
        )


@dataclass(frozen=True, slots=True)
class Exported:
    """A file that is ready to be sent.

    Args:
        name: Its name.
        data: What it holds; never more than the limit it was made for.
        entries: How many entries that is.
        unpacked: Its size before it was compressed; None when it was not.
    """

    name: str
    data: bytes
    entries: int
    unpacked: int | None


def export(metrics: PerformanceMetrics, operation: str | None, kind: Format, limit: int) -> Exported | None:
    """Make an export; blocks. Entries go through a temporary file, so that memory holds no more than is sent.

    Args:
        metrics: Where to read.
        operation: Of one operation, None for all.
        kind: The format.
        limit: Bytes that Discord takes; a bigger file is compressed.

    Returns:
        The file, or None when there is nothing to export.

    Raises:
        ExportTooBig: Even compressed it is over the limit.
        StorageError: The metrics could not be read, or the file not be written.
    """
    with TemporaryDirectory(prefix="ddc-perf-export-") as folder:
        path = Path(folder) / f"{file_stem(operation)}.{kind.value}"
        entries = _WRITERS[kind](metrics, path, operation)
        if not entries:
            return None
        full = path.stat().st_size
        if full <= limit:
            return Exported(path.name, path.read_bytes(), entries, None)
        packed = path.with_name(path.name + ".gz")
        with path.open("rb") as plain, gzip.open(packed, "wb") as target:
            shutil.copyfileobj(plain, target, 1 << 20)
        if packed.stat().st_size > limit:
            raise ExportTooBig(full, packed.stat().st_size, limit, operation, metrics.health().path)
        return Exported(packed.name, packed.read_bytes(), entries, full)


def _write_json(metrics: PerformanceMetrics, path: Path, operation: str | None) -> int:
    return metrics.export_to_json(path, operation)


def _write_csv(metrics: PerformanceMetrics, path: Path, operation: str | None) -> int:
    with path.open("w", encoding="utf-8", newline="") as file:
        return write_csv(file, metrics.iter_entries(operation))


def _write_jsonl(metrics: PerformanceMetrics, path: Path, operation: str | None) -> int:
    with path.open("w", encoding="utf-8") as file:
        return write_lines(file, metrics.iter_entries(operation))


_WRITERS: dict[Format, Callable[[PerformanceMetrics, Path, str | None], int]] = {
    Format.JSON: _write_json,
    Format.CSV: _write_csv,
    Format.JSONL: _write_jsonl,
}
