from __future__ import annotations

import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from utils.metrics.analysis.ranks import MOST, RankTest, rank_test

VALUES = st.lists(st.integers(0, 30).map(float), min_size=8, max_size=60)


def share_of_pairs(first: list[float], second: list[float]) -> float:
    return sum((two > one) + (two == one) / 2 for one in first for two in second) / (len(first) * len(second))


@given(VALUES, VALUES)
def test_the_share_is_that_of_all_pairs_ties_counting_half(first: list[float], second: list[float]) -> None:
    found = rank_test(first, second)
    assert found is not None
    assert found.greater == pytest.approx(share_of_pairs(first, second))
    assert 0 <= found.p <= 1


@given(VALUES, VALUES)
def test_exchanging_the_sets_turns_the_share_over_and_leaves_the_chance(
    first: list[float], second: list[float]
) -> None:
    one, two = rank_test(first, second), rank_test(second, first)
    assert one is not None
    assert two is not None
    assert one.greater == pytest.approx(1 - two.greater)
    assert one.p == pytest.approx(two.p)


def test_the_p_value_is_that_of_the_textbook_formula() -> None:
    # Nothing is tied and the sets stand apart: U = 64, its mean 32, its variance 8 * 8 * 17 / 12.
    found = rank_test([float(n) for n in range(8)], [float(n) for n in range(8, 16)])
    assert found is not None
    assert found.greater == 1.0
    assert found.p == pytest.approx(0.00094, abs=0.00001)


def test_sets_that_are_all_one_value_differ_by_nothing() -> None:
    assert rank_test([2.0] * 10, [2.0] * 12) == RankTest(0.5, 1.0)


def test_fewer_than_eight_values_a_side_say_nothing() -> None:
    assert rank_test([1.0] * 7, [2.0] * 100) is None


def test_of_one_source_chance_is_found_about_as_often_as_it_should_be() -> None:
    source = random.Random(7)
    values = []
    for _ in range(400):
        found = rank_test(*([source.expovariate(1) for _ in range(30)] for _ in range(2)))
        assert found is not None
        values.append(found.p)
    assert 0.02 <= sum(p < 0.05 for p in values) / len(values) <= 0.08


def test_very_many_values_are_thinned_and_give_the_same_answer() -> None:
    source = random.Random(3)
    first = [source.expovariate(1) for _ in range(3 * MOST)]
    found = rank_test(first, [value * 1.3 for value in first])
    assert found is not None
    assert found.greater == pytest.approx(0.565, abs=0.01)
    assert found.p < 1e-9
