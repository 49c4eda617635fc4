from __future__ import annotations

import os
import threading
from typing import TYPE_CHECKING

import pytest

from utils.metrics.appender import Appender
from utils.metrics.rewrite import Rewrite, rewriting

if TYPE_CHECKING:
    from pathlib import Path


def replace_without(job: Rewrite, unwanted: list[tuple[int, int]], size: int) -> None:
    job.copy_without(unwanted, size)
    with job.keeping_writers_out():
        os.close(job.replace())
    job.sync_folder()


@pytest.fixture
def path(tmp_path: Path) -> Path:
    made = tmp_path / "file"
    made.write_bytes(b"one\ntwo\nthree\n")
    return made


def test_unwanted_lines_are_left_out_and_the_rest_stays_as_it_is(path: Path) -> None:
    with rewriting(path) as job:
        assert job is not None
        replace_without(job, [(0, 4), (8, 14)], 14)
    assert path.read_bytes() == b"two\n"
    assert list(path.parent.iterdir()) == [path]


def test_what_is_appended_in_between_is_kept(path: Path) -> None:
    appender = Appender(path)
    appender.append(b"four\n", 1)
    with rewriting(path) as job:
        assert job is not None
        appender.append(b"five\n", 1)
        replace_without(job, [(0, 4)], 14)
        appender.append(b"six\n", 1)
    appender.append(b"seven\n", 1)
    appender.close()
    assert path.read_bytes() == b"two\nthree\nfour\nfive\nsix\nseven\n"


def test_without_a_file_there_is_no_job(tmp_path: Path) -> None:
    with rewriting(tmp_path / "nowhere") as job:
        assert job is None
    assert list(tmp_path.iterdir()) == []


def test_what_a_crash_left_behind_is_no_hindrance(path: Path) -> None:
    path.with_name("file.cleanup").write_bytes(b"half of an older copy, and longer than the new one")
    with rewriting(path) as job:
        assert job is not None
        replace_without(job, [(0, 8)], 14)
    assert path.read_bytes() == b"three\n"
    assert list(path.parent.iterdir()) == [path]


def test_a_job_that_is_given_up_leaves_everything_as_it_was(path: Path) -> None:
    with pytest.raises(ZeroDivisionError), rewriting(path):
        raise ZeroDivisionError
    assert path.read_bytes() == b"one\ntwo\nthree\n"
    assert list(path.parent.iterdir()) == [path]


def test_a_file_that_was_swapped_meanwhile_is_not_touched(path: Path) -> None:
    with rewriting(path) as job:
        assert job is not None
        path.rename(path.with_name("old"))
        path.write_bytes(b"new\n")
        with pytest.raises(OSError, match="somebody else replaced"):
            replace_without(job, [(0, 4)], 14)
    assert path.read_bytes() == b"new\n"
    assert path.with_name("old").read_bytes() == b"one\ntwo\nthree\n"


def test_a_file_that_became_shorter_meanwhile_is_not_touched(path: Path) -> None:
    with rewriting(path) as job:
        assert job is not None
        path.write_bytes(b"one\n")
        with pytest.raises(OSError, match="shorter"):
            replace_without(job, [(0, 4)], 14)
    assert path.read_bytes() == b"one\n"


def test_a_link_stays_a_link_and_the_mode_stays(path: Path) -> None:
    path.chmod(0o604)
    link = path.with_name("link")
    link.symlink_to(path)
    with rewriting(link) as job:
        assert job is not None
        replace_without(job, [(0, 4)], 14)
    assert link.is_symlink()
    assert path.read_bytes() == b"two\nthree\n"
    assert path.stat().st_mode & 0o777 == 0o604


def test_a_second_one_waits_for_its_turn_and_then_works_on_the_new_file(path: Path) -> None:
    seen: list[bytes] = []

    def second() -> None:
        with rewriting(path) as job:
            assert job is not None
            seen.append(path.read_bytes())
            replace_without(job, [(0, 4)], 10)

    other = threading.Thread(target=second)
    with rewriting(path) as job:
        assert job is not None
        other.start()
        replace_without(job, [(0, 4)], 14)
    other.join(60)
    assert seen == [b"two\nthree\n"]
    assert path.read_bytes() == b"three\n"
