"""An event loop goes on while charts are laid out from a million calls in a thread, and drawn in their process.

How the lag is measured stands in `tests.bench.lag`. The limit is the one that the end-to-end tests hold the bot to.
What was measured is printed (`pytest -s`), to be held against the goals: 20 ms, and one second a chart after the first.
"""

from __future__ import annotations

import asyncio
import random
import time
from array import array
from typing import TYPE_CHECKING

from cogs.perf.charts.before_after import BeforeAfter
from cogs.perf.charts.heatmap import Heatmap
from cogs.perf.charts.histogram import Histogram
from cogs.perf.charts.over_time import OverTime
from cogs.perf.charts.painter import Painter
from cogs.perf.charts.subject import Subject
from tests.bench.lag import measured_lags
from utils.metrics.analysis.spans import Span
from utils.metrics.samples import Samples

if TYPE_CHECKING:
    from cogs.perf.charts.picture import Picture

LIMIT = 0.050
TRIES = 3
CALLS = 1_000_000
NOW = 1_795_500_000.0
WEEK = 7 * 86_400.0
SPAN = Span(NOW - WEEK, NOW, "last 7 d")
SUBJECT = Subject("docker_operation", SPAN)


def month() -> Samples:
    """A million calls of two weeks, one in a hundred failed."""
    chance = random.Random(7)
    durations = array("d", (chance.lognormvariate(-1, 1) for _ in range(CALLS)))
    ends = array("d", (NOW - 2 * WEEK * (CALLS - number) / CALLS for number in range(CALLS)))
    return Samples(ends, durations, bytes(int(number % 100 > 0) for number in range(CALLS)))


def layouts(samples: Samples) -> list[Picture]:
    """Every kind of chart."""
    before = Span(NOW - 2 * WEEK, NOW - WEEK, "previous 7 d")
    return [
        OverTime.of(SUBJECT, samples, 1.0).picture(),
        Histogram.of(SUBJECT, samples).picture(),
        Heatmap.of(SUBJECT, samples, slow=True).picture(),
        BeforeAfter.of(SUBJECT, samples, before).picture(),
    ]


async def test_the_loop_goes_on_while_charts_are_laid_out_and_drawn() -> None:
    samples = await asyncio.to_thread(month)
    worst: list[float] = []
    for _ in range(TRIES):
        painter = Painter()
        try:
            async with measured_lags() as lags:
                began = time.perf_counter()
                pictures = await asyncio.to_thread(layouts, samples)
                laid_out = time.perf_counter()
                took = []
                for picture in pictures:
                    since = time.perf_counter()
                    await asyncio.wrap_future(painter.paint(picture))
                    took.append(time.perf_counter() - since)
        finally:
            await asyncio.to_thread(painter.close)
        worst.append(max(lags.net))
        first, *others = took
        print(  # noqa: T201 - what pytest -s is run for
            f"worst lag {worst[-1] * 1e3:.1f} ms; four layouts of {CALLS:,} calls {laid_out - began:.2f} s; the first "
            f"chart {first:.2f} s, another {max(others):.2f} s at most"
        )
        if worst[-1] <= LIMIT:
            break
    assert min(worst) <= LIMIT
