from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from utils.metrics.analysis.course import Slice
from utils.metrics.analysis.regressions import Change, Kind, Told, changes, news, remember, since, usual

DAY = 86_400.0


def day(p95: float, *, calls: int = 100, failed: int = 0, refused: int = 0) -> Slice:
    return Slice(0, DAY, calls, failed, refused, p95 / 2, p95, p95)


WEEK = [day(p95) for p95 in (1.0, 1.1, 0.9, 1.0, 1.05, 1.0, 0.95)]


def kinds(now: Slice, week: list[Slice] = WEEK) -> list[Kind]:
    return [change.kind for change in changes("op", now, usual(week))]


def test_usual_is_the_median_of_the_days_so_that_one_bad_day_does_not_move_it() -> None:
    found = usual([*WEEK[:6], day(30.0)])
    assert found is not None
    assert (found.p95, found.days) == (1.0, 7)


def test_days_with_few_calls_do_not_count_and_three_that_do_are_needed() -> None:
    assert usual([day(1.0), day(1.0), day(1.0, calls=19)]) is None
    assert usual([day(1.0), day(1.0), day(1.0, calls=20)]) is not None


def test_a_p95_a_good_part_above_usual_and_every_day_is_slower() -> None:
    (found,) = changes("op", day(1.64), usual(WEEK))
    assert (found.kind, found.now, found.usual) == (Kind.SLOWER, 1.64, 1.0)
    assert found.relative == pytest.approx(0.64)


@pytest.mark.parametrize(
    ("now", "week"),
    [
        (day(1.19), WEEK),
        (day(1.64, calls=19), WEEK),
        (day(1.5), [*WEEK[:6], day(1.6)]),
        (day(0.009), [day(0.001)] * 7),
    ],
    ids=["less than a fifth", "too few calls", "a day of the week was as slow", "a few milliseconds"],
)
def test_small_restless_or_rare_operations_are_left_alone(now: Slice, week: list[Slice]) -> None:
    assert kinds(now, week) == []


def test_the_same_downwards_is_faster() -> None:
    assert kinds(day(0.5)) == [Kind.FASTER]


def test_more_failures_than_usual_come_first_and_refusals_are_none() -> None:
    assert kinds(day(2.0, failed=5)) == [Kind.FAILING, Kind.SLOWER]
    assert kinds(day(1.0, failed=2)) == []
    assert kinds(day(1.0, refused=50)) == []
    assert kinds(day(1.0, failed=11), [day(1.0, failed=10)] * 7) == []


def test_since_is_the_start_of_the_slow_hours_that_reach_the_present() -> None:
    before = usual(WEEK)
    assert before is not None
    hours = [replace(day(p95 or 1.0), start=float(n), p95=p95) for n, p95 in enumerate([2.0, 1.0, 1.5, None, 1.3])]
    assert since(hours, before) == 2.0
    assert since(hours[:2], before) is None


SLOW = Change("op", Kind.SLOWER, 1.5, 1.0, 100, 7)


def test_nothing_is_told_twice_unless_half_as_bad_again_or_gone_for_a_day() -> None:
    told = remember([SLOW], {}, now=0)
    assert news([SLOW], {}, 0) == ([SLOW], [])
    assert news([SLOW], told, DAY) == ([], [SLOW])
    worse = replace(SLOW, now=2.25)
    assert news([worse], told, 10) == ([worse], [])
    assert news([SLOW], told, DAY + 1) == ([SLOW], [])


def test_what_creeps_up_is_measured_by_what_was_told_and_not_by_yesterday() -> None:
    told = remember([SLOW], {}, 0)
    told = remember([replace(SLOW, now=2.0)], told, 10)
    assert told[SLOW.key] == Told(1.5, 10)
    assert news([replace(SLOW, now=2.25)], told, 20)[0] != []


@given(st.lists(st.tuples(st.floats(0, 3 * DAY), st.floats(1.2, 9.0)), max_size=12).map(sorted))
def test_within_a_day_a_change_is_told_again_only_when_half_as_bad_again(looks: list[tuple[float, float]]) -> None:
    told: dict[tuple[str, str], Told] = {}
    last: tuple[float, float] | None = None  # when it was seen, and how bad it was told
    for now, p95 in looks:
        change = replace(SLOW, now=p95)
        fresh = bool(news([change], told, now)[0])
        assert fresh == (last is None or now - last[0] > DAY or p95 >= last[1] * 1.5)
        told = remember([change], told, now)
        last = (now, p95 if fresh or last is None else last[1])
