"""/perf live: one message that shows what goes on, for some minutes."""

from __future__ import annotations

import asyncio
import logging
import time
from contextlib import suppress
from typing import TYPE_CHECKING, Any

import discord
from discord import app_commands

from cogs.perf.arguments import BadInput
from cogs.perf.kit import OwnedView, is_admin, show
from cogs.perf.measure import running
from cogs.perf.reports.live import render
from utils.metrics.pulse import gather

from .base import Commands, Interaction

if TYPE_CHECKING:
    from utils.metrics.pulse import Pulse

PACE = 5.0
"""Seconds between two edits: Discord takes five in five seconds for one message, and others want some, too."""
SLOWER = 30.0
"""The same after Discord refused one."""
AT_ONCE = 3
_LONGEST = 13
_LOG = logging.getLogger(__name__)


class LiveCommands(Commands):
    """What goes on right now.

    Attributes:
        live_pace: Seconds between two edits.
    """

    def __init__(self) -> None:
        super().__init__()
        self.live_pace = PACE
        self._watching: set[LiveView] = set()

    @app_commands.command()
    @app_commands.describe(minutes="For how long (5)")
    async def live(self, interaction: Interaction, minutes: app_commands.Range[int, 1, _LONGEST] = 5) -> None:
        """Watch what goes on, in one message that changes."""
        if len(self._watching) >= AT_ONCE:
            raise BadInput(f"{AT_ONCE} live views are open already. Stop one of them, or wait until it ends.")
        await interaction.response.defer(ephemeral=True)
        view = LiveView(interaction.user.id)
        self._watching.add(view)
        # A task of its own: the minutes that it is watched are no time of the command.
        task = asyncio.create_task(self._watch(interaction, view, time.time() + minutes * 60.0), name="perf-live")
        view.task = task
        task.add_done_callback(lambda _: self._watching.discard(view))

    async def end_live(self) -> None:
        """End all live views: the cog goes."""
        tasks = [view.task for view in self._watching if view.task is not None]
        for view in list(self._watching):
            view.end("The bot is being stopped or reloaded.")
        if tasks:
            await asyncio.wait(tasks, timeout=PACE)

    async def _watch(self, interaction: Interaction, view: LiveView, until: float) -> None:
        shown: discord.Embed | None = None
        pace = self.live_pace
        why = "It broke off; the bot's log tells why."
        try:
            while not view.ended.is_set() and time.time() < until:
                pulse, now = await self._pulse()
                embed = render(pulse, running(), now, until=until).build()
                if embed != shown:
                    try:
                        await show(interaction, embed, view)
                        shown, pace = embed, self.live_pace
                    except discord.NotFound:
                        view.end("")  # dismissed: there is nothing to edit any more
                    except (discord.DiscordException, OSError) as failure:
                        pace = SLOWER
                        _LOG.debug("A live view could not be shown: %s", type(failure).__name__)
                with suppress(TimeoutError):
                    await asyncio.wait_for(view.ended.wait(), min(pace, max(0.0, until - time.time())))
            why = view.why or "Its time is over."
        except Exception:  # noqa: BLE001 - nobody waits for this task: the log is told, and the reader below
            _LOG.exception("A live view broke off")
        view.stop()
        with suppress(discord.DiscordException, OSError):
            pulse, now = await self._pulse()
            await show(interaction, render(pulse, (), now, until=None, why=why).build())

    async def _pulse(self) -> tuple[Pulse, float]:
        now = time.time()
        return await asyncio.to_thread(gather, self.metrics, now), now


class LiveView(OwnedView):
    """The button under it.

    Attributes:
        ended: Set when it is to end.
        why: Why it ended before its time.
        task: What edits the message.
    """

    def __init__(self, owner_id: int) -> None:
        super().__init__(owner_id, is_admin)
        self.ended = asyncio.Event()
        self.why = ""
        self.task: asyncio.Task[None] | None = None

    def end(self, why: str) -> None:
        """End it.

        Args:
            why: What the message says then.
        """
        self.why = why
        self.ended.set()

    @discord.ui.button(label="Stop", custom_id="stop", style=discord.ButtonStyle.danger)
    async def press_stop(self, interaction: Interaction, _button: discord.ui.Button[Any]) -> None:
        """End it; who edits the message shows its end."""
        await interaction.response.defer()
        self.end("You stopped it.")
