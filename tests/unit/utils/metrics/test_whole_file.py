"""A file is its old self or its new self, and nothing else is left beside it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from utils.metrics.whole_file import write_whole

if TYPE_CHECKING:
    from pathlib import Path


def test_what_was_written_is_there_and_nothing_else(tmp_path: Path) -> None:
    path = tmp_path / "made" / "on the way" / "book.json"
    for content in (b"long long long", b"", b"\x00\xff"):
        write_whole(path, content)
        assert path.read_bytes() == content
    assert list(path.parent.iterdir()) == [path]


def test_a_failed_write_leaves_no_trace(tmp_path: Path) -> None:
    path = tmp_path / "book.json"
    path.mkdir()
    (path / "inside").touch()  # so that no rename can take its place
    with pytest.raises(OSError, match="directory"):
        write_whole(path, b"new")
    assert list(tmp_path.iterdir()) == [path]


def test_the_mode_is_the_owners_alone_or_as_told_or_that_of_another_file(tmp_path: Path) -> None:
    path, other = tmp_path / "book.json", tmp_path / "other.json"
    write_whole(path, b"1")
    assert path.stat().st_mode & 0o777 == 0o600
    write_whole(path, b"2", mode=0o644, like=other)
    assert path.stat().st_mode & 0o777 == 0o644
    other.touch(0o640)
    write_whole(path, b"3", mode=0o644, like=other)
    assert path.stat().st_mode & 0o777 == 0o640
