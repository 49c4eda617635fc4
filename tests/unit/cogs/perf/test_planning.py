"""What is said when a schedule is set: what becomes of today's summary."""

from __future__ import annotations

from datetime import UTC, date, datetime, time

import discord
import pytest

from cogs.perf.arguments import BadInput
from cogs.perf.planning import Wish, about_today, choose, parse_day, plan
from cogs.perf.schedule import LAST, Kind, Schedule, State, Verdict, decide
from cogs.perf.schedule_store import MOST_SCHEDULES

NOW = datetime(2026, 11, 24, 10, tzinfo=UTC)
TODAY = date(2026, 11, 24)
YESTERDAY = date(2026, 11, 23)


@pytest.mark.parametrize(
    ("clock", "state", "words"),
    [
        ("15:00", None, None),
        ("15:00", State.POSTED, "Today's summary is posted already."),
        ("15:00", State.GIVEN_UP, "Today's summary was missed, and is not tried again."),
        ("15:00", State.SKIPPED, "Today's summary was missed, and is not tried again."),
        ("15:00", State.CLAIMED, "Today's summary was due and is not posted yet: it comes at the new time."),
        ("09:30", State.CLAIMED, "Today's summary was due and is not posted yet: I go on trying."),
        (
            "03:59",
            State.CLAIMED,
            "Today's summary was due and is not posted yet: by the new time it is too late for it.",
        ),
        ("09:30", None, "09:30 has passed today: the first summary at this time comes tomorrow."),
        ("09:30", State.POSTED, "Today's summary is posted already."),
    ],
)
def test_what_becomes_of_todays_summary_is_said_and_kept(clock: str, state: State | None, words: str | None) -> None:
    schedule = Schedule(1, 2, time.fromisoformat(clock), "UTC", NOW.timestamp())
    claims = {YESTERDAY: State.POSTED} | ({TODAY: state} if state else {})
    assert about_today(schedule, UTC, claims, NOW) == words
    decision = decide(schedule, UTC, claims, NOW)
    comes_today = decision.day == TODAY and decision.verdict in (Verdict.POST, Verdict.WAIT)
    assert comes_today == (words is None or words.endswith(("at the new time.", "I go on trying.")))


def test_a_schedule_that_was_set_long_ago_and_is_owed_now_has_not_passed() -> None:
    schedule = Schedule(1, 2, time(9), "UTC", NOW.timestamp() - 90_000)
    assert about_today(schedule, UTC, {}, NOW) is None


NINE = Schedule(1, 2, time(9), "Europe/Berlin", 0.0)


def test_what_is_not_asked_for_stays_as_it_is_set() -> None:
    weekly = Schedule(1, 2, time(9), "Asia/Tokyo", 0.0, Kind.WEEKLY, 4, 2)
    assert plan(Wish(Kind.WEEKLY, at="10:30"), 1, [NINE, weekly], 5.0) == Schedule(
        1, 2, time(10, 30), "Asia/Tokyo", 5.0, Kind.WEEKLY, 4
    )
    assert plan(Wish(Kind.DAILY), 1, [NINE], 5.0) == Schedule(1, 2, time(9), "Europe/Berlin", 5.0)


@pytest.mark.parametrize(
    ("wish", "told"),
    [
        (Wish(Kind.WEEKLY), "Choose a channel, too"),
        (Wish(Kind.DAILY, weekday="Friday"), "`weekday` is for weekly summaries; a daily one has none"),
        (Wish(Kind.DAILY, day="1"), "`day` is for monthly summaries"),
    ],
)
def test_a_wish_that_makes_no_sense_is_told_with_what_would(wish: Wish, told: str) -> None:
    with pytest.raises(BadInput) as caught:
        plan(wish, 1, [NINE], 5.0)
    assert told in caught.value.user_message


def test_without_a_channel_one_of_several_alike_is_asked_for() -> None:
    two = [NINE, Schedule(1, 3, time(9), "UTC", 0.0, number=2)]
    with pytest.raises(BadInput) as caught:
        plan(Wish(Kind.DAILY, at="10:00"), 1, two, 5.0)
    assert "There are 2 daily summaries here" in caught.value.user_message
    with pytest.raises(BadInput) as caught:
        choose(two, None)
    assert "There are several summaries" in caught.value.user_message
    assert choose(two, "2").channel_id == 3
    with pytest.raises(BadInput) as caught:
        choose(two, "7")
    assert "There is no summary `7` here" in caught.value.user_message


def test_a_server_has_only_so_many() -> None:
    full = [Schedule(1, 10 + number, time(9), "UTC", 0.0) for number in range(MOST_SCHEDULES - 1)]
    weekly = Schedule(1, 2, time(9), "UTC", 0.0, Kind.WEEKLY)
    assert plan(Wish(Kind.WEEKLY, at="8:00"), 1, [*full, weekly], 5.0).at == time(8)
    with pytest.raises(BadInput) as caught:
        plan(Wish(Kind.MONTHLY, channel=OpenChannel()), 1, [*full, weekly], 5.0)  # type: ignore[arg-type] # what is asked of one
    assert "There are 10 summaries here already" in caught.value.user_message


class OpenChannel:
    """A channel where the bot may do all that it needs."""

    id = 99
    guild = type("Guild", (), {"me": None})()

    def permissions_for(self, _: object) -> discord.Permissions:
        return discord.Permissions.all()


@pytest.mark.parametrize(("text", "day"), [("1", 1), (" 28 ", 28), ("Last", LAST)])
def test_a_day_of_the_month_is_read(text: str, day: int) -> None:
    assert parse_day(text) == day


@pytest.mark.parametrize("text", ["0", "29", "31", "-1", "first", "", "٣"])
def test_a_day_that_does_not_come_every_month_is_refused(text: str) -> None:
    with pytest.raises(BadInput) as caught:
        parse_day(text)
    assert "Write a number from 1 to 28, or `last`" in caught.value.user_message
