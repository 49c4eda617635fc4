"""The audit's pages."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import discord

from cogs.perf.kit import OwnedView, show

from .report import audit_embed

if TYPE_CHECKING:
    from collections.abc import Callable

    from .report import Found

Interaction = discord.Interaction[Any]


class AuditPages(OwnedView):
    """Turns the pages of what was read once, so that new lines shift nothing meanwhile.

    Args:
        owner_id: The only user who may press.
        allowed: Whether they may see the audit; asked again at each press.
        found: What was read.
    """

    def __init__(self, owner_id: int, allowed: Callable[[Interaction], bool], found: Found) -> None:
        super().__init__(owner_id, allowed)
        self._found = found
        self._page = 0
        self._turn_to(0)

    @discord.ui.button(label="◀\ufe0e Newer", custom_id="newer")
    async def newer(self, interaction: Interaction, _button: discord.ui.Button[Any]) -> None:
        """Show the page before."""
        await self._show(interaction, self._page - 1)

    @discord.ui.button(label="Older ▶\ufe0e", custom_id="older")
    async def older(self, interaction: Interaction, _button: discord.ui.Button[Any]) -> None:
        """Show the page after."""
        await self._show(interaction, self._page + 1)

    async def _show(self, interaction: Interaction, page: int) -> None:
        self._turn_to(page)
        await show(interaction, audit_embed(self._found, self._page), self)

    def _turn_to(self, page: int) -> None:
        # Two quick presses may both be on a page whose button is disabled by now.
        last = self._found.pages - 1
        self._page = min(max(page, 0), last)
        self.newer.disabled, self.older.disabled = self._page == 0, self._page == last
