"""An event loop goes on while a large file is loaded, asked and cleaned in threads beside it.

What is measured is how late the loop's timers are, less the time in which the kernel had no processor for a thread of
this process (see `tests.bench.lag`). What is left is what the library itself kept from the loop: for how long it did
not let go of the interpreter's lock. The limit is the one that the end-to-end tests hold the bot to; how far below it
the engine stays is the bench's to say. What the library does to the loop it does each time, and what else happens on
the machine does not, so of several tries the best one counts.
"""

from __future__ import annotations

import asyncio
import socket
import time
from typing import TYPE_CHECKING

import pytest

from tests.bench.data import FILE, OPERATIONS, Sample
from tests.bench.lag import measured_lags
from tests.bench.setting import wait_until_ready
from utils.metrics.engine.sizes import NORMAL
from utils.performance_metrics import PerformanceMetrics

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable
    from pathlib import Path

LIMIT = 0.050
ENTRIES = 100_000
MONTH = 30 * 86_400.0
TRIES = 3


@pytest.fixture(scope="module")
def lines(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    """A month of measurements."""
    sample = Sample(ENTRIES, MONTH, time.time() - 1)
    return sample.write(tmp_path_factory.mktemp("lag")).read_bytes()


async def worst_lag(
    tmp_path: Path, lines: bytes, work: Callable[[PerformanceMetrics], Awaitable[None]], *, loaded: bool
) -> float:
    """Return the worst lag during `work`, in seconds; of the tries, the best.

    Args:
        tmp_path: where the file is made, anew for each try.
        lines: what stands in it.
        work: is given the engine on the file.
        loaded: whether the engine has read the file before.
    """
    worst = []
    for number in range(TRIES):
        directory = tmp_path / f"try-{number}"
        directory.mkdir()
        await asyncio.to_thread((directory / FILE).write_bytes, lines)
        metrics = PerformanceMetrics(directory)
        try:
            if loaded:
                await asyncio.to_thread(wait_until_ready, metrics)
            async with measured_lags() as lags:
                await work(metrics)
        finally:
            await asyncio.to_thread(metrics.close)
        worst.append(max(lags.net))
        if worst[-1] <= LIMIT:
            break
    return min(worst)


async def test_the_loop_goes_on_while_a_large_file_is_loaded(tmp_path: Path, lines: bytes) -> None:
    async def work(metrics: PerformanceMetrics) -> None:
        await asyncio.to_thread(wait_until_ready, metrics)
        assert (await asyncio.to_thread(metrics.health)).entries == ENTRIES

    assert await worst_lag(tmp_path, lines, work, loaded=False) <= LIMIT


async def test_a_loop_that_talks_goes_on_while_a_file_is_read_at_once(tmp_path: Path, lines: bytes) -> None:
    async def work(metrics: PerformanceMetrics) -> None:
        asked = asyncio.create_task(asyncio.to_thread(metrics.health))
        ours, theirs = socket.socketpair()
        with ours, theirs:
            while not asked.done():
                # As a library that connects: many calls of the system, each of which gives the interpreter's lock back.
                for _ in range(20):
                    ours.send(b"?")
                    theirs.recv(1)
                await asyncio.sleep(0.001)
        assert (await asked).entries == len(part.splitlines())

    # So much is read by the first question itself.
    part = lines[: lines.rindex(b"\n", 0, NORMAL.at_once) + 1]
    assert await worst_lag(tmp_path, part, work, loaded=False) <= LIMIT


async def test_the_loop_goes_on_while_a_large_file_is_asked(tmp_path: Path, lines: bytes) -> None:
    async def work(metrics: PerformanceMetrics) -> None:
        for hours in (24, None, 30 * 24):
            for operation in OPERATIONS:
                with metrics.track(operation):
                    pass
            assert len(await asyncio.to_thread(metrics.get_stats, last_hours=hours)) == len(OPERATIONS)
            assert await asyncio.to_thread(metrics.get_slow_metrics, last_hours=hours)
            assert await asyncio.to_thread(metrics.get_recent_metrics, OPERATIONS[1], failures_only=True)
            await asyncio.to_thread(metrics.preview_cleanup, 15)

    assert await worst_lag(tmp_path, lines, work, loaded=True) <= LIMIT


async def test_the_loop_goes_on_while_a_large_file_is_read_through(tmp_path: Path, lines: bytes) -> None:
    async def work(metrics: PerformanceMetrics) -> None:
        read = await asyncio.to_thread(lambda: sum(1 for _ in metrics.iter_entries(last_hours=7 * 24)))
        assert 0.2 * ENTRIES < read < 0.3 * ENTRIES

    assert await worst_lag(tmp_path, lines, work, loaded=True) <= LIMIT


async def test_the_loop_goes_on_while_a_large_file_is_cleaned(tmp_path: Path, lines: bytes) -> None:
    async def work(metrics: PerformanceMetrics) -> None:
        removed = await asyncio.to_thread(metrics.cleanup_old_metrics, 15)
        assert 0.4 * ENTRIES < removed < 0.6 * ENTRIES

    assert await worst_lag(tmp_path, lines, work, loaded=True) <= LIMIT
