from __future__ import annotations

from typing import TYPE_CHECKING

from hypothesis import given
from hypothesis import strategies as st

from utils.metrics.engine.chunk import HOUR
from utils.metrics.engine.column import Column
from utils.metrics.engine.folds import Folds

if TYPE_CHECKING:
    from utils.metrics.engine.fold import Fold
    from utils.metrics.engine.scan import Row

HOURS = 12
# The hour and the minute of an end.
moments = st.lists(st.tuples(st.integers(0, HOURS - 1), st.integers(0, 59)), min_size=1, max_size=60)


class Folded:
    """Entries of one operation in folds of an hour, which are read back from a list."""

    def __init__(self, chosen: list[tuple[int, int]]) -> None:
        ends = sorted(hour * HOUR + minute * 60 for hour, minute in chosen)
        self.rows: list[Row] = [(end, place * 10, 0.1 * (place + 1), place % 3 > 0) for place, end in enumerate(ends)]
        self.folds = Folds(self._read)
        self.read = 0
        for chunk in self._column(self.rows).chunks:
            self.folds.append(chunk.start, chunk.stop, [("op", chunk)])

    @staticmethod
    def _column(rows: list[Row]) -> Column:
        column = Column()
        if rows:
            column.add(rows)
        return column

    def _read(self, fold: Fold) -> dict[str, Column]:
        self.read += 1
        return {"op": self._column([row for row in self.rows if fold.start * HOUR <= row[0] < fold.stop * HOUR])}

    def since(self, moment: float) -> list[Row]:
        return [row for row in self.rows if row[0] >= moment]


@given(moments, st.floats(-HOUR, (HOURS + 1) * HOUR), st.integers(0, HOURS))
def test_calls_and_failures_of_any_window_are_exact_however_many_folds_were_merged(
    chosen: list[tuple[int, int]], since: float, merges: int
) -> None:
    folded = Folded(chosen)
    for _ in range(merges):
        folded.folds.merge_two()
    wanted = folded.since(since)
    summary, cut = folded.folds.since("op", since)
    window = cut.window(since) if cut else None
    assert folded.folds.calls_since("op", since) == len(wanted)
    assert (summary.calls if summary else 0) + (window.calls if window else 0) == len(wanted)
    assert (summary.failed if summary else 0) + (window.failed if window else 0) == sum(not row[3] for row in wanted)
    assert folded.folds.calls == len(folded.rows)


@given(moments, st.floats(-HOUR, (HOURS + 1) * HOUR))
def test_after_a_cleanup_only_what_is_younger_counts(chosen: list[tuple[int, int]], cutoff: float) -> None:
    folded = Folded(chosen)
    folded.folds.leave_out(cutoff)
    assert folded.folds.calls == len(folded.since(cutoff))
    assert folded.folds.names() == ({"op"} if folded.since(cutoff) else set())


@given(moments, moments)
def test_what_comes_late_is_summed_up_in_its_hour(chosen: list[tuple[int, int]], late: list[tuple[int, int]]) -> None:
    folded, more = Folded(chosen), Folded(late)
    folded.folds.add("op", more.rows)
    for hour in range(HOURS + 1):
        expected = len(folded.since(hour * HOUR)) + len(more.since(hour * HOUR))
        assert folded.folds.calls_since("op", hour * HOUR) == expected
    starts = [fold.start for fold in folded.folds.all]
    assert starts == sorted(set(starts))


def test_a_window_that_cuts_the_same_fold_reads_it_once() -> None:
    folded = Folded([(0, 10), (0, 20), (1, 10)])
    for minute in (5, 15, 25):
        folded.folds.since("op", minute * 60.0)
        folded.folds.calls_since("op", minute * 60.0)
    assert folded.read == 1


def test_the_folds_that_span_the_fewest_hours_are_merged_first_until_one_is_left() -> None:
    folded = Folded([(0, 0), (5, 0), (6, 0), (11, 0)])
    assert folded.folds.merge_two()
    assert [(fold.start, fold.stop) for fold in folded.folds.all] == [(0, 1), (5, 7), (11, 12)]
    while folded.folds.merge_two():
        pass
    assert [(fold.start, fold.stop) for fold in folded.folds.all] == [(0, 12)]
    assert folded.folds.horizon == 12
