"""/docker list, info, start, stop, restart."""

from __future__ import annotations

from discord import app_commands

from cogs.docker.acting import act_or_ask
from cogs.docker.actors import actor_of
from cogs.docker.embeds import info_embed, list_embed
from cogs.docker.limits import LIMITED, limit_lines
from cogs.perf.kit import show
from services.docker import Action

from .base import Choices, Commands, Interaction


class ContainerCommands(Commands):
    """One container at a time."""

    @app_commands.command(name="list")
    async def list_containers(self, interaction: Interaction) -> None:
        """Show all containers and what they are doing."""
        await interaction.response.defer(ephemeral=True)
        await show(interaction, list_embed(await self.service.list(actor_of(interaction))))

    @app_commands.command()
    @app_commands.describe(container="Which container")
    async def info(self, interaction: Interaction, container: str) -> None:
        """Show one container: state, image, ports, restarts."""
        await interaction.response.defer(ephemeral=True)
        info = await self.service.info(actor_of(interaction), container)
        limits = limit_lines({action: self.service.limit(action, info) for action in LIMITED})
        await show(interaction, info_embed(info, limits, self.service.engine))

    @app_commands.command()
    @app_commands.describe(container="Which container to start")
    async def start(self, interaction: Interaction, container: str) -> None:
        """Start a container."""
        await self._act(interaction, Action.START, container)

    @app_commands.command()
    @app_commands.describe(container="Which container to stop")
    async def stop(self, interaction: Interaction, container: str) -> None:
        """Stop a container, after a question."""
        await self._act(interaction, Action.STOP, container)

    @app_commands.command()
    @app_commands.describe(container="Which container to restart")
    async def restart(self, interaction: Interaction, container: str) -> None:
        """Restart a container, after a question."""
        await self._act(interaction, Action.RESTART, container)

    @info.autocomplete("container")
    async def _info_names(self, interaction: Interaction, typed: str) -> Choices:
        return await self.offered(interaction, typed, Action.INFO)

    @start.autocomplete("container")
    async def _start_names(self, interaction: Interaction, typed: str) -> Choices:
        return await self.offered(interaction, typed, Action.START)

    @stop.autocomplete("container")
    async def _stop_names(self, interaction: Interaction, typed: str) -> Choices:
        return await self.offered(interaction, typed, Action.STOP)

    @restart.autocomplete("container")
    async def _restart_names(self, interaction: Interaction, typed: str) -> Choices:
        return await self.offered(interaction, typed, Action.RESTART)

    async def _act(self, interaction: Interaction, action: Action, container: str) -> None:
        await interaction.response.defer(ephemeral=True)
        await act_or_ask(self.service, self.allowed, interaction, action, container)
