from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from utils.metrics.process.sample import ProcessSample
from utils.metrics.process.watched import in_parts, watched


def test_without_a_sample_there_is_nothing_to_say() -> None:
    assert watched([]) is None


def test_what_no_sample_noted_is_not_known() -> None:
    found = watched([ProcessSample(1, 0.1)])
    assert found is not None
    assert (found.collecting, found.longest) == (None, None)


def test_a_loop_that_is_held_counts_but_for_the_first_minutes_of_a_run() -> None:
    found = watched([ProcessSample(1_000 + ago, 0.3, started=1_000.0) for ago in (60, 119, 120, 180)])
    assert found is not None
    assert found.held == 2


def test_values_fall_into_their_parts_and_a_part_without_one_is_a_gap() -> None:
    points = [(0.0, 1.0), (4.9, 3.0), (5.0, 2.0), (20.0, 7.0), (21.0, 9.0), (3.0, None)]
    assert in_parts(points, (0.0, 5.0, 10.0, 15.0, 20.0)) == (3.0, 2.0, None, 7.0)


@given(st.lists(st.tuples(st.floats(0, 100), st.floats(0, 1e9)), max_size=50))
def test_no_value_of_the_window_is_lost(points: list[tuple[float, float]]) -> None:
    edges = tuple(100 * number / 8 for number in range(9))
    assert sum(value or 0 for value in in_parts(points, edges, len)) == len(points)
