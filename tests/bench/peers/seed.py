"""The way of the program that ours took over from, written anew from its description: it opens the file for every call.

A call is a dictionary of open starts, the wall clock, ``json.dumps`` and open, append, close. Every question reads the
whole file.
"""

from __future__ import annotations

import json
import time
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

HOUR = 3_600.0
DAY = 86_400.0


@dataclass
class Entry:
    """A line of its file."""

    operation: str
    start_time: float
    end_time: float
    duration: float
    success: bool
    timestamp: str
    metadata: dict[str, Any]


class Seed:
    """Keeps measurements in the file at `path`, its way."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._started: dict[str, float] = {}

    @contextmanager
    def track(self, operation: str, metadata: dict[str, Any] | None = None) -> Iterator[None]:
        """Measure a block."""
        self._started[operation] = time.time()
        success = False
        try:
            yield
            success = True
        finally:
            self._end(operation, success, metadata or {})

    def _end(self, operation: str, success: bool, metadata: dict[str, Any]) -> None:  # noqa: FBT001 - as it was
        end = time.time()
        start = self._started.pop(operation)
        stamp = time.strftime("%Y-%m-%dT%H:%M:%S", time.localtime(end))
        fields = {
            "operation": operation,
            "start_time": start,
            "end_time": end,
            "duration": end - start,
            "success": success,
            "timestamp": stamp,
            "metadata": metadata,
        }
        with self._path.open("a", encoding="utf-8") as file:
            file.write(json.dumps(fields) + "\n")

    def stats(self, hours: float) -> dict[str, tuple[float, ...]]:
        """Read the whole file and sum it up by operation.

        Returns:
            Calls, successes, least, most, mean, p50, p95, p99, calls of the last day, calls of the last hour.
        """
        now = time.time()
        by_operation: dict[str, list[Entry]] = {}
        for entry in self._read():
            by_operation.setdefault(entry.operation, []).append(entry)
        answer = {}
        for operation, entries in by_operation.items():
            within = [entry for entry in entries if entry.end_time >= now - hours * HOUR]
            if not within:
                continue
            durations = sorted(entry.duration for entry in within)
            answer[operation] = (
                len(within),
                sum(1 for entry in within if entry.success),
                durations[0],
                durations[-1],
                sum(durations) / len(durations),
                *(percentile(durations, share) for share in (0.50, 0.95, 0.99)),
                sum(1 for entry in entries if entry.end_time >= now - DAY),
                sum(1 for entry in entries if entry.end_time >= now - HOUR),
            )
        return answer

    def recent(self, operation: str, limit: int) -> list[Entry]:
        """Read the whole file, cut it to the last lines, then look for the operation, as it did."""
        with self._path.open(encoding="utf-8") as file:
            lines = file.readlines()[-limit:]
        found = [Entry(**json.loads(line)) for line in reversed(lines)]
        return [entry for entry in found if entry.operation == operation]

    def _read(self) -> Iterator[Entry]:
        with self._path.open(encoding="utf-8") as file:
            for line in file:
                yield Entry(**json.loads(line))


def percentile(ordered: list[float], share: float) -> float:
    """Interpolate at rank ``(n - 1) * share`` of sorted values."""
    rank = (len(ordered) - 1) * share
    below = int(rank)
    above = min(below + 1, len(ordered) - 1)
    return ordered[below] + (ordered[above] - ordered[below]) * (rank - below)
