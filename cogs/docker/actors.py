"""From what Discord sends with an interaction to the service's idea of who asks."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING, Any

import discord

from cogs.perf.kit import is_admin, is_home
from services.docker import Actor

if TYPE_CHECKING:
    Interaction = discord.Interaction[Any]

_LOG = logging.getLogger(__name__)


def actor_of(interaction: Interaction, member: discord.Member | None = None) -> Actor:
    """Tell who asks, by what came with this very press: roles from a cache may be stale.

    Outside the bot's home no rule holds, and nobody has roles that count: their ids are chosen there by others.

    Args:
        interaction: Theirs.
        member: The person as Discord knows them now, when it was asked again later.
    """
    user, channel = member or interaction.user, interaction.channel
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
        admin=is_admin(interaction, member),
    )


async def actor_again(interaction: Interaction) -> Actor:
    """Tell who asked, with the roles that they have by now, for what goes on after the press.

    Whoever left the server has no rights any more. While Discord doesn't answer, what was known counts.
    """
    if interaction.guild is None:
        return actor_of(interaction)
    try:
        return actor_of(interaction, await interaction.guild.fetch_member(interaction.user.id))
    except discord.NotFound:
        return Actor(user_id=interaction.user.id, name=interaction.user.name, at_home=False)
    except (discord.DiscordException, OSError) as error:
        _LOG.debug("Whether rights still hold could not be asked: %s", type(error).__name__)
        return actor_of(interaction)
