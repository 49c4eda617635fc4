"""What starting and cleaning up cost, against doing it line by line."""

from __future__ import annotations

import os
import shutil
import threading
import time
from contextlib import contextmanager
from typing import TYPE_CHECKING

from tests.bench.data import FILE
from tests.bench.peers.readers import parse_all
from tests.bench.peers.rewriting import copy_second_half, rewrite
from tests.bench.report import Row
from tests.bench.rounds import Contest, hold
from tests.bench.setting import MONTH, forget_checkpoints, has_checkpoint, make_checkpoint, wait_until_ready
from utils.performance_metrics import PerformanceMetrics

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tests.bench.setting import Setting

CLEANUP_LIMIT = 0.200
CHECKPOINT_LIMIT = 0.100
LOAD_LIMIT = 3.0
_APPENDED = "appended.meanwhile"
_PAUSE = 0.0005
_clock = time.perf_counter


@contextmanager
def a_copy(setting: Setting, original: Path) -> Iterator[Path]:
    """Copy a folder of measurements, the disk done with it, and remove it at the end."""
    copy = setting.directory / "copy"
    shutil.copytree(original, copy)
    for path in copy.iterdir():
        descriptor = os.open(path, os.O_RDONLY)
        os.fsync(descriptor)
        os.close(descriptor)
    try:
        yield copy
    finally:
        shutil.rmtree(copy)


def cleanup(setting: Setting) -> Iterator[Row]:
    """Yield the rows of removing half of the entries while another thread measures."""
    original = setting.sample(setting.entries, MONTH)
    make_checkpoint(original)

    def ours() -> float:
        with a_copy(setting, original) as directory:
            return _clean_while_appending(directory)

    def line_by_line() -> float:
        with a_copy(setting, original) as directory:
            began = _clock()
            rewrite(directory / FILE, time.time() - MONTH / 2)
            return _clock() - began

    def floor() -> float:
        with a_copy(setting, original) as directory:
            began = _clock()
            copy_second_half(directory / FILE)
            return _clock() - began

    rewriting, copying = "line-by-line rewriting", "copying half the bytes in the kernel, and fsync"
    contest = hold({"ours": ours, rewriting: line_by_line, copying: floor}, rounds=setting.rounds, warm_up=0)
    what = f"`cleanup_old_metrics`, half of {setting.entries:,}"
    note = "another thread appends meanwhile; none was lost"
    yield Row.of(contest, what, "ours", rewriting, goal=1 / 12, limit=CLEANUP_LIMIT, note=note)
    yield Row.of(contest, what, "ours", copying, note="the disk's floor")


def _clean_while_appending(directory: Path) -> float:
    """Time a cleanup, and see that it removed what it should and lost nothing.

    Raises:
        RuntimeError: it did not.
    """
    metrics = PerformanceMetrics(directory)
    stop, appended = threading.Event(), 0

    def append() -> None:
        nonlocal appended
        while not stop.is_set():
            with metrics.track(_APPENDED):
                pass
            appended += 1
            time.sleep(_PAUSE)

    thread = threading.Thread(target=append)
    try:
        wait_until_ready(metrics)
        before = metrics.health().entries
        thread.start()
        began = _clock()
        removed = metrics.cleanup_old_metrics(days=15)
        seconds = _clock() - began
    finally:
        stop.set()
        thread.join()
        metrics.close()
    data = (directory / FILE).read_bytes()
    lines, found = data.count(b"\n"), data.count(f'"{_APPENDED}"'.encode())
    if not data.endswith(b"\n") or found != appended or lines != before - removed + appended:
        raise RuntimeError(
            f"Of {before} entries {removed} were removed and {appended} appended; {lines} lines are left, "
            f"{found} of them appended."
        )
    if not 0.4 < removed / before < 0.6:
        raise RuntimeError(f"Of {before} entries {removed} were removed, which is not half of them.")
    return seconds


def start(setting: Setting) -> Iterator[Row]:
    """Yield the rows of the start on a large file, from a checkpoint and without one."""
    directory = setting.sample(setting.entries, MONTH)
    first_answers: list[float] = []
    first_complete: list[float] = []

    def with_checkpoint() -> float:
        began = _clock()
        metrics = PerformanceMetrics(directory)
        wait_until_ready(metrics)
        seconds = _clock() - began
        metrics.close()
        return seconds

    def without() -> float:
        forget_checkpoints(directory)
        began = _clock()
        metrics = PerformanceMetrics(directory)
        metrics.get_stats()
        first_answers.append(_clock() - began)
        wait_until_ready(metrics)
        seconds = _clock() - began
        asked = _clock()
        metrics.get_stats()
        first_complete.append(_clock() - asked)
        metrics.close()
        return seconds

    def parsing() -> float:
        began = _clock()
        parse_all(directory / FILE)
        return _clock() - began

    make_checkpoint(directory)
    checkpointed = has_checkpoint(directory)
    peer = "json.loads of all lines"
    contest = hold(
        {"from a checkpoint": with_checkpoint, "without": without, peer: parsing}, rounds=setting.rounds, warm_up=0
    )
    contest = Contest({**contest.values, "first answer": first_answers, "first complete answer": first_complete})
    size = f"{setting.entries:,} entries of 30 days"
    note = "from a checkpoint" if checkpointed else "NO CHECKPOINT WAS MADE"
    yield Row.of(contest, f"start with {size}, ready", "from a checkpoint", peer, limit=CHECKPOINT_LIMIT, note=note)
    for ours, what, limit in (
        ("first answer", "start with {}, first answer", None),
        ("without", "start with {}, complete", LOAD_LIMIT),
        ("first complete answer", "the first complete answer after it, {}", None),
    ):
        yield Row.of(contest, what.format(size), ours, peer, limit=limit, note="no checkpoint")
