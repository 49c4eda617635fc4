from __future__ import annotations

from typing import TYPE_CHECKING

from hypothesis import given
from hypothesis import strategies as st

from utils.metrics.engine.cut import plan
from utils.metrics.engine.index import Index

if TYPE_CHECKING:
    from pathlib import Path

    import pytest

HOUR = 3_600
CUTOFF = 10.0 * HOUR


def line(end: float) -> bytes:
    return b'{"operation": "op", "end_time": %f, "duration": 1.5, "success": true}\n' % end


ends = st.floats(0, 20 * HOUR).map(lambda end: round(end, 3))
# An end is an entry's, None stands for a corrupt line, and nothing for a blank one.
lines = st.lists(st.one_of(ends, ends, ends, st.none(), st.just(())), max_size=40)


def bytes_of(content: object) -> bytes:
    return line(content) if isinstance(content, float) else b"garbage\n" if content is None else b"\n"


def cut_out(path: Path, cutoff: float) -> tuple[bytes, list[tuple[int, int]], int, int]:
    """Return what is left of the file, the old and new places of its entries, and how many go and stay."""
    index = Index(path)
    try:
        index.refresh()
        cut = plan(index, cutoff)
        kept = [
            offset
            for column in index.store.columns.values()
            for chunk in column.chunks
            for end, offset, _, _ in chunk.rows(0)
            if end >= cutoff
        ]
    finally:
        index.close()
    data = path.read_bytes()
    left, at = b"", 0
    for start, stop in cut.unwanted:
        assert at <= start < stop
        left += data[at:start]
        at = stop
    left += data[at:]
    assert cut.bytes_freed == len(data) - len(left)
    moved = [(offset, cut.new_offset(offset)) for offset in kept]
    assert all(old - new == cut.bytes_freed for old, new in moved if old >= cut.whole_from)
    return left, moved, cut.removed, cut.kept


@given(lines)
def test_of_a_file_in_any_order_what_is_old_goes_and_everything_else_is_found_where_it_is_told(
    tmp_path_factory: pytest.TempPathFactory, contents: list[object]
) -> None:
    path = tmp_path_factory.mktemp("cut") / "file"
    path.write_bytes(b"".join(map(bytes_of, contents)))
    data = path.read_bytes()
    left, moved, removed, kept = cut_out(path, CUTOFF)
    old = [content for content in contents if isinstance(content, float) and content < CUTOFF]
    young = [content for content in contents if isinstance(content, float) and content >= CUTOFF]
    assert (removed, kept) == (len(old), len(young))
    stays = [bytes_of(content) for content in contents if content is None or content in young]
    assert left.replace(b"\n\n", b"\n").split() == b"".join(stays).split()
    for before, after in moved:
        assert left[after:].startswith(data[before : data.index(b"\n", before) + 1])


def test_nothing_is_cut_when_nothing_is_old(tmp_path: Path) -> None:
    path = tmp_path / "file"
    path.write_bytes(b"\ngarbage\n" + line(CUTOFF))
    assert cut_out(path, CUTOFF)[0] == path.read_bytes()


def test_in_a_file_in_order_one_stretch_goes(tmp_path: Path) -> None:
    path = tmp_path / "file"
    path.write_bytes(b"".join(line(float(hour * HOUR)) for hour in range(20)))
    left, moved, removed, kept = cut_out(path, CUTOFF)
    assert (removed, kept) == (10, 10)
    assert left == b"".join(line(float(hour * HOUR)) for hour in range(10, 20))
    assert moved[0][1] == 0
