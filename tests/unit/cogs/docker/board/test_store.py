"""The book of status messages survives, and a damaged file is never lost."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cogs.docker.board.store import BoardStore, Book, Post, StoreError

if TYPE_CHECKING:
    from pathlib import Path

IDS = st.integers(1, 2**63 - 1)
POSTS = st.builds(
    Post,
    guild_id=IDS,
    channel_id=IDS,
    message_id=st.none() | IDS,
    previous_id=st.none() | IDS,
    nonce=st.text(max_size=25),
    claimed_at=st.floats(0, 4e9),
    losses=st.integers(0, 9),
    stopped=st.none() | st.text(),
)


@settings(deadline=None)
@given(posts=st.lists(POSTS, max_size=5))
def test_what_was_saved_is_what_is_loaded(tmp_path_factory: pytest.TempPathFactory, posts: list[Post]) -> None:
    store = BoardStore(tmp_path_factory.mktemp("store") / "folder" / "book.json")
    store.save(Book(posts=tuple(posts)))
    assert store.load() == (Book(posts=tuple(posts)), None)


def test_without_a_file_the_book_is_empty(tmp_path: Path) -> None:
    assert BoardStore(tmp_path / "book.json").load() == (Book(), None)


@pytest.mark.parametrize(
    "content", [b"", b'{"version": 1, "po', b"\xff\xfe", b"[]", b'{"version": 2}', b'{"posts": [{}]}', b"[" * 100_000]
)
def test_a_damaged_file_is_kept_aside_and_reported(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "book.json"
    path.write_bytes(content)
    book, problem = BoardStore(path).load()
    assert book == Book()
    (aside,) = tmp_path.iterdir()
    assert aside.read_bytes() == content
    assert problem is not None
    assert aside.name in problem


def test_a_file_that_can_not_be_read_or_written_is_told_and_left(tmp_path: Path) -> None:
    path = tmp_path / "book.json"
    path.mkdir()
    (path / "inside").touch()
    with pytest.raises(StoreError, match="could not be read") as caught:
        BoardStore(path).load()
    assert "Nothing was changed" in caught.value.user_message
    with pytest.raises(StoreError, match="could not be saved"):
        BoardStore(path).save(Book())
    assert list(path.iterdir()) == [path / "inside"]


def test_a_channel_has_one_post_and_keeps_its_place() -> None:
    one, two = Post(guild_id=1, channel_id=10), Post(guild_id=1, channel_id=20)
    book = Book().with_post(one).with_post(two)
    changed = Post(guild_id=1, channel_id=10, message_id=5)
    assert book.with_post(changed).posts == (changed, two)
    assert book.without(10).posts == (two,)
    assert book.of_channel(30) is None
