"""The real profiler on a real loop."""

from __future__ import annotations

import asyncio
import sys
import time

import pytest

from cogs.perf.resources.profiling import NeedsPyinstrument, Profiling

BURNT = 0.3


def burn() -> None:
    until = time.perf_counter() + BURNT
    while time.perf_counter() < until:
        sum(range(200))


async def test_the_function_that_keeps_the_loop_comes_first_and_waiting_is_idle() -> None:
    profiling = Profiling()
    profiling.start()
    burn()
    await asyncio.sleep(BURNT)
    profiling.stop()
    found = await asyncio.to_thread(profiling.result)
    first = found.functions[0]
    assert (first.name, first.place.rpartition("/")[2]) == ("burn", "test_profiling.py")
    assert first.seconds >= 0.8 * BURNT
    assert 0.5 * BURNT <= found.idle <= found.seconds - first.seconds
    assert found.busy + found.idle == pytest.approx(found.seconds)
    assert "<html" in found.html[:2_000]
    assert found.looks > 50


async def test_a_loop_that_has_nothing_to_do_is_idle() -> None:
    profiling = Profiling()
    profiling.start()
    await asyncio.sleep(0.2)
    profiling.stop()
    profiling.stop()
    found = await asyncio.to_thread(profiling.result)
    assert found.idle >= 0.15


def test_without_the_package_it_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "pyinstrument", None)
    with pytest.raises(NeedsPyinstrument) as caught:
        Profiling()
    assert "pip install pyinstrument" in caught.value.user_message
