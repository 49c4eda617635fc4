"""From what Discord sends with an interaction to the service's idea of who asks."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import discord

from cogs.perf.kit import is_admin, is_home
from services.docker import Actor

if TYPE_CHECKING:
    Interaction = discord.Interaction[Any]


def actor_of(interaction: Interaction) -> Actor:
    """Tell who asks, by what came with this very press: roles from a cache may be stale.

    Outside the bot's home no rule holds, and nobody has roles that count: their ids are chosen there by others.
    """
    user, channel = interaction.user, interaction.channel
    home = is_home(interaction)
    roles = (role.id for role in user.roles) if home and isinstance(user, discord.Member) else ()
    channels = (interaction.channel_id, getattr(channel, "parent_id", None))
    return Actor(
        user_id=user.id,
        name=user.name,
        role_ids=frozenset(roles),
        channel_ids=frozenset(one for one in channels if home and one),
        channel_id=interaction.channel_id,
        guild_id=interaction.guild_id,
        at_home=home,
        admin=is_admin(interaction),
    )
