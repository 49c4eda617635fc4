"""/docker list, info, start, stop, restart."""

from __future__ import annotations

from typing import TYPE_CHECKING

from discord import app_commands

from cogs.docker.actors import actor_of
from cogs.docker.embeds import already_stopped_embed, confirm_embed, info_embed, list_embed, result_embed
from cogs.docker.views import ContainerConfirm
from cogs.perf.kit import show
from services.docker import Action

from .base import Choices, Commands, Interaction

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from services.docker import ActionResult, Actor


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
        await show(interaction, info_embed(await self.service.info(actor_of(interaction), container)))

    @app_commands.command()
    @app_commands.describe(container="Which container to start")
    async def start(self, interaction: Interaction, container: str) -> None:
        """Start a container."""
        await interaction.response.defer(ephemeral=True)
        await show(interaction, result_embed(await self.service.start(actor_of(interaction), container)))

    @app_commands.command()
    @app_commands.describe(container="Which container to stop")
    async def stop(self, interaction: Interaction, container: str) -> None:
        """Stop a container, after a question."""
        await self._ask(interaction, Action.STOP, container, self.service.stop)

    @app_commands.command()
    @app_commands.describe(container="Which container to restart")
    async def restart(self, interaction: Interaction, container: str) -> None:
        """Restart a container, after a question."""
        await self._ask(interaction, Action.RESTART, container, self.service.restart)

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

    async def _ask(
        self,
        interaction: Interaction,
        action: Action,
        container: str,
        act: Callable[[Actor, str], Awaitable[ActionResult]],
    ) -> None:
        await interaction.response.defer(ephemeral=True)
        info = await self.service.info(actor_of(interaction), container)
        name = info.container.name
        if action is Action.STOP and not info.container.state.is_up:
            await show(interaction, already_stopped_embed(name))
            return
        view = ContainerConfirm(interaction.user.id, self.allowed, action=action, name=name, act=act)
        await show(interaction, confirm_embed(action, info), view)
