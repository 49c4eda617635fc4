"""The one message that changes in place: shows a screen, and goes where its links lead."""

from __future__ import annotations

import asyncio
import time
from typing import TYPE_CHECKING, Any

import discord

from .charts import attach
from .kit import OwnedView, show
from .screen import Page, Pick

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from utils.performance_metrics import PerformanceMetrics

    from .screen import Link, Screen

Interaction = discord.Interaction[Any]


class PerfView(OwnedView):
    """The buttons under a report.

    Args:
        owner_id: The only user who may press.
        allowed: Asked again at each press.
        metrics: Where the screens read.
    """

    def __init__(self, owner_id: int, allowed: Callable[[Interaction], bool], metrics: PerformanceMetrics) -> None:
        super().__init__(owner_id, allowed)
        self._metrics = metrics

    async def open(self, interaction: Interaction, screen: Screen) -> None:
        """Draw a screen and show it in the message of a deferred interaction."""
        page = await asyncio.to_thread(screen.draw, self._metrics, time.time())
        files = await attach(page.report, page.picture)
        self.lay_out(_items(page))
        await show(interaction, page.report.build(), self if page.rows else None, files)


def _items(page: Page) -> Iterator[discord.ui.Item[PerfView]]:
    for number, row in enumerate(page.rows):
        if isinstance(row, Pick):
            yield _Choice(row, number)
        else:
            for link in row:
                yield _Button(link, number)


class _Button(discord.ui.Button[PerfView]):
    def __init__(self, link: Link, row: int) -> None:
        style = discord.ButtonStyle.primary if link.current else discord.ButtonStyle.secondary
        super().__init__(label=link.label, custom_id=link.key, style=style, disabled=link.to is None, row=row)
        self._to = link.to

    async def callback(self, interaction: Interaction) -> None:
        await interaction.response.defer()
        if self.view is not None and self._to is not None:
            await self.view.open(interaction, self._to)


class _Choice(discord.ui.Select[PerfView]):
    def __init__(self, pick: Pick, row: int) -> None:
        # The position is the value: a name can be longer than Discord takes, or come twice when it is cut.
        options = [
            discord.SelectOption(label=option.label, description=option.description, value=str(index))
            for index, option in enumerate(pick.options)
        ]
        super().__init__(custom_id=pick.key, placeholder=pick.placeholder, options=options, row=row)
        self._pick = pick

    async def callback(self, interaction: Interaction) -> None:
        await interaction.response.defer()
        if self.view is not None:
            await self.view.open(interaction, self._pick.options[int(self.values[0])].to)
