"""Who may: decided at run time from what Discord sends with each press, not from a cache that may be stale."""

from __future__ import annotations

from typing import Any, ClassVar

import discord
from discord import app_commands

from utils.metrics.outcome import Outcome


class Denied(app_commands.CheckFailure):
    """Someone asked for what they have no right to.

    Args:
        user_message: What the person reads: why, and whom to ask.
    """

    outcome: ClassVar[Outcome] = Outcome.DENIED

    def __init__(self, user_message: str) -> None:
        super().__init__(user_message)
        self.user_message = user_message


def is_admin(interaction: discord.Interaction[Any]) -> bool:
    """Tell whether the person has the administrator permission in this guild, or owns it.

    In direct messages nobody is an admin.
    """
    if interaction.guild_id is None:
        return False
    guild = interaction.guild
    if guild is not None and guild.owner_id == interaction.user.id:
        return True
    return isinstance(interaction.user, discord.Member) and interaction.permissions.administrator
