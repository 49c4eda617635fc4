"""/perf compare: two windows of one operation."""

from __future__ import annotations

import asyncio
from datetime import datetime

from discord import app_commands

from cogs.perf.arguments import BadInput
from cogs.perf.kit import code
from cogs.perf.reports.compare import Compare
from utils.metrics.analysis.spans import NoSpan, Span, read
from utils.metrics.words import START

from .base import Choices, Commands, Interaction, may_see

_OFFERED = (
    "today",
    "yesterday",
    "last 24 h",
    "previous 24 h",
    "this week",
    "last week",
    "last 7 d",
    "previous 7 d",
    "after restart",
    "before restart",
)
_CHOICE = 100


class CompareCommands(Commands):
    """What changed, and whether it is more than chance."""

    @app_commands.command(name="compare")
    @app_commands.describe(
        operation="Which one",
        a="The window to hold it against (previous 24 h)",
        b="The window in question (last 24 h)",
    )
    async def compare_windows(
        self, interaction: Interaction, operation: str, a: str = "previous 24 h", b: str = "last 24 h"
    ) -> None:
        """Hold one window against another: today and yesterday, before and after a moment."""
        await interaction.response.defer(ephemeral=True)
        name = await self.find(operation)
        zone, _ = await self.day_of(interaction.guild_id or 0)
        restart = await asyncio.to_thread(self._last_start)
        now = datetime.now(zone)
        first, second = (_span(text, now, restart) for text in (a, b))
        await self.open(interaction, Compare(name or operation, first, second, str(zone)))

    @compare_windows.autocomplete("operation")
    async def _operations_to_compare(self, interaction: Interaction, typed: str) -> Choices:
        return self.offered(interaction, typed)

    @compare_windows.autocomplete("a")
    @compare_windows.autocomplete("b")
    async def _windows(self, interaction: Interaction, typed: str) -> Choices:
        if not may_see(interaction):
            return []
        wanted = typed.strip().lower()
        found = [name for name in _OFFERED if wanted in name]
        # What is no name of a window may be a moment that is still being typed: it is offered as it is.
        return [app_commands.Choice(name=name, value=name) for name in found or [typed.strip()[:_CHOICE]] if name]

    def _last_start(self) -> float | None:
        starts = self.metrics.get_recent_metrics(START, limit=1)
        return starts[0].end_time if starts else None


def _span(text: str, now: datetime, restart: float | None) -> Span:
    try:
        return read(text, now, restart)
    except NoSpan as error:
        raise BadInput(f"I can't read {code(text)} as a window: {error}.") from error
