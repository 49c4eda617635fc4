"""Where the bot answers how it is: a unix socket that only its own user may open."""

from __future__ import annotations

import asyncio
import contextlib
import dataclasses
import json
import logging
import socket
import time
from collections import deque
from typing import TYPE_CHECKING

from bot.health.vitals import Vitals, judge
from utils.metrics.process.lag import LoopLag

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from utils.performance_metrics import PerformanceMetrics

_log = logging.getLogger(__name__)

_EVERY = 5.0
_LOOKS = 12
"""So many looks, one each `_EVERY` seconds, are the last minute."""
_STEP = 0.5
"""Seconds between two looks at the loop: it takes seconds to be unwell."""
_WRITE_WAIT = 1.0
"""Seconds in which the writer moves if it is alive: it writes 25 times a second."""
_DISK_WAIT = 3.0
"""Seconds that a look at the disk may take; whoever asks waits for 5."""


class HealthDesk:
    """Answers whoever asks over the socket, between `start` and `stop`.

    Args:
        path: Where the socket is.
        metrics: Whose writer is looked at.
        heard: When Discord last answered, on the clock of `time.perf_counter`; None while there is no connection.
    """

    def __init__(self, path: Path, metrics: PerformanceMetrics, heard: Callable[[], float | None]) -> None:
        self._path = path
        self._metrics = metrics
        self._heard = heard
        self._last_heard: float | None = None
        self._lag = LoopLag(_STEP)
        self._lags: deque[float] = deque(maxlen=_LOOKS)
        self._server: asyncio.Server | None = None
        self._watching: asyncio.Task[None] | None = None
        self._looking: asyncio.Task[str | None] | None = None

    async def start(self) -> None:
        """Begin to answer. A socket that can't be had costs the health check alone, and is said in the log."""
        try:
            listening = await asyncio.to_thread(_listen, self._path)
        except OSError as error:
            _log.warning(
                "`ddc-perf health` won't work: no socket at %s (%s). DDC_HEALTH_SOCKET may name another place.",
                self._path,
                error.strerror or error,
            )
            return
        self._server = await asyncio.start_unix_server(self._answer, sock=listening)
        self._lag.start(asyncio.get_running_loop())
        self._watching = asyncio.create_task(self._watch(), name="health")

    async def stop(self) -> None:
        """Answer no more."""
        if self._server is None or self._watching is None:
            return
        self._watching.cancel()
        self._lag.stop()
        # The socket's file goes first, and in a thread: on its own the server would remove it on the loop.
        await asyncio.to_thread(self._path.unlink, missing_ok=True)
        self._server.close()
        self._server = None

    async def vitals(self) -> Vitals:
        """Look how the bot is now; takes a second or so when measurements wait to be written."""
        # Counted with the last look, not as one more: whoever asks often must not make the minute shorter.
        before = self._lags.pop() if self._lags else 0.0
        self._look()
        self._lags[-1] = max(before, self._lags[-1])
        return Vitals(
            gateway=None if self._last_heard is None else max(0.0, time.perf_counter() - self._last_heard),
            lag=max(self._lags),
            writer=await self._writer(),
        )

    async def _watch(self) -> None:
        while True:
            await asyncio.sleep(_EVERY)
            self._look()

    def _look(self) -> None:
        # A connection that is just being made anew has no answer; the one before it had.
        self._last_heard = self._heard() or self._last_heard
        self._lags.append(self._lag.take().worst)

    async def _writer(self) -> str | None:
        """Why measurements don't reach their file, if they don't."""
        # One look at a time: on a disk that hangs, each would keep a thread.
        if self._looking is None or self._looking.done():
            self._looking = asyncio.create_task(asyncio.to_thread(_writing, self._metrics), name="health-writer")
        try:
            return await asyncio.wait_for(asyncio.shield(self._looking), _DISK_WAIT)
        except TimeoutError:
            return "their disk does not answer"

    async def _answer(self, _: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            vitals = await self.vitals()
            answer = {**dataclasses.asdict(judge(vitals)), **dataclasses.asdict(vitals)}
            writer.write(json.dumps(answer).encode() + b"\n")
            await writer.drain()
        except ConnectionError:
            pass  # whoever asked did not wait
        finally:
            writer.close()


def _writing(metrics: PerformanceMetrics) -> str | None:
    first = metrics.health()
    if first.pending and first.last_error is None:
        time.sleep(_WRITE_WAIT)
        second = metrics.health()
        if second.pending and second.last_write == first.last_write:
            return second.last_error or f"{second.pending} wait, and nothing moves"
        first = second
    return first.last_error


def _listen(path: Path) -> socket.socket:
    """Open a socket for the owner alone, in the place of one that an ended bot left behind.

    Raises:
        OSError: It can't be opened there, something else is there, or another bot answers at it.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    if path.exists() and not path.is_socket():
        # To the probe below a file is like a socket that nobody listens at, and would be removed.
        raise FileExistsError(0, "there is something else, which is left alone")
    with socket.socket(socket.AF_UNIX) as probe:
        probe.settimeout(1.0)
        with contextlib.suppress(FileNotFoundError, ConnectionRefusedError):
            probe.connect(str(path))
            raise FileExistsError(0, "another bot that runs on the same data answers there")
    path.unlink(missing_ok=True)
    listening = socket.socket(socket.AF_UNIX)
    try:
        listening.bind(str(path))
        path.chmod(0o600)  # before anybody can connect
        listening.listen()
    except BaseException:
        listening.close()
        raise
    listening.setblocking(False)
    return listening
