"""Several processes, their deaths and their children: run for real."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from tests.contract.metrics.kit import FILE, ROOT, file_lines, run_python, say_go, start_python
from utils.performance_metrics import PerformanceMetrics

if TYPE_CHECKING:
    from pathlib import Path

WRITER = """
import sys
from utils.performance_metrics import get_performance_metrics
metrics, writer = get_performance_metrics(), int(sys.argv[1])
print("ready", flush=True)
sys.stdin.readline()
for number in range(10_000):
    with metrics.track(f"op{number % 3}", metadata={"writer": writer, "number": number, "text": "x" * (number % 300)}):
        pass
metrics.flush()
print("done", flush=True)
sys.stdin.readline()
print(sum(stats.total_calls for name, stats in metrics.get_stats().items() if name != "old"))
"""


def test_four_processes_write_one_file_and_none_of_their_lines_is_lost_or_interleaved(tmp_path: Path) -> None:
    directory = tmp_path / "metrics"
    metrics = PerformanceMetrics(directory)
    writers = [start_python(WRITER, directory, number) for number in range(4)]
    assert [answer(writer) for writer in writers] == ["ready"] * 4
    say_go(*writers)
    # A fifth tidies up all the while.
    removed = 0
    for _ in range(20):
        metrics.record("old", 1, end_time=1_000_000.0)
        removed += metrics.cleanup_old_metrics(days=30)
    assert removed == 20
    assert [answer(writer) for writer in writers] == ["done"] * 4
    say_go(*writers)
    # Each sees what all of them wrote.
    assert [int(writer.communicate()[0]) for writer in writers] == [40_000] * 4
    assert [writer.returncode for writer in writers] == [0] * 4
    found = [(line["metadata"]["writer"], line["metadata"]["number"]) for line in file_lines(directory)]
    # A process's own lines stand in the order they were measured.
    for number in range(4):
        assert [turn for who, turn in found if who == number] == list(range(10_000))
    assert len(found) == 40_000
    assert metrics.health().corrupt_lines == 0
    metrics.close()


def answer(process: subprocess.Popen[str]) -> str:
    """Wait for a process's next line."""
    assert process.stdout is not None
    return process.stdout.readline().strip()


ENDLESS = """
import itertools
from utils.performance_metrics import get_performance_metrics
metrics = get_performance_metrics()
for number in itertools.count():
    with metrics.track("op", metadata={"number": number, "text": "y" * 500}):
        pass
    if number % 200 == 0:
        metrics.flush()
        print(number, flush=True)
"""


def test_sigkill_loses_nothing_that_was_flushed_and_nothing_torn_is_ever_shown(tmp_path: Path) -> None:
    for turn in range(6):
        directory = tmp_path / f"metrics{turn}"
        with start_python(ENDLESS, directory) as process:
            assert process.stdout is not None
            flushed = [process.stdout.readline() for _ in range(2 + turn)]
            process.kill()
            flushed += process.stdout.readlines()
        metrics = PerformanceMetrics(directory)
        before = list(metrics.iter_entries())
        metrics.record("after", 1)
        after = list(metrics.iter_entries())
        assert after[:-1] == before
        assert after[-1].operation == "after"
        numbers = [entry.metadata["number"] for entry in before]
        assert numbers == list(range(len(numbers)))
        assert len(numbers) > int(flushed[-1])
        assert all(entry.metadata["text"] == "y" * 500 for entry in before)
        assert metrics.health().corrupt_lines <= 1
        metrics.close()


def test_a_line_torn_by_a_death_is_not_shown_and_does_not_swallow_the_next(tmp_path: Path) -> None:
    first = PerformanceMetrics(tmp_path)
    first.record("whole", 1)
    first.record("torn", 2)
    first.close()
    path = tmp_path / FILE
    whole = path.read_bytes()
    for cut in range(1, 60, 7):
        path.write_bytes(whole[:-cut])
        metrics = PerformanceMetrics(tmp_path)
        assert [entry.operation for entry in metrics.get_recent_metrics()] == ["whole"]
        metrics.record("next", 3)
        # A line that only lacks its end is whole, and is there again once it has got one.
        expected = ["next", "torn", "whole"] if cut == 1 else ["next", "whole"]
        assert [entry.operation for entry in metrics.get_recent_metrics()] == expected
        assert metrics.health().corrupt_lines == (cut != 1)
        assert path.read_bytes().startswith(whole[:-cut])
        metrics.close()


