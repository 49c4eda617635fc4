"""Times what a program does and answers how it went. Standard library only.

    from utils.performance_metrics import get_performance_metrics

    metrics = get_performance_metrics()

    with metrics.track("docker_operation", metadata={"container": "nginx"}) as span:
        ...
        span.add(attempts=2)


    @metrics.track("config_load")
    async def load() -> None: ...


    metrics.get_stats(last_hours=6)["config_load"].p95_duration

Measuring (`track`, `start`, `end`, `record`) stays in memory, costs less than a microsecond or so and never raises,
whatever the disk or the metadata does; a background thread writes. Questions are exact, may read the disk, and belong
in ``asyncio.to_thread`` when asked from an event loop; `get_operations` alone does not. How and what is kept, and
what a crash may cost, stands in `utils.metrics.recorder`. Needs a POSIX system (flock, pread).
"""

from __future__ import annotations

import logging
import math
import os
from itertools import takewhile
from pathlib import Path
from typing import TYPE_CHECKING

from utils.metrics.arguments import at_least_zero, begin_of, cutoff_of, end_of, limit_of
from utils.metrics.clock import Clock, SystemClock
from utils.metrics.errors import ArgumentError, MetricsError, StorageError
from utils.metrics.export import export
from utils.metrics.file_engine import FileEngine
from utils.metrics.model import CleanupPreview, Health, MetricEntry, MetricStats, Numbers
from utils.metrics.outcome import Outcome
from utils.metrics.samples import Samples
from utils.metrics.span import Span, Tracker
from utils.metrics.started import Started

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator

    from utils.metrics.port import Engine

__all__ = [
    "ArgumentError",
    "CleanupPreview",
    "Clock",
    "Health",
    "MetricEntry",
    "MetricStats",
    "MetricsError",
    "Outcome",
    "PerformanceMetrics",
    "Samples",
    "Span",
    "Started",
    "StorageError",
    "SystemClock",
    "get_performance_metrics",
]

DIRECTORY_VARIABLE = "DDC_METRICS_DIR"
DEFAULT_DIRECTORY = Path("data/metrics")
MEMORY_VARIABLE = "DDC_METRICS_MEMORY_MB"
_logger = logging.getLogger(__name__)


