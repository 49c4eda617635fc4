"""The plain way to remove old lines: read each, write those that stay to a new file, put it in place of the old."""

from __future__ import annotations

import json
import os
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path


def rewrite(path: Path, cutoff: float) -> int:
    """Remove what ended before `cutoff`, seconds since the epoch; what is appended meanwhile is lost."""
    removed = 0
    new = path.with_suffix(".new")
    with path.open(encoding="utf-8") as old, new.open("w", encoding="utf-8") as kept:
        for line in old:
            if json.loads(line)["end_time"] >= cutoff:
                kept.write(line)
            else:
                removed += 1
        kept.flush()
        os.fsync(kept.fileno())
    new.replace(path)
    return removed


def copy_second_half(path: Path) -> int:
    """Copy the second half of the bytes to a new file in the kernel and wait for the disk: what no cleanup can beat.

    Returns:
        How many bytes.
    """
    size = path.stat().st_size
    new = path.with_suffix(".half")
    with path.open("rb") as old, new.open("wb") as kept:
        offset = size // 2
        while offset < size:
            offset += os.sendfile(kept.fileno(), old.fileno(), offset, size - offset)
        os.fsync(kept.fileno())
    return size - size // 2
