"""What is set about alerts survives restarts, damaged files and full disks."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.docker.events.book import Book, BookError, BookStore
from tests.contract.docker.happening import NOON

if TYPE_CHECKING:
    from pathlib import Path


def test_what_was_saved_is_read_again(tmp_path: Path) -> None:
    store = BookStore(tmp_path / "new folder" / "alerts.json")
    assert store.load() == (Book(), None)
    book = Book().with_channel(7).with_mute("web", None, NOON).with_mute("db", NOON + 60, NOON)
    store.save(book)
    assert store.load() == (book, None)


@pytest.mark.parametrize("content", [b"", b"{", b"[]", b'{"version": 2}', b'{"mutes": {"web": "soon"}}', b"\xff"])
def test_a_damaged_file_is_put_aside_and_told(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "alerts.json"
    path.write_bytes(content)
    book, damage = BookStore(path).load()
    assert book == Book()
    (aside,) = tmp_path.iterdir()
    assert damage is not None
    assert aside.name in damage
    assert aside.read_bytes() == content


def test_a_file_that_cannot_be_read_or_written_is_an_error_and_no_empty_book(tmp_path: Path) -> None:
    (tmp_path / "alerts.json").mkdir()
    store = BookStore(tmp_path / "alerts.json")
    with pytest.raises(BookError, match=r"could not be read .*alerts\.json"):
        store.load()
    with pytest.raises(BookError, match="could not be saved"):
        store.save(Book())


def test_a_mute_ends_by_itself_and_one_for_good_does_not() -> None:
    book = Book().with_mute("web", NOON + 60, NOON).with_mute("db", None, NOON)
    assert book.is_muted("web", NOON + 59)
    assert not book.is_muted("web", NOON + 60)
    assert book.is_muted("db", NOON + 1e9)
    assert not book.is_muted("other", NOON)


@given(
    st.lists(st.tuples(st.sampled_from("abc"), st.none() | st.floats(0, 100), st.booleans()), max_size=20),
    st.floats(0, 100),
)
def test_the_last_word_about_a_container_counts(words: list[tuple[str, float | None, bool]], now: float) -> None:
    book = Book()
    last: dict[str, float | None] = {}
    for name, until, mute in words:
        book = book.with_mute(name, until, now) if mute else book.without_mute(name, now)
        last[name] = until if mute else 0.0
    for name, until in last.items():
        assert book.is_muted(name, now) == (until is None or now < until)
