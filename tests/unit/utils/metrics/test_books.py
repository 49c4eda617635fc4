"""What holds for every small book, whatever is in it."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from utils.metrics.books import BookError, JsonBookFile

if TYPE_CHECKING:
    from pathlib import Path


class NumbersError(BookError):
    what = "The numbers"


def numbers(path: Path) -> JsonBookFile[list[int]]:
    def read(found: Any) -> list[int]:  # noqa: ANN401 - whatever stands in the file
        if not isinstance(found, list):
            raise TypeError
        return [int(number) for number in found]

    return JsonBookFile(
        path, empty=list, read=read, write=list, problem=NumbersError, lost="It was damaged; it lies in {}."
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
    with pytest.raises(NumbersError, match=r"numbers\.json could not be read: is a directory") as caught:
        numbers(path).load()
    assert caught.value.user_message == (
        "The numbers could not be read (is a directory). Nothing was changed. Make sure that the bot may write to the "
        "folder of `numbers.json` and that its disk is not full."
    )
    assert path.is_dir()


def test_a_save_that_fails_leaves_the_old_book(tmp_path: Path) -> None:
    path = tmp_path / "folder" / "numbers.json"
    numbers(path).save([1])
    os.rename(path.parent, tmp_path / "elsewhere")  # noqa: PTH104 - a folder
    path.parent.write_text("in the way")
    with pytest.raises(NumbersError, match="could not be saved"):
        numbers(path).save([2])
    assert numbers(tmp_path / "elsewhere" / "numbers.json").load() == ([1], None)


def test_what_another_changed_is_news_once_and_what_was_saved_here_is_none(tmp_path: Path) -> None:
    path = tmp_path / "numbers.json"
    here, there = numbers(path), numbers(path)
    assert here.load() == ([], None)
    assert here.news() is None
    here.save([1])
    assert here.news() is None
    there.save([2])
    assert (here.news(), here.news()) == (([2], None), None)
    there.save([2])
    assert here.load() == ([2], None)
    assert here.news() is None


def test_a_file_that_went_away_is_no_news(tmp_path: Path) -> None:
    path = tmp_path / "numbers.json"
    file = numbers(path)
    file.save([1])
    path.unlink()
    assert file.news() is None
    path.mkdir()
    assert file.news() is None


def test_a_damaged_file_is_news_and_kept_aside(tmp_path: Path) -> None:
    path = tmp_path / "numbers.json"
    file = numbers(path)
    file.save([1])
    path.write_bytes(b"[1")
    (book, told) = file.news() or ([0], None)
    (aside,) = tmp_path.iterdir()
    assert (book, told) == ([], f"It was damaged; it lies in {aside.name}.")
    assert file.news() is None
