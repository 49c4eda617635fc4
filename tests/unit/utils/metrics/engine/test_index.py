from __future__ import annotations

import random
from typing import TYPE_CHECKING

import pytest

from utils.metrics.engine.column import Column
from utils.metrics.engine.index import Index

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from utils.metrics.engine.scan import Row


def line(operation: str, end: float, *, success: bool = True) -> bytes:
    word = "true" if success else "false"
    return f'{{"operation": "{operation}", "end_time": {end}, "duration": 1.5, "success": {word}}}\n'.encode()


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "file"


def rows_of(index: Index, operation: str) -> list[Row]:
    column = index.store.columns.get(operation, Column())
    return [row for chunk in column.chunks for row in chunk.rows(0)]


@pytest.fixture
def index(path: Path) -> Iterator[Index]:
    made = Index(path)
    yield made
    made.close()


def test_entries_are_read_back_from_their_places(index: Index, path: Path) -> None:
    path.write_bytes(b"\n" + line("a", 1) + b"garbage\r\n" + line("b", 2)[:-1] + b"\r\n" + line("a", 3, success=False))
    index.refresh()
    assert (len(index), list(index.store.corrupt)) == (3, [1 + len(line("a", 1))])
    for operation, ends in (("a", [1.0, 3.0]), ("b", [2.0])):
        for _ in range(2):
            entries = [index.entry(offset) for _, offset, _, _ in rows_of(index, operation)]
            assert [(entry.operation, entry.end_time) for entry in entries if entry] == [
                (operation, end) for end in ends
            ]
    assert [success for _, _, _, success in rows_of(index, "a")] == [True, False]


def test_without_a_file_there_is_nothing(index: Index, path: Path) -> None:
    index.refresh()
    assert (len(index), index.descriptor) == (0, -1)
    path.write_bytes(line("a", 1))
    index.refresh()
    assert len(index) == 1
    path.unlink()
    index.refresh()
    assert (len(index), index.descriptor) == (0, -1)


def test_only_what_is_new_is_read(index: Index, path: Path) -> None:
    with path.open("wb", buffering=0) as file:
        for turn in range(1, 50):
            before = index.bytes_read
            file.write(line("a", turn))
            index.refresh()
            assert len(index) == turn
            assert index.bytes_read - before <= len(line("a", turn)) + 256
            before = index.bytes_read
            index.refresh()
            assert index.bytes_read == before


def test_a_line_counts_once_it_has_its_end(index: Index, path: Path) -> None:
    whole = line("a", 1)
    with path.open("wb", buffering=0) as file:
        for place in range(len(whole)):
            file.write(whole[place : place + 1])
            index.refresh()
            assert len(index) == (place == len(whole) - 1)
    assert not index.store.corrupt


def test_it_looks_no_further_than_told(index: Index, path: Path) -> None:
    path.write_bytes(line("a", 1) * 3)
    index.refresh(limit=2 * len(line("a", 1)) + 5)
    assert len(index) == 2
    index.refresh()
    assert len(index) == 3


def test_a_file_of_many_blocks_is_read_whole(index: Index, path: Path) -> None:
    chance = random.Random(1)
    ends = [chance.randrange(10_000) for _ in range(30_000)]
    path.write_bytes(b"".join(line("ab"[end % 2], end) for end in ends))
    index.refresh()
    assert [row[0] for row in rows_of(index, "a")] == sorted(end for end in ends if end % 2 == 0)
    assert [row[0] for row in rows_of(index, "b")] == sorted(end for end in ends if end % 2)


def test_the_same_file_with_other_content_is_read_anew(index: Index, path: Path) -> None:
    path.write_bytes(line("a", 1) * 5)
    index.refresh()
    with path.open("r+b") as file:
        file.truncate(0)
        file.write(line("b", 2) * 50)
    index.refresh()
    assert {name: len(column) for name, column in index.store.columns.items()} == {"b": 50}
