"""The bot: which parts there are, how they are put together, and how they stop."""

from __future__ import annotations

import asyncio
import logging
import os
from typing import TYPE_CHECKING, Any

import discord
from discord.ext import commands

# Imported before the loop runs: load_extension then only executes the package again, and reads no big file on the loop.
import cogs.perf.cog  # noqa: F401
from bot.doctor.within import own_checks
from bot.errors import answer_orphan, on_tree_error
from bot.health.desk import HealthDesk
from bot.health.gateway import last_heard
from bot.health.place import socket_path
from bot.instrumentation import instrument, release
from bot.retention import Retention, policy_of
from cogs.docker import DockerCog
from services.config import flat

if TYPE_CHECKING:
    from services.config import ConfigService
    from services.docker import DockerService
    from utils.performance_metrics import PerformanceMetrics

_log = logging.getLogger(__name__)

# This bot never speaks: no warning about missing voice libraries at each start.
discord.VoiceClient.warn_nacl = discord.VoiceClient.warn_dave = False

FAREWELL = 3.0
"""Seconds that the connection gets to close; a network that is gone takes the close of a socket for minutes."""
_INTERACTION_TASKS = ("CommandTree-invoker", "discord-ui-", "docker-later")


class DdcBot(commands.Bot):
    """The bot. No privileged intents: it works on interactions alone.

    Args:
        config: What the user set, and sets while the bot runs.
        metrics: Where everything is recorded.
        docker: The service that acts on containers.
    """

    def __init__(self, *, config: ConfigService, metrics: PerformanceMetrics, docker: DockerService) -> None:
        super().__init__(
            command_prefix=commands.when_mentioned,
            help_command=None,
            intents=discord.Intents(guilds=True),
            allowed_mentions=discord.AllowedMentions.none(),
            activity=discord.Activity(type=discord.ActivityType.watching, name="how it performs"),
        )
        self.config = config
        settings = self.settings = config.settings  # as at the start
        self.home_guild_id = settings.guild_id  # whose admins count; cogs/perf/kit/access.py reads it
        self.metrics = metrics
        self.docker = docker
        self.perf_settings = flat(settings)  # advice names their present values; cogs/perf/commands/explain.py reads it
        self.perf_checks = own_checks(self)  # `/perf doctor` makes them, too; cogs/perf/doctor/within.py reads it
        self._health = HealthDesk(socket_path(os.environ, metrics.path.parent), metrics, lambda: last_heard(self))
        self.retention = Retention(metrics, policy_of(settings.metrics), self.wait_until_ready)
        instrument(self, metrics)
        self._syncing: asyncio.Task[None] | None = None
        self.tree.error(on_tree_error)

    async def setup_hook(self) -> None:
        """Load the cogs and tell Discord our commands; called once, after the login."""
        await self._health.start()
        await self.load_extension("cogs.perf")
        settings, folder = self.settings.docker, self.metrics.path.parent.parent
        poll, figures = settings.status_poll_seconds, settings.status_figures
        await self.add_cog(DockerCog(self, self.docker, folder, poll=poll, figures=figures))
        self.docker.watch.start()
        self.retention.start()
        self.config.start()
        await self._sync_commands()

    @property
    def perf_notes(self) -> tuple[str, ...]:
        """What an admin has to know of the settings; cogs/perf/commands/system.py shows it."""
        return self.config.notes

    def show_commands(self) -> None:
        """Tell Discord anew whom it should show /docker, if that is not as it was."""
        cog = self.get_cog("DockerCog")
        if isinstance(cog, DockerCog) and cog.show_to_whom_it_may_concern():
            self._syncing = asyncio.create_task(self._sync_commands(), name="sync-commands")

    async def _sync_commands(self) -> None:
        guild = discord.Object(self.settings.guild_id) if self.settings.guild_id else None
        if guild is not None:
            self.tree.copy_global_to(guild=guild)  # a guild's list changes at once, the global one within an hour
        try:
            synced = await self.tree.sync(guild=guild)
            if guild is not None:
                await self._remove_global_commands({command.name for command in synced})
        except discord.Forbidden:
            _log.error(
                "Discord refused our commands for the server %s. Invite the bot with the scope applications.commands, "
                "and check guild_id.",
                self.settings.guild_id,
            )
        except discord.HTTPException as error:
            _log.error(
                "Our commands could not be sent to Discord (%s). The former ones stay; the next start tries again.",
                error.status,
            )
        else:
            _log.info("Discord has %d commands: %s", len(synced), ", ".join(f"/{command.name}" for command in synced))

    async def _remove_global_commands(self, ours: set[str]) -> None:
        """Take back what an earlier start without a guild told every server: people would see each command twice."""
        for command in await self.tree.fetch_commands():
            if command.name in ours:
                await command.delete()

    async def on_ready(self) -> None:
        """Say that the bot is there."""
        _log.info("Logged in as %s, in %d server(s).", self.user.name if self.user else "?", len(self.guilds))

    async def on_interaction(self, interaction: discord.Interaction[Any]) -> None:
        """Answer presses that belong to no live view."""
        await answer_orphan(interaction, self.metrics)

    async def stop(self, patience: float = 5.0) -> None:
        """End with nothing lost: running actions finish and answer, the connection closes, the metrics are written.

        Args:
            patience: Seconds that the running actions get.
        """
        deadline = asyncio.get_running_loop().time() + patience
        await self._health.stop()
        self.retention.stop()
        await self.config.close()
        if not await self.docker.close(patience):
            _log.warning("Docker actions were still running after %g s; the engine may finish them.", patience)
        await self._answered(deadline)
        await self.docker.audit.flush()
        try:
            await asyncio.wait_for(self.close(), FAREWELL)
        except TimeoutError:
            _log.warning("Discord did not take our farewell within %g s.", FAREWELL)
        release(self)
        await asyncio.to_thread(self.metrics.close)

    async def _answered(self, deadline: float) -> None:
        """Wait until the interactions that run now are answered."""
        running = [task for task in asyncio.all_tasks() if task.get_name().startswith(_INTERACTION_TASKS)]
        if running:
            left = max(0.5, deadline - asyncio.get_running_loop().time())
            await asyncio.wait(running, timeout=left)
