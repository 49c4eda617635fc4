"""/perf debug: the log tells everything for a while."""

from __future__ import annotations

import asyncio
import logging
import time

from discord import app_commands

from cogs.perf.kit import show
from cogs.perf.reports import housekeeping
from utils.metrics.log_levels import want_debug

from .base import Commands, Interaction

_REASON = "/perf debug"
_LOG = logging.getLogger(__name__)


class DebugCommands(Commands):
    """A louder log, which falls quiet by itself: after its time, and with the bot's end."""

    _loud: asyncio.TimerHandle | None = None

    @app_commands.command()
    @app_commands.describe(minutes="For how long (5); 0 ends it now")
    async def debug(self, interaction: Interaction, minutes: app_commands.Range[int, 0, 60] = 5) -> None:
        """Let the bot's log tell everything for a while."""
        self.end_debug()
        until = None
        if minutes:
            want_debug(_REASON)
            self._loud = asyncio.get_running_loop().call_later(minutes * 60, self.end_debug)
            until = time.time() + minutes * 60
            _LOG.info("The log tells everything for %d min: %s asked for it.", minutes, interaction.user.id)
        await show(interaction, housekeeping.debugging(until).build())

    def end_debug(self) -> None:
        """Take the level back, if it was raised."""
        if self._loud is not None:
            self._loud.cancel()
            self._loud = None
            _LOG.info("The log goes back to its level.")
            want_debug(_REASON, wanted=False)
