"""What holds for every small book, whatever is in it."""

from __future__ import annotations

import json
import os
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from utils.metrics.books import BookFile

if TYPE_CHECKING:
    from pathlib import Path


class Problem(Exception):  # noqa: N818 - the tests' own
    def __init__(self, deed: str, path: Path, reason: str) -> None:
        super().__init__(f"{path.name} could not be {deed}: {reason}")


def numbers(path: Path) -> BookFile[list[int]]:
    def decode(content: bytes) -> list[int]:
        found = json.loads(content)
        if not isinstance(found, list):
            raise TypeError
        return [int(number) for number in found]

    return BookFile(
        path,
        empty=list,
        decode=decode,
        encode=lambda book: json.dumps(book).encode(),
        damaged=(ValueError, TypeError),
        problem=Problem,
        lost="It was damaged; it lies in {}.",
    )


@given(st.lists(st.integers()))
def test_what_was_saved_is_read(tmp_path_factory: pytest.TempPathFactory, book: list[int]) -> None:
    file = numbers(tmp_path_factory.mktemp("books") / "folder" / "numbers.json")
    assert file.load() == ([], None)
    file.save(book)
    assert file.load() == (book, None)


@pytest.mark.parametrize("content", [b"", b"{}", b"\xff\xfe", b'["x"]', b"[1"])
def test_a_damaged_file_is_kept_aside_and_told(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "numbers.json"
    path.write_bytes(content)
    book, told = numbers(path).load()
    (aside,) = tmp_path.iterdir()
    assert (book, told) == ([], f"It was damaged; it lies in {aside.name}.")
    assert aside.read_bytes() == content


def test_a_file_that_cannot_be_read_raises_and_stays(tmp_path: Path) -> None:
    path = tmp_path / "numbers.json"
    path.mkdir()
    with pytest.raises(Problem, match=r"numbers\.json could not be read: is a directory"):
        numbers(path).load()
    assert path.is_dir()


def test_a_save_that_fails_leaves_the_old_book(tmp_path: Path) -> None:
    path = tmp_path / "folder" / "numbers.json"
    numbers(path).save([1])
    os.rename(path.parent, tmp_path / "elsewhere")  # noqa: PTH104 - a folder
    path.parent.write_text("in the way")
    with pytest.raises(Problem, match="could not be saved"):
        numbers(path).save([2])
    assert numbers(tmp_path / "elsewhere" / "numbers.json").load() == ([1], None)