ENDING = """
import os, signal, sys, threading
from utils.performance_metrics import get_performance_metrics
metrics = get_performance_metrics()
for number in range(1_000):
    with metrics.track("op", metadata={"number": number}):
        pass
how = sys.argv[1]
if how == "exit":
    sys.exit(0)
if how == "exception":
    raise RuntimeError("unhandled")
if how == "sigterm":
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    os.kill(os.getpid(), signal.SIGTERM)
    signal.pause()
if how == "sigint":
    os.kill(os.getpid(), signal.SIGINT)
    signal.pause()
if how == "thread":
    def later():
        for number in range(1_000, 1_100):
            metrics.record("op", 1, metadata={"number": number})
    threading.Thread(target=later).start()
"""


@pytest.mark.parametrize(
    ("how", "status", "count"),
    [
        ("end", 0, 1_000),
        ("exit", 0, 1_000),
        ("exception", 1, 1_000),
        ("sigterm", 0, 1_000),
        ("sigint", -signal.SIGINT, 1_000),
        ("thread", 0, 1_100),
    ],
)
def test_however_the_program_ends_by_itself_nothing_is_missing(
    tmp_path: Path, how: str, status: int, count: int
) -> None:
    run_python(ENDING, tmp_path / "metrics", how, expect=status)
    assert [line["metadata"]["number"] for line in file_lines(tmp_path / "metrics")] == list(range(count))


FORKING = """
import os, sys, warnings
warnings.simplefilter("ignore", DeprecationWarning)
from utils.performance_metrics import get_performance_metrics
metrics = get_performance_metrics()
if sys.argv[1] == "busy":
    metrics.get_stats()
    for number in range(5_000):
        metrics.record("parent", 1, metadata={"number": number})
children = []
for child in range(4):
    metrics.record("parent", 1, metadata={"number": 5_000 + child})
    pid = os.fork()
    if not pid:
        for number in range(100):
            with metrics.track("child", metadata={"child": child, "number": number}):
                pass
        seen = metrics.get_stats()["child"].total_calls
        metrics.flush()
        os._exit(0 if seen >= 100 else 1)
    children.append(pid)
statuses = [os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]) for pid in children]
metrics.record("parent", 1, metadata={"number": 5_004})
print(statuses)
"""


@pytest.mark.parametrize(("how", "parents"), [("fresh", 5), ("busy", 5_005)])
def test_a_fork_neither_hangs_nor_writes_twice(tmp_path: Path, how: str, parents: int) -> None:
    assert json.loads(run_python(FORKING, tmp_path / "metrics", how)) == [0, 0, 0, 0]
    lines = file_lines(tmp_path / "metrics")
    mine = [line["metadata"]["number"] for line in lines if line["operation"] == "parent"]
    assert mine == list(range(5_005 - parents, 5_005))
    theirs = sorted(
        (line["metadata"]["child"], line["metadata"]["number"]) for line in lines if line["operation"] == "child"
    )
    assert theirs == [(child, number) for child in range(4) for number in range(100)]


INTERRUPTED = """
import gc, signal, sys
from utils.performance_metrics import get_performance_metrics
metrics = get_performance_metrics()
counts = {"main": 0, "signal": 0, "collector": 0}

class Dying:
    def __init__(self):
        self.me = self
    def __del__(self):
        counts["collector"] += 1
        with metrics.track("collector"):
            pass

def handler(*_):
    counts["signal"] += 1
    with metrics.track("signal", metadata={"n": counts["signal"]}):
        metrics.end(metrics.start("signal_inner"))

signal.signal(signal.SIGALRM, handler)
gc.set_threshold(10, 2, 2)
signal.setitimer(signal.ITIMER_REAL, 0.0005, 0.0005)
while counts["signal"] < 200 or counts["collector"] < 200:
    Dying()
    counts["main"] += 1
    with metrics.track("main") as span:
        span.add(list=[{} for _ in range(5)])
    if counts["main"] % 500 == 0:
        metrics.get_stats()
signal.setitimer(signal.ITIMER_REAL, 0)
gc.collect()
stats = metrics.get_stats()
assert {name: stats[name].total_calls for name in counts} == counts, (stats, counts)
assert stats["signal_inner"].total_calls == counts["signal"]
assert metrics.health().dropped == 0
"""


def test_signal_handlers_and_destructors_may_measure_in_the_middle_of_a_measurement(tmp_path: Path) -> None:
    run_python(INTERRUPTED, tmp_path / "metrics")


def test_the_library_needs_nothing_but_the_standard_library(tmp_path: Path) -> None:
    code = """
import sys
sys.path.insert(0, sys.argv[1])
from utils.performance_metrics import get_performance_metrics
get_performance_metrics().record("op", 1)
print(*get_performance_metrics().get_stats())
"""
    # -I and -S leave out site-packages: whatever is not in the standard library can't be imported.
    output = subprocess.check_output(
        [sys.executable, "-I", "-S", "-c", code, str(ROOT)], text=True, env={"DDC_METRICS_DIR": str(tmp_path)}
    )
    assert output == "op\n"
