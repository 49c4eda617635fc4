"""When an alarm is told: arithmetic alone, no clock and no file.

Rules:
1. One message when it begins to ring, one when it ends.
2. After a message that it rings none follows for `COOLDOWN`, however often it ends and begins again; one that still
   rings after that is told then.
3. The end of a ringing that nobody was told of is not told.
4. A ringing that ended before its message could be tried is told not at all.
5. Without a channel nothing is told; one that is set later hears of what rings then.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from .book import Alarm, Kind, Notice

if TYPE_CHECKING:
    from collections.abc import Mapping

    from .book import Book, Kept, Key

COOLDOWN = 6 * 3_600.0
"""Seconds after a message that an alarm rings, before another."""


def step(book: Book, ringing: Mapping[Key, bool], now: float) -> Book:
    """Bring alarms up to date.

    Args:
        book: As it was.
        ringing: Whether each goal's alarm rings now; goals that are not in it stay as they are.
        now: Unix seconds.

    Returns:
        The same book when nothing changed.
    """
    for key, rings in ringing.items():
        kept = book.find(key)
        if kept is not None:
            book = _step(book, kept, rings=rings, now=now)
    return book


def _step(book: Book, kept: Kept, *, rings: bool, now: float) -> Book:
    alarm = book.alarms.get(kept.key)
    if rings:
        if alarm is None or alarm.ended is not None:
            alarm = Alarm(now, last_told=alarm.last_told if alarm else None)
        return _ring(book, kept, alarm, now)
    if alarm is None or alarm.ended is not None:
        return book
    return _end(book, kept, alarm, now)


def _ring(book: Book, kept: Kept, alarm: Alarm, now: float) -> Book:
    channel = book.channel_of(kept)
    quiet = alarm.last_told is not None and 0 <= now - alarm.last_told < COOLDOWN
    if not alarm.told and not quiet and channel is not None:
        notice = Notice(*kept.key, Kind.RING, channel, alarm.began, now)
        book = replace(book, notices=(*book.notices, notice))
        alarm = replace(alarm, told=True, last_told=now)
    if book.alarms.get(kept.key) == alarm:
        return book
    return replace(book, alarms={**book.alarms, kept.key: alarm})


def _end(book: Book, kept: Kept, alarm: Alarm, now: float) -> Book:
    ended = replace(alarm, ended=now)
    unheard = [
        notice
        for notice in book.notices
        if notice.key == kept.key and notice.kind is Kind.RING and notice.tried is None
    ]
    notices = tuple(notice for notice in book.notices if notice not in unheard)
    channel = book.channel_of(kept)
    if unheard:
        ended = replace(ended, last_told=None)
    elif alarm.told and channel is not None:
        notices = (*notices, Notice(*kept.key, Kind.END, channel, alarm.began, now))
    return replace(book, alarms={**book.alarms, kept.key: ended}, notices=notices)
