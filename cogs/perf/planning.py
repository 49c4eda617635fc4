"""From the options of `/perf schedule` to a schedule."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import time
from typing import cast

import discord

from .arguments import BadInput, parse_time
from .reports.housekeeping import SCHEDULE_EXAMPLE
from .schedule import Schedule
from .zones import check_zone

_MORNING = time(9)
_NEEDED = ("view_channel", "send_messages", "embed_links", "read_message_history")


@dataclass(frozen=True, slots=True)
class Wish:
    """What was asked for; None keeps what is set.

    Args:
        channel: Where.
        at: Time of day as it was typed.
        zone: Time zone as it was typed.
        off: Whether to remove the schedule.
    """

    channel: discord.TextChannel | None
    at: str | None
    zone: str | None
    off: bool

    @property
    def is_empty(self) -> bool:
        """Whether nothing was asked for but a look."""
        return self.channel is None and self.at is None and self.zone is None and not self.off

    def check_off(self) -> None:
        """Raise BadInput when removing was asked for together with setting."""
        if self.channel is not None or self.at is not None or self.zone is not None:
            raise BadInput("`off` removes the summary, the other options set one. Give either.")


def plan(wish: Wish, guild_id: int, present: Schedule | None, now: float) -> Schedule:
    """Make the schedule that was asked for; blocks, for it reads time zones.

    Args:
        wish: The options.
        guild_id: The server.
        present: What is set now.
        now: Unix seconds.

    Raises:
        BadInput: An option makes no sense, the channel is missing, or the bot may not write there.
    """
    if wish.is_empty and present is not None:
        return present
    if wish.channel is not None:
        lacking = lacking_permissions(wish.channel)
        if lacking:
            raise BadInput(
                f"I can't post in {wish.channel.mention} yet. I need there: {', '.join(lacking)}. "
                "Give them to my role in the channel's settings, then run this again."
            )
    channel_id = wish.channel.id if wish.channel is not None else present.channel_id if present else None
    if channel_id is None:
        raise BadInput(f"Choose a channel, too: {SCHEDULE_EXAMPLE}.")
    at = parse_time(wish.at) if wish.at is not None else present.at if present else _MORNING
    # What was set before is checked, too: the computer may have lost its time zones, and must not promise a summary.
    zone = check_zone(wish.zone if wish.zone is not None else present.zone if present else "UTC")
    return Schedule(guild_id, channel_id, at, zone, now)


def lacking_permissions(channel: discord.TextChannel) -> list[str]:
    """Name the permissions that the bot needs to post in a channel and has not: "Send Messages"."""
    me = cast("discord.Member | None", channel.guild.me)
    # Without the guilds intent the bot doesn't know itself as a member: the first post will tell.
    own = channel.permissions_for(me) if me is not None else discord.Permissions.all()
    return [name.replace("_", " ").title() for name in _NEEDED if not getattr(own, name)]
