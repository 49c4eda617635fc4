from __future__ import annotations

import math
import random
from typing import TYPE_CHECKING

from hypothesis import given, settings
from hypothesis import strategies as st

from utils.metrics.engine.chunk import DAY, HOUR, Chunk, hour_of
from utils.metrics.engine.column import Column
from utils.metrics.engine.joining import joined

if TYPE_CHECKING:
    from utils.metrics.engine.scan import Row

START = 472_222
"""An hour, and a number of no round day."""
moments = st.one_of(
    st.integers(0, 30).map(float),
    st.floats(0, 3 * HOUR),
    st.integers(0, 60).map(lambda hours: hours * HOUR),
    st.floats(0, 80 * HOUR),
)
rows = st.lists(st.tuples(moments, st.sampled_from([0.0, 0.5, 1.0, 7.25]), st.booleans()), min_size=1, max_size=50)
batches = st.lists(rows, max_size=6)


def placed(batches: list[list[tuple[float, float, bool]]]) -> list[list[Row]]:
    """Give entries the places in a file that they would have, one after the other."""
    offset, answer = 0, []
    for batch in batches:
        found = []
        for end, duration, success in batch:
            found.append((START * HOUR + end, offset, duration, success))
            offset += 10
        answer.append(sorted(found))
    return answer


