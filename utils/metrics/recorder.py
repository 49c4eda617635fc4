"""Takes measurements from the measured code in memory, and brings them to the file in the background.

Rules:
- a measurement costs the measured code an append to a deque and a look at a flag (`Intake`): no lock, no I/O. A
  destructor or signal handler may measure in the middle of it;
- one daemon thread, started by the first measurement, writes what has come in every `INTERVAL` seconds, in slices of
  `SLICE` with a breath between, so that a backlog never keeps the event loop from the interpreter's lock;
- who measures faster than that for long is held up, a moment at a time, once `CROWDED` measurements wait: nothing is
  lost on a disk that works, and memory is bounded. Nobody is held up for a disk that hangs or refuses;
- when the disk refuses, lines wait in a bounded `Backlog`, and it is tried again every `RETRY` seconds; when it hangs,
  at most `MAX_BUFFER` measurements wait and what comes in within one interval. The oldest are dropped, and counted;
- moments are told by the wall clock as it was when the measurement was collected, not when its line went to the disk;
- a fork leaves the child with nothing of its parent's: what waits there is the parent's to write;
- what waits when the interpreter exits, or a child of multiprocessing ends, is written by an exit handler. A signal
  that kills (SIGKILL, SIGTERM without a handler) runs none: it costs at most what came in within the last intervals.
  Programs that want to lose nothing to SIGTERM turn it into an orderly exit, for which
  ``signal.signal(signal.SIGTERM, lambda *_: sys.exit())`` is enough.
"""

from __future__ import annotations

import logging
import sys
import threading
import time
import weakref
from collections import deque
from contextlib import suppress
from queue import Empty, SimpleQueue
from typing import TYPE_CHECKING

from utils.metrics.appender import Appender
from utils.metrics.backlog import Backlog
from utils.metrics.clock import WallOffset
from utils.metrics.encoder import Encoder
from utils.metrics.intake import Intake
from utils.metrics.sanitise import clean_name

if TYPE_CHECKING:
    from pathlib import Path

    from utils.metrics.clock import Clock
    from utils.metrics.model import Record

INTERVAL = 0.04
SLICE = 500
RETRY = 0.5
CROWDED = 50_000
_CROWDED_SLICE = 4 * SLICE
MAX_BUFFER = 100_000
_WRITE_BYTES = 2**18
_BREATH = 0.001
_HOLD_UP = 0.0005
_HANGING = 0.1
"""Seconds without a sign of the writer, after which nobody is held up for it."""
_IDLE_ROUNDS = 25
_LOCK_WAIT = 5.0
_EXIT_WAIT = 5.0
_logger = logging.getLogger(__name__)


