from __future__ import annotations

from contextlib import suppress
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from utils.metrics.analysis.spans import NoSpan, Span, read

NOW = datetime(2026, 11, 24, 9, 30, tzinfo=UTC)  # a Tuesday


def moment(text: str) -> float:
    return datetime.fromisoformat(text).replace(tzinfo=UTC).timestamp()


@pytest.mark.parametrize(
    ("text", "start", "end", "name"),
    [
        ("today", "2026-11-24", "2026-11-24 09:30", "today"),
        (" Yesterday ", "2026-11-23", "2026-11-24", "yesterday"),
        ("this  week", "2026-11-23", "2026-11-24 09:30", "this week"),
        ("last week", "2026-11-16", "2026-11-23", "last week"),
        ("last 24 h", "2026-11-23 09:30", "2026-11-24 09:30", "last 24 h"),
        ("previous 24 hours", "2026-11-22 09:30", "2026-11-23 09:30", "previous 24 h"),
        ("last 7 days", "2026-11-17 09:30", "2026-11-24 09:30", "last 7 d"),
        ("2026-11-20", "2026-11-20", "2026-11-21", "2026-11-20"),
        ("2026-11-24", "2026-11-24", "2026-11-24 09:30", "2026-11-24"),
        ("before 2026-11-24 08:00", "2026-11-24 06:30", "2026-11-24 08:00", "before 2026-11-24 08:00"),
        ("since 2026-11-24 08:00", "2026-11-24 08:00", "2026-11-24 09:30", "after 2026-11-24 08:00"),
        ("after 2026-11-01", "2026-11-01", "2026-11-08", "after 2026-11-01"),
        ("before restart", "2026-11-24 08:30", "2026-11-24 09:00", "before the restart"),
        ("after the restart", "2026-11-24 09:00", "2026-11-24 09:30", "after the restart"),
    ],
)
def test_a_span_is_read(text: str, start: str, end: str, name: str) -> None:
    assert read(text, NOW, moment("2026-11-24 09:00")) == Span(moment(start), moment(end), name)


@pytest.mark.parametrize(
    ("text", "wrong"),
    [
        ("", "write today"),
        ("tomorrow", "write today"),
        ("2026-11-25", "not past yet"),
        ("before 2027-01-01", "not past yet"),
        ("after noon", "no moment"),
        ("last 0 h", "between 1 hour"),
        ("last 9999 d", "between 1 hour"),
        ("since restart", "no restart"),
        ("2026-02-30", "write today"),
        ("9999-12-31", "not past yet"),
    ],
)
def test_what_is_no_span_is_told_what_is_wrong_with_it(text: str, wrong: str) -> None:
    with pytest.raises(NoSpan, match=wrong):
        read(text, NOW)


def test_days_are_those_of_the_calendar_where_the_clock_is_changed() -> None:
    zone = ZoneInfo("Europe/Berlin")
    now = datetime(2026, 10, 26, 12, tzinfo=zone)  # the Monday after a day of 25 hours
    yesterday = read("yesterday", now)
    assert yesterday.end - yesterday.start == timedelta(hours=25).total_seconds()
    last_week = read("last week", now)
    assert last_week.end - last_week.start == timedelta(days=7, hours=1).total_seconds()


@given(st.text(max_size=40) | st.from_regex(r"(before|after|since|last|previous) [0-9 :hd-]{1,20}", fullmatch=True))
def test_whatever_is_typed_gives_a_past_span_or_a_reason(text: str) -> None:
    with suppress(NoSpan):
        span = read(text, NOW, NOW.timestamp() - 60)
        assert span.start < span.end <= NOW.timestamp()


@given(st.datetimes(NOW.replace(tzinfo=None) - timedelta(days=9_000), NOW.replace(tzinfo=None) - timedelta(minutes=1)))
def test_before_and_after_a_moment_are_equally_long_and_meet_in_it(when: datetime) -> None:
    before, after = read(f"before {when}", NOW), read(f"after {when}", NOW)
    assert before.end == after.start
    assert before.end - before.start == pytest.approx(after.end - after.start, rel=1e-6)
