from __future__ import annotations

import random
from array import array

from hypothesis import given, settings
from hypothesis import strategies as st

from utils.metrics.engine.arrange import STEP, ascending, merged


@settings(max_examples=25)
@given(
    seed=st.integers(0, 10**6),
    size=st.sampled_from([0, 1, 100, STEP, STEP + 1, 3 * STEP, 9 * STEP + 5]),
    different=st.sampled_from([1, 3, 1_000, 10**9]),
)
def test_many_numbers_come_out_in_order(seed: int, size: int, different: int) -> None:
    chance = random.Random(seed)
    values = array("d", (chance.randrange(different) / 7 for _ in range(size)))
    assert list(ascending(values)) == sorted(values)


@settings(max_examples=25)
@given(
    seed=st.integers(0, 10**6),
    sizes=st.lists(st.sampled_from([0, 1, 5, 700, STEP, 2 * STEP]), max_size=12),
    different=st.sampled_from([1, 3, 1_000, 10**9]),
)
def test_runs_are_merged_into_one(seed: int, sizes: list[int], different: int) -> None:
    chance = random.Random(seed)
    runs = [array("d", sorted(chance.randrange(different) / 7 for _ in range(size))) for size in sizes]
    assert list(merged(runs)) == sorted(value for run in runs for value in run)


def test_it_breathes_every_step() -> None:
    breaths: list[None] = []
    chance = random.Random(1)
    ascending(array("d", (chance.random() for _ in range(10 * STEP))), lambda: breaths.append(None))
    assert len(breaths) >= 10 + 10


def test_between_two_breaths_no_more_than_a_step_is_put_in_order() -> None:
    breaths: list[None] = []
    runs = [array("d", (start + 16 * place for place in range(STEP))) for start in range(16)]
    whole = merged(runs, lambda: breaths.append(None))
    assert len(whole) / len(breaths) <= STEP
