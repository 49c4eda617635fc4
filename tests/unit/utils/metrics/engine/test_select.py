from __future__ import annotations

import random
from array import array
from typing import TYPE_CHECKING

from hypothesis import given
from hypothesis import strategies as st

from utils.metrics.engine.select import neighbours, percentiles_of
from utils.metrics.stats import percentile

if TYPE_CHECKING:
    from collections.abc import Sequence

finite = st.floats(allow_nan=False, allow_infinity=False)
# Few different values make ties; close ones and far ones make every guess a bad one.
values = st.one_of(finite, st.sampled_from([0.0, -0.0, 1.0, 1.5, 2.0]), st.floats(1.0, 1.0000001))
runs_of = st.lists(st.lists(values, min_size=1, max_size=60).map(sorted), min_size=1, max_size=12)


@given(runs_of, st.data())
def test_the_values_of_a_rank_are_those_of_the_sorted_whole(runs: list[list[float]], data: st.DataObject) -> None:
    whole = sorted(value for run in runs for value in run)
    rank = data.draw(st.integers(0, len(whole) - 1))
    guess = data.draw(st.one_of(st.none(), values, st.sampled_from(whole)))
    expected = (whole[rank], whole[min(rank + 1, len(whole) - 1)])
    assert neighbours([array("d", run) for run in runs], rank, guess) == expected


@given(
    seed=st.integers(0, 10**6),
    sizes=st.lists(st.sampled_from([1, 2, 30, 400, 3_000]), min_size=1, max_size=30),
    different=st.sampled_from([1, 2, 7, 100, 10**9]),
    guess=st.one_of(st.none(), finite),
)
def test_percentiles_of_many_values_are_exact_whatever_their_distribution(
    seed: int, sizes: list[int], different: int, guess: float | None
) -> None:
    chance = random.Random(seed)
    runs = []
    for size in sizes:
        # Each run from elsewhere, so that none is a sample of the others.
        shift, width = chance.choice([0, 0, 0, 1e3, 1e-3, 1e9]), chance.choice([1e-6, 1.0, 1e6])
        runs.append(array("d", sorted(shift + width * chance.randrange(different) for _ in range(size))))
    shares = [0.0, 0.5, 0.95, 0.99, 1.0, chance.random()]
    whole = sorted(value for run in runs for value in run)
    guesses = {} if guess is None else dict.fromkeys(shares, guess)
    assert percentiles_of(runs, shares, guesses) == [percentile(whole, share) for share in shares]


class Counting(list[float]):
    """A run that counts how often it is looked at."""

    looks = 0

    def __getitem__(self, key: object) -> float:  # type: ignore[override] # slices of it are not counted
        if isinstance(key, int):
            Counting.looks += 1
        return super().__getitem__(key)  # type: ignore[no-any-return, call-overload] # as above


def looks_for(runs: Sequence[list[float]], rank: int) -> int:
    Counting.looks = 0
    neighbours([Counting(run) for run in runs], rank)
    return Counting.looks


def test_runs_that_are_no_samples_of_each_other_take_no_more_than_logarithmic_work() -> None:
    # Ever longer runs, each of its own stretch of values and far from the others; and one huge step.
    staircase = [[10.0**place + step / 1e6 for step in range(2_000)] for place in range(-20, 20)]
    cliff = [[0.0] * 20_000 + [1e300 + 1e285 * step for step in range(20_000)] for _ in range(3)]
    for runs in (staircase, cliff):
        count = sum(map(len, runs))
        for rank in (0, count // 2 - 1, count // 2, count - 2, count - 1):
            assert looks_for(runs, rank) < count // 5
