"""Does for the index, in the background, what no question should wait for.

Rules:
- there is a thread only while there is something to do: what is not read yet is loaded, hours that are over are put
  in order, what is too much is folded, and now and then a checkpoint is written;
- it holds the index's lock for one small step at a time, and sleeps a little between, so that neither questions nor an
  event loop wait for it;
- who needs everything loaded helps with it in his own thread;
- whatever fails other than the disk, a question too, may have left the index half done: it is begun anew from the file.
  The first time is logged, and after any other it rests a while, so that a fault that stays does not keep a processor
  busy, nor take what is known from other questions again and again.
"""

from __future__ import annotations

import logging
import os
import threading
import time
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING, TypeVar

from utils.metrics.engine import checkpoint
from utils.metrics.engine.breath import Breath

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from utils.metrics.engine.index import Index

_T = TypeVar("_T")
_UNSAVED_SHARE = 16
_PATIENCE = 60.0
"""Seconds until what could not be done is tried again."""
_FOLDS_AT_ONCE = 1
_logger = logging.getLogger(__name__)


class Keeper:
    """The thread, when there is one.

    Args:
        index: what it keeps.
        lock: guards the index.
        path: the file of the measurements.
    """

    def __init__(self, index: Index, lock: threading.Lock, path: Path) -> None:
        self._index = index
        self._lock = lock
        self._path = path
        # One step at a time, whoever takes it. It is asked for before the index's lock, never after.
        self._work = threading.Lock()
        self._thread: threading.Thread | None = None
        self._stopping = False
        self._retry_at = 0.0
        self._failures = 0
        self._rest_until = 0.0

    def wake(self) -> None:
        """See to it that the thread runs, if there is something to do; the index's lock is held."""
        if self._thread is not None and self._thread.is_alive():
            return
        if time.monotonic() < self._rest_until:
            return
        if (
            self._index.has_outdated
            or self._index.gaps
            or self._index.store.untidy
            or self._index.store.crowded
            or self._is_unsaved()
        ):
            self._stopping = False
            self._thread = threading.Thread(target=self._run, name="metrics-index", daemon=True)
            try:
                self._thread.start()
            except RuntimeError:  # no more threads, or the interpreter is ending
                self._thread = None

    def _is_unsaved(self) -> bool:
        index = self._index
        grown = index.size - index.saved
        least = max(index.sizes.unsaved, index.size // _UNSAVED_SHARE) if index.saved else index.sizes.checkpoint
        return grown >= least and not index.mid_line and time.monotonic() >= self._retry_at

    def _run(self) -> None:
        breathe = Breath()
        # Whoever asks next is told of a disk that refuses, finds the index begun anew, and wakes us again.
        with suppress(Exception), self._mending():
            while not self._stopping:
                self._close_outdated()
                if self._step(breathe) or self._tidy(breathe):
                    breathe()
                elif self._is_done():
                    return
                elif not self._index.gaps:
                    self._save()
        with self._lock:
            self._thread = None

    @contextmanager
    def _mending(self) -> Iterator[None]:
        """Begin the index anew when anything but the disk fails; the lock is not held."""
        try:
            yield
        except OSError:
            raise
        except Exception as error:
            self._begin_anew(error)
            raise

    def _begin_anew(self, error: Exception) -> None:
        """Begin the index anew because of an error; the lock is not held."""
        with self._lock:
            self._index.begin_anew()
            self._rest_until = time.monotonic() + _PATIENCE if self._failures else 0.0
            self._failures += 1
            first = self._failures == 1
        if first:
            _logger.error("The index of %s failed, and is made anew from the file.", self._path, exc_info=error)

    def answered(self, question: Callable[[], _T]) -> _T:
        """Answer a question; when it fails on the index, once more on the index begun anew.

        Args:
            question: takes the lock by itself, and can be asked twice.

        Raises:
            Exception: what it raised: OSError at once; any other the second time, or while it is too soon after the
                last failure to begin anew again.
        """
        failures = self._failures
        try:
            return question()
        except OSError:
            raise
        except Exception as error:
            # Else it was begun anew meanwhile: by the question itself, which helped with the loading, or by another.
            if self._failures == failures:
                if time.monotonic() < self._rest_until:
                    raise
                self._begin_anew(error)
        return question()

    def _is_done(self) -> bool:
        """Say whether nothing is left to do, and if so make room for another thread."""
        with self._lock:
            if self._index.gaps or self._is_unsaved():
                return False
            self._thread = None
            return True

    def _close_outdated(self) -> None:
        with self._lock:
            outdated = self._index.outdated()
        for descriptor in outdated:
            os.close(descriptor)

    def _step(self, breathe: Breath) -> bool:
        """Load a piece; False when there is none left.

        Raises:
            OSError: the file can't be read.
        """
        with self._work:
            with self._lock:
                claim = self._index.claim()
            if claim is None:
                return False
            try:
                begin, piece = self._index.load(claim, breathe)
            except OSError:
                with self._lock:
                    self._index.refresh()
                    if self._index.generation == claim.generation:
                        raise
                return True
            finally:
                os.close(claim.descriptor)
            with self._lock:
                self._index.merge(claim, begin, piece)
            while not self._shrink():
                breathe()
        return True

    def _shrink(self) -> bool:
        """Fold some hours; True when no more need be."""
        with self._lock:
            return self._index.store.shrink(_FOLDS_AT_ONCE)

    def _tidy(self, breathe: Breath) -> bool:
        """Fold some hours, or put one in order; False when there is nothing to do."""
        if not self._shrink():
            return True
        with self._lock:
            return self._index.store.tidy(breathe)

    def _save(self) -> bool:
        self._retry_at = time.monotonic() + _PATIENCE
        with suppress(OSError):
            if checkpoint.write(self._index, self._lock, self._path):
                self._retry_at = 0.0
                return True
        return False

    def load_piece(self) -> None:
        """Load the newest piece of what is not loaded.

        Raises:
            OSError: the file can't be read.
        """
        with self._mending():
            self._step(Breath())

    def load(self, deadline: float) -> bool:
        """Load all there is, and keep the memory limit.

        Args:
            deadline: by the monotonic clock.

        Returns:
            False when time ran out.

        Raises:
            OSError: the file can't be read.
        """
        breathe = Breath()
        with self._mending():
            while self._step(breathe) or not self._shrink():
                if time.monotonic() >= deadline:
                    return False
                breathe()
        return True

    def close(self, timeout: float) -> None:
        """End the thread, and write a checkpoint if it is worth while; the index's lock is not held.

        Args:
            timeout: seconds to wait for the thread and to put things in order.
        """
        deadline = time.monotonic() + timeout
        self._stopping = True
        thread = self._thread
        if thread is not None and thread is not threading.current_thread():
            with suppress(RuntimeError):  # it is just being started
                thread.join(timeout)
        index = self._index
        if index.size - index.saved >= index.sizes.unsaved_at_close and not index.gaps:
            with suppress(Exception), self._mending():
                # In order first: what is saved out of order would have to be put in order at every start.
                breathe = Breath()
                while self._tidy(breathe) and time.monotonic() < deadline:
                    breathe()
                self._save()
