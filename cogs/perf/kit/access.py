"""Who may: decided at run time from what Discord sends with each press, not from a cache that may be stale."""

from __future__ import annotations

import os
from typing import Any, ClassVar, cast

import discord
from discord import app_commands

from utils.metrics.outcome import Outcome

HOME_VARIABLE = "DDC_GUILD_ID"
TO_POST = ("view_channel", "send_messages", "embed_links", "read_message_history")
"""The permissions that posting in a channel needs; the last one to find what was posted there."""
_OWN_IN_TEAM = (discord.TeamMemberRole.admin, discord.TeamMemberRole.developer)


class Denied(app_commands.CheckFailure):
    """Someone asked for what they have no right to.

    Args:
        user_message: What the person reads: why, and whom to ask.
    """

    outcome: ClassVar[Outcome] = Outcome.DENIED

    def __init__(self, user_message: str) -> None:
        super().__init__(user_message)
        self.user_message = user_message


def is_home(interaction: discord.Interaction[Any]) -> bool:
    """Tell whether this is the server whose admins the bot's own machine and numbers concern.

    Anyone can invite a public bot to a server of their own, and is administrator there. So a server's admins count only
    in the bot's home: the server named by the bot's attribute ``home_guild_id`` or by DDC_GUILD_ID, or, when none is
    named, the only server that the bot is in. In direct messages one is never at home.

    Commands also come from servers that the bot is not in: an application can be added without its bot, or to a person.
    """
    if interaction.guild_id is None:
        return False
    client = interaction.client
    home = getattr(client, "home_guild_id", None) or os.environ.get(HOME_VARIABLE, "").strip()
    if home:
        return str(interaction.guild_id) == str(home)
    return [guild.id for guild in client.guilds] == [interaction.guild_id]


def owns_bot(interaction: discord.Interaction[Any]) -> bool:
    """Tell whether the person owns the bot's application, alone or in its team.

    In a team that is its owner, and who accepted to be its admin or developer: not who is merely invited or may look.
    """
    application = interaction.client.application
    if application is None:
        return False
    team = application.team
    if team is None:
        return bool(application.owner.id == interaction.user.id)
    return team.owner_id == interaction.user.id or any(
        member.id == interaction.user.id
        and member.membership_state is discord.TeamMembershipState.accepted
        and member.role in _OWN_IN_TEAM
        for member in team.members
    )


def is_admin(interaction: discord.Interaction[Any], member: discord.Member | None = None) -> bool:
    """Tell whether the person may see and do everything here.

    That is an administrator or the owner of the bot's home (see :func:`is_home`), and in any server the owner of the
    bot. In direct messages nobody is.

    Args:
        interaction: Theirs.
        member: The person as Discord knows them now, when it was asked again later; else as they were at the press.
    """
    if interaction.guild_id is None:
        return False
    if owns_bot(interaction):
        return True
    if not is_home(interaction):
        return False
    guild = interaction.guild
    if guild is not None and guild.owner_id == interaction.user.id:
        return True
    if member is not None:
        return member.guild_permissions.administrator
    return isinstance(interaction.user, discord.Member) and interaction.permissions.administrator


def denied(interaction: discord.Interaction[Any], message: str) -> Denied:
    """Make the refusal for a person.

    Args:
        interaction: Theirs.
        message: What is said at home; elsewhere the refusal says that the bot belongs to another server.
    """
    if interaction.guild_id is None or is_home(interaction):
        return Denied(message)
    return Denied(
        "This bot answers to the admins of one server, and this is not it. Its owner can name the server with "
        f"{HOME_VARIABLE}."
    )


def lacking_permissions(channel: discord.TextChannel) -> list[str]:
    """Name the permissions that the bot needs to post in a channel and has not: "Send Messages"."""
    me = cast("discord.Member | None", channel.guild.me)
    # Without the guilds intent the bot doesn't know itself as a member: the first post will tell.
    own = channel.permissions_for(me) if me is not None else discord.Permissions.all()
    return [name.replace("_", " ").title() for name in TO_POST if not getattr(own, name)]
