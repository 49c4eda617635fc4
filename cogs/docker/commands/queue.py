"""/docker queue."""

from __future__ import annotations

from discord import app_commands

from cogs.docker.actors import actor_of
from cogs.docker.queue import queue_embed
from cogs.perf.kit import show
from services.docker import AdminsOnly

from .base import Commands, Interaction


class QueueCommands(Commands):
    """What waits for Docker."""

    @app_commands.command()
    async def queue(self, interaction: Interaction) -> None:
        """Show what is at work, what waits and how long that took so far. For admins."""
        await interaction.response.defer(ephemeral=True)
        if not actor_of(interaction).admin:
            raise AdminsOnly("see the queue")
        await show(interaction, queue_embed(self.service.queue.stats(), self.service.waiting_for_containers))
