"""/perf profile: what the event loop does."""

from __future__ import annotations

import asyncio
import io
import logging
import time

import discord
from discord import app_commands

from cogs.perf.arguments import BadInput
from cogs.perf.kit import show
from cogs.perf.reports import profile
from cogs.perf.resources.profiling import Profiling

from .base import Commands, Interaction

_LIMIT = 10 * 1024 * 1024
_LOG = logging.getLogger(__name__)


class ProfileCommands(Commands):
    """One profile at a time."""

    def __init__(self) -> None:
        super().__init__()
        self._profile: asyncio.Task[None] | None = None
        self._profiling = False

    @app_commands.command(name="profile")
    @app_commands.describe(seconds="For how long (10)")
    async def profile_loop(self, interaction: Interaction, seconds: app_commands.Range[int, 1, 60] = 10) -> None:
        """What the event loop does: which functions take its time."""
        if self._profiling:
            raise BadInput("A profile is being taken already. Wait until it is done, a minute at most.")
        self._profiling = True
        try:
            await interaction.response.defer(ephemeral=True)
            taken = await asyncio.to_thread(Profiling)
            taken.start()
        except RuntimeError as error:
            self._profiling = False
            raise BadInput("Something else profiles the bot already. End that first.") from error
        except BaseException:
            self._profiling = False
            raise
        # A task of its own: the seconds that are looked at are no time of the command.
        self._profile = asyncio.create_task(self._take(interaction, taken, seconds), name="perf-profile")

    async def end_profile(self) -> None:
        """End it: the cog goes."""
        if self._profile is not None and not self._profile.done():
            self._profile.cancel()
            await asyncio.wait({self._profile}, timeout=5.0)

    async def _take(self, interaction: Interaction, taken: Profiling, seconds: float) -> None:
        try:
            await show(interaction, profile.under_way(time.time() + seconds).build())
            await asyncio.sleep(seconds)
            taken.stop()
            found = await asyncio.to_thread(taken.result)
            page = found.html.encode()
            fits = len(page) <= (interaction.filesize_limit or _LIMIT)
            files = [discord.File(io.BytesIO(page), "profile.html")] if fits else []
            await show(interaction, profile.result(found, whole=fits).build(), files=files)
        except asyncio.CancelledError:
            await self._say(interaction, "The bot is being stopped or reloaded.")
        except (discord.DiscordException, OSError) as failure:
            _LOG.debug("A profile could not be shown: %s", type(failure).__name__)
        except Exception:  # noqa: BLE001 - nobody waits for this task: the log is told, and the reader
            _LOG.exception("A profile broke off")
            await self._say(interaction, "It broke off; the bot's log tells why.")
        finally:
            taken.stop()
            self._profiling = False

    async def _say(self, interaction: Interaction, why: str) -> None:
        try:
            await show(interaction, profile.ended(why).build())
        except (discord.DiscordException, OSError) as failure:
            _LOG.debug("A profile could not be shown: %s", type(failure).__name__)
