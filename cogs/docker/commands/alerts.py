"""/docker alerts, mute, unmute."""

from __future__ import annotations

from typing import ClassVar

import discord
from discord import app_commands

from cogs.docker.actors import actor_of
from cogs.docker.alerts.channel import DiscordChannel
from cogs.docker.alerts.embeds import muted_embed, state_embed, unmuted_embed
from cogs.docker.alerts.poster import Poster
from cogs.perf.kit import label, lacking_permissions, show
from services.docker import Action
from utils.metrics.outcome import Outcome

from .base import Choices, Commands, Interaction

_MOST_OFFERED = 25
_LONGEST_MUTE = 8_760.0
_HOUR = 3_600.0
_NAME = 100


class BadChannel(Exception):  # noqa: N818 - says what is bad; "Error" would add nothing
    """Alerts can't go where they were asked to.

    Args:
        user_message: Why, and what to do.
    """

    outcome: ClassVar[Outcome] = Outcome.BAD_INPUT

    def __init__(self, user_message: str) -> None:
        super().__init__(user_message)
        self.user_message = user_message


class AlertCommands(Commands):
    """What is told of containers, and the telling itself. Admins alone; the service sees to it."""

    async def cog_load(self) -> None:
        """Begin to post what the service has to tell."""
        await super().cog_load()
        self._poster = Poster(DiscordChannel(self.bot))
        self._poster.start()
        self.service.watch.tell = self._poster.put

    async def cog_unload(self) -> None:
        """Post no more."""
        await self._poster.close()
        await super().cog_unload()

    @app_commands.command()
    @app_commands.describe(channel="Post alerts here from now on", off="Post no alerts any more")
    async def alerts(
        self, interaction: Interaction, channel: discord.TextChannel | None = None, *, off: bool = False
    ) -> None:
        """Show what is told of containers that die or get sick, and where; or set the channel. For admins."""
        await interaction.response.defer(ephemeral=True)
        actor = actor_of(interaction)
        await self.service.watch.state(actor)  # who may not see it gets no advice about permissions either
        if channel is not None and off:
            raise BadChannel("`off` ends the alerts, `channel` says where they go. Give either.")
        if channel is not None:
            lacking = lacking_permissions(channel)
            if lacking:
                raise BadChannel(
                    f"I can't post in {channel.mention} yet. I need there: {', '.join(lacking)}. "
                    "Give them to my role in the channel's settings, then run this again."
                )
        if channel is not None or off:
            await self.service.watch.post_to(actor, channel.id if channel else None)
            self._poster.forget_problem()
        await show(interaction, state_embed(await self.service.watch.state(actor), self._poster.posting))

    @app_commands.command()
    @app_commands.describe(container="Which container", hours="For how long; until it is unmuted if left out")
    async def mute(
        self,
        interaction: Interaction,
        container: str,
        hours: app_commands.Range[float, 0.1, _LONGEST_MUTE] | None = None,
    ) -> None:
        """Post no alerts about a container for a while. For admins."""
        await interaction.response.defer(ephemeral=True)
        actor = actor_of(interaction)
        await self.service.watch.state(actor)
        name = (await self.service.info(actor, container)).container.name
        until = await self.service.watch.mute(actor, name, None if hours is None else hours * _HOUR)
        await show(interaction, muted_embed(name, until))

    @app_commands.command()
    @app_commands.describe(container="Which container")
    async def unmute(self, interaction: Interaction, container: str) -> None:
        """Post alerts about a container again. For admins."""
        await interaction.response.defer(ephemeral=True)
        name = container.strip()
        was_muted = await self.service.watch.unmute(actor_of(interaction), name)
        await show(interaction, unmuted_embed(name, was_muted=was_muted))

    @mute.autocomplete("container")
    async def _mute_names(self, interaction: Interaction, typed: str) -> Choices:
        return await self.offered(interaction, typed, Action.INFO) if actor_of(interaction).admin else []

    @unmute.autocomplete("container")
    async def _unmute_names(self, interaction: Interaction, typed: str) -> Choices:
        wanted = typed.strip().casefold()
        names = [name for name in self.service.watch.muted(actor_of(interaction)) if wanted in name.casefold()]
        fit = [name for name in names if len(name) <= _NAME][:_MOST_OFFERED]
        return [app_commands.Choice(name=label(name, _NAME), value=name) for name in fit]
