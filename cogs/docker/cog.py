"""The commands: parse, ask the service, render, reply."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import discord
from discord import app_commands
from discord.ext import commands

from cogs.perf.instrumentation import note_outcome
from cogs.perf.kit import answer_error, denied, is_admin, is_home, show
from services.docker import Action
from utils.metrics.outcome import Outcome

from .choices import choices
from .embeds import already_stopped_embed, confirm_embed, info_embed, list_embed, result_embed
from .views import ContainerConfirm

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from services.docker import ActionResult, DockerService

Interaction = discord.Interaction[Any]
Choices = list[app_commands.Choice[str]]


@app_commands.guild_only()
class DockerCog(commands.GroupCog, group_name="docker", group_description="See and control Docker containers"):
    """`/docker`, for admins and the roles that may act. Every answer is seen by the asker alone.

    Discord shows the group to admins alone, or to everyone when there are roles to let in (it can't show a command to
    a role of our choice); either way it is the check at run time that decides, for commands, buttons and autocomplete.

    Args:
        bot: The bot that the cog is added to.
        service: What acts on containers.
        operator_role_ids: Roles that may act besides admins.
    """

    def __init__(
        self, bot: commands.Bot, service: DockerService, operator_role_ids: frozenset[int] = frozenset()
    ) -> None:
        super().__init__()
        self.bot = bot
        self.service = service
        self.operator_role_ids = operator_role_ids
        group = self.app_command
        if isinstance(group, app_commands.Group):
            group.default_permissions = None if operator_role_ids else discord.Permissions(administrator=True)

    def allowed(self, interaction: Interaction) -> bool:
        """Whether this person may use `/docker` here, by what Discord sent with the interaction."""
        if is_admin(interaction):
            return True
        user = interaction.user
        return (
            is_home(interaction)
            and isinstance(user, discord.Member)
            and any(user.get_role(role) for role in self.operator_role_ids)
        )

    async def interaction_check(self, interaction: Interaction, /) -> bool:
        """Refuse whoever has no right.

        Raises:
            Denied: Instead of returning false, so that the person gets an answer. It names nothing.
        """
        if not self.allowed(interaction):
            raise denied(
                interaction, "Only admins and the roles set up for it can use Docker commands here. Ask an admin."
            )
        return True

    async def cog_app_command_error(self, interaction: Interaction, error: app_commands.AppCommandError) -> None:
        """Answer whatever a command raised."""
        await answer_error(interaction, error)

    @app_commands.command(name="list")
    async def list_containers(self, interaction: Interaction) -> None:
        """Show all containers and what they are doing."""
        await interaction.response.defer(ephemeral=True)
        await show(interaction, list_embed(await self.service.list()))

    @app_commands.command()
    @app_commands.describe(container="Which container")
    async def info(self, interaction: Interaction, container: str) -> None:
        """Show one container: state, image, ports, restarts."""
        await interaction.response.defer(ephemeral=True)
        await show(interaction, info_embed(await self.service.info(container)))

    @app_commands.command()
    @app_commands.describe(container="Which container to start")
    async def start(self, interaction: Interaction, container: str) -> None:
        """Start a container."""
        await interaction.response.defer(ephemeral=True)
        await show(interaction, result_embed(await self.service.start(container)))

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
        return await self._choices(interaction, typed, Action.INFO)

    @start.autocomplete("container")
    async def _start_names(self, interaction: Interaction, typed: str) -> Choices:
        return await self._choices(interaction, typed, Action.START)

    @stop.autocomplete("container")
    async def _stop_names(self, interaction: Interaction, typed: str) -> Choices:
        return await self._choices(interaction, typed, Action.STOP)

    @restart.autocomplete("container")
    async def _restart_names(self, interaction: Interaction, typed: str) -> Choices:
        return await self._choices(interaction, typed, Action.RESTART)

    async def _choices(self, interaction: Interaction, typed: str, action: Action) -> Choices:
        # discord.py runs no check before an autocomplete. An empty list tells nothing; an error would fill the log.
        if not self.allowed(interaction):
            note_outcome(Outcome.DENIED)
            return []
        return choices(await self.service.names(), typed, action)

    async def _ask(
        self, interaction: Interaction, action: Action, container: str, act: Callable[[str], Awaitable[ActionResult]]
    ) -> None:
        await interaction.response.defer(ephemeral=True)
        info = await self.service.info(container)
        name = info.container.name
        if action is Action.STOP and not info.container.state.is_up:
            await show(interaction, already_stopped_embed(name))
            return
        view = ContainerConfirm(interaction.user.id, self.allowed, action=action, name=name, act=act)
        await show(interaction, confirm_embed(action, info), view)
