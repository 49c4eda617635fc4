"""How late an event loop gets while a large file is loaded, asked and cleaned in threads beside it."""

from __future__ import annotations

import asyncio
from collections import defaultdict
from typing import TYPE_CHECKING

from tests.bench.data import OPERATIONS
from tests.bench.lag import measured_lags, quantile
from tests.bench.report import Row, as_time
from tests.bench.rounds import Contest
from tests.bench.rows.upkeep import a_copy
from tests.bench.setting import MONTH, forget_checkpoints, wait_until_ready
from utils.performance_metrics import PerformanceMetrics

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tests.bench.lag import Lags
    from tests.bench.setting import Setting

P99_LIMIT = 0.010
MAX_LIMIT = 0.025
QUESTIONS = 5
_IDLE = "an idle loop"
_SECONDS_IDLE = 0.5
_PHASES = ("loaded", "asked", "cleaned")


def loop_lag(setting: Setting) -> Iterator[Row]:
    """Yield the rows of the lag in each phase."""
    original = setting.sample(setting.entries, MONTH)
    found: dict[str, list[Lags]] = defaultdict(list)
    for _ in range(setting.rounds):
        with a_copy(setting, original) as directory:
            forget_checkpoints(directory)
            for phase, lags in asyncio.run(_round(directory)).items():
                found[phase].append(lags)
    p99 = Contest({phase: [_p99(lags) for lags in rounds] for phase, rounds in found.items()})
    for phase in _PHASES:
        rounds = found[phase]
        typical, worst = p99.spread(phase).median, max(max(lags.net) for lags in rounds)
        wall = max(max(lags.wall) for lags in rounds)
        yield Row(
            f"event loop's lag, p99, while {setting.entries:,} are {phase}",
            _IDLE,
            p99.ratio(phase, _IDLE),
            f"p99 {as_time(typical)} to {as_time(p99.spread(_IDLE).median)}; worst of all rounds {as_time(worst)} "
            f"({as_time(wall)} with the waiting for a processor)",
            limit=f"p99 ≤ {as_time(P99_LIMIT)}, worst ≤ {as_time(MAX_LIMIT)}",
            within=typical <= P99_LIMIT and worst <= MAX_LIMIT,
        )


def _p99(lags: Lags) -> float:
    """Return seconds; a microsecond where nothing is left, for ratios are made of it."""
    return max(quantile(lags.net, 0.99), 1e-6)


async def _round(directory: Path) -> dict[str, Lags]:
    lags: dict[str, Lags] = {}
    async with measured_lags() as lags[_IDLE]:
        await asyncio.sleep(_SECONDS_IDLE)
    async with measured_lags() as lags["loaded"]:
        metrics = await asyncio.to_thread(PerformanceMetrics, directory)
        await asyncio.to_thread(wait_until_ready, metrics)
    async with measured_lags() as lags["asked"]:
        for _ in range(QUESTIONS):
            for operation in OPERATIONS:
                with metrics.track(operation):
                    pass
            await asyncio.to_thread(metrics.get_stats)
            await asyncio.to_thread(metrics.get_stats, last_hours=None)
            await asyncio.to_thread(metrics.get_slow_metrics, last_hours=None)
            await asyncio.to_thread(metrics.get_recent_metrics, failures_only=True)
    async with measured_lags() as lags["cleaned"]:
        await asyncio.to_thread(metrics.cleanup_old_metrics, 15)
        await asyncio.to_thread(metrics.close)
    return lags
