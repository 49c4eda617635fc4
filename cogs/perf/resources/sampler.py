"""Notes each minute how the process does, as `process_sample` among the measurements."""

from __future__ import annotations

import asyncio
import logging
import time
from typing import TYPE_CHECKING

from utils.metrics.parts import GC, LAG, attach_meter, detach_meter
from utils.metrics.process.lag import LoopLag
from utils.metrics.process.pauses import Pauses
from utils.metrics.process.sample import ProcessSample, this_process
from utils.metrics.words import SAMPLE

from .figures import Figures, figures

if TYPE_CHECKING:
    from utils.metrics.model import Health
    from utils.performance_metrics import PerformanceMetrics

EVERY = 60.0
"""Seconds between two samples."""
_LOG = logging.getLogger(__name__)


class Sampler:
    """Looks how the process does, between `start` and `stop`.

    Args:
        metrics: Where the samples go.
        every: Seconds between two samples; they are taken where the wall clock is a multiple of it.
    """

    def __init__(self, metrics: PerformanceMetrics, every: float = EVERY) -> None:
        self._metrics = metrics
        self._every = every
        self._lag = LoopLag()
        self._pauses = Pauses()
        self._task: asyncio.Task[None] | None = None
        self._cpu = time.process_time()
        self._at = time.monotonic()

    def start(self) -> None:
        """Begin; on the loop that is to be watched."""
        self._lag.start(asyncio.get_running_loop())
        self._pauses.start()
        attach_meter(LAG, self._lag.total)
        attach_meter(GC, self._pauses.total)
        self._task = asyncio.create_task(self._run(), name="perf-sampler")

    def stop(self) -> None:
        """End; a minute that is not over is not told."""
        if self._task is not None:
            self._task.cancel()
        detach_meter(LAG, self._lag.total)
        detach_meter(GC, self._pauses.total)
        self._lag.stop()
        self._pauses.stop()

    async def _run(self) -> None:
        while True:
            await asyncio.sleep(self._every - time.time() % self._every)
            try:
                await self.sample()
            except Exception:  # noqa: BLE001 - nobody waits for this task, and the next minute may go well
                _LOG.exception("The process could not be looked at")

    async def sample(self) -> None:
        """Take a sample now."""
        sample = self._summed(*await asyncio.to_thread(self._look))
        self._metrics.record(SAMPLE, sample.worst, metadata=sample.metadata)

    def _look(self) -> tuple[Figures, Health]:
        return figures(), self._metrics.health()

    def _summed(self, found: Figures, health: Health) -> ProcessSample:
        lags, collected = self._lag.take(), self._pauses.take()
        now = time.monotonic()
        passed, self._at = now - self._at, now
        cpu, self._cpu = found.cpu - self._cpu, found.cpu
        pid, started = this_process()
        return ProcessSample(
            end=time.time(),
            worst=lags.worst,
            pid=pid,
            started=started,
            rss=found.rss,
            cpu=max(0.0, cpu) / passed if passed > 0 else None,
            threads=found.threads,
            fds=found.fds,
            lag=lags.middle,
            gc=collected.seconds,
            gc_max=collected.longest,
            collections=collected.collections,
            file=health.file_bytes,
            index=health.index_bytes,
            pending=health.pending,
            dropped=health.dropped,
        )
