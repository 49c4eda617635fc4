"""What is said when a schedule is set: what becomes of today's summary."""

from __future__ import annotations

from datetime import UTC, date, datetime, time

import pytest

from cogs.perf.planning import about_today
from cogs.perf.schedule import Schedule, State, Verdict, decide

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
