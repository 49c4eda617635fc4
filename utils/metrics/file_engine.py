"""The engine that keeps measurements in one file of JSON lines.

`Recorder` brings them in, `Index` knows what is there, `Keeper` looks after the index in the background.

Locks: writes hold the recorder's, and for moments the file's, reads the index's. Nobody who holds the index's waits for
another, and what comes in needs none. A question first has everything written that was put before it; when the disk
refuses, what waits in memory is answered from there.
"""

from __future__ import annotations

import atexit
import functools
import heapq
import math
import os
import threading
import time
import weakref
from contextlib import contextmanager, suppress
from itertools import islice
from operator import attrgetter
from typing import TYPE_CHECKING, Concatenate, NamedTuple, ParamSpec, TypeVar

from utils.metrics import rewrite
from utils.metrics.codec import decode, numbers
from utils.metrics.engine import cut, lists
from utils.metrics.engine.answer import statistics
from utils.metrics.engine.breath import Breath
from utils.metrics.engine.index import Index
from utils.metrics.engine.keeper import Keeper
from utils.metrics.engine.sampling import columns_of
from utils.metrics.engine.sizes import NORMAL, Sizes
from utils.metrics.engine.stream import Stream
from utils.metrics.errors import StorageError
from utils.metrics.model import CleanupPreview, Health, Numbers
from utils.metrics.recorder import Recorder
from utils.metrics.samples import FAILED, MOST_LOOKED_AT, Samples
from utils.metrics.tally import ending_of

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable, Iterator
    from pathlib import Path

    from utils.metrics.clock import Clock
    from utils.metrics.engine.cut import Cut
    from utils.metrics.model import MetricEntry, MetricStats

FILE_NAME = "performance_metrics.jsonl"
_SETTLE = 1.0
"""Seconds a question waits for the disk to take what is pending."""
_LOAD = 600.0
"""Seconds a question that needs the whole file waits for it to be loaded."""
_TRIES = 5
_EXIT_WAIT = 5.0
_engines: weakref.WeakSet[FileEngine] = weakref.WeakSet()
_by_end = attrgetter("end_time")
_P = ParamSpec("_P")
_T = TypeVar("_T")


class _Present(NamedTuple):
    """What there is at the moment of a question."""

    names: list[str]
    """The operations it is about."""
    waiting: list[MetricEntry]
    """Their entries that the disk has not taken, oldest end first."""


class _Known(NamedTuple):
    """What `Health` tells of the index."""

    state: str
    entries: int
    corrupt: int
    memory: int
    folded: int


def _question(ask: Callable[Concatenate[FileEngine, _P], _T]) -> Callable[Concatenate[FileEngine, _P], _T]:
    """Have a method answer on the index begun anew when it fails on a broken one, and tell when the file can't be read.

    Args:
        ask: the method. It may run twice.
    """

    @functools.wraps(ask)
    def asked(self: FileEngine, /, *arguments: _P.args, **named: _P.kwargs) -> _T:
        try:
            return self._keeper.answered(functools.partial(ask, self, *arguments, **named))
        except OSError as error:
            raise StorageError(
                f"The metrics file {self.path} can't be read: {error.strerror or error}. "
                "Check that it belongs to the user the program runs as."
            ) from error

    return asked


