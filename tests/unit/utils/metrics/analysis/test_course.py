from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from utils.metrics.analysis.course import WIDTHS, Slice, back_from, course, edges, histogram, sliced, width_for
from utils.metrics.samples import FAILED, OK, REFUSED, Samples

CALLS = st.lists(st.tuples(st.floats(0, 100), st.floats(0, 50), st.sampled_from((FAILED, OK, REFUSED))))


def test_a_slice_counts_what_ended_in_it_its_start_included_and_its_end_not() -> None:
    samples = Samples.of([(10, 1, OK), (15, 3, FAILED), (19, 2, REFUSED), (20, 9, OK)])
    found = sliced(samples, 10, 20)
    assert (found.calls, found.failed, found.refused) == (3, 1, 1)
    assert [found.p50, found.p95, found.p99] == pytest.approx([2.0, 2.9, 2.98])


def test_a_slice_without_a_call_has_no_percentile() -> None:
    assert sliced(Samples(), 0, 1) == Slice(0, 1)


def test_refused_calls_neither_fail_nor_count_for_the_share_of_failures() -> None:
    assert Slice(0, 1, calls=4, failed=1, refused=2).failure_share == 0.5
    assert Slice(0, 1, calls=2, refused=2).failure_share == 0


@given(CALLS, st.integers(1, 9))
def test_slices_of_a_window_hold_each_of_its_calls_once(calls: list[tuple[float, float, int]], parts: int) -> None:
    samples = Samples.of(calls)
    window = course(samples, edges(0, 100, parts))
    assert len(window) == parts
    assert sum(one.calls for one in window) == sum(end < 100 for end, *_ in calls)
    assert window[-1].end == 100


@given(CALLS, st.lists(st.floats(0, 60), unique=True, max_size=6).map(sorted))
def test_a_histogram_counts_each_call_once_in_its_place(
    calls: list[tuple[float, float, int]], bounds: list[float]
) -> None:
    counts = histogram(Samples.of(calls), bounds)
    assert sum(counts) == len(calls)
    assert counts[0] == sum(not bounds or duration < bounds[0] for _, duration, _ in calls)


@given(CALLS, st.floats(0, 100), st.floats(0, 100))
def test_a_part_of_samples_is_what_a_plain_filter_gives(
    calls: list[tuple[float, float, int]], start: float, end: float
) -> None:
    part = Samples.of(calls).between(start, end)
    wanted = sorted((call for call in calls if start <= call[0] < end), key=lambda call: call[0])
    assert list(zip(part.ends, part.durations, part.endings, strict=True)) == wanted


def test_slices_are_as_narrow_as_half_of_them_hold_calls_enough() -> None:
    samples = Samples.of((60.0 * number, 0.1, OK) for number in range(24 * 60))
    day = 86_400.0
    assert width_for(samples, 0, day, most=48, least=6, calls=20) == 1_800
    assert width_for(samples, 0, day, most=48, least=6, calls=50) == 3_600
    assert width_for(samples, 0, day, most=12, least=6, calls=1) == 7_200
    assert width_for(samples, 0, day, most=48, least=6, calls=5_000) == 10_800  # the widest that leaves six
    assert width_for(Samples(), 0, day, most=48, least=6, calls=1) == 10_800


@given(st.floats(1, 1e9), st.sampled_from(WIDTHS[:6]), st.integers(1, 60))
def test_slices_reach_back_from_the_end_and_hold_the_whole_window(end: float, width: float, parts: int) -> None:
    start = end - width * parts * 0.93
    found = back_from(start, end, width)
    assert found[-1] == end
    assert found[0] <= start + 1e-3
    assert found[1] > start - 1e-3
