from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from utils.metrics.engine.offsets import Offsets

places = st.one_of(st.integers(0, 1_000), st.integers(0, 2**40), st.integers(2**31 - 5, 2**31 + 5))
batches = st.lists(st.lists(places, min_size=1, max_size=5), min_size=1, max_size=6)


@given(batches)
def test_offsets_of_a_file_of_any_size_come_back(added: list[list[int]]) -> None:
    offsets = Offsets()
    for batch in added:
        offsets.extend(batch)
    everything = [offset for batch in added for offset in batch]
    assert offsets.some(0) == everything
    assert [offsets[at] for at in range(len(offsets))] == everything
    assert offsets.span(0, len(everything)) == (min(everything), max(everything))
    assert offsets[-1] == everything[-1]


@given(batches, places, st.integers(0, 30))
def test_one_can_be_put_in_anywhere(added: list[list[int]], offset: int, at: int) -> None:
    offsets, everything = Offsets(), [offset for batch in added for offset in batch]
    offsets.extend(everything)
    offsets.insert(at, offset)
    everything.insert(at, offset)
    assert offsets.some(0) == everything


@given(batches, batches)
def test_two_columns_become_one(mine: list[list[int]], theirs: list[list[int]]) -> None:
    columns = [Offsets(), Offsets()]
    for column, added in zip(columns, (mine, theirs), strict=True):
        for batch in added:
            column.extend(batch)
    everything = columns[0].some(0) + columns[1].some(0)
    columns[0].append(columns[1])
    assert columns[0].some(0) == everything


@given(batches, places)
def test_they_follow_their_lines(added: list[list[int]], cut: int) -> None:
    offsets, everything = Offsets(), [offset for batch in added for offset in batch if offset >= cut]
    if everything:
        offsets.extend(everything)
    offsets.move(lambda offset: offset - cut, cut, cut)
    assert offsets.some(0) == [offset - cut for offset in everything]
    # Lines that move by different lengths: every second byte went.
    now = offsets.some(0)
    offsets.move(lambda offset: offset // 2, 2**50, 2**49)
    assert offsets.some(0) == [offset // 2 for offset in now]


@given(batches, st.integers(0, 10))
def test_the_first_ones_can_be_left_out_and_the_bounds_are_known(added: list[list[int]], first: int) -> None:
    offsets, everything = Offsets(), [offset for batch in added for offset in batch]
    offsets.extend(everything)
    first = min(first, len(everything) - 1)
    offsets.leave_out(first)
    assert offsets.some(0) == everything[first:]
    assert offsets.span(0, len(offsets)) == (min(everything[first:]), max(everything[first:]))
    assert offsets.span(0, 1) == (everything[first], everything[first])


def test_they_take_four_bytes_while_they_are_near_each_other() -> None:
    offsets = Offsets()
    offsets.extend([7 * 2**40, 7 * 2**40 + 2**31])
    assert offsets.values.itemsize == 4
    offsets.extend([0])
    assert offsets.values.itemsize == 8
