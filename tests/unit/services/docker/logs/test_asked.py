from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.docker.logs.asked import LONGEST_WORD, MOST_WORDS, NotUnderstood, Words, since
from utils.metrics.outcome import outcome_of

NOW = datetime(2026, 11, 24, 12, 30, tzinfo=UTC)


@pytest.mark.parametrize(
    ("text", "back"),
    [
        ("90s", timedelta(seconds=90)),
        ("10m", timedelta(minutes=10)),
        ("10 min", timedelta(minutes=10)),
        ("2H", timedelta(hours=2)),
        (" 1d ", timedelta(days=1)),
        ("1w", timedelta(weeks=1)),
        ("1h30m", timedelta(minutes=90)),
        ("1h 30m", timedelta(minutes=90)),
    ],
)
def test_a_time_back_from_now_is_read(text: str, back: timedelta) -> None:
    assert since(text, NOW) == NOW - back


@pytest.mark.parametrize(
    ("text", "moment"),
    [
        ("2026-11-24 08:00", datetime(2026, 11, 24, 8, tzinfo=UTC)),
        ("2026-11-24 08:00 UTC", datetime(2026, 11, 24, 8, tzinfo=UTC)),
        ("2026-11-24T08:00:30.5Z", datetime(2026, 11, 24, 8, 0, 30, 500_000, UTC)),
        ("2026-11-24t08:00+02:00", datetime(2026, 11, 24, 6, tzinfo=UTC)),
        ("2026-11-24", datetime(2026, 11, 24, tzinfo=UTC)),
        ("08:00", datetime(2026, 11, 24, 8, tzinfo=UTC)),
        ("8:00:05", datetime(2026, 11, 24, 8, 0, 5, tzinfo=UTC)),
        ("23:00", datetime(2026, 11, 23, 23, tzinfo=UTC)),
        ("0001-01-01", datetime(1970, 1, 1, tzinfo=UTC)),
        ("999999999w", datetime(1970, 1, 1, tzinfo=UTC)),
    ],
)
def test_a_date_or_a_time_is_read_in_utc_unless_it_names_its_zone(text: str, moment: datetime) -> None:
    assert since(text, NOW) == moment


@pytest.mark.parametrize("text", ["", "yesterday", "10", "10x", "m", "-10m", "24:00", "8:60", "2026-13-01", "10m ago"])
def test_anything_else_is_refused_with_how_to_write_it(text: str) -> None:
    with pytest.raises(NotUnderstood, match="such as `10m`") as caught:
        since(text, NOW)
    assert outcome_of(caught.value) == "bad_input"


def test_the_future_is_refused_with_what_time_it_is_in_utc() -> None:
    away = NOW.astimezone(timezone(timedelta(hours=9)))
    with pytest.raises(NotUnderstood, match=r"2026-11-24 13:00` UTC is in the future.*2026-11-24 12:30"):
        since("2026-11-24 13:00", away)


@given(st.text(max_size=30))
def test_whatever_is_typed_gives_a_time_in_the_past_or_a_clear_error(text: str) -> None:
    try:
        moment = since(text, NOW)
    except NotUnderstood:
        return
    assert datetime.fromtimestamp(0, UTC) <= moment <= NOW


@pytest.mark.parametrize(
    ("words", "line", "wanted"),
    [
        ("error", "An ERROR came", True),
        ("error", "fine", False),
        ("error disk", "disk error", True),
        ("error disk", "error", False),
        ("error -timeout", "error: timeout", False),
        ("error -timeout", "error: disk", True),
        ("-debug", "info", True),
        ("-debug", "DEBUG x", False),
        ("straße", "STRASSE", True),
        (".*", "a.*b", True),
        (".*", "ab", False),
        ("", "anything", True),
        (" - ", "anything", True),
    ],
)
def test_a_line_needs_all_words_and_none_of_those_after_a_dash(words: str, line: str, wanted: bool) -> None:  # noqa: FBT001
    assert Words.parse(words).match(line) is wanted


def test_no_words_are_no_filter() -> None:
    assert not Words.parse(" - ")
    assert Words.parse("-x")


@pytest.mark.parametrize("text", ["a " * (MOST_WORDS + 1), "a" * (LONGEST_WORD + 1)])
def test_too_many_words_and_too_long_ones_are_refused(text: str) -> None:
    with pytest.raises(NotUnderstood, match="filter by"):
        Words.parse(text)
