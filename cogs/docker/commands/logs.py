"""/docker logs."""

from __future__ import annotations

from typing import TYPE_CHECKING

from discord import app_commands

from cogs.docker.logs import Query
from services.docker import Action

from .base import Choices, Commands, Interaction

if TYPE_CHECKING:
    from cogs.docker.logs import LogDesk

_MOST = 1_000


class LogCommands(Commands):
    """What containers write.

    Attributes:
        log_desk: Shows it.
    """

    log_desk: LogDesk

    async def cog_unload(self) -> None:
        """Follow no log any more."""
        await self.log_desk.close()
        await super().cog_unload()

    @app_commands.command()
    @app_commands.rename(words="filter")
    @app_commands.describe(
        container="Which container",
        lines="How many of the last lines; 50 unless you say so, 1,000 with a time",
        since="From when on: 10m, 2h, 1d, 08:00 or 2026-11-24 08:00 (UTC)",
        words="Only lines with all of these words; a dash before a word leaves out lines with it",
    )
    async def logs(
        self,
        interaction: Interaction,
        container: str,
        lines: app_commands.Range[int, 1, _MOST] | None = None,
        since: app_commands.Range[str, 1, 40] | None = None,
        words: app_commands.Range[str, 1, 300] | None = None,
    ) -> None:
        """Show the last lines of a container's log."""
        await interaction.response.defer(ephemeral=True)
        await self.log_desk.show(interaction, Query(container, lines, since, words))

    @logs.autocomplete("container")
    async def _log_names(self, interaction: Interaction, typed: str) -> Choices:
        return await self.offered(interaction, typed, Action.LOGS)
