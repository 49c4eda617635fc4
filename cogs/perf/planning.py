"""From the options of `/perf schedule` to a schedule."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import time
from typing import TYPE_CHECKING

from .arguments import BadInput, parse_time
from .kit import code, lacking_permissions
from .reports.schedules import EXAMPLE, unknown
from .reports.summary.names import WEEKDAYS
from .schedule import CATCH_UP, LAST, Kind, Schedule, State, moment_of
from .schedule_store import MOST_SCHEDULES
from .zones import check_zone

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import date, datetime, tzinfo

    import discord

LAST_DAY = "last"
MORNING = time(9)
_MONDAY = 0
_FIRST = 1
EVERY_MONTH = 28
"""The last day that every month has."""
_COMES = {Kind.DAILY: "tomorrow", Kind.WEEKLY: "next week", Kind.MONTHLY: "next month"}


@dataclass(frozen=True, slots=True)
class Wish:
    """What was asked for; None keeps what is set.

    Args:
        kind: Which summary.
        channel: Where.
        at: Time of day as it was typed.
        zone: Time zone as it was typed.
        weekday: Day of the week, by its English name.
        day: Day of the month as it was typed.
    """

    kind: Kind
    channel: discord.TextChannel | None = None
    at: str | None = None
    zone: str | None = None
    weekday: str | None = None
    day: str | None = None


def plan(wish: Wish, guild_id: int, schedules: Sequence[Schedule], now: float) -> Schedule:
    """Make the schedule that was asked for; blocks, for it reads time zones.

    Args:
        wish: The options.
        guild_id: The server.
        schedules: What is set there now.
        now: Unix seconds.

    Raises:
        BadInput: An option makes no sense, the channel is missing, the bot may not write there, or there are too many.
    """
    channel_id = _channel_of(wish, [one for one in schedules if one.kind is wish.kind])
    present = next((one for one in schedules if one.key == (guild_id, channel_id, wish.kind)), None)
    if present is None and len(schedules) >= MOST_SCHEDULES:
        raise BadInput(f"There are {MOST_SCHEDULES} summaries here already: `/perf schedule remove` one first.")
    at = parse_time(wish.at) if wish.at is not None else present.at if present else MORNING
    # What was set before is checked, too: the computer may have lost its time zones, and must not promise a summary.
    set_zone = next((one.zone for one in (present, *schedules) if one is not None), "UTC")
    zone = check_zone(wish.zone if wish.zone is not None else set_zone)
    return Schedule(guild_id, channel_id, at, zone, now, wish.kind, _day_of(wish, present))


def _channel_of(wish: Wish, alike: Sequence[Schedule]) -> int:
    if wish.channel is not None:
        lacking = lacking_permissions(wish.channel)
        if lacking:
            raise BadInput(
                f"I can't post in {wish.channel.mention} yet. I need there: {', '.join(lacking)}. "
                "Give them to my role in the channel's settings, then run this again."
            )
        return int(wish.channel.id)
    if not alike:
        raise BadInput(f"Choose a channel, too: {EXAMPLE}.")
    if len(alike) > 1:
        raise BadInput(f"There are {len(alike)} {wish.kind} summaries here. Say which one: choose its channel.")
    return alike[0].channel_id


def _day_of(wish: Wish, present: Schedule | None) -> int:
    if wish.weekday is not None and wish.kind is not Kind.WEEKLY:
        raise BadInput(f"`weekday` is for weekly summaries; a {wish.kind} one has none.")
    if wish.day is not None and wish.kind is not Kind.MONTHLY:
        raise BadInput(f"`day` is for monthly summaries; a {wish.kind} one has none.")
    if wish.weekday is not None:
        return WEEKDAYS.index(wish.weekday)
    if wish.day is not None:
        return parse_day(wish.day)
    if present is not None:
        return present.day
    return {Kind.DAILY: 0, Kind.WEEKLY: _MONDAY, Kind.MONTHLY: _FIRST}[wish.kind]


def parse_day(text: str) -> int:
    """Read a day of the month.

    Args:
        text: "1" to "28", or "last".

    Raises:
        BadInput: It is no such thing.
    """
    wanted = text.strip().casefold()
    if wanted == LAST_DAY:
        return LAST
    if wanted.isascii() and wanted.isdigit() and _FIRST <= int(wanted) <= EVERY_MONTH:
        return int(wanted)
    raise BadInput(
        f"I can't read {code(text)} as a day of the month. Write a number from 1 to 28, or `last`: later days do not "
        "come every month."
    )


def choose(schedules: Sequence[Schedule], named: str | None) -> Schedule:
    """Find the schedule that is meant.

    Args:
        schedules: Those of the server.
        named: Its number as it was typed or picked; None means the only one.

    Raises:
        BadInput: There is none, no such one, or there are several and none was named.
    """
    if not schedules:
        raise BadInput(f"No summary is set here. Set one with {EXAMPLE}.")
    if named is None:
        if len(schedules) > 1:
            raise BadInput("There are several summaries here. Say which one: pick it from the list.")
        return schedules[0]
    found = next((one for one in schedules if str(one.number) == named.strip()), None)
    if found is None:
        raise BadInput(unknown(named))
    return found


def about_today(schedule: Schedule, zone: tzinfo, claims: Mapping[date, State], now: datetime) -> str | None:
    """Say what becomes of today's summary when a schedule was just set, where the next moment alone doesn't tell.

    Args:
        schedule: As it is set now.
        zone: Its time zone.
        claims: What was decided so far for each local date, for the schedule's channel and kind.
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
        case _ if schedule.owes(today) and moment is not None and moment <= now and moment.timestamp() < schedule.since:
            comes = _COMES[schedule.kind]
            return f"{schedule.at:%H:%M} has passed today: the first summary at this time comes {comes}."
    return None
