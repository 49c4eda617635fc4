"""Puts the story into a directory of measurements."""

from __future__ import annotations

import shutil
from typing import TYPE_CHECKING

from bot.demo.story import tell
from utils.performance_metrics import PerformanceMetrics

if TYPE_CHECKING:
    from pathlib import Path

_AT_ONCE = 2_000
MARK = "demo.txt"
_MARK_TEXT = "The measurements here are made up: `ddc-perf demo` wrote them, and may write them anew.\n"


class NotOurs(Exception):  # noqa: N818 - it names what it is about
    """A directory that holds measurements, and not those of a demonstration: it is left alone.

    Args:
        directory: Which.
    """

    def __init__(self, directory: Path) -> None:
        super().__init__(
            f"{directory} holds measurements that no demonstration made. Choose another --directory, or remove it."
        )


def fill(directory: Path, now: float, *, fresh: bool = False) -> int:
    """Have the story in a directory; blocks.

    Args:
        directory: Where; made when it is not there.
        now: When the story ends, in seconds since the epoch.
        fresh: Tell it anew although it is there.

    Returns:
        How many measurements were written; 0 when they were there.

    Raises:
        NotOurs: There is something else.
        OSError: It can't be written.
    """
    if directory.exists() and any(directory.iterdir()):
        if not (directory / MARK).exists():
            raise NotOurs(directory)
        if not fresh:
            return 0
        shutil.rmtree(directory)
    directory.mkdir(parents=True, exist_ok=True)
    (directory / MARK).write_text(_MARK_TEXT, encoding="utf-8")
    metrics = PerformanceMetrics(directory)
    calls = sorted((call for call in tell(now) if call.end <= now), key=lambda call: call.end)
    for number, call in enumerate(calls):
        metrics.record(call.operation, call.duration, success=call.success, metadata=call.metadata, end_time=call.end)
        if not number % _AT_ONCE:
            metrics.flush()
    metrics.close()
    return len(calls)