def same(column: Column, expected: list[Row]) -> None:
    """Ask the column everything, at moments on, before and after entries."""
    assert [row for chunk in column.chunks for row in chunk.rows(0)] == expected
    for chunk in column.chunks:
        assert chunk.ends
        assert all(chunk.start <= hour_of(end) < chunk.stop for end in chunk.ends)
    assert all(one.stop <= other.start for one, other in zip(column.chunks, column.chunks[1:], strict=False))
    assert len(column) == len(expected)
    for failures_only in (False, True):
        assert list(column.backwards(failures_only=failures_only)) == [
            row[:2] for row in reversed(expected) if not (failures_only and row[3])
        ]
    ends = [row[0] for row in expected]
    some = ends[:: 1 + len(ends) // 8]
    for since in (-math.inf, *some, *(end + 0.5 for end in some), (START + 2) * HOUR, 1e300):
        wanted = [row for row in expected if row[0] >= since]
        window = column.window(since)
        assert (column.calls(since), window.calls, window.failed) == (
            len(wanted),
            len(wanted),
            sum(not row[3] for row in wanted),
        )
        durations = [row[2] for row in wanted]
        assert sorted(value for run in window.runs for value in run) == sorted(durations)
        assert all(list(run) == sorted(run) for run in window.runs)
        assert (window.least, window.most) == (min(durations, default=math.inf), max(durations, default=-math.inf))
        assert window.total is not None
        assert math.isclose(window.total, math.fsum(durations), rel_tol=1e-15)
        parts = [row for chunk, first in column.parts(since) for row in chunk.rows(first)]
        assert parts == wanted


@given(batches, st.lists(st.booleans(), min_size=6, max_size=6))
def test_a_column_answers_as_a_sorted_list_would_however_its_entries_come_in(
    batches: list[list[tuple[float, float, bool]]], asked: list[bool]
) -> None:
    column = Column()
    expected: list[Row] = []
    for batch, ask in zip(placed(batches), asked, strict=False):
        column.add(batch)
        expected = sorted(expected + batch)
        # Asked now and again, so that what is in order already must stay so.
        if ask:
            same(column, expected)
    same(column, expected)


@given(batches, st.integers(0, 6), st.data())
def test_pieces_of_a_file_can_come_in_from_its_end(
    batches: list[list[tuple[float, float, bool]]], newer: int, data: st.DataObject
) -> None:
    parts = placed(batches)
    column = Column()
    expected: list[Row] = []
    for batch in parts[newer:]:
        column.add(batch)
        expected = sorted(expected + batch)
    for batch in reversed(parts[:newer]):
        piece = Column()
        piece.add(batch)
        if data.draw(st.booleans()):
            same(column, expected)
        column.absorb(piece)
        expected = sorted(expected + batch)
    same(column, expected)


@given(batches, st.integers(-2, 100), st.data())
def test_tidying_changes_no_answer(
    batches: list[list[tuple[float, float, bool]]], newest: int, data: st.DataObject
) -> None:
    column = Column()
    expected: list[Row] = []
    for batch in placed(batches):
        column.add(batch)
        expected = sorted(expected + batch)
        while column.tidy(START + newest) and data.draw(st.booleans()):
            same(column, expected)
    while column.tidy(START + newest):
        pass
    same(column, expected)


@given(batches, moments)
def test_what_ended_before_a_moment_can_be_left_out(
    batches: list[list[tuple[float, float, bool]]], moment: float
) -> None:
    column = Column()
    expected: list[Row] = []
    for batch in placed(batches):
        column.add(batch)
        expected = sorted(expected + batch)
        same(column, expected)
        column.leave_out(START * HOUR + moment)
        expected = [row for row in expected if row[0] >= START * HOUR + moment]
        same(column, expected)


@settings(max_examples=15, deadline=None)
@given(st.integers(0, 10**6))
def test_a_busy_hour_is_right_too(seed: int) -> None:
    chance = random.Random(seed)
    column, offset, now = Column(), 0, START * HOUR
    expected: list[Row] = []
    for _ in range(25):
        batch = []
        for _ in range(chance.choice([1, 5, 60, 1_500])):
            now += chance.random() * 3
            late = chance.choice([0, 0, 0, chance.random() * 100, 1_000])
            batch.append((now - late, offset, chance.lognormvariate(0, 2), chance.random() < 0.9))
            offset += chance.randrange(50, 300)
        batch.sort()
        column.add(batch)
        expected = sorted(expected + batch)
        since = now - chance.choice([10, 1_000, 4_000, 7_000])
        window = column.window(since)
        wanted = [row for row in expected if row[0] >= since]
        assert sorted(value for run in window.runs for value in run) == sorted(row[2] for row in wanted)
        assert all(list(run) == sorted(run) for run in window.runs)
        assert window.failed == sum(not row[3] for row in wanted)
        assert window.total is not None
        assert math.isclose(window.total, math.fsum(row[2] for row in wanted), rel_tol=1e-15)
    same(column, expected)


def hours_of_entries(hours: int, each: int) -> Column:
    column = Column()
    for hour in range(hours):
        column.add([((START + hour) * HOUR + place / 2, hour * each + place, 1.0, True) for place in range(each)])
    return column


def test_a_month_comes_to_few_runs_and_a_day_keeps_its_hours() -> None:
    column = hours_of_entries(30 * DAY, 30)
    newest = START + 30 * DAY - 1
    while column.tidy(newest):
        pass
    assert len(column.window(-math.inf).runs) <= 40
    busy = hours_of_entries(4 * DAY, 600)
    newest = START + 4 * DAY - 1
    while busy.tidy(newest):
        pass
    assert len(busy.window((newest - 23) * HOUR).runs) == 24
    near = (newest // DAY - 2) * DAY
    assert all(chunk.stop - chunk.start == 1 for chunk in busy.chunks if chunk.start >= near)
    assert all((chunk.stop - 1) // DAY == chunk.start // DAY for chunk in busy.chunks)


def test_the_memory_of_windows_that_are_not_asked_any_more_is_given_back() -> None:
    column = hours_of_entries(40, 3_000)
    while column.tidy(START + 40):
        pass
    before = column.memory
    for hour in range(40):
        column.window((START + hour) * HOUR + 1_000)
    assert column.memory - before <= 4 * 3_000 * 9


def test_a_settled_chunk_takes_29_bytes_an_entry() -> None:
    column = hours_of_entries(3, 5_000)
    while column.tidy(START + 10):
        pass
    assert column.memory <= 29 * 15_000 + 3 * 1_200


def test_sums_that_no_number_holds_are_told_apart() -> None:
    column = Column()
    column.add([(START * HOUR + place, place, 1.5e308, True) for place in range(5)])
    assert column.window(-math.inf).total is None
    while column.tidy(START + 5):
        pass
    assert column.window(-math.inf).total is None


@given(rows, rows)
def test_chunks_of_the_same_hours_become_one(
    mine: list[tuple[float, float, bool]], theirs: list[tuple[float, float, bool]]
) -> None:
    one, other = Chunk(START, START + 100), Chunk(START, START + 100)
    parts = placed([mine, theirs])
    one.add(parts[0])
    other.add(parts[1])
    one.ordered(0)
    whole = joined(one, other)
    expected = sorted(parts[0] + parts[1])
    assert whole.rows(0) == expected
    assert list(whole.ordered(0)) == sorted(row[2] for row in expected)
    assert whole.failures == sum(not row[3] for row in expected)


def test_a_question_breathes_between_the_hours_that_it_has_to_put_in_order() -> None:
    column, breaths = hours_of_entries(5, 10), list[None]()
    column.window(-math.inf, lambda: breaths.append(None))
    assert len(breaths) == 4
    column.window(-math.inf, lambda: breaths.append(None))
    assert len(breaths) == 4