class Recorder:
    """The way of a measurement from the measured code to the file at `path`.

    Attributes:
        intake: where measurements are left.
        last_write: when lines last went to the file, seconds since the epoch.
        last_error: why writing fails now.
    """

    def __init__(self, path: Path, clock: Clock) -> None:
        self._path = path
        self._clock = clock
        self._buffer: deque[Record] = deque()
        self.intake = Intake(clock.monotonic, self._buffer.append, self._look)
        self.reset()

    def reset(self) -> None:
        """Begin with nothing: at first, and in the child of a fork."""
        self._buffer = deque()
        self.intake.append = self._buffer.append
        self.intake.careful = True
        self._asleep = True
        # On their way from the buffer to the waiting lines.
        self._taken: list[Record] = []
        self._waiting = Backlog()
        self._appender = Appender(self._path)
        self._encoder = Encoder()
        self._offset = WallOffset(self._clock)
        # Guards all below the buffer. Whoever holds it may be in the disk; the measured code never asks for it.
        self._lock = threading.Lock()
        self._starting = threading.Lock()
        self._wake: SimpleQueue[bool] = SimpleQueue()
        self._thread: threading.Thread | None = None
        self._overflow: dict[int, int] = {}
        self._moved_at = self._retry_at = 0.0
        self._news: deque[tuple[int, str]] = deque()
        self.last_write: float | None = None
        self.last_error: str | None = None

    def _look(self) -> None:
        """See to what came in, in the measured code's thread: see `Intake`, and the rules."""
        if self._asleep:
            self._rouse()
        waiting = len(self._buffer)
        if waiting <= CROWDED:
            return
        if not self._asleep and self.last_error is None and time.monotonic() - self._moved_at < _HANGING:
            time.sleep(_HOLD_UP)
        elif waiting > MAX_BUFFER:
            with suppress(IndexError):
                self._buffer.popleft()
                # Each thread counts for itself, so that no two lose a count to each other.
                thread = threading.get_ident()
                self._overflow[thread] = self._overflow.get(thread, 0) + 1

    def _rouse(self) -> None:
        """Wake the thread, or start it."""
        self._asleep = False
        if self._thread is None or not self._thread.is_alive():
            # Not waited for: whoever has it is starting the thread already.
            if not self._starting.acquire(blocking=False):
                return
            try:
                # A queue of its own: a word to an older thread must not reach the new one.
                self._wake = SimpleQueue()
                self._thread = threading.Thread(
                    target=self._run, args=(self._wake,), name="metrics-writer", daemon=True
                )
                self._thread.start()
                _flush_at_the_end_of_a_child(self)
            except RuntimeError as error:  # no more threads, or the interpreter is ending
                self._thread = None
                self._asleep = True
                self.last_error = str(error)
            finally:
                self._starting.release()
        else:
            self._wake.put(True)

    def _run(self, wake: SimpleQueue[bool]) -> None:
        try:
            self._work(wake)
        finally:
            if self._wake is wake:
                self._thread = None
            self.intake.careful = self._asleep = True

    def _work(self, wake: SimpleQueue[bool]) -> None:
        quiet = 0
        while True:
            if quiet < _IDLE_ROUNDS:
                # Whoever measures while we pause need not look: we do, after it.
                self.intake.careful = self._wake is not wake
                try:
                    go_on = wake.get(timeout=INTERVAL)
                except Empty:
                    go_on = True
                self.intake.careful = True
            else:
                # From here on we are woken; what came in just before anybody could know is looked for first.
                self._asleep = True
                go_on = True if self._buffer or self._waiting else wake.get()
                self._asleep = False
                quiet = 0
            if not go_on:
                return
            quiet = quiet + 1 if not self._buffer and not self._waiting else 0
            try:
                self._write_all()
            except Exception as error:  # noqa: BLE001 - the thread must live; health() tells
                self.last_error = f"{type(error).__name__}: {error}"

    def _write_all(self) -> None:
        """Write what there is, slice by slice; give up until the next round when the disk refuses."""
        self._moved_at = time.monotonic()
        with self._lock:
            self._offset.look()
        while self._buffer or self._waiting:
            with self._lock:
                self._collect()
                written = time.monotonic() >= self._retry_at and self._write_some(_LOCK_WAIT)
            self._tell()
            # What comes in meanwhile has time until the next round.
            if len(self._buffer) < SLICE and not (written and self._waiting):
                return
            if len(self._buffer) <= CROWDED:
                time.sleep(_BREATH)

    def _collect(self) -> None:
        """Make lines of a slice of the buffer."""
        offset, records = self._offset.look(), self._taken
        waiting = len(self._buffer)
        # When somebody is held up, what counts is that the way to the disk, where others take their turn, is rare.
        count = min(SLICE if waiting <= CROWDED else _CROWDED_SLICE, waiting)
        with suppress(IndexError):  # somebody else dropped what was there
            records.extend(self._buffer.popleft() for _ in range(count))
        if records:
            self._waiting.add(self._encoder.encode(records, offset))
            records.clear()
        self._moved_at = time.monotonic()

    def _write_some(self, timeout: float) -> bool:
        """Write the oldest waiting lines; False when the disk refused or there were none."""
        lines = self._waiting.first(_WRITE_BYTES)
        if not lines:
            return False
        try:
            self._waiting.remove(self._appender.append(lines, timeout))
        except OSError as error:
            self._appender.close()
            self._retry_at = time.monotonic() + RETRY
            if self.last_error is None:
                self._news.append((logging.WARNING, f"can't be written: {error}. They wait in memory."))
            self.last_error = str(error)
            return False
        if self.last_error is not None:
            self._news.append((logging.INFO, f"are written again; {self.dropped} were dropped since the start."))
        self.last_error = None
        self.last_write = self._clock.wall()
        self._moved_at = time.monotonic()
        return True

    def _tell(self) -> None:
        """Log what happened, outside of the lock: a log handler may measure or read metrics itself."""
        while self._news:
            level, text = self._news.popleft()
            _logger.log(level, "The performance metrics in %s %s", self._path, text)

    def flush(self, timeout: float) -> bool:
        """Write everything that was put before the call, in the calling thread.

        Args:
            timeout: seconds.

        Returns:
            False when the disk refused or time ran out; what is left stays, to be written later.
        """
        deadline = time.monotonic() + timeout
        if not self._lock.acquire(timeout=max(0.0, timeout)):
            return False
        try:
            taking = True
            # As many rounds as what is there now needs: others may put more all the while.
            for _ in range(len(self._buffer) // SLICE + 1):
                self._collect()
                if taking and self._waiting:
                    taking = self._write_some(max(0.0, deadline - time.monotonic()))
            while taking and self._waiting:
                taking = self._write_some(max(0.0, deadline - time.monotonic()))
            return not self._waiting
        finally:
            self._lock.release()
            self._tell()

    def settle(self, timeout: float) -> tuple[list[bytes], int | None]:
        """Prepare for a read: bring everything to the file, or else say what is missing there.

        Args:
            timeout: seconds to try.

        Returns:
            The lines that are not in the file yet, and how many of the file's bytes go with them (None: all there are).
        """
        if self.flush(timeout) or not self._lock.acquire(timeout=timeout):
            return [], None
        try:
            try:
                size = self._path.stat().st_size
            except OSError:
                size = 0
            return self._waiting.all(), size
        finally:
            self._lock.release()

    def close(self, timeout: float) -> bool:
        """Flush, end the thread and give the file back. A later measurement starts them anew."""
        deadline = time.monotonic() + timeout
        thread, self._thread = self._thread, None
        self._wake.put(False)
        if thread is not None and thread is not threading.current_thread():
            with suppress(RuntimeError):  # another thread is just about to start it
                thread.join(max(0.0, deadline - time.monotonic()))
        done = self.flush(max(0.0, deadline - time.monotonic()))
        if self._lock.acquire(timeout=max(0.0, deadline - time.monotonic())):
            try:
                self._appender.close()
            finally:
                self._lock.release()
        return done

    def abandon_descriptor(self) -> None:
        """Close the child's copy of the file after a fork, without touching the parent's lock on it."""
        self._appender.close()

    @property
    def pending(self) -> int:
        """Measurements that are not in the file yet."""
        return len(self._buffer) + len(self._taken) + self._waiting.lines

    @property
    def dropped(self) -> int:
        """Measurements given up since the start."""
        return self._waiting.dropped + self._encoder.failed + sum(list(self._overflow.values()))

    def names(self) -> set[str]:
        """Return the operations measured by this process so far."""
        waiting = {record[0] for record in [*self._buffer, *self._taken] if type(record[0]) is str}
        return self._encoder.names.union(map(clean_name, waiting))


def _flush_late(recorder: weakref.ref[Recorder]) -> None:
    found = recorder()
    if found is not None:
        found.flush(_EXIT_WAIT)


def _flush_at_the_end_of_a_child(recorder: Recorder) -> None:
    """Have what waits written when a process that multiprocessing started ends: it runs no exit handlers."""
    process, util = sys.modules.get("multiprocessing.process"), sys.modules.get("multiprocessing.util")
    if process is not None and util is not None and process.parent_process() is not None:
        util.Finalize(recorder, _flush_late, args=(weakref.ref(recorder),), exitpriority=-100)
