from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from utils.metrics.analysis.goals import HOUR, Goal, Part, standings
from utils.metrics.errors import ArgumentError
from utils.metrics.samples import FAILED, OK, REFUSED, Samples

NOW = 100 * 24 * HOUR
SPEED = Goal("op", percentile=0.95, threshold=0.5)
SUCCESS = Goal("op", success=0.99)


def spread(good: int, bad: int, *, over: float, ending: int = FAILED) -> list[tuple[float, float, int]]:
    """Calls spread evenly over the time before now, in seconds, the bad ones last."""
    moments = [NOW - over * (number + 0.5) / (good + bad) for number in range(good + bad)]
    return [(moment, 1.0, ending) if number < bad else (moment, 0.1, OK) for number, moment in enumerate(moments)]


def test_the_budget_left_is_what_may_go_wrong_less_what_did() -> None:
    (found,) = standings(SUCCESS, Samples.of(spread(1_995, 5, over=20 * 24 * HOUR)), NOW)
    assert (found.part, found.calls, found.bad) == (Part.SUCCESS, 2_000, 5)
    assert found.left == pytest.approx(0.75)
    assert found.met


def test_more_going_wrong_than_may_leaves_less_than_nothing() -> None:
    (found,) = standings(SPEED, Samples.of(spread(80, 20, over=5 * HOUR, ending=OK)), NOW)
    assert found.left == pytest.approx(-3.0)
    assert not found.met


def test_a_slow_success_breaks_the_goal_for_speed_and_not_that_for_success() -> None:
    both = Goal("op", percentile=0.95, threshold=0.5, success=0.99)
    speed, success = standings(both, Samples.of([(NOW - 1, 2.0, OK)]), NOW)
    assert (speed.bad, success.bad) == (1, 0)


def test_refused_calls_say_nothing_of_a_goal() -> None:
    calls = [(NOW - 1, 9.0, REFUSED)] * 50
    for goal in (SPEED, SUCCESS):
        (found,) = standings(goal, Samples.of(calls), NOW)
        assert (found.calls, found.bad, found.left, found.burn_short) == (0, 0, 1.0, None)


def test_calls_before_the_period_are_past() -> None:
    old = [(NOW - 31 * 24 * HOUR, 1.0, FAILED)]
    (found,) = standings(SUCCESS, Samples.of(old), NOW)
    assert found.calls == 0


@given(st.integers(1, 30), st.lists(st.tuples(st.integers(0, 40 * 24 * 60), st.booleans()), max_size=60))
def test_the_budget_is_that_of_the_goals_own_days(days: int, calls: list[tuple[int, bool]]) -> None:
    samples = Samples.of((NOW - minutes * 60, 0.1, OK if fine else FAILED) for minutes, fine in calls)
    (found,) = standings(Goal("op", success=0.9, days=days), samples, NOW)
    inside = [fine for minutes, fine in calls if 0 < minutes <= days * 24 * 60]
    assert (found.calls, found.bad) == (len(inside), inside.count(False))
    assert found.left == pytest.approx(1 - (found.bad / found.calls / 0.1 if inside else 0))


@pytest.mark.parametrize("days", [0, -7])
def test_a_goal_without_a_day_is_refused(days: int) -> None:
    with pytest.raises(ArgumentError, match="at least one day"):
        Goal("op", success=0.99, days=days)


def test_an_alarm_rings_while_both_windows_burn() -> None:
    (found,) = standings(SUCCESS, Samples.of(spread(90, 10, over=0.9 * HOUR)), NOW)
    assert found.burn_short == pytest.approx(10)
    assert found.alarm


def test_a_blip_long_ago_or_a_few_calls_ring_no_alarm() -> None:
    over = [(end - 2 * HOUR, duration, ending) for end, duration, ending in spread(90, 10, over=HOUR)]
    fine = spread(50, 0, over=0.9 * HOUR)
    assert not standings(SUCCESS, Samples.of(over + fine), NOW)[0].alarm
    assert not standings(SUCCESS, Samples.of(spread(9, 10, over=0.9 * HOUR)), NOW)[0].alarm


@pytest.mark.parametrize(("percentile", "success"), [(None, None), (1.0, None), (None, 0.0), (0.95, 1.5)])
def test_a_goal_without_a_budget_is_refused(percentile: float | None, success: float | None) -> None:
    with pytest.raises(ArgumentError, match="less than 100 %"):
        Goal("op", percentile=percentile, success=success)


@given(st.integers(0, 300), st.integers(0, 300))
def test_one_more_failure_never_leaves_more_of_the_budget(good: int, bad: int) -> None:
    (now,) = standings(SUCCESS, Samples.of([(NOW - 1, 0.1, OK)] * good + [(NOW - 1, 0.1, FAILED)] * bad), NOW)
    (then,) = standings(SUCCESS, Samples.of([(NOW - 1, 0.1, OK)] * good + [(NOW - 1, 0.1, FAILED)] * (bad + 1)), NOW)
    assert then.left <= now.left
