"""Stretches of time in words: "yesterday", "last week", "last 6 h", "since restart", "before 2026-11-23 14:00".

Days begin at midnight and weeks on Monday, in the zone of the moment that is handed in. "before X" is as long as the
time from X until now, at most seven days, and "after X" as long as that: so two windows around a moment compare.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

_AROUND = timedelta(days=7)
_LONGEST = timedelta(days=3_650)
_DAY = timedelta(days=1)
_LAST = re.compile(r"(?:the )?(last|previous) (\d{1,4}) ?(h|hours?|d|days?)", re.ASCII)
_MOMENT = re.compile(r"(before|after|since) (.+)")
_UNITS = {"h": timedelta(hours=1), "d": timedelta(days=1)}
RESTART = "restart"


class NoSpan(ValueError):  # noqa: N818 - it names what it is about
    """A text that tells no stretch of time.

    Args:
        message: What is wrong with it.
    """


@dataclass(frozen=True, slots=True)
class Span:
    """A stretch of time.

    Attributes:
        start: Seconds since the epoch, included.
        end: The same, not included.
        name: What it is called.
    """

    start: float
    end: float
    name: str


def read(text: str, now: datetime, restart: float | None = None) -> Span:
    """Read a stretch of time.

    Args:
        text: today, yesterday, this week, last week; "last 24 h", "previous 24 h" (the 24 hours before those), in hours
            or days; "before", "after" or "since" followed by a moment; or a day. A moment is "restart", a day as in
            2026-11-23, or a day and a time as in 2026-11-23 14:00.
        now: With its time zone.
        restart: When the bot was last started, in seconds since the epoch; None when that is not known.

    Raises:
        NoSpan: It is no such thing, lies in the future, or there is no known restart.
    """
    wanted = " ".join(text.lower().split())
    midnight = datetime.combine(now.date(), time.min, now.tzinfo)
    monday = _days_before(midnight, now.weekday())
    calendar = {
        "today": (midnight, now),
        "yesterday": (_days_before(midnight, 1), midnight),
        "this week": (monday, now),
        "last week": (_days_before(monday, 7), monday),
    }
    if wanted in calendar:
        return _span(*calendar[wanted], wanted)
    found = _LAST.fullmatch(wanted)
    if found:
        return _last(found[1], int(found[2]), found[3][0], now)
    found = _MOMENT.fullmatch(wanted)
    if found:
        return _around(found[1], found[2], now, restart)
    return _day(wanted, now)


def _last(word: str, number: int, unit: str, now: datetime) -> Span:
    length = number * _UNITS[unit]
    if not timedelta() < length <= _LONGEST:
        raise NoSpan("choose between 1 hour and 10 years")
    end = now.timestamp() - (length.total_seconds() if word == "previous" else 0)
    return Span(end - length.total_seconds(), end, f"{word} {number} {unit}")


def _around(word: str, what: str, now: datetime, restart: float | None) -> Span:
    if what in (RESTART, "the restart", "last restart"):
        if restart is None:
            raise NoSpan("no restart of the bot is on record yet")
        moment, name = restart, "the restart"
    else:
        moment, name = _moment(what, now).timestamp(), what
    length = min(now.timestamp() - moment, _AROUND.total_seconds())
    if length <= 0:
        raise NoSpan(f"{what} is not past yet")
    if word == "before":
        return Span(moment - length, moment, f"before {name}")
    return Span(moment, moment + length, f"after {name}")


def _moment(text: str, now: datetime) -> datetime:
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        raise NoSpan(f"{text} is no moment; write 2026-11-23 14:00, or restart") from None
    return moment if moment.tzinfo else moment.replace(tzinfo=now.tzinfo)


def _day(text: str, now: datetime) -> Span:
    try:
        day = date.fromisoformat(text)
    except ValueError:
        raise NoSpan(
            "write today, yesterday, this week, last week, last 24 h, before 2026-11-23 14:00 or a day"
        ) from None
    start = datetime.combine(day, time.min, now.tzinfo)
    if start >= now:
        raise NoSpan(f"{text} is not past yet")
    return _span(start, min(now, datetime.combine(day + _DAY, time.min, now.tzinfo)), text)


def _days_before(midnight: datetime, days: int) -> datetime:
    # By the calendar: a day may have 23 or 25 hours.
    return datetime.combine(midnight.date() - timedelta(days=days), time.min, midnight.tzinfo)


def _span(start: datetime, end: datetime, name: str) -> Span:
    return Span(start.timestamp(), end.timestamp(), name)
