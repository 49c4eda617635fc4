from __future__ import annotations

import random
from array import array

from hypothesis import given
from hypothesis import strategies as st

from utils.metrics.engine.ordered import Ordered

values = st.lists(st.one_of(st.floats(0, 10), st.sampled_from([0.0, 1.0, 2.0])), max_size=60)
moves = st.lists(st.tuples(st.integers(0, 80), st.integers(0, 80)), max_size=12)


@given(values, moves)
def test_wherever_the_stretch_moves_its_values_are_in_order(column: list[float], places: list[tuple[int, int]]) -> None:
    numbers = array("d", column)
    ordered = Ordered()
    for one, other in places:
        start, stop = sorted((min(one, len(numbers)), min(other, len(numbers))))
        ordered.move(numbers, start, stop)
        assert (ordered.start, ordered.stop) == (start, stop)
        assert list(ordered.values) == sorted(numbers[start:stop])


def test_a_long_stretch_follows_a_column_that_grows_by_little_and_by_much() -> None:
    chance = random.Random(1)
    column, ordered, start = array("d"), Ordered(), 0
    for grows in (10, 3_000, 1, 50, 20_000, 3, 900):
        column.extend(chance.random() for _ in range(grows))
        for forgets in (0, 1, 200):
            start = min(start + forgets, len(column))
            ordered.move(column, start, len(column))
            assert list(ordered.values) == sorted(column[start:])
