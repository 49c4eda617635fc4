"""Takes measurements from the measured code in memory, and brings them to the file in the background.

Rules:
- `put` appends to a deque and no more: no lock, no I/O. A destructor or signal handler may call it in the middle of
  itself;
- one daemon thread, started by the first measurement, writes what has come in every `INTERVAL` seconds, in slices of
  `SLICE` with a breath between, so that a backlog never keeps the event loop from the interpreter's lock;
- when the disk refuses, lines wait, at most `MAX_WAITING` of them and `MAX_WAITING_BYTES`; the oldest are dropped, and
  counted; it is tried again every `RETRY` seconds;
- a fork leaves the child with nothing of its parent's: what waits there is the parent's to write;
- what waits when the interpreter exits is written by an exit handler. A signal that kills (SIGKILL, SIGTERM without a
  handler) runs none: it costs at most what came in within the last interval. Python programs that want to lose
  nothing to SIGTERM turn it into an orderly exit. A child of multiprocessing ends without exit handlers as well: one
  that measures calls `flush` at its end.
"""

from __future__ import annotations

import logging
import threading
import time
from collections import deque
from contextlib import suppress
from queue import Empty, SimpleQueue
from typing import TYPE_CHECKING

from utils.metrics.appender import Appender
from utils.metrics.codec import encode
from utils.metrics.sanitise import clean_name

if TYPE_CHECKING:
    from pathlib import Path

    from utils.metrics.clock import Clock
    from utils.metrics.model import Record

INTERVAL = 0.04
SLICE = 100
RETRY = 0.5
MAX_BUFFER = 100_000
"""Measurements that may wait unwritten while the thread is stuck in the disk."""
MAX_WAITING = 20_000
MAX_WAITING_BYTES = 16 * 2**20
_BREATH = 0.001
_IDLE_ROUNDS = 25
_LOCK_WAIT = 5.0
_logger = logging.getLogger(__name__)


class Recorder:
    """The way of a measurement from `put` to the file at `path`."""

    def __init__(self, path: Path, clock: Clock) -> None:
        self._path = path
        self._clock = clock
        self.reset()

    def reset(self) -> None:
        """Begin with nothing: at first, and in the child of a fork."""
        self._buffer: deque[Record] = deque()
        self._waiting: deque[bytes] = deque()
        self._waiting_bytes = 0
        self._appender = Appender(self._path)
        # Guards all below the buffer. Whoever holds it may be in the disk; `put` never asks for it.
        self._lock = threading.Lock()
        self._starting = threading.Lock()
        self._wake: SimpleQueue[bool] = SimpleQueue()
        self._thread: threading.Thread | None = None
        self._asleep = True
        self._overflow: dict[int, int] = {}
        self._names: set[str] = set()
        self._dropped = 0
        self._retry_at = 0.0
        self._news: deque[tuple[int, str]] = deque()
        self.last_write: float | None = None
        self.last_error: str | None = None

    def put(self, record: Record) -> None:
        """Take a measurement; see the rules."""
        buffer = self._buffer
        if len(buffer) >= MAX_BUFFER:
            # Each thread counts for itself, so that no two lose a count to each other.
            thread = threading.get_ident()
            self._overflow[thread] = self._overflow.get(thread, 0) + 1
            return
        buffer.append(record)
        if self._asleep:
            self._rouse()

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
            self._asleep = True

    def _work(self, wake: SimpleQueue[bool]) -> None:
        quiet = 0
        while True:
            if quiet < _IDLE_ROUNDS:
                try:
                    go_on = wake.get(timeout=INTERVAL)
                except Empty:
                    go_on = True
            else:
                # From here on `put` wakes us; what came in just before it could know is looked for first.
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
        while self._buffer or self._waiting:
            with self._lock:
                self._collect()
                written = time.monotonic() >= self._retry_at and self._write_slice(_LOCK_WAIT)
            self._tell()
            if not written and not self._buffer:
                return
            time.sleep(_BREATH)

    def _collect(self) -> None:
        """Make lines of a slice of the buffer."""
        buffer = self._buffer
        for _ in range(min(SLICE, len(buffer))):
            record = buffer.popleft()
            name = clean_name(record[0])
            self._names.add(name)
            try:
                line = encode(name, record)
            except Exception:  # noqa: BLE001 - a strange measurement must not stop the others
                self._dropped += 1
                continue
            self._waiting.append(line)
            self._waiting_bytes += len(line)
        while len(self._waiting) > MAX_WAITING or self._waiting_bytes > MAX_WAITING_BYTES:
            self._waiting_bytes -= len(self._waiting.popleft())
            self._dropped += 1

    def _write_slice(self, timeout: float) -> bool:
        """Write the oldest waiting lines; False when the disk refused or there were none."""
        waiting = self._waiting
        if not waiting:
            return False
        batch = [waiting[index] for index in range(min(SLICE, len(waiting)))]
        try:
            written = self._appender.append(batch, timeout)
        except OSError as error:
            self._appender.close()
            self._retry_at = time.monotonic() + RETRY
            if self.last_error is None:
                self._news.append((logging.WARNING, f"can't be written: {error}. They wait in memory."))
            self.last_error = str(error)
            return False
        for _ in range(written):
            self._waiting_bytes -= len(waiting.popleft())
        if self.last_error is not None:
            self._news.append((logging.INFO, f"are written again; {self.dropped} were dropped since the start."))
        self.last_error = None
        self.last_write = self._clock.wall()
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
            for _ in range(self.pending // SLICE + 2):
                self._collect()
                if taking and self._waiting:
                    taking = self._write_slice(max(0.0, deadline - time.monotonic()))
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
            return list(self._waiting), size
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
        return len(self._buffer) + len(self._waiting)

    @property
    def dropped(self) -> int:
        """Measurements given up since the start."""
        return self._dropped + sum(list(self._overflow.values()))

    def names(self) -> set[str]:
        """Return the operations measured by this process so far."""
        waiting = {record[0] for record in list(self._buffer) if type(record[0]) is str}
        return self._names.union(map(clean_name, waiting))
