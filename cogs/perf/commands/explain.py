"""/perf explain: what is not as it should be, and what to do about it."""

from __future__ import annotations

import weakref
from typing import TYPE_CHECKING

from discord import app_commands

from cogs.perf.reports.explain import Explain
from utils.metrics.grounds import know

from .base import Choices, Commands, Interaction

if TYPE_CHECKING:
    from collections.abc import Mapping


class ExplainCommands(Commands):
    """Advice, from what was measured."""

    async def cog_load(self) -> None:
        """Tell the advice where the bot's settings are: in its attribute ``perf_settings``, where it has one."""
        await super().cog_load()
        bot = weakref.ref(self.bot)

        def settings() -> Mapping[str, object]:
            return getattr(bot(), "perf_settings", None) or {}

        know(self.metrics, settings)

    @app_commands.command()
    @app_commands.describe(operation="Only this one")
    async def explain(self, interaction: Interaction, operation: str | None = None) -> None:
        """What is not as it should be, and what to do about it."""
        await interaction.response.defer(ephemeral=True)
        await self.open(interaction, Explain(operation=await self.find(operation)))

    @explain.autocomplete("operation")
    async def _operations_to_explain(self, interaction: Interaction, typed: str) -> Choices:
        return self.offered(interaction, typed)
