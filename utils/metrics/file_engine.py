"""The engine that keeps measurements in one file of JSON lines: `Recorder` brings them in, `Index` knows what is there.

Locks: reads hold the index's, writes the recorder's; nobody who holds the first waits long for the second, and `put`
needs neither. A question first has everything written that was put before it; when the disk refuses, what waits in
memory is answered from there.
"""

from __future__ import annotations

import atexit
import heapq
import os
import threading
import weakref
from contextlib import contextmanager
from itertools import islice
from operator import attrgetter
from typing import TYPE_CHECKING

from utils.metrics import rewrite
from utils.metrics.codec import decode
from utils.metrics.errors import StorageError
from utils.metrics.index import Column, Index
from utils.metrics.model import CleanupPreview, Health
from utils.metrics.recorder import Recorder
from utils.metrics.stats import summarise

if TYPE_CHECKING:
    from array import array
    from collections.abc import Collection, Iterator
    from pathlib import Path

    from utils.metrics.clock import Clock
    from utils.metrics.model import MetricEntry, MetricStats

FILE_NAME = "performance_metrics.jsonl"
_SETTLE = 1.0
"""Seconds a question waits for the disk to take what is pending."""
_HOUR = 3_600.0
_DAY = 86_400.0
_EXIT_WAIT = 5.0
_engines: weakref.WeakSet[FileEngine] = weakref.WeakSet()
_by_end = attrgetter("end_time")
_by_duration = attrgetter("duration")


class FileEngine:
    """Keeps measurements in `directory`; implements `utils.metrics.port.Engine`."""

    def __init__(self, directory: Path, clock: Clock) -> None:
        # Absolute: the program may change its working directory.
        self.path = directory.absolute() / FILE_NAME
        self._recorder = Recorder(self.path, clock)
        self._index = Index(self.path)
        self._index_lock = threading.Lock()
        self._file_names: frozenset[str] = frozenset()
        self.intake = self._recorder.intake
        _engines.add(self)

    def forked(self) -> None:
        """Begin anew in the child of a fork: nothing that waits, open files or held locks are the parent's."""
        self._recorder.abandon_descriptor()
        self._recorder.reset()
        self._index.close()
        self._index_lock = threading.Lock()

    @contextmanager
    def _fresh(
        self, operation: str | None, exclude: Collection[str] = ()
    ) -> Iterator[tuple[dict[str, Column], list[MetricEntry]]]:
        """Hold the index, up to date; with the entries that the disk has not taken, oldest end first.

        Both hold `operation` alone, or when that is None all but those in `exclude`.
        """
        lines, size = self._recorder.settle(_SETTLE)
        waiting = sorted((entry for line in lines if (entry := decode(line)) is not None), key=_by_end)
        with self._index_lock:
            try:
                self._index.refresh(size)
            except OSError as error:
                raise StorageError(
                    f"The metrics file {self.path} can't be read: {error.strerror or error}. "
                    "Check that it belongs to the user the program runs as."
                ) from error
            self._file_names = frozenset(self._index.columns)
            columns = self._index.columns
            if operation is not None:
                columns = {operation: columns[operation]} if operation in columns else {}
                waiting = [entry for entry in waiting if entry.operation == operation]
            elif exclude:
                columns = {name: column for name, column in columns.items() if name not in exclude}
                waiting = [entry for entry in waiting if entry.operation not in exclude]
            yield columns, waiting

    def stats(self, operation: str | None, since: float, now: float) -> dict[str, MetricStats]:
        """See `Engine.stats`."""
        with self._fresh(operation) as (columns, waiting):
            names = sorted({*columns, *(entry.operation for entry in waiting)})
            found = {name: _select(name, columns.get(name) or Column(), waiting, since, now) for name in names}
        # Sorting the durations is the long part: it is done without the lock.
        return {
            name: summarise(name, durations, successes=successes, last_24h=day, last_hour=hour)
            for name, (durations, successes, day, hour) in found.items()
            if durations
        }

    def recent(
        self, operation: str | None, limit: int, *, failures_only: bool, exclude: Collection[str] = ()
    ) -> list[MetricEntry]:
        """See `Engine.recent`."""
        with self._fresh(operation, exclude) as (columns, waiting):
            newest_first = heapq.merge(
                *(column.backwards(failures_only=failures_only) for column in columns.values()), reverse=True
            )
            places = ((offset, length) for _, offset, length in newest_first)
            found = list(islice(self._read_back(places), limit))
        later = [entry for entry in reversed(waiting) if not (failures_only and entry.success)]
        # The sort is stable: of equal ends, what came later stands in front.
        return sorted(later + found, key=_by_end, reverse=True)[:limit]

    def slow(
        self, operation: str | None, since: float, threshold: float, limit: int, *, exclude: Collection[str] = ()
    ) -> list[MetricEntry]:
        """See `Engine.slow`."""
        with self._fresh(operation, exclude) as (columns, waiting):
            slowest = heapq.nlargest(
                limit,
                (
                    (column.durations[at], column.ends[at], column.offsets[at], column.lengths[at])
                    for column in columns.values()
                    for at in range(column.first(since), len(column))
                    if column.durations[at] >= threshold
                ),
            )
            found = list(self._read_back((offset, length) for _, _, offset, length in slowest))
        found += [entry for entry in waiting if entry.end_time >= since and entry.duration >= threshold]
        return sorted(found, key=lambda entry: (entry.duration, entry.end_time), reverse=True)[:limit]

    def _read_back(self, places: Iterator[tuple[int, int]]) -> Iterator[MetricEntry]:
        return (entry for place in places if (entry := self._index.entry(*place)) is not None)

    def entries(self, operation: str | None, since: float) -> Iterator[MetricEntry]:
        """See `Engine.entries`."""
        with self._fresh(operation) as (columns, waiting):
            runs = [
                (column.ends[first:], column.offsets[first:], column.lengths[first:])
                for column in columns.values()
                if (first := column.first(since)) < len(column)
            ]
            file = _OwnDescriptor(self._index.descriptor)
        later = [entry for entry in waiting if entry.end_time >= since]
        return heapq.merge(_stream(file, runs), later, key=_by_end)

    def operations(self) -> list[str]:
        """See `Engine.operations`."""
        return sorted(self._file_names | self._recorder.names())

    def preview(self, cutoff: float) -> CleanupPreview:
        """See `Engine.preview`."""
        with self._fresh(None) as (columns, _):
            return _preview(columns, cutoff)

    def cleanup(self, cutoff: float) -> CleanupPreview:
        """See `Engine.cleanup`."""
        self._recorder.flush(_SETTLE)
        try:
            with rewrite.rewriting(self.path) as job:
                if job is None:
                    return CleanupPreview(0, 0, 0, cutoff)
                with self._fresh(None) as (columns, _):
                    job.expect(self._index.descriptor)
                    preview = _preview(columns, cutoff)
                    size = self._index.size
                    unwanted = sorted(
                        place
                        for column in columns.values()
                        for place in zip(
                            column.offsets[: column.first(cutoff)], column.lengths[: column.first(cutoff)], strict=True
                        )
                    )
                if preview.removed:
                    job.replace_without(unwanted, size)
                return preview
        except OSError as error:
            raise StorageError(
                f"The metrics file {self.path} can't be cleaned up: {error.strerror or error}. Nothing was removed."
            ) from error

    def health(self) -> Health:
        """See `Engine.health`."""
        recorder = self._recorder
        unreadable = None
        try:
            with self._fresh(None):
                entries, corrupt = len(self._index), self._index.corrupt
        except StorageError as error:
            entries, corrupt, unreadable = 0, 0, error.user_message
        try:
            size = self.path.stat().st_size
        except OSError:
            size = 0
        return Health(
            entries=entries,
            pending=recorder.pending,
            dropped=recorder.dropped,
            corrupt_lines=corrupt,
            file_bytes=size,
            last_write=recorder.last_write,
            last_error=unreadable or recorder.last_error,
            path=self.path,
        )

    def flush(self, timeout: float) -> bool:
        """See `Engine.flush`."""
        return self._recorder.flush(timeout)

    def close(self, timeout: float) -> bool:
        """See `Engine.close`."""
        done = self._recorder.close(timeout)
        if self._index_lock.acquire(timeout=timeout):
            try:
                self._index.close()
            finally:
                self._index_lock.release()
        return done


