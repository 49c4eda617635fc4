"""/perf memory: which lines of code take memory and keep it."""

from __future__ import annotations

import asyncio
import io
import logging
import time
from contextlib import suppress
from typing import Any

import discord
from discord import app_commands

from cogs.perf.arguments import BadInput
from cogs.perf.kit import ConfirmView, OwnedView, is_admin, show
from cogs.perf.reports import memory
from cogs.perf.resources import tracing

from .base import Commands, Interaction

_LONGEST = 13  # minutes: an answer can be shown for 15
_LOG = logging.getLogger(__name__)


class MemoryCommands(Commands):
    """One trace at a time."""

    def __init__(self) -> None:
        super().__init__()
        self._trace: _Trace | None = None
        # Trying out what it costs traces for a moment, too: it must not end a trace, nor be taken for another's.
        self._starting = asyncio.Lock()
        self._gone = False

    @app_commands.command(name="memory")
    @app_commands.describe(minutes="For how long (5)")
    async def trace_memory(self, interaction: Interaction, minutes: app_commands.Range[int, 1, _LONGEST] = 5) -> None:
        """Find the lines of code whose memory grows; tells what it costs, and asks before it begins."""
        await interaction.response.defer(ephemeral=True)
        async with self._starting:
            trace = self._trace
            cost = await _tried_out() if trace is None else None
        if cost is None:
            if trace is not None:
                await trace.show(interaction)
            return

        async def confirmed(press: Interaction) -> None:
            async with self._starting:
                if self._gone:
                    raise BadInput("The reports were reloaded meanwhile. Run the command again.")
                if self._trace is None:
                    _check_free()
                    self._begin(await asyncio.to_thread(tracing.Tracing), minutes)
            if self._trace is not None:
                await self._trace.show(press)

        view = ConfirmView(
            interaction.user.id,
            is_admin,
            label=f"Trace for {minutes} min",
            on_confirm=confirmed,
            danger=False,
            kept="Nothing is traced.",
        )
        await show(interaction, memory.question(cost, minutes).build(), view)

    def _begin(self, held: tracing.Tracing, minutes: int) -> None:
        trace = self._trace = _Trace(held, minutes * 60.0)
        # A task of its own: the minutes that are traced are no time of the press.
        trace.task = asyncio.create_task(self._run(trace), name="perf-memory")

    async def end_memory(self) -> None:
        """End the trace, and let no question that is still open begin one: the cog goes."""
        self._gone = True
        if self._trace is not None and self._trace.task is not None:
            self._trace.end("The bot is being stopped or reloaded.")
            await asyncio.wait({self._trace.task}, timeout=5.0)

    async def _run(self, trace: _Trace) -> None:
        try:
            await trace.run()
        except Exception:  # noqa: BLE001 - nobody waits for this task: the log is told
            _LOG.exception("A trace of memory broke off")
            await trace.say(memory.ended("It broke off; the bot's log tells why.").build())
        finally:
            self._trace = None


async def _tried_out() -> tracing.Cost:
    _check_free()
    return await asyncio.to_thread(tracing.cost)


def _check_free() -> None:
    if tracing.is_on():
        raise BadInput(
            "Something else traces memory already (PYTHONTRACEMALLOC, perhaps). End that first: there is one trace for "
            "the whole process."
        )


class _Trace:
    """A trace under way, and where it is shown.

    Args:
        held: What traces.
        seconds: How long it lasts at most.

    Attributes:
        task: What waits for its end.
    """

    def __init__(self, held: tracing.Tracing, seconds: float) -> None:
        self._held = held
        self._began = time.time()
        self._until = self._began + seconds
        self._seconds = seconds
        self._ended = asyncio.Event()
        self._why: str | None = None
        self._shown_by: Interaction | None = None
        self._view: _TraceView | None = None
        self.task: asyncio.Task[None] | None = None

    def end(self, why: str | None = None) -> None:
        """End it, with the result or, when there is a reason, without."""
        self._why = why
        self._ended.set()

    async def show(self, interaction: Interaction) -> None:
        """Show that it goes on; the result comes where it was shown last."""
        await self.say(memory.elsewhere().build())
        self._shown_by, self._view = interaction, _TraceView(interaction.user.id, self)
        await show(interaction, memory.under_way(self._began, self._until).build(), self._view)

    async def run(self) -> None:
        """Wait until the time is over or someone ends it; then show the result."""
        try:
            with suppress(TimeoutError):
                await asyncio.wait_for(self._ended.wait(), self._seconds)
            if self._why is None:
                grown = await asyncio.to_thread(self._held.result)
                file = await asyncio.to_thread(memory.text_file, grown)
                await self.say(memory.result(grown).build(), discord.File(io.BytesIO(file), "memory.txt"))
            else:
                await asyncio.to_thread(self._held.stop)
                await self.say(memory.ended(self._why).build())
        finally:
            self._held.stop()

    async def say(self, embed: discord.Embed, *files: discord.File) -> None:
        """Show something in its message, as far as that is still there."""
        if self._view is not None:
            self._view.stop()
        if self._shown_by is not None:
            try:
                await show(self._shown_by, embed, files=files)
            except (discord.DiscordException, OSError) as failure:
                _LOG.debug("A trace of memory could not be shown: %s", type(failure).__name__)


class _TraceView(OwnedView):
    def __init__(self, owner_id: int, trace: _Trace) -> None:
        super().__init__(owner_id, is_admin)
        self._trace = trace

    @discord.ui.button(label="Compare now", custom_id="compare", style=discord.ButtonStyle.primary)
    async def press_compare(self, interaction: Interaction, _button: discord.ui.Button[Any]) -> None:
        """End it with the result."""
        await interaction.response.defer()
        self._trace.end()

    @discord.ui.button(label="Stop", custom_id="stop", style=discord.ButtonStyle.secondary)
    async def press_stop(self, interaction: Interaction, _button: discord.ui.Button[Any]) -> None:
        """End it without."""
        await interaction.response.defer()
        self._trace.end("You stopped it; nothing was compared.")
