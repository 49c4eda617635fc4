"""When a summary is due: arithmetic alone, no clock and no file.

Rules:
1. A schedule has one moment for each local date of its zone that it owes a summary on: that date at HH:MM. A daily one
   owes it on every date, a weekly one on a day of the week, a monthly one on a day of the month.
2. On the day the clocks go forward, a time that does not exist is replaced by the first moment after the gap. On the
   day they go back, a time that comes twice means its first coming. A date that a zone left out has no moment.
3. A moment is owed from when it comes until `CATCH_UP` later; after that it is too late, and skipped for good.
4. Moments before the schedule was made are not owed.
5. What was decided for a date (a claim) is final, but for a claim that was never confirmed: it is taken up again, also
   after the schedule was changed, and on a date that it owes nothing on any more.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from enum import StrEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import tzinfo

CATCH_UP = timedelta(hours=6)
"""How long after its moment a summary is still posted."""

LATE = timedelta(minutes=10)
"""A summary that comes later than this says so."""

LAST = 0
"""Of the days of a month, the last one, whichever it is."""

_DAY = timedelta(days=1)
_WEEK = timedelta(days=7)


class Kind(StrEnum):
    """What a summary is about."""

    DAILY = "daily"
    WEEKLY = "weekly"
    MONTHLY = "monthly"


class State(StrEnum):
    """How far the summary of one date has come."""

    CLAIMED = "claimed"
    """About to be posted; whether it was is known only after a look into the channel."""
    POSTED = "posted"
    SKIPPED = "skipped"
    """Its time had passed before it could be tried."""
    GIVEN_UP = "given_up"
    """It was tried until it was too late, or could not be tried again without the risk of posting it twice."""


class Verdict(StrEnum):
    """What there is to do for a schedule."""

    WAIT = "wait"
    POST = "post"
    SKIP = "skip"
    GIVE_UP = "give_up"


@dataclass(frozen=True, slots=True)
class Schedule:
    """Summaries of one kind in one channel.

    Args:
        guild_id: The server.
        channel_id: Where they are posted.
        at: Local time of day, minutes exact.
        zone: IANA name of the time zone, such as "Europe/Berlin".
        since: Unix seconds; when this schedule was set, or went on after a pause.
        kind: What they are about.
        day: Of a weekly one the day of the week, 0 for Monday; of a monthly one the day of the month, 1 to 28 or
            `LAST`; of a daily one nothing.
        number: What it is called in its server, from 1.
        paused: Whether nothing is posted for now.
    """

    guild_id: int
    channel_id: int
    at: time
    zone: str
    since: float
    kind: Kind = Kind.DAILY
    day: int = 0
    number: int = 1
    paused: bool = False

    @property
    def key(self) -> tuple[int, int, Kind]:
        """What makes it one with what was set before: a channel has one schedule of a kind."""
        return self.guild_id, self.channel_id, self.kind

    def owes(self, day: date) -> bool:
        """Tell whether a summary is owed on a local date."""
        match self.kind:
            case Kind.WEEKLY:
                return day.weekday() == self.day
            case Kind.MONTHLY:
                return (day + _DAY).day == 1 if self.day == LAST else day.day == self.day
            case _:
                return True

    def before(self, day: date) -> date:
        """Find the last local date before `day` that a summary was owed on."""
        day -= _DAY
        while not self.owes(day):
            day -= _DAY
        return day

    def covers(self, day: date, moment: datetime, zone: tzinfo) -> datetime:
        """Find where what a summary is about begins.

        Args:
            day: Its local date.
            moment: When it is owed, in UTC; what it is about ends there.
            zone: The time zone.

        Returns:
            24 hours or seven days before, or the same time of the month before, in UTC.
        """
        if self.kind is Kind.MONTHLY:
            first = moment_of(self.before(day), self.at, zone)
            return first or moment - 4 * _WEEK
        return moment - (_WEEK if self.kind is Kind.WEEKLY else _DAY)


@dataclass(frozen=True, slots=True)
class Decision:
    """What to do now.

    Args:
        verdict: The deed; for WAIT the next moment is told.
        day: The local date it is about.
        moment: When that date's summary is owed, in UTC.
        retry: Whether it was claimed before, so that it may be in the channel already.
    """

    verdict: Verdict
    day: date
    moment: datetime
    retry: bool = False

    def is_late(self, now: datetime) -> bool:
        """Tell whether a summary posted `now` has to say that it is late."""
        return now - self.moment > LATE


def moment_of(day: date, at: time, zone: tzinfo) -> datetime | None:
    """Find when a local date's summary is owed.

    Args:
        day: A local date.
        at: A local time of day, without a zone.
        zone: The time zone.

    Returns:
        The moment in UTC, or None when the zone left that date out (as Samoa did with 30 December 2011).
    """
    wished = datetime.combine(day, at.replace(fold=0), tzinfo=zone)
    moment = wished.astimezone(UTC)
    if moment.astimezone(zone).replace(tzinfo=None) == wished.replace(tzinfo=None):
        return moment
    if not _exists(day, zone):
        return None
    # In a gap fold=1 reads the wished time with the offset after it, which lies before the change, and fold=0 the other
    # way round: the change is between the two.
    before = wished.replace(fold=1).astimezone(UTC)
    return _change(before, moment, zone)


def decide(schedule: Schedule, zone: tzinfo, claims: Mapping[date, State], now: datetime) -> Decision:
    """Say what there is to do for a schedule.

    Args:
        schedule: The schedule.
        zone: Its time zone.
        claims: What was decided so far for each local date, for this schedule's channel and kind.
        now: The present moment, with a time zone.

    Returns:
        POST, SKIP or GIVE_UP with the date, the oldest first; WAIT with the next moment when there is nothing to do.
    """
    now = now.astimezone(UTC)
    today = now.astimezone(zone).date()
    since = datetime.fromtimestamp(schedule.since, UTC)
    # A moment in a gap at midnight can fall on the next local date, so the day before yesterday is looked at, too.
    day = today - 2 * _DAY
    while True:
        moment = moment_of(day, schedule.at, zone)
        claim = claims.get(day)
        retry = claim is State.CLAIMED
        if moment is not None and (retry or (claim is None and moment >= since and schedule.owes(day))):
            if moment > now:
                return Decision(Verdict.WAIT, day, moment, retry=retry)
            if now - moment <= CATCH_UP:
                return Decision(Verdict.POST, day, moment, retry=retry)
            return Decision(Verdict.GIVE_UP if retry else Verdict.SKIP, day, moment, retry=retry)
        day += _DAY


def marker(kind: Kind, day: date) -> str:
    """Name a date's summary as its footer shows it; a look into the channel searches for it."""
    name = "summary" if kind is Kind.DAILY else f"{kind} summary"
    return f"{name} due {day.isoformat()}"


def _exists(day: date, zone: tzinfo) -> bool:
    """Tell whether some moment has this local date: noon or a bit around it, wherever a gap lies."""
    return any(
        datetime.combine(day, time(hour, minute), tzinfo=zone).astimezone(UTC).astimezone(zone).date() == day
        for hour in range(24)
        for minute in (0, 30)
    )


def _change(before: datetime, after: datetime, zone: tzinfo) -> datetime:
    """Find the first second after the change of offset between two moments in UTC."""
    low, high = before, after
    offset = low.astimezone(zone).utcoffset()
    while high - low > timedelta(seconds=1):
        middle = low + timedelta(seconds=(high - low) // timedelta(seconds=2))
        if middle.astimezone(zone).utcoffset() == offset:
            low = middle
        else:
            high = middle
    return high
