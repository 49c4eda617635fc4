from __future__ import annotations

import os
import threading
import time
from pathlib import Path

import psutil
import pytest

from cogs.perf.resources.figures import Figures, figures


def told() -> tuple[Figures, Figures, int]:
    """By us out of /proc, by us through psutil, and the number of threads by psutil itself."""
    return figures(), figures(Path("/nowhere")), psutil.Process().num_threads()


def test_proc_and_psutil_tell_the_same() -> None:
    ours, theirs, threads = told()
    for _ in range(100):  # a thread of another test may end between two looks
        if ours.threads == theirs.threads == threads:
            break
        time.sleep(0.05)
        ours, theirs, threads = told()
    assert ours.rss == pytest.approx(theirs.rss, rel=0.2)
    assert ours.threads == theirs.threads == threads
    assert ours.fds is not None
    assert theirs.fds in (ours.fds, ours.fds + 1)  # psutil counts the one that it looks with


def test_a_thread_and_a_file_more_are_seen() -> None:
    before = figures()
    wait = threading.Event()
    thread = threading.Thread(target=wait.wait)
    thread.start()
    reader, writer = os.pipe()
    after = figures()
    os.close(reader)
    os.close(writer)
    wait.set()
    thread.join()
    assert (after.threads, after.fds) == ((before.threads or 0) + 1, (before.fds or 0) + 2)


def test_without_both_the_processor_time_is_still_known(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setitem(__import__("sys").modules, "psutil", None)
    found = figures(tmp_path)
    assert found.cpu > 0
    assert (found.rss, found.threads, found.fds) == (None, None, None)
