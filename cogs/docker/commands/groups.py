"""/docker group list, info, start, stop, restart."""

from __future__ import annotations

from discord import app_commands

from cogs.docker.actors import actor_of
from cogs.docker.groups import (
    GroupConfirm,
    group_choices,
    group_embed,
    groups_embed,
    idle_embed,
    question_embed,
    untouchable_embed,
)
from cogs.perf.instrumentation import note_outcome
from cogs.perf.kit import show
from services.docker import Action, Right
from utils.metrics.outcome import Outcome

from .base import Choices, Commands, Interaction


class GroupCommands(Commands):
    """Compose projects and groups by label, all their containers at once."""

    group_commands = app_commands.Group(name="group", description="See and control whole groups of containers")

    @group_commands.command(name="list")
    async def list_groups(self, interaction: Interaction) -> None:
        """Show all groups and how many of their containers are up."""
        await interaction.response.defer(ephemeral=True)
        await show(interaction, groups_embed(await self.service.groups.list(actor_of(interaction))))

    @group_commands.command(name="info")
    @app_commands.describe(target="Which group")
    async def group_info(self, interaction: Interaction, target: str) -> None:
        """Show a group's containers in the order in which they start."""
        await interaction.response.defer(ephemeral=True)
        await show(
            interaction, group_embed(await self.service.groups.plan(actor_of(interaction), target, Action.START))
        )

    @group_commands.command(name="start")
    @app_commands.describe(target="Which group to start")
    async def group_start(self, interaction: Interaction, target: str) -> None:
        """Start a group's containers, what others depend on first, after a question."""
        await self._ask_for_group(interaction, Action.START, target)

    @group_commands.command(name="stop")
    @app_commands.describe(target="Which group to stop")
    async def group_stop(self, interaction: Interaction, target: str) -> None:
        """Stop a group's containers, what others depend on last, after a question."""
        await self._ask_for_group(interaction, Action.STOP, target)

    @group_commands.command(name="restart")
    @app_commands.describe(target="Which group to restart")
    async def group_restart(self, interaction: Interaction, target: str) -> None:
        """Restart a group's containers one after the other, after a question."""
        await self._ask_for_group(interaction, Action.RESTART, target)

    @group_info.autocomplete("target")
    async def _group_info_names(self, interaction: Interaction, typed: str) -> Choices:
        return await self._offered_groups(interaction, typed, Right.SEE)

    @group_start.autocomplete("target")
    async def _group_start_names(self, interaction: Interaction, typed: str) -> Choices:
        return await self._offered_groups(interaction, typed, Right.START)

    @group_stop.autocomplete("target")
    async def _group_stop_names(self, interaction: Interaction, typed: str) -> Choices:
        return await self._offered_groups(interaction, typed, Right.STOP)

    @group_restart.autocomplete("target")
    async def _group_restart_names(self, interaction: Interaction, typed: str) -> Choices:
        return await self._offered_groups(interaction, typed, Right.RESTART)

    async def _offered_groups(self, interaction: Interaction, typed: str, right: Right) -> Choices:
        """Groups for autocomplete, as `offered` does it for containers."""
        if not self.allowed(interaction):
            note_outcome(Outcome.DENIED)
            return []
        return group_choices(await self.service.groups.names(actor_of(interaction), right), typed)

    async def _ask_for_group(self, interaction: Interaction, action: Action, target: str) -> None:
        await interaction.response.defer(ephemeral=True)
        groups = self.service.groups
        plan = await groups.plan(actor_of(interaction), target, action)
        if not plan.acted:
            await show(interaction, untouchable_embed(plan))
        elif plan.is_idle:
            await show(interaction, idle_embed(plan))
        else:
            view = GroupConfirm(interaction.user.id, self.allowed, groups=groups, plan=plan)
            await show(interaction, question_embed(plan), view)
