"""Has pictures drawn, one after the other, by one process of its own.

The rules of this module:

1. Nothing of it blocks who asks: a thread talks to the process, and the answer is a future.
2. The process starts with the first picture and ends after two minutes without one, with `close`, and with the bot,
   even a killed one, for its standard input ends then.
3. It inherits nothing but the two pipes. The bot's environment goes along without what looks like a secret.
4. When it ended since the last picture, the next one starts it anew. When a new one ends over a picture, or any takes
   longer than 15 s for one, that picture fails with a message, and the next has a new process.
"""

from __future__ import annotations

import importlib.util
import json
import logging
import os
import queue
import subprocess
import sys
import threading
from concurrent.futures import Future
from dataclasses import asdict
from pathlib import Path
from typing import IO, TYPE_CHECKING

from .worker import ASK, DONE, READY, read, write

if TYPE_CHECKING:
    from collections.abc import Sequence

    from .picture import Picture

IDLE = 120.0
PATIENCE = 15.0
START = 60.0
"""Seconds until it can draw: where many fonts are installed, matplotlib lists them all at its first start."""
WAITING = 16
_WORKER = Path(__file__).with_name("worker.py")
_SECRET = ("TOKEN", "SECRET", "PASSWORD", "KEY", "CREDENTIAL")
_STOPPING = "The chart was not drawn: the bot is being stopped or reloaded."
_LOG = logging.getLogger(__name__)


class ChartError(Exception):
    """No chart, and why.

    Args:
        user_message: What to do about it.
    """

    def __init__(self, user_message: str) -> None:
        super().__init__(user_message)
        self.user_message = user_message


class _Gone(Exception):  # noqa: N818 - no error yet
    """The process ended."""


