"""Measures how late an event loop's timers are while other threads work.

A task sleeps a tick again and again and looks at the clock when it comes back. Of what it is late, the time in which
the kernel had no processor free for one of the process's threads is told apart (second field of
/proc/self/task/*/schedstat): on a machine with other things to do it says nothing of the program. What is left is what
the program itself kept from the loop: the interpreter's lock held by another thread, or work in the loop.
"""

from __future__ import annotations

import asyncio
import math
import time
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Sequence

TICK = 0.002
_TASKS = Path("/proc/self/task")
_clock = time.perf_counter


@dataclass(slots=True)
class Lags:
    """How late the ticks were, in seconds."""

    wall: list[float] = field(default_factory=list)
    """As the clock on the wall has it."""
    net: list[float] = field(default_factory=list)
    """Less the time in which a thread of this process waited for a processor."""


def quantile(values: Sequence[float], share: float) -> float:
    """Return the smallest value that at least `share` of all values do not exceed.

    Args:
        values: one or more.
        share: above 0, up to 1.

    Raises:
        ValueError: there are no values.
    """
    if not values:
        raise ValueError("There is no quantile of nothing.")
    return sorted(values)[max(0, math.ceil(share * len(values)) - 1)]


@asynccontextmanager
async def measured_lags() -> AsyncIterator[Lags]:
    """Collect the running loop's lags while the block runs; they are complete after it."""
    lags = Lags()
    stop = asyncio.Event()
    task = asyncio.create_task(_tick(lags, stop))
    # The first tick begins before the block does.
    await asyncio.sleep(0)
    try:
        yield lags
    finally:
        stop.set()
        await task


async def _tick(lags: Lags, stop: asyncio.Event) -> None:
    waited = waited_for_processor()
    while not stop.is_set():
        began = _clock()
        await asyncio.sleep(TICK)
        late = max(0.0, _clock() - began - TICK)
        waited_before, waited = waited, waited_for_processor()
        lags.wall.append(late)
        lags.net.append(max(0.0, late - max(0.0, waited - waited_before)))


def waited_for_processor() -> float:
    """Seconds that the threads which now live spent runnable without a processor; 0.0 where the kernel doesn't tell."""
    nanoseconds = 0
    with suppress(OSError):
        for task in _TASKS.iterdir():
            with suppress(OSError, IndexError):  # a thread may end meanwhile
                nanoseconds += int((task / "schedstat").read_bytes().split()[1])
    return nanoseconds / 1e9
