from __future__ import annotations

import asyncio
import time

import pytest

from tests.bench.lag import measured_lags, quantile, waited_for_processor
from tests.needs import needs


def test_a_quantile_is_a_value_that_occurred() -> None:
    values = [5.0, 1.0, 4.0, 2.0, 3.0]
    assert [quantile(values, share) for share in (0.01, 0.2, 0.21, 0.99, 1.0)] == [1.0, 1.0, 2.0, 5.0, 5.0]


def test_there_is_no_quantile_of_nothing() -> None:
    with pytest.raises(ValueError, match="nothing"):
        quantile([], 0.5)


async def test_ticks_are_counted_as_long_as_the_block_runs() -> None:
    async with measured_lags() as lags:
        await asyncio.sleep(0.02)
    counted = len(lags.net)
    await asyncio.sleep(0.02)
    assert len(lags.net) == len(lags.wall) == counted > 0


async def test_work_in_the_loop_is_seen() -> None:
    async with measured_lags() as lags:
        await asyncio.sleep(0.005)
        spin_until = time.thread_time() + 0.1
        while time.thread_time() < spin_until:
            pass
    assert max(lags.net) > 0.05


async def test_a_thread_that_keeps_the_interpreters_lock_is_seen() -> None:
    def one_long_step() -> float:
        began = time.thread_time()
        sum(range(10_000_000))
        return time.thread_time() - began

    async with measured_lags() as lags:
        kept = await asyncio.to_thread(one_long_step)
    # By the clock on the wall: on a busy machine the loop waits for a processor as well, and net leaves that out.
    assert max(lags.wall) > kept / 2


def test_the_wait_for_a_processor_only_grows() -> None:
    needs(path="/proc/self/schedstat")
    first = waited_for_processor()
    assert 0.0 <= first <= waited_for_processor()