def _select(
    name: str, column: Column, waiting: list[MetricEntry], since: float, now: float
) -> tuple[array[float], int, int, int]:
    """Return the durations in the window, how many of them succeeded, and the calls of the last day and hour."""
    mine = [entry for entry in waiting if entry.operation == name]
    first = column.first(since)
    durations = column.durations[first:]
    durations.extend(entry.duration for entry in mine if entry.end_time >= since)
    successes = column.successes.count(1, first) + sum(entry.success for entry in mine if entry.end_time >= since)
    day, hour = (
        column.calls(now - back) + sum(entry.end_time >= now - back for entry in mine) for back in (_DAY, _HOUR)
    )
    return durations, successes, day, hour


def _preview(columns: dict[str, Column], cutoff: float) -> CleanupPreview:
    cuts = [(column, column.first(cutoff)) for column in columns.values()]
    removed = sum(cut for _, cut in cuts)
    return CleanupPreview(
        removed=removed,
        kept=sum(len(column) for column, _ in cuts) - removed,
        bytes_freed=sum(sum(column.lengths[:cut]) for column, cut in cuts),
        cutoff=cutoff,
    )


class _OwnDescriptor:
    """A reader's own hold on the file as it is now: it lives as long as the reader, begun or not, finished or not."""

    def __init__(self, descriptor: int) -> None:
        self.number = os.dup(descriptor) if descriptor >= 0 else -1

    def __del__(self) -> None:
        if self.number >= 0:
            os.close(self.number)


def _stream(file: _OwnDescriptor, runs: list[tuple[array[float], array[int], array[int]]]) -> Iterator[MetricEntry]:
    """Read entries back in the order of their ends."""
    for _, offset, length in heapq.merge(*(zip(*run, strict=True) for run in runs)):
        entry = decode(os.pread(file.number, length, offset))
        if entry is not None:
            yield entry


def _flush_at_exit() -> None:
    for engine in list(_engines):
        engine.flush(_EXIT_WAIT)


def _start_anew_after_fork() -> None:
    for engine in list(_engines):
        engine.forked()


atexit.register(_flush_at_exit)
if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_start_anew_after_fork)
