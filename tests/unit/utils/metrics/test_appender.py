from __future__ import annotations

import fcntl
import os
from typing import TYPE_CHECKING

import pytest

from utils.metrics.appender import Appender, leads_to, locked

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "deep" / "down" / "file"


@pytest.fixture
def appender(path: Path) -> Iterator[Appender]:
    made = Appender(path)
    yield made
    made.close()


def test_lines_are_appended_and_the_folders_made(appender: Appender, path: Path) -> None:
    assert appender.append(b"a\nb\n", 1) == 4
    assert appender.append(b"c\n", 1) == 2
    assert path.read_bytes() == b"a\nb\nc\n"


def test_a_last_line_without_an_end_gets_one_first(appender: Appender, path: Path) -> None:
    appender.append(b"a\n", 1)
    for torn in (b"half", b"again"):
        with path.open("ab") as file:
            file.write(torn)
        appender.append(b"b\n", 1)
    assert path.read_bytes() == b"a\nhalf\nb\nagain\nb\n"


def test_a_file_that_was_replaced_is_opened_anew(appender: Appender, path: Path) -> None:
    appender.append(b"a\n", 1)
    path.rename(path.with_name("old"))
    path.write_bytes(b"other\n")
    appender.append(b"b\n", 1)
    assert path.read_bytes() == b"other\nb\n"
    assert path.with_name("old").read_bytes() == b"a\n"


def test_a_link_is_followed(appender: Appender, path: Path) -> None:
    path.parent.mkdir(parents=True)
    path.symlink_to("target")
    appender.append(b"a\n", 1)
    assert path.with_name("target").read_bytes() == b"a\n"


def test_while_another_holds_the_file_nothing_is_written(appender: Appender, path: Path) -> None:
    appender.append(b"a\n", 1)
    other = os.open(path, os.O_RDONLY)
    fcntl.flock(other, fcntl.LOCK_EX)
    with pytest.raises(TimeoutError, match="another process"):
        appender.append(b"b\n", 0.01)
    os.close(other)
    appender.append(b"c\n", 1)
    assert path.read_bytes() == b"a\nc\n"


def test_the_lock_is_given_back_even_when_a_child_has_a_copy_of_the_file(path: Path) -> None:
    path.parent.mkdir(parents=True)
    path.touch()
    mine, other = os.open(path, os.O_RDWR), os.open(path, os.O_RDWR)
    with locked(mine, 1) as held:
        assert held
        childs_copy = os.dup(mine)
    with locked(other, 0):
        pass
    for descriptor in (mine, other, childs_copy):
        os.close(descriptor)


def test_a_path_leads_to_the_file_that_stands_there_now(path: Path) -> None:
    path.parent.mkdir(parents=True)
    path.touch()
    descriptor = os.open(path, os.O_RDONLY)
    assert leads_to(path, descriptor)
    path.rename(path.with_name("old"))
    assert not leads_to(path, descriptor)
    path.touch()
    assert not leads_to(path, descriptor)
    os.close(descriptor)


def test_a_folder_that_is_a_file_is_said_to_be_no_folder(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(NotADirectoryError):
        Appender(tmp_path / "file" / "lines").append(b"a\n", 1)
