"""What the tests of the commands share: metrics on the machine's own clock, and a real bot that answers on them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from cogs.perf.cog import PerfCog
from tests.unit.cogs.perf.desk import Desk, at_the_desk
from utils.performance_metrics import PerformanceMetrics

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Iterator
    from pathlib import Path

    from discord.ext import commands


@pytest.fixture
def metrics(tmp_path: Path) -> Iterator[PerformanceMetrics]:
    """Give metrics on the machine's own clock, as the cog uses it."""
    made = PerformanceMetrics(tmp_path / "metrics")
    yield made
    made.close()


@pytest.fixture
async def desk(metrics: PerformanceMetrics) -> AsyncIterator[Desk]:
    async def prepare(bot: commands.Bot) -> None:
        await bot.add_cog(PerfCog(bot, metrics))

    async with at_the_desk(prepare) as desk:
        yield desk
