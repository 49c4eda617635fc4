"""From the options of `/perf schedule` to a schedule."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import time
from typing import TYPE_CHECKING

from .arguments import BadInput, parse_time
from .kit import lacking_permissions
from .reports.housekeeping import SCHEDULE_EXAMPLE
from .schedule import CATCH_UP, Schedule, State, moment_of
from .zones import check_zone

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date, datetime, tzinfo

    import discord

_MORNING = time(9)


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


def about_today(schedule: Schedule, zone: tzinfo, claims: Mapping[date, State], now: datetime) -> str | None:
    """Say what becomes of today's summary when a schedule was just set, where the next moment alone doesn't tell.

    Args:
        schedule: As it is set now.
        zone: Its time zone.
        claims: What was decided so far for each local date, for the schedule's channel.
        now: The present moment, with a time zone.
    """
    today = now.astimezone(zone).date()
    moment = moment_of(today, schedule.at, zone)
    match claims.get(today):
        case State.POSTED:
            return "Today's summary is posted already."
        case State.SKIPPED | State.GIVEN_UP:
            return "Today's summary was missed, and is not tried again."
        case State.CLAIMED if moment is not None:
            if moment > now:
                return "Today's summary was due and is not posted yet: it comes at the new time."
            late = now - moment > CATCH_UP
            then = "by the new time it is too late for it" if late else "I go on trying"
            return f"Today's summary was due and is not posted yet: {then}."
        case _ if moment is not None and moment <= now and moment.timestamp() < schedule.since:
            return f"{schedule.at:%H:%M} has passed today: the first summary at this time comes tomorrow."
    return None
