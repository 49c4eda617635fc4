from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.bench.rounds import Contest, Spread, hold, hold_in_blocks

times = st.lists(st.floats(1e-9, 1e3), min_size=1, max_size=20)


def test_a_spread_is_the_median_with_the_extremes_beside_it() -> None:
    assert Spread.of([3.0, 1.0, 2.0]) == Spread(median=2.0, low=1.0, high=3.0, rounds=3)


def test_the_median_of_an_even_number_lies_between_the_two_in_the_middle() -> None:
    assert Spread.of([4.0, 1.0, 2.0, 3.0]).median == 2.5


def test_there_is_no_spread_of_nothing() -> None:
    with pytest.raises(ValueError, match="at least one"):
        Spread.of([])


def test_a_ratio_is_taken_within_each_round_so_that_a_slow_spell_of_the_machine_falls_out() -> None:
    # The machine was ten times as slow in the second round.
    contest = Contest({"ours": [1.0, 10.0, 1.0], "theirs": [4.0, 40.0, 2.0]})
    assert contest.ratio("ours", "theirs") == Spread(median=0.25, low=0.25, high=0.5, rounds=3)


@given(times)
def test_the_ratio_to_oneself_is_one(values: list[float]) -> None:
    assert Contest({"ours": values}).ratio("ours", "ours") == Spread(1.0, 1.0, 1.0, len(values))


@given(times)
def test_the_median_lies_between_the_extremes(values: list[float]) -> None:
    spread = Spread.of(values)
    assert spread.low <= spread.median <= spread.high


def test_in_each_round_everybody_runs_once_and_another_one_begins() -> None:
    ran: list[str] = []

    def contestant(name: str, seconds: float) -> float:
        ran.append(name)
        return seconds

    contest = hold({"a": lambda: contestant("a", 1.0), "b": lambda: contestant("b", 2.0)}, rounds=3, warm_up=0)
    assert ran == ["a", "b", "b", "a", "a", "b"]
    assert contest.values == {"a": [1.0, 1.0, 1.0], "b": [2.0, 2.0, 2.0]}


def test_rounds_to_warm_up_are_run_and_not_counted() -> None:
    seconds = iter((9.0, 8.0, 1.0, 2.0))
    contest = hold({"a": lambda: next(seconds)}, rounds=2, warm_up=2)
    assert contest.values == {"a": [1.0, 2.0]}


def test_of_the_blocks_of_a_round_the_one_in_the_middle_counts() -> None:
    seconds = iter((9.0, 9.0, 9.0, 1.0, 50.0, 2.0))
    contest = hold_in_blocks({"a": lambda: next(seconds)}, blocks=3, rounds=1, warm_up=1)
    assert contest.values == {"a": [2.0]}


def test_the_blocks_of_contestants_alternate() -> None:
    ran: list[str] = []

    def contestant(name: str) -> float:
        ran.append(name)
        return 1.0

    hold_in_blocks({"a": lambda: contestant("a"), "b": lambda: contestant("b")}, blocks=2, rounds=1, warm_up=0)
    assert ran == ["a", "b", "b", "a"]