class FileEngine:
    """Keeps measurements in a file; implements `utils.metrics.port.Engine`.

    Args:
        directory: where the file is.
        clock: where time comes from.
        memory_limit: bytes the index may take; None for as many as it needs.
        sizes: from what sizes on what is done.
    """

    def __init__(self, directory: Path, clock: Clock, memory_limit: int | None = None, sizes: Sizes = NORMAL) -> None:
        # Absolute: the program may change its working directory.
        self.path = directory.absolute() / FILE_NAME
        self._recorder = Recorder(self.path, clock)
        self._index = Index(self.path, memory_limit, sizes)
        self._index_lock = threading.Lock()
        self._keeper = Keeper(self._index, self._index_lock, self.path)
        self._file_names: frozenset[str] = frozenset()
        self.intake = self._recorder.intake
        _engines.add(self)

    def forked(self) -> None:
        """Begin anew in the child of a fork: nothing that waits, open files or held locks are the parent's."""
        self._recorder.abandon_descriptor()
        self._recorder.reset()
        self._index.close()
        self._index = self._index.anew()
        self._index_lock = threading.Lock()
        self._keeper = Keeper(self._index, self._index_lock, self.path)

    @contextmanager
    def _fresh(
        self, operation: str | None = None, exclude: Collection[str] = (), *, whole: bool = False
    ) -> Iterator[_Present]:
        """Hold the index, up to date, for a question about `operation`, or about all but those in `exclude`.

        Args:
            operation: one name; None for all.
            exclude: names to leave out when all are asked for.
            whole: have all of the file loaded first, not just its end.

        Raises:
            OSError: the file can't be read.
        """
        if whole:
            self._load(time.monotonic() + _LOAD)
        waiting = self._hold()
        try:
            names = self._index.store.names()
            self._file_names = frozenset(names)
            names.update(entry.operation for entry in waiting)
            wanted = [name for name in sorted(names) if operation in (None, name)]
            if operation is None and exclude:
                wanted = [name for name in wanted if name not in exclude]
            yield _Present(wanted, [entry for entry in waiting if entry.operation in wanted])
        finally:
            self._index_lock.release()

    def _hold(self) -> list[MetricEntry]:
        """Take the index's lock, with the index up to date; return what the disk has not taken, oldest end first.

        Raises:
            OSError: the file can't be read; the lock is not held.
        """
        for attempt in range(_TRIES):
            lines, size = self._recorder.settle(_SETTLE)
            self._index_lock.acquire()
            try:
                self._index.refresh(size)
                last = attempt == _TRIES - 1
                # Either may come from another thread meanwhile: a file much longer than we know, of which nothing is
                # loaded yet, or lines that were waiting a moment ago and are in the index already.
                untouched, ahead = self._index.untouched, size is not None and self._index.size > size
                if last or not (untouched or ahead):
                    self._keeper.wake()
                    entries = (entry for line in lines if (entry := decode(line)) is not None)
                    return sorted(entries, key=_by_end)
            except BaseException:
                self._index_lock.release()
                raise
            self._index_lock.release()
            if untouched:
                self._keeper.load_piece()
        raise AssertionError("not reached")

    def _load(self, deadline: float) -> bool:
        """Have all of the file loaded; False when there was not enough time."""
        with self._index_lock:
            self._index.refresh()
            self._keeper.wake()
        return self._keeper.load(deadline)

    @_question
    def wait_until_loaded(self, timeout: float) -> bool:
        """See `Engine.wait_until_loaded`."""
        return self._load(time.monotonic() + timeout)

    # Questions

    @_question
    def stats(self, operation: str | None, since: float, now: float) -> dict[str, MetricStats]:
        """See `Engine.stats`."""
        answers = {}
        breathe = Breath()
        with self._fresh(operation) as (names, waiting):
            for name in names:
                mine = [entry for entry in waiting if entry.operation == name] if waiting else []
                answer = statistics(self._index.store, name, mine, since, now, breathe=breathe)
                if answer is not None:
                    answers[name] = answer
                breathe()
        return answers

    @_question
    def recent(
        self, operation: str | None, limit: int, *, failures_only: bool, exclude: Collection[str] = ()
    ) -> list[MetricEntry]:
        """See `Engine.recent`."""
        with self._fresh(operation, exclude) as (names, waiting):
            places = lists.newest(self._index.store, names, failures_only=failures_only)
            found = list(islice(self._read_back(offset for _, offset in places), limit))
        later = [entry for entry in reversed(waiting) if not (failures_only and entry.success)]
        # The sort is stable: of equal ends, what came later stands in front.
        return sorted(later + found, key=_by_end, reverse=True)[:limit] if later else found

    @_question
    def slow(
        self, operation: str | None, since: float, threshold: float, limit: int, *, exclude: Collection[str] = ()
    ) -> list[MetricEntry]:
        """See `Engine.slow`."""
        with self._fresh(operation, exclude) as (names, waiting):
            places = lists.slowest(self._index.store, names, since, threshold, limit, breathe=Breath())
            found = list(self._read_back(offset for _, _, offset in places))
        found += [entry for entry in waiting if entry.end_time >= since and entry.duration >= threshold]
        return sorted(found, key=lambda entry: (entry.duration, entry.end_time), reverse=True)[:limit]

    def _read_back(self, offsets: Iterable[int]) -> Iterator[MetricEntry]:
        breathe = Breath()
        for offset in offsets:
            entry = self._index.entry(offset)
            if entry is not None:
                yield entry
            breathe()

    @_question
    def samples(self, operation: str, since: float, until: float) -> Samples:
        """See `Engine.samples`."""
        with self._fresh(operation) as (_, waiting):
            breathe = Breath()
            found = columns_of(self._index.store, operation, since, until, breathe)
            endings = found.successes
            # The newest first: when there are too many to look at, the oldest count as failures.
            for place, offset in found.failed[: -MOST_LOOKED_AT - 1 : -1]:
                entry = self._index.entry(offset)
                endings[place] = FAILED if entry is None else ending_of(entry)
                breathe()
        filed = Samples(found.ends, found.durations, bytes(endings))
        later = [(one.end_time, one.duration, ending_of(one)) for one in waiting if since <= one.end_time < until]
        return filed.with_more(later) if later else filed

    @_question
    def entries(self, operation: str | None, since: float) -> Iterator[MetricEntry]:
        """See `Engine.entries`."""
        with self._fresh(operation, whole=True) as (names, waiting):
            index = self._index
            stream = Stream(index.store, names, since, index.descriptor, index.size, read=decode)
        return heapq.merge(stream, [entry for entry in waiting if entry.end_time >= since], key=_by_end)

    @_question
    def numbers(self, operation: str, since: float) -> Iterator[Numbers]:
        """See `Engine.numbers`."""
        with self._fresh(operation, whole=True) as (names, waiting):
            index = self._index
            stream = Stream(index.store, names, since, index.descriptor, index.size, read=numbers)
        later = [Numbers(one.end_time, one.duration, one.metadata) for one in waiting if one.end_time >= since]
        return heapq.merge(stream, later, key=_by_end)

    def operations(self) -> list[str]:
        """See `Engine.operations`."""
        return sorted(self._file_names | self._recorder.names())

    # Upkeep

    @_question
    def preview(self, cutoff: float) -> CleanupPreview:
        """See `Engine.preview`."""
        with self._fresh(whole=True):
            return _preview(cut.plan(self._index, cutoff))

    def cleanup(self, cutoff: float) -> CleanupPreview:
        """See `Engine.cleanup`."""
        self._recorder.flush(_SETTLE)
        try:
            with rewrite.rewriting(self.path) as job:
                if job is None:
                    return CleanupPreview(0, 0, 0, cutoff)
                planned = self._keeper.answered(functools.partial(self._planned, job, cutoff))
                if planned.removed:
                    self._replace(job, planned)
                return _preview(planned)
        except OSError as error:
            raise StorageError(
                f"The metrics file {self.path} can't be cleaned up: {error.strerror or error}. Nothing was removed."
            ) from error

    def _planned(self, job: rewrite.Rewrite, cutoff: float) -> Cut:
        with self._fresh(whole=True):
            job.expect(self._index.descriptor)
            planned = cut.plan(self._index, cutoff)
            self._index.oldest_new = math.inf
        return planned

    def _replace(self, job: rewrite.Rewrite, planned: Cut) -> None:
        job.copy_without(planned.unwanted, planned.size)
        # The index's lock last and briefly: no question is to see the new file before the index knows of it.
        with job.keeping_writers_out(), self._index_lock:
            descriptor = job.replace()
            self._index.replaced(descriptor, planned)
            self._keeper.wake()
        job.sync_folder()

    def health(self) -> Health:
        """See `Engine.health`."""
        recorder = self._recorder
        known, unreadable = _Known("ready", 0, 0, 0, 0), None
        try:
            known = self._known()
        except StorageError as error:
            unreadable = error.user_message
        try:
            size = self.path.stat().st_size
        except OSError:
            size = 0
        return Health(
            entries=known.entries,
            pending=recorder.pending,
            dropped=recorder.dropped,
            corrupt_lines=known.corrupt,
            file_bytes=size,
            last_write=recorder.last_write,
            last_error=unreadable or recorder.last_error,
            path=self.path,
            index_state=known.state,
            index_bytes=known.memory,
            folded_entries=known.folded,
        )

    @_question
    def _known(self) -> _Known:
        with self._fresh():
            index, store = self._index, self._index.store
            return _Known(index.state, len(store), len(store.corrupt), store.memory, store.folds.calls)

    def flush(self, timeout: float) -> bool:
        """See `Engine.flush`."""
        return self._recorder.flush(timeout)

    def close(self, timeout: float) -> bool:
        """See `Engine.close`."""
        deadline = time.monotonic() + timeout
        done = self._recorder.close(timeout)
        with suppress(Exception):  # of what is broken or can't be read nothing is saved
            self._keeper.answered(self._catch_up)
        self._keeper.close(max(0.0, deadline - time.monotonic()))
        if self._index_lock.acquire(timeout=max(0.0, deadline - time.monotonic())):
            try:
                self._index.close()
            finally:
                self._index_lock.release()
        return done

    def _catch_up(self) -> None:
        with self._index_lock:
            if self._index.size:
                self._index.refresh()


def _preview(planned: Cut) -> CleanupPreview:
    return CleanupPreview(planned.removed, planned.kept, planned.bytes_freed, planned.cutoff)


def _flush_at_exit() -> None:
    for engine in list(_engines):
        engine.flush(_EXIT_WAIT)


def _start_anew_after_fork() -> None:
    for engine in list(_engines):
        engine.forked()


atexit.register(_flush_at_exit)
if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_start_anew_after_fork)
