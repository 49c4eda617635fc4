from __future__ import annotations

import math
from array import array

from hypothesis import given
from hypothesis import strategies as st

from utils.metrics.engine.sketch import ERROR, Sketch, bin_of, percentile_with, value_of
from utils.metrics.stats import percentile

seconds = st.one_of(
    st.floats(1e-9, 1e6),
    st.sampled_from([0.0, 1e-9, 0.001, 1.0, 1.0, 60.0]),
    st.floats(0.5, 0.6),
    st.floats(1e-290, 1.7e308),
)
runs = st.lists(st.lists(seconds, min_size=1, max_size=60).map(sorted), min_size=1, max_size=6)
everything = st.floats(allow_nan=False, allow_infinity=False)


def near(found: float, exact: float) -> bool:
    return math.isclose(found, exact, rel_tol=0.01)


@given(everything)
def test_a_value_stands_near_its_bins_value(value: float) -> None:
    stands = value_of(bin_of(value))
    assert abs(stands - value) <= (ERROR + 1e-9) * abs(value) or abs(value) < 1e-300


@given(everything, everything)
def test_greater_values_have_no_lesser_bins(one: float, other: float) -> None:
    low, high = sorted((one, other))
    assert bin_of(low) <= bin_of(high)
    assert value_of(bin_of(low)) <= value_of(bin_of(high))


@given(st.lists(everything, max_size=80).map(sorted))
def test_every_value_is_counted_in_its_place(values: list[float]) -> None:
    sketch = Sketch.of(array("d", values))
    assert len(sketch) == len(values)
    assert list(sketch.bins) == sorted(set(sketch.bins))
    assert all(sketch.counts)
    stands = [value_of(number) for number, count in zip(sketch.bins, sketch.counts, strict=True) for _ in range(count)]
    for found, exact in zip(stands, values, strict=True):
        assert abs(found - exact) <= (ERROR + 1e-9) * abs(exact) or abs(exact) < 1e-300


@given(runs, runs, st.floats(0, 1))
def test_percentiles_are_within_one_percent_alone_and_beside_exact_values(
    folded: list[list[float]], exact: list[list[float]], share: float
) -> None:
    sketch = Sketch.merged([Sketch.of(run) for run in folded])
    old = sorted(value for run in folded for value in run)
    new = [value for run in exact for value in run]
    assert near(percentile_with(sketch, [], share), percentile(old, share))
    assert near(percentile_with(sketch, exact, share), percentile(sorted(old + new), share))
    for rank in range(len(old)):
        # The share is rounded, and with it the rank: what is asked for is what the exact values give for it.
        place = rank / max(1, len(old) - 1)
        assert near(percentile_with(sketch, [], place), percentile(old, place))


@given(runs, runs, runs)
def test_it_does_not_matter_in_which_order_sketches_are_merged(
    one: list[list[float]], two: list[list[float]], three: list[list[float]]
) -> None:
    parts = [Sketch.merged([Sketch.of(run) for run in group]) for group in (one, two, three)]
    left = Sketch.merged([Sketch.merged(parts[:2]), parts[2]])
    right = Sketch.merged([parts[0], Sketch.merged(parts[:0:-1])])
    whole = Sketch.of(sorted(value for group in (one, two, three) for run in group for value in run))
    assert left == right
    assert len(left) == len(whole)
    assert Sketch.merged([left, Sketch()]) == left


def test_it_is_much_smaller_than_what_it_counts() -> None:
    values = array("d", (0.001 * 1.0005**place for place in range(20_000)))
    assert Sketch.of(values).memory < len(values)
