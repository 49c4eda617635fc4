"""A summary is owed once for each local date, whatever the clocks do."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo, available_timezones

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from cogs.perf.schedule import CATCH_UP, LAST, Kind, Schedule, State, Verdict, decide, marker, moment_of

BERLIN = ZoneInfo("Europe/Berlin")
NAMES = sorted(available_timezones() - {"localtime"})
ZONES = st.sampled_from(NAMES).map(ZoneInfo)
TIMES = st.builds(time, st.integers(0, 23), st.integers(0, 59))
DAYS = st.dates(date(1990, 1, 1), date(2040, 12, 31))


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


def schedule(clock: str = "09:00", zone: str = "Europe/Berlin", since: str = "2026-01-01T00:00") -> Schedule:
    return Schedule(1, 2, time.fromisoformat(clock), zone, at(since).timestamp())


def test_an_ordinary_day_has_its_moment_at_the_local_time() -> None:
    assert moment_of(date(2026, 11, 24), time(9), BERLIN) == at("2026-11-24T08:00")
    assert moment_of(date(2026, 7, 24), time(9), BERLIN) == at("2026-07-24T07:00")


def test_a_time_in_the_gap_of_spring_becomes_the_first_moment_after_it() -> None:
    assert moment_of(date(2026, 3, 29), time(2, 30), BERLIN) == at("2026-03-29T01:00")
    assert moment_of(date(2026, 3, 29), time(2, 0), BERLIN) == at("2026-03-29T01:00")
    assert moment_of(date(2026, 3, 29), time(3, 0), BERLIN) == at("2026-03-29T01:00")


def test_a_time_that_comes_twice_in_autumn_means_its_first_coming() -> None:
    assert moment_of(date(2026, 10, 25), time(2, 30), BERLIN) == at("2026-10-25T00:30")


def test_a_gap_at_midnight_stays_on_its_date() -> None:
    assert moment_of(date(2018, 11, 4), time(0, 10), ZoneInfo("America/Sao_Paulo")) == at("2018-11-04T03:00")


def test_a_gap_of_half_an_hour_ends_where_it_ends() -> None:
    assert moment_of(date(2026, 10, 4), time(2, 10), ZoneInfo("Australia/Lord_Howe")) == at("2026-10-03T15:30")


def test_a_date_that_a_zone_left_out_has_no_moment() -> None:
    apia = ZoneInfo("Pacific/Apia")
    assert moment_of(date(2011, 12, 30), time(9), apia) is None
    assert moment_of(date(2011, 12, 31), time(9), apia) == at("2011-12-30T19:00")


@given(ZONES, TIMES, DAYS)
def test_the_moment_is_at_the_wished_time_or_right_after_a_gap(zone: ZoneInfo, clock: time, day: date) -> None:
    moment = moment_of(day, clock, zone)
    assume(moment is not None)
    assert moment is not None
    local = moment.astimezone(zone).replace(tzinfo=None)
    if local == datetime.combine(day, clock):
        earlier = moment - timedelta(hours=1)
        assert earlier.astimezone(zone).replace(tzinfo=None) < local or earlier.astimezone(zone).fold == 1
    else:
        before = (moment - timedelta(seconds=1)).astimezone(zone).replace(tzinfo=None)
        assert before < datetime.combine(day, clock) < local


@given(ZONES, TIMES, DAYS, st.integers(1, 90))
def test_ticking_through_days_posts_exactly_once_for_each_local_date(
    zone: ZoneInfo, clock: time, first: date, step: int
) -> None:
    start = datetime.combine(first, time(12), tzinfo=zone).astimezone(UTC)
    plan = Schedule(1, 2, clock, zone.key, start.timestamp())
    end = start + timedelta(days=4)
    claims: dict[date, State] = {}
    now = start
    while now <= end:
        decision = decide(plan, zone, claims, now)
        if decision.verdict is Verdict.WAIT:
            # Jump close to the next moment, then go on in steps.
            now = max(now + timedelta(minutes=step), min(decision.moment - timedelta(minutes=2), end))
            continue
        assert decision.verdict is Verdict.POST
        assert decision.day not in claims
        claims[decision.day] = State.POSTED
    owed = {
        day
        for offset in range(-2, 8)
        if (moment := moment_of(day := first + timedelta(days=offset), clock, zone))
        and start <= moment <= end - timedelta(minutes=step)
    }
    assert owed <= set(claims)
    assert set(claims) - owed <= {day for day in claims if day >= max(owed, default=first)}


@given(ZONES, TIMES, DAYS)
def test_waiting_names_the_moment_at_which_it_ends(zone: ZoneInfo, clock: time, day: date) -> None:
    now = datetime.combine(day, time(12), tzinfo=zone).astimezone(UTC)
    plan = Schedule(1, 2, clock, zone.key, now.timestamp())
    waiting = decide(plan, zone, {}, now)
    if waiting.verdict is Verdict.WAIT:
        assert decide(plan, zone, {}, waiting.moment - timedelta(seconds=1)).verdict is Verdict.WAIT
        assert decide(plan, zone, {}, waiting.moment).verdict is Verdict.POST
        assert decide(plan, zone, {}, waiting.moment).day == waiting.day


@pytest.mark.parametrize(
    ("now", "verdict"),
    [
        ("2026-11-24T07:59:59", Verdict.WAIT),
        ("2026-11-24T08:00:00", Verdict.POST),
        ("2026-11-24T14:00:00", Verdict.POST),
        ("2026-11-24T14:00:01", Verdict.SKIP),
    ],
)
def test_a_summary_is_owed_from_its_moment_for_six_hours(now: str, verdict: Verdict) -> None:
    decision = decide(schedule(since="2026-11-24T00:00"), BERLIN, {}, at(now))
    assert (decision.verdict, decision.day) == (verdict, date(2026, 11, 24))
    assert timedelta(hours=6) == CATCH_UP


def test_a_summary_missed_before_midnight_is_caught_up_on_the_next_date() -> None:
    decision = decide(schedule("23:30", since="2026-11-24T00:00"), BERLIN, {}, at("2026-11-25T03:00"))
    assert (decision.verdict, decision.day) == (Verdict.POST, date(2026, 11, 24))
    assert decision.is_late(at("2026-11-25T03:00"))


def test_a_moment_before_the_schedule_was_made_is_not_owed() -> None:
    decision = decide(schedule(since="2026-11-24T08:00:01"), BERLIN, {}, at("2026-11-24T08:30"))
    assert (decision.verdict, decision.day) == (Verdict.WAIT, date(2026, 11, 25))


@pytest.mark.parametrize("state", [State.POSTED, State.SKIPPED, State.GIVEN_UP])
def test_what_was_decided_for_a_date_is_final(state: State) -> None:
    claims = {date(2026, 11, 23): State.POSTED, date(2026, 11, 24): state}
    decision = decide(schedule(since="2026-11-23T00:00"), BERLIN, claims, at("2026-11-24T09:00"))
    assert (decision.verdict, decision.day) == (Verdict.WAIT, date(2026, 11, 25))


def test_a_claim_that_was_never_confirmed_is_taken_up_again_until_it_is_too_late() -> None:
    claims = {date(2026, 11, 23): State.POSTED, date(2026, 11, 24): State.CLAIMED}
    again = decide(schedule(since="2026-11-23T00:00"), BERLIN, claims, at("2026-11-24T09:00"))
    assert (again.verdict, again.retry) == (Verdict.POST, True)
    over = decide(schedule(since="2026-11-23T00:00"), BERLIN, claims, at("2026-11-24T15:00"))
    assert (over.verdict, over.retry) == (Verdict.GIVE_UP, True)


@pytest.mark.parametrize(
    ("clock", "verdict", "day"),
    [
        ("09:30", Verdict.POST, date(2026, 11, 24)),
        ("15:00", Verdict.WAIT, date(2026, 11, 24)),
        ("01:00", Verdict.GIVE_UP, date(2026, 11, 24)),
    ],
)
def test_a_claim_stays_owed_when_the_time_is_changed(clock: str, verdict: Verdict, day: date) -> None:
    claims = {date(2026, 11, 23): State.POSTED, date(2026, 11, 24): State.CLAIMED}
    changed = schedule(clock, since="2026-11-24T09:00")
    decision = decide(changed, BERLIN, claims, at("2026-11-24T09:00"))
    assert (decision.verdict, decision.day) == (verdict, day)


def test_ten_minutes_are_not_late() -> None:
    decision = decide(schedule(since="2026-11-24T00:00"), BERLIN, {}, at("2026-11-24T08:10"))
    assert not decision.is_late(at("2026-11-24T08:10:00"))
    assert decision.is_late(at("2026-11-24T08:10:01"))


def test_the_marker_names_the_date_and_the_kind() -> None:
    assert marker(Kind.DAILY, date(2026, 11, 22)) == "summary due 2026-11-22"
    assert marker(Kind.WEEKLY, date(2026, 11, 22)) == "weekly summary due 2026-11-22"


RHYTHMS = st.one_of(
    st.just((Kind.DAILY, 0)),
    st.tuples(st.just(Kind.WEEKLY), st.integers(0, 6)),
    st.tuples(st.just(Kind.MONTHLY), st.integers(0, 28)),
)


@given(ZONES, TIMES, DAYS, RHYTHMS, st.integers(1, 40))
def test_ticking_through_months_posts_exactly_once_for_each_date_that_is_owed(
    zone: ZoneInfo, clock: time, first: date, rhythm: tuple[Kind, int], step: int
) -> None:
    start = datetime.combine(first, time(12), tzinfo=zone).astimezone(UTC)
    plan = Schedule(1, 2, clock, zone.key, start.timestamp(), *rhythm)
    claims: dict[date, State] = {}
    now = start
    while now <= start + timedelta(days=65):
        decision = decide(plan, zone, claims, now)
        while decision.verdict is Verdict.POST:
            assert decision.day not in claims
            assert plan.owes(decision.day)
            claims[decision.day] = State.POSTED
            decision = decide(plan, zone, claims, now)
        assert decision.verdict is Verdict.WAIT
        # Never by more than six hours, so that none is skipped.
        now = max(now + timedelta(minutes=step), min(decision.moment, now + timedelta(days=40)))
    days = [first + timedelta(days=number) for number in range(66)]
    due = {day: moment_of(day, clock, zone) for day in days if plan.owes(day)}
    assert set(claims) == {day for day, moment in due.items() if moment and start <= moment < now and day in claims}
    assert all(day in claims for day, moment in due.items() if moment and start <= moment <= start + timedelta(days=65))


@given(DAYS, RHYTHMS)
def test_the_date_before_is_the_last_one_that_was_owed(day: date, rhythm: tuple[Kind, int]) -> None:
    plan = Schedule(1, 2, time(9), "UTC", 0.0, *rhythm)
    before = plan.before(day)
    assert plan.owes(before)
    assert before < day
    between = [before + timedelta(days=number) for number in range(1, (day - before).days)]
    assert not any(plan.owes(one) for one in between)


def test_a_claim_that_was_never_confirmed_is_taken_up_on_a_date_that_is_owed_no_more() -> None:
    tuesday = date(2026, 11, 24)
    plan = Schedule(1, 2, time(9), "UTC", at("2026-11-24T09:30").timestamp(), Kind.WEEKLY, 0)
    decision = decide(plan, UTC, {tuesday: State.CLAIMED}, at("2026-11-24T10:00"))
    assert (decision.verdict, decision.day, decision.retry) == (Verdict.POST, tuesday, True)


def test_the_last_day_of_a_month_is_whichever_it_is() -> None:
    plan = Schedule(1, 2, time(9), "UTC", 0.0, Kind.MONTHLY, LAST)
    days = [date(2028, 1, 1) + timedelta(days=number) for number in range(100)]
    assert [str(day) for day in days if plan.owes(day)] == ["2028-01-31", "2028-02-29", "2028-03-31"]


def test_a_monthly_summary_is_about_the_time_since_the_one_before() -> None:
    plan = Schedule(1, 2, time(9), "Europe/Berlin", 0.0, Kind.MONTHLY, 1)
    start = plan.covers(date(2026, 11, 1), at("2026-11-01T08:00"), BERLIN)
    assert start == at("2026-10-01T07:00"), "summer time then"
    weekly = Schedule(1, 2, time(9), "UTC", 0.0, Kind.WEEKLY, 0)
    assert weekly.covers(date(2026, 11, 23), at("2026-11-23T09:00"), UTC) == at("2026-11-16T09:00")