class Painter:
    """The one process that draws, started when it is needed.

    Args:
        command: What to start instead of our worker.
        idle: Seconds without a picture after which the process ends.
        patience: Seconds that one picture may take.
    """

    def __init__(
        self, command: Sequence[str | os.PathLike[str]] | None = None, *, idle: float = IDLE, patience: float = PATIENCE
    ) -> None:
        self._command = command
        self._idle = idle
        self._patience = patience
        self._lock = threading.Lock()
        self._jobs: queue.SimpleQueue[tuple[Future[bytes], Picture] | None] = queue.SimpleQueue()
        self._thread: threading.Thread | None = None
        self._process: subprocess.Popen[bytes] | None = None
        self._closing = threading.Event()

    @property
    def process_id(self) -> int | None:
        """The process that draws, while there is one."""
        process = self._process
        return None if process is None else process.pid

    def paint(self, picture: Picture) -> Future[bytes]:
        """Have a picture drawn.

        Returns:
            The PNG file in time, or a `ChartError`.
        """
        future: Future[bytes] = Future()
        with self._lock:
            if self._closing.is_set():
                # Behind what ends the thread it would keep it alive, and `close` would wait for it to become idle.
                future.set_exception(ChartError(_STOPPING))
                return future
            if self._jobs.qsize() >= WAITING:
                future.set_exception(ChartError("Too many charts are waiting to be drawn. Try again in a minute."))
                return future
            self._jobs.put((future, picture))
            if self._thread is None:
                self._thread = threading.Thread(target=self._serve, name="perf-charts", daemon=True)
                self._thread.start()
        return future

    def close(self) -> None:
        """End the process; what is still asked for fails. It blocks until then. A later picture starts anew."""
        with self._lock:
            thread = self._thread
            if thread is None:
                return
            self._closing.set()  # before the look at the process: one that comes later is ended by who started it
            process = self._process
            self._jobs.put(None)
        if process is not None:
            process.kill()
        thread.join()

    def _serve(self) -> None:
        while True:
            try:
                job = self._jobs.get(timeout=self._idle)
            except queue.Empty:
                job = None
            if job is None:
                if self._rest():
                    return
                continue
            future, picture = job
            if not future.set_running_or_notify_cancel():
                continue
            if self._closing.is_set():
                future.set_exception(ChartError(_STOPPING))
                continue
            try:
                future.set_result(self._draw(json.dumps(asdict(picture), allow_nan=False).encode()))
            except Exception as error:  # noqa: BLE001 - who asked is told, whatever it is, and the thread lives
                future.set_exception(ChartError(_STOPPING) if self._closing.is_set() else error)

    def _rest(self) -> bool:
        """End the process; tell whether the thread can go as well, for nobody has asked meanwhile."""
        self._drop()
        with self._lock:
            self._closing.clear()
            if not self._jobs.empty():
                return False
            self._thread = None
            return True

    def _draw(self, asked: bytes) -> bytes:
        process = self._process
        if process is not None and process.poll() is None:
            try:
                return self._ask(process, asked)
            except _Gone:
                _LOG.info("The process that draws charts ended unasked (%s)", process.returncode)
        self._drop()
        if self._closing.is_set():
            raise ChartError(_STOPPING)
        process = self._start()
        if self._closing.is_set():
            self._drop()
            raise ChartError(_STOPPING)
        try:
            return self._ask(process, asked)
        except _Gone:
            self._drop()
            _LOG.warning("The process that draws charts ended over a picture (%s)", process.returncode)
            raise ChartError(
                "The chart could not be drawn: the process that draws ended. It starts anew with the next chart; if "
                "this goes on, the computer may be short of memory (it needs about 100 MB)."
            ) from None

    def _start(self) -> subprocess.Popen[bytes]:
        if self._command is None:
            _check_possible()
        # -P: the folder of the script holds modules whose names others may look for.
        command = self._command or (sys.executable, "-P", _WORKER)
        environment = {
            name: value
            for name, value in os.environ.items()
            if not any(word in name.upper() for word in _SECRET)
        }  # fmt: skip
        environment |= {"MPLBACKEND": "agg", "OPENBLAS_NUM_THREADS": "1"}
        try:
            process = subprocess.Popen(  # noqa: S603 - our own script
                command,
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,
                env=environment,
                start_new_session=True,
            )
        except OSError as error:
            raise ChartError(f"The process that draws charts could not be started: {error.strerror}.") from error
        self._process = process
        if self._closing.is_set():
            process.kill()
        try:
            sign, content = self._listen(process, START)
        except _Gone:
            self._drop()
            raise ChartError(
                f"The process that draws charts ended before it could draw (exit code {process.returncode})."
            ) from None
        if sign != READY:
            self._drop()
            _LOG.warning("Charts can't be drawn: %s", content.decode(errors="replace"))
            raise ChartError("matplotlib is installed but can't be loaded; the bot's log tells why. Install it anew.")
        return process

    def _ask(self, process: subprocess.Popen[bytes], asked: bytes) -> bytes:
        sign, content = self._listen(process, self._patience, asked)
        if sign != DONE:
            _LOG.error("A chart could not be drawn: %s", content.decode(errors="replace"))
            raise ChartError("The chart could not be drawn; the bot's log tells why. The numbers are right.")
        return content

    def _listen(
        self, process: subprocess.Popen[bytes], patience: float, asked: bytes | None = None
    ) -> tuple[bytes, bytes]:
        """Send what is asked for and wait for an answer.

        Raises:
            ChartError: It took too long; the process was ended.
            _Gone: The process ended.
        """
        late = threading.Event()

        def end() -> None:
            late.set()
            process.kill()

        timer = threading.Timer(patience, end)
        timer.daemon = True
        timer.start()
        try:
            if asked is not None:
                write(_open(process.stdin), ASK, asked)
            answer = read(_open(process.stdout))
        except OSError:
            answer = None
        finally:
            timer.cancel()
        if answer is not None:
            return answer
        process.wait()
        if late.is_set():
            self._drop()
            raise ChartError(
                f"The chart was not drawn within {patience:g} s, and the process that draws was ended. Try again; it "
                "starts anew."
            )
        raise _Gone

    def _drop(self) -> None:
        """Forget the process and see to its end."""
        process, self._process = self._process, None
        if process is None:
            return
        for pipe in (process.stdin, process.stdout):
            try:
                _open(pipe).close()
            except OSError:
                _LOG.debug("A pipe was broken already")
        try:
            process.wait(1)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def _open(pipe: IO[bytes] | None) -> IO[bytes]:
    if pipe is None:  # pragma: no cover - it is started with pipes
        raise OSError("no pipe")
    return pipe


def _check_possible() -> None:
    if importlib.util.find_spec("matplotlib") is None:
        raise ChartError("Charts need matplotlib: `pip install matplotlib`, then try again.")
    if getattr(sys, "frozen", False) or not sys.executable:
        raise ChartError("Charts need a Python beside the bot; this bot is packed into one file without it.")


PAINTER = Painter()
"""The one of this bot."""
