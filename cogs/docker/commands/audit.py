"""/docker audit."""

from __future__ import annotations

import discord
from discord import app_commands

from cogs.docker.actors import actor_of
from cogs.docker.audit import AuditPages
from cogs.docker.audit.report import Found, audit_embed
from cogs.perf.kit import show
from services.docker import Action

from .base import Choices, Commands, Interaction

_MOST = 200


class AuditCommands(Commands):
    """Who did what to which container."""

    @app_commands.command()
    @app_commands.describe(
        container="Only this container, by its whole name",
        user="Only what this person did",
        limit="How many lines at most",
    )
    async def audit(
        self,
        interaction: Interaction,
        container: str | None = None,
        user: discord.User | None = None,
        limit: app_commands.Range[int, 1, _MOST] = 50,
    ) -> None:
        """Show who started, stopped and restarted what, and what was refused. For admins."""
        await interaction.response.defer(ephemeral=True)
        wanted = (container or "").strip() or None
        entries = await self.service.audited(
            actor_of(interaction), limit, container=wanted, user_id=user.id if user else None
        )
        found = Found(entries, limit, wanted, user.display_name if user else None, self.service.audit.lost)
        view = AuditPages(interaction.user.id, _is_admin, found) if found.pages > 1 else None
        await show(interaction, audit_embed(found), view)

    @audit.autocomplete("container")
    async def _audit_names(self, interaction: Interaction, typed: str) -> Choices:
        return await self.offered(interaction, typed, Action.INFO)


def _is_admin(interaction: Interaction) -> bool:
    return actor_of(interaction).admin
