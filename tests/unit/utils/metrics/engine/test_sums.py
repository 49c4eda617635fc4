"""A sum is that of the plain way, whatever was asked, added and changed before."""

from __future__ import annotations

import math
from array import array

from hypothesis import given
from hypothesis import strategies as st

from utils.metrics.engine.sums import Sums

VALUES = st.integers(0, 1000).map(float)  # whole numbers: their sums are exact, however they are rounded
STEPS = st.lists(
    st.one_of(
        st.tuples(st.just("add"), st.integers(1, 600), VALUES),
        st.tuples(st.just("change"), st.floats(0, 1, exclude_max=True), VALUES),
        st.tuples(st.just("ask"), st.floats(0, 1), st.just(0.0)),
        st.tuples(st.just("shrink"), st.just(0), st.just(0.0)),
    ),
    max_size=20,
)


@given(STEPS)
def test_a_sum_is_as_if_all_was_added_up(steps: list[tuple[str, float, float]]) -> None:
    sums, column = Sums(), array("d")
    for what, where, value in steps:
        at = int(where * len(column))
        if what == "add":
            column.extend([value] * int(where))
        elif what == "change" and column:
            column[at] = value
            sums.forget(at)
        elif what == "shrink":
            sums.shrink()
        for first in {0, at if what == "ask" else 0}:
            assert sums.of(column, first) == math.fsum(column[first:])
        assert sums.known(len(column)) == math.fsum(column)
        assert sums.known(len(column) + 1) is None
