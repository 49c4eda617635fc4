"""The audit's file: lines are added at its end, and it is put aside when it has grown too large.

Rules:
1. Lines are added in one write to a file that is open for appending. What was added is never changed.
2. A line that a full disk or a power cut tore off is closed before the next one is added, so it takes no other with it.
3. Above the limit the file takes the place of the one old file, and a new one begins. So both together stay near twice
   the limit.

Everything here blocks; callers in the event loop use a thread.
"""

from __future__ import annotations

import contextlib
import os
from typing import TYPE_CHECKING

from .entry import from_line

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from .entry import AuditEntry

_MODE = 0o640


def old_file(path: Path) -> Path:
    """Where the file before this one lies."""
    return path.with_name(f"{path.name}.1")


def append(path: Path, lines: bytes, limit: int) -> None:
    """Add whole lines.

    Args:
        path: The file; it and its folder are made when they are missing.
        lines: With their ends.
        limit: Bytes that the file may have.

    Raises:
        OSError: Not all of them, perhaps none, are on the disk.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    with contextlib.suppress(FileNotFoundError):
        if path.stat().st_size + len(lines) > limit:
            path.replace(old_file(path))
    handle = os.open(path, os.O_RDWR | os.O_APPEND | os.O_CREAT | os.O_CLOEXEC, _MODE)
    try:
        size = os.fstat(handle).st_size
        if size and os.pread(handle, 1, size - 1) != b"\n":
            lines = b"\n" + lines
        while lines:
            lines = lines[os.write(handle, lines) :]
    finally:
        os.close(handle)


def newest(path: Path, limit: int, wanted: Callable[[AuditEntry], bool]) -> tuple[AuditEntry, ...]:
    """Read entries, the newest first.

    Args:
        path: The file; the one before it is read, too, when this one does not hold enough.
        limit: How many at most.
        wanted: Whether an entry is to be among them.

    Raises:
        OSError: A file is there but can't be read.
    """
    found: list[AuditEntry] = []
    for entry in _backwards(path):
        if wanted(entry):
            found.append(entry)
            if len(found) >= limit:
                break
    return tuple(found)


def _backwards(path: Path) -> Iterator[AuditEntry]:
    for file in (path, old_file(path)):
        try:
            lines = file.read_bytes().splitlines()
        except FileNotFoundError:
            continue
        for line in reversed(lines):
            entry = from_line(line)
            if entry is not None:
                yield entry