class PerformanceMetrics(Tracker):
    """Measures, and answers; one for each directory of measurements.

    Args:
        directory: where ``performance_metrics.jsonl`` is kept; made when the first measurement is written, the file
            readable by the owner's group (mode 640 less the umask).
        clock: where time comes from.
        engine: what keeps the measurements; None for the file in `directory`.
        memory_limit: bytes that knowing the file's entries may take; None for about 29 an entry. Above it percentiles
            of the oldest hours are good to 1 %, see `MetricStats.approximate`. Not used when `engine` is given.
    """

    def __init__(
        self,
        directory: Path,
        *,
        clock: Clock | None = None,
        engine: Engine | None = None,
        memory_limit: int | None = None,
    ) -> None:
        self._clock: Clock = SystemClock() if clock is None else clock
        self._engine: Engine = FileEngine(directory, self._clock, memory_limit) if engine is None else engine
        super().__init__(self._engine.intake)

    @property
    def path(self) -> Path:
        """The file of the measurements, absolute. An event loop may ask."""
        return self._engine.path

    def get_stats(self, operation: str | None = None, last_hours: float | None = 24) -> dict[str, MetricStats]:
        """Sum up the calls of a window.

        Args:
            operation: one name, None for all.
            last_hours: how far back, by the end of the call; None for everything kept.

        Returns:
            Statistics by operation; an operation without a call in the window is left out.

        Raises:
            ArgumentError: a ValueError; `last_hours` is not above 0.
            StorageError: the file can't be read.
        """
        now = self._clock.wall()
        return self._engine.stats(operation, begin_of(last_hours, now), now)

    def get_recent_metrics(
        self,
        operation: str | None = None,
        limit: int = 50,
        *,
        failures_only: bool = False,
        exclude: Collection[str] = (),
    ) -> list[MetricEntry]:
        """Return the last calls, newest first.

        Args:
            operation: one name, None for all.
            limit: the most entries of those asked for.
            failures_only: leave successes out.
            exclude: operations to leave out when all are asked for.

        Raises:
            ArgumentError: a ValueError; `limit` is below 1.
            StorageError: the file can't be read.
        """
        return self._engine.recent(operation, limit_of(limit), failures_only=failures_only, exclude=exclude)

    def get_slow_metrics(
        self,
        operation: str | None = None,
        last_hours: float | None = 24,
        threshold: float | None = None,
        limit: int = 50,
        *,
        exclude: Collection[str] = (),
    ) -> list[MetricEntry]:
        """Return the slowest calls of a window, slowest first.

        Args:
            operation: one name, None for all.
            last_hours: how far back; None for everything kept.
            threshold: seconds a call must have taken; None for any.
            limit: the most entries.
            exclude: operations to leave out when all are asked for.

        Raises:
            ArgumentError: a ValueError; a number makes no sense.
            StorageError: the file can't be read.
        """
        least = -math.inf if threshold is None else at_least_zero("threshold", threshold, "seconds, 0 or more")
        since = begin_of(last_hours, self._clock.wall())
        return self._engine.slow(operation, since, least, limit_of(limit), exclude=exclude)

    def get_samples(self, operation: str, start: float, end: float | None = None) -> Samples:
        """Return an operation's calls between two moments as bare columns, for analysis; exact.

        Args:
            operation: its name.
            start: seconds since the epoch, included.
            end: the same, not included; None for now.

        Returns:
            Its calls in the order of their ends; none when there were none.

        Raises:
            ArgumentError: a ValueError; a moment is no number.
            StorageError: the file can't be read.
        """
        return self._engine.samples(operation, start, end_of(start, end))

    def iter_entries(self, operation: str | None = None, last_hours: float | None = None) -> Iterator[MetricEntry]:
        """Go through the entries of a window, oldest first, without holding them in memory.

        Args:
            operation: one name, None for all.
            last_hours: how far back; None for everything kept.

        Returns:
            The entries as they were when this was called.

        Raises:
            ArgumentError: a ValueError; `last_hours` is not above 0.
            StorageError: the file can't be read.
        """
        return self._engine.entries(operation, begin_of(last_hours, self._clock.wall()))

    def iter_numbers(self, operation: str, start: float, end: float | None = None) -> Iterator[Numbers]:
        """Go through what a reader of numbers needs of an operation's calls between two moments, oldest first.

        Args:
            operation: its name.
            start: seconds since the epoch, included.
            end: the same, not included; None for all that there is.

        Returns:
            The calls as they were when this was called. Texts in their metadata may hold secrets: take numbers alone.

        Raises:
            ArgumentError: a ValueError; a moment is no number.
            StorageError: the file can't be read.
        """
        until = end_of(start, end)
        return takewhile(lambda call: call.end_time < until, self._engine.numbers(operation, start))

    def get_operations(self) -> list[str]:
        """Return the names known now, sorted: those measured by this process and those seen by the last question.

        From memory alone, so an event loop may call it.
        """
        return self._engine.operations()

    def preview_cleanup(self, days: float = 30) -> CleanupPreview:
        """Say what `cleanup_old_metrics` would remove.

        Args:
            days: age from which entries go.

        Raises:
            ArgumentError: a ValueError; `days` is below 0.
            StorageError: the file can't be read.
        """
        return self._engine.preview(cutoff_of(days, self._clock.wall()))

    def cleanup_old_metrics(self, days: float = 30) -> int:
        """Remove the entries that ended more than `days` days ago; lines that are no entry stay.

        Args:
            days: age from which entries go.

        Returns:
            How many were removed.

        Raises:
            ArgumentError: a ValueError; `days` is below 0.
            StorageError: it could not be done; nothing was removed.
        """
        return self._engine.cleanup(cutoff_of(days, self._clock.wall())).removed

    def export_to_json(self, path: Path, operation: str | None = None) -> int:
        """Write everything kept to a JSON file, statistics first, then the entries, oldest first.

        Args:
            path: the file; its folder is made when missing, an older file is replaced in one step.
            operation: one name, None for all.

        Returns:
            How many entries were written.

        Raises:
            StorageError: it could not be read or written.
        """
        return export(Path(path), self.iter_entries(operation), operation=operation, now=self._clock.wall())

    def health(self) -> Health:
        """Say how the store is doing. May read the disk; when that fails, it says so."""
        return self._engine.health()

    def wait_until_loaded(self, timeout: float = 60.0) -> bool:
        """Wait until answers rest on all of a large file, not just on its newest part; see `Health.index_state`.

        Args:
            timeout: seconds.

        Returns:
            False when they don't yet.

        Raises:
            StorageError: the file can't be read.
        """
        return self._engine.wait_until_loaded(timeout)

    def flush(self, timeout: float = 5.0) -> bool:
        """Write what waits, within `timeout` seconds; False when not all could be written."""
        return self._engine.flush(timeout)

    def close(self, timeout: float = 5.0) -> bool:
        """Flush, and give back the thread and the files; what is measured later opens them again."""
        return self._engine.close(timeout)


_process: dict[str, PerformanceMetrics] = {}


def get_performance_metrics() -> PerformanceMetrics:
    """Return the process's metrics, made at the first call.

    They are in ``DDC_METRICS_DIR`` or else data/metrics; ``DDC_METRICS_MEMORY_MB`` limits the memory that knowing them
    takes, see `PerformanceMetrics`. What is no number above 0 there is no limit.
    """
    found = _process.get("metrics")
    if found is None:
        # Two threads may both come here; setdefault lets one win, and no lock can be held across a fork.
        directory = Path(os.environ.get(DIRECTORY_VARIABLE) or DEFAULT_DIRECTORY)
        found = _process.setdefault("metrics", PerformanceMetrics(directory, memory_limit=_memory_limit()))
    return found


def _memory_limit() -> int | None:
    """Return the bytes that the environment allows; None for no limit."""
    text = os.environ.get(MEMORY_VARIABLE) or "inf"
    try:
        megabytes = float(text)
    except ValueError:
        megabytes = math.nan
    if megabytes > 0:
        return None if math.isinf(megabytes) else int(megabytes * 1_000_000)
    _logger.warning("%s=%r is no number of megabytes above 0; there is no limit.", MEMORY_VARIABLE, text)
    return None
