"""The sampler on a real loop, with real metrics."""

from __future__ import annotations

import asyncio
import gc
import time
from typing import TYPE_CHECKING

import pytest

from cogs.perf.measure import measured
from cogs.perf.resources.sampler import Sampler
from utils.metrics.process.sample import read, this_process
from utils.metrics.words import SAMPLE
from utils.performance_metrics import PerformanceMetrics

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from pathlib import Path


@pytest.fixture
async def metrics(tmp_path: Path) -> AsyncIterator[PerformanceMetrics]:
    made = PerformanceMetrics(tmp_path / "metrics")
    yield made
    await asyncio.to_thread(made.close)


@pytest.fixture
async def sampler(metrics: PerformanceMetrics) -> AsyncIterator[Sampler]:
    made = Sampler(metrics)
    made.start()
    yield made
    made.stop()


async def test_a_sample_tells_of_the_process_and_of_what_held_it(metrics: PerformanceMetrics, sampler: Sampler) -> None:
    gc.collect()
    time.sleep(0.3)  # noqa: ASYNC251 - the loop is held on purpose
    await asyncio.sleep(0)
    await asyncio.sleep(0)  # the timer that is due has its turn
    await sampler.sample()
    (sample,) = await asyncio.to_thread(read, metrics, 1, time.time())
    assert sample.worst >= 0.3 - 0.15
    assert sample.run == this_process()
    assert sample.rss is not None
    assert sample.rss > 5_000_000
    assert (sample.collections or 0) >= 1
    assert (sample.gc or 0) > 0
    assert None not in (sample.cpu, sample.threads, sample.fds, sample.lag, sample.gc_max)
    assert None not in (sample.file, sample.index, sample.pending, sample.dropped)


async def test_it_comes_each_time_until_it_is_stopped(metrics: PerformanceMetrics) -> None:
    sampler = Sampler(metrics, every=0.05)
    sampler.start()
    async with asyncio.timeout(10):
        while len(await asyncio.to_thread(read, metrics, 1, time.time())) < 3:  # noqa: ASYNC110 - nothing tells of a record
            await asyncio.sleep(0.02)
    sampler.stop()
    await asyncio.sleep(0.01)
    kept = len(await asyncio.to_thread(read, metrics, 1, time.time()))
    await asyncio.sleep(0.15)
    assert len(await asyncio.to_thread(read, metrics, 1, time.time())) == kept


async def test_a_measured_call_tells_what_held_the_loop_while_it_ran(
    metrics: PerformanceMetrics, sampler: Sampler
) -> None:
    assert sampler is not None

    async def work() -> None:
        time.sleep(0.3)  # noqa: ASYNC251 - the loop is held on purpose

    await measured(metrics, "command.x", None, work)
    (entry,) = await asyncio.to_thread(metrics.get_recent_metrics, "command.x")
    assert entry.metadata["parts"]["lag"] >= 0.3 - 0.15 - 0.001


async def test_samples_are_in_no_list_of_calls(metrics: PerformanceMetrics, sampler: Sampler) -> None:
    from utils.metrics.overview import gather  # noqa: PLC0415 - this test alone
    from utils.metrics.words import BESIDE, NOTES  # noqa: PLC0415 - this test alone

    await sampler.sample()
    assert SAMPLE in NOTES
    assert SAMPLE in BESIDE
    assert (await asyncio.to_thread(gather, metrics, 24, time.time())).rows == ()
