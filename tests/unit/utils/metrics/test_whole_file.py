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
