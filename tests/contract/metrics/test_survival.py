"""Killed, forked, flooded, refused: what happens to measurements then, each tried for real."""

from __future__ import annotations

import asyncio
import json
import signal
import subprocess
import tempfile
import threading
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from tests.contract.metrics.kit import FILE, ManualClock, ended, file_lines, run_python, start_python
from tests.needs import mount
from utils.performance_metrics import PerformanceMetrics

if TYPE_CHECKING:
    from collections.abc import Iterator

# Killed


ROUNDS = 100
PROMISED = 0.1
"""Seconds before a death of which nothing may be left."""

TIMELINE = """
import os, sys, time
from utils.performance_metrics import get_performance_metrics
metrics, clock = get_performance_metrics(), time.perf_counter
began, number = clock(), 0
while True:
    with metrics.track("op", metadata={"number": number}):
        pass
    os.write(1, b"%d %.6f\\n" % (number, clock()))
    number += 1
    time.sleep(max(0.0, began + number / 2_000 - clock()))
"""


def kill_two(directories: list[Path], after: float) -> Iterator[tuple[Path, list[float]]]:
    """Kill two processes that measure 2,000 times a second; yield for each when it made which measurement."""
    processes = [start_python(TIMELINE, directory) for directory in directories]
    begun = []
    for process in processes:
        assert process.stdout is not None
        begun.append(process.stdout.readline())
    time.sleep(after)
    for process in processes:
        process.kill()
    for process, directory, first in zip(processes, directories, begun, strict=True):
        with process:
            assert process.stdout is not None
            told = [line.split() for line in (first + process.stdout.read()).split("\n")[:-1]]
        assert process.returncode == -signal.SIGKILL
        assert [int(number) for number, _ in told] == list(range(len(told)))
        yield directory, [float(moment) for _, moment in told]


def test_sigkill_costs_at_most_the_last_moment_and_the_next_start_mends_the_file(tmp_path: Path) -> None:
    lost: list[float] = []
    for turn in range(0, ROUNDS, 2):
        directories = [tmp_path / str(turn), tmp_path / str(turn + 1)]
        for directory, moments in kill_two(directories, 0.02 + 0.003 * turn):
            # Each death comes at another point of the writer's turns, and at times between a line's two ends.
            metrics = PerformanceMetrics(directory)
            numbers = [entry.metadata["number"] for entry in metrics.iter_entries()]
            assert numbers == list(range(len(numbers)))
            # What it was killed before it could tell may be there.
            missing = moments[len(numbers) :]
            lost.append(moments[-1] - missing[0] if missing else 0.0)
            metrics.close()
            path = directory / FILE
            whole = path.read_bytes() if path.exists() else b""
            torn = whole[: -(turn % 40)] if turn % 40 else whole
            if torn:
                path.write_bytes(torn)
            metrics = PerformanceMetrics(directory)
            shown = [entry.metadata["number"] for entry in metrics.iter_entries()]
            assert shown == numbers[: torn.count(b"\n")]
            metrics.record("after", 1)
            assert [entry.operation for entry in metrics.get_recent_metrics(limit=1)] == ["after"]
            lines = path.read_bytes().split(b"\n")
            assert lines.pop() == b"", "the last line has its end"
            metrics.close()
    # The machine, too, may keep the writer from the processor or the disk for a tenth of a second; the library is not
    # to blame for that, and what it loses it loses each time.
    assert sum(seconds > PROMISED for seconds in lost) <= ROUNDS // 30, sorted(lost)[-10:]


TOLD_TO_END = """
import asyncio, signal, sys, threading, time
from utils.performance_metrics import get_performance_metrics
metrics, how = get_performance_metrics(), sys.argv[1]
numbers = iter(range(10**9))

def measure():
    with metrics.track("op", metadata={"number": next(numbers)}):
        pass

def end(*_):
    raise SystemExit(0)

async def serve():
    stop = asyncio.Event()
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, stop.set)
    print("ready", flush=True)
    while not stop.is_set():
        measure()
        await asyncio.sleep(0)

if how == "loop":
    asyncio.run(serve())
else:
    signal.signal(signal.SIGTERM, end)
    if how == "thread":
        threading.Thread(target=lambda: [measure() for _ in range(5_000)]).start()
    try:
        print("ready", flush=True)
        while True:
            measure()
            if how == "asleep":
                time.sleep(60)
    finally:
        print(next(numbers), flush=True)
if how == "loop":
    print(next(numbers), flush=True)
"""


@pytest.mark.parametrize("how", ["busy", "asleep", "thread", "loop"])
def test_a_program_that_makes_an_end_of_sigterm_loses_nothing(tmp_path: Path, how: str) -> None:
    with start_python(TOLD_TO_END, tmp_path / "metrics", how) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "ready\n"
        time.sleep(0.1)
        process.terminate()
        made = int(process.stdout.readline())
    assert process.returncode == 0
    numbers = [line["metadata"]["number"] for line in file_lines(tmp_path / "metrics")]
    assert len(set(numbers)) == len(numbers)
    # The signal may fall before a measurement's begin or end; a thread that still runs goes on to its own end.
    assert len(set(range(made)) - set(numbers)) <= 1
    assert max(numbers) < made or how == "thread"


# Forked

CHILD = """
from utils.performance_metrics import get_performance_metrics
for number in range(100):
    with get_performance_metrics().track("child", metadata={"child": child, "number": number}):
        pass
"""

PARENT = """
import multiprocessing, sys
from utils.performance_metrics import get_performance_metrics
how, code = sys.argv[1:]
metrics = get_performance_metrics()
context = multiprocessing.get_context(how)
for number in range(1_000):
    metrics.record("parent", 1, metadata={"number": number})
children = [context.Process(target=exec, args=(code, {"child": child})) for child in range(3)]
for child in children:
    child.start()
for child in children:
    child.join()
print([child.exitcode for child in children], metrics.get_stats()["child"].total_calls)
"""


@pytest.mark.parametrize("how", ["fork", "spawn", "forkserver"])
def test_children_of_multiprocessing_write_all_and_only_what_they_measured(tmp_path: Path, how: str) -> None:
    # No child flushes: they end without the interpreter's exit handlers, and nothing is missing all the same.
    assert run_python(PARENT, tmp_path / "metrics", how, CHILD) == "[0, 0, 0] 300\n"
    check_family(file_lines(tmp_path / "metrics"), parents=1_000, children=3)


def check_family(lines: list[dict[str, Any]], *, parents: int, children: int) -> None:
    """Nothing missing, nothing twice."""
    mine = [line["metadata"]["number"] for line in lines if line["operation"] == "parent"]
    assert mine == list(range(parents))
    theirs = [(line["metadata"]["child"], line["metadata"]["number"]) for line in lines if line["operation"] == "child"]
    assert sorted(theirs) == [(child, number) for child in range(children) for number in range(100)]


PREFORK = """
import os, signal, sys, time
from utils.performance_metrics import get_performance_metrics
metrics = get_performance_metrics()

def end(*_):
    raise SystemExit(0)

def work(worker):
    signal.signal(signal.SIGTERM, end)
    number = 0
    try:
        while True:
            with metrics.track("request", metadata={"worker": worker, "number": number}):
                number += 1
            if number == 200:
                os.write(1, b"working\\n")
            time.sleep(0.0005)
    finally:
        os.write(1, b"%d %d\\n" % (worker, number))

with metrics.track("load", metadata={"pid": os.getpid()}):
    pass
workers = []
for worker in range(3):
    workers.append(os.fork())
    if not workers[-1]:
        work(worker)
sys.stdin.readline()
for worker in workers:
    os.kill(worker, signal.SIGTERM)
for worker in workers:
    assert os.waitstatus_to_exitcode(os.waitpid(worker, 0)[1]) == 0
"""


def test_a_server_that_forks_its_workers_loses_nothing_when_it_stops_them(tmp_path: Path) -> None:
    with start_python(PREFORK, tmp_path / "metrics") as process:
        assert process.stdin is not None
        assert process.stdout is not None
        assert [process.stdout.readline() for _ in range(3)] == ["working\n"] * 3
        process.stdin.write("stop\n")
        process.stdin.close()
        told = sorted(tuple(map(int, line.split())) for line in process.stdout)
    assert process.returncode == 0
    lines = file_lines(tmp_path / "metrics")
    assert sum(line["operation"] == "load" for line in lines) == 1
    for worker, made in told:
        numbers = [line["metadata"]["number"] for line in lines if line["metadata"].get("worker") == worker]
        assert numbers == list(range(len(numbers)))
        # The signal may fall between a measurement's two ends.
        assert made - 1 <= len(numbers) <= made


FORK_IN_THE_THICK_OF_IT = """
import os, threading, time, warnings
warnings.simplefilter("ignore", DeprecationWarning)
from utils.performance_metrics import get_performance_metrics
metrics = get_performance_metrics()
going = True
made = [0] * 3

def measure(thread):
    while going:
        with metrics.track("parent", metadata={"thread": thread}):
            made[thread] += 1
        if made[thread] % 20 == 0:
            time.sleep(0.001)
        if thread == 0 and made[0] % 500 == 0:
            metrics.flush()

threads = [threading.Thread(target=measure, args=(number,)) for number in range(3)]
for thread in threads:
    thread.start()
statuses = []
for child in range(25):
    pid = os.fork()
    if not pid:
        for number in range(100):
            with metrics.track("child", metadata={"child": child, "number": number}):
                pass
        os._exit(0 if metrics.flush() else 1)
    statuses.append(os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]))
going = False
for thread in threads:
    thread.join()
print(statuses, sum(made))
"""


def test_forks_in_the_thick_of_it_neither_hang_nor_write_twice(tmp_path: Path) -> None:
    output = run_python(FORK_IN_THE_THICK_OF_IT, tmp_path / "metrics").strip()
    statuses, _, made = output.rpartition(" ")
    assert json.loads(statuses) == [0] * 25
    lines = file_lines(tmp_path / "metrics")
    check_family([line for line in lines if line["operation"] == "child"], parents=0, children=25)
    assert sum(line["operation"] == "parent" for line in lines) == int(made)


def test_threads_that_end_leave_what_they_measured_and_take_no_writer_with_them(tmp_path: Path) -> None:
    metrics = PerformanceMetrics(tmp_path)

    def work(number: int) -> None:
        with metrics.track("op", metadata={"number": number}):
            metrics.start("left open")

    for number in range(300):
        thread = threading.Thread(target=work, args=(number,))
        thread.start()
        thread.join()
        if number == 0:
            # The thread that began it all has gone.
            while metrics._engine._recorder.pending:  # type: ignore[attr-defined] # without a flush of our own
                time.sleep(0.005)
    assert metrics.flush()
    assert [line["metadata"]["number"] for line in file_lines(tmp_path)] == list(range(300))
    metrics.close()


# Flooded


def test_who_measures_faster_than_the_writer_writes_is_held_up_and_loses_nothing(tmp_path: Path) -> None:
    metrics = PerformanceMetrics(tmp_path)
    recorder = metrics._engine._recorder  # type: ignore[attr-defined] # to look without bringing it to the disk
    most, threads, each = 0, 3, 200_000

    def work() -> None:
        for _ in range(each):
            with metrics.track("op"):
                pass

    workers = [threading.Thread(target=work) for _ in range(threads)]
    for worker in workers:
        worker.start()
    while any(worker.is_alive() for worker in workers):
        most = max(most, recorder.pending)
        time.sleep(0.002)
    assert metrics.flush(60)
    assert recorder.dropped == 0
    assert (tmp_path / FILE).read_bytes().count(b"\n") == threads * each
    assert most < threads * each / 2, "memory is bounded"
    metrics.close()


async def test_an_event_loop_that_floods_it_goes_on_and_loses_nothing(tmp_path: Path) -> None:
    metrics = PerformanceMetrics(tmp_path)
    turns = 0

    async def flood() -> None:
        for number in range(200_000):
            with metrics.track("op"):
                pass
            if number % 100 == 0:
                await asyncio.sleep(0)

    flooding = asyncio.create_task(flood())
    while not flooding.done():
        turns += 1
        await asyncio.sleep(0)
    assert turns > 1_000
    assert await asyncio.to_thread(metrics.flush, 60)
    assert (tmp_path / FILE).read_bytes().count(b"\n") == 200_000
    await asyncio.to_thread(metrics.close)


# Refused

FORBIDDEN = """
import os, pathlib, sys, tempfile, time
from utils.performance_metrics import PerformanceMetrics, get_performance_metrics
with tempfile.TemporaryDirectory() as folder:  # load what is loaded late, while it can be read
    other = PerformanceMetrics(pathlib.Path(folder))
    other.record("op", 1)
    other.get_stats(), other.health(), other.close()
if os.geteuid() == 0:  # nothing is forbidden to root
    os.setgid(65_534)
    os.setuid(65_534)
metrics = get_performance_metrics()
for number in range(10):
    with metrics.track("op", metadata={"number": number}):
        pass
assert metrics.flush() is False
health = metrics.health()
assert "Permission denied" in health.last_error, health
assert (health.pending, health.dropped) == (10, 0), health
assert metrics.get_stats()["op"].total_calls == 10
print("refused", flush=True)
metrics.record("op", 1, metadata={"number": 10})
while not metrics.path.exists() or metrics.path.read_bytes().count(b"\\n") < 11:
    time.sleep(0.01)
assert metrics.health().last_error is None
"""


@pytest.mark.parametrize("forbidden", ["the folder", "the file", "the folder above"])
def test_what_is_forbidden_at_the_start_is_waited_for(forbidden: str) -> None:
    # Not tmp_path, which no other user may enter.
    with tempfile.TemporaryDirectory() as above:
        folder = Path(above) / "metrics"
        Path(above).chmod(0o555 if forbidden == "the folder above" else 0o755)
        if forbidden != "the folder above":
            folder.mkdir()
            folder.chmod(0o555 if forbidden == "the folder" else 0o777)
        if forbidden == "the file":
            (folder / FILE).touch()
            (folder / FILE).chmod(0o444)
        with start_python(FORBIDDEN, folder, apart=True) as process:
            assert process.stdout is not None
            refused = process.stdout.readline()
            for path in (Path(above), folder, folder / FILE):
                if path.exists():
                    path.chmod(0o777)
            ended(process)
        assert refused == "refused\n"
        assert [line["metadata"]["number"] for line in file_lines(folder)] == list(range(11))


FILLING = """
import resource, time
from utils.performance_metrics import get_performance_metrics
metrics = get_performance_metrics()
hard = resource.getrlimit(resource.RLIMIT_FSIZE)[1]
resource.setrlimit(resource.RLIMIT_FSIZE, (1_000, hard))
for number in range(50):
    with metrics.track("op", metadata={"number": number}):
        pass
recorder = metrics._engine._recorder
while recorder.last_error is None:
    time.sleep(0.005)
assert 0 < recorder.pending < 50
resource.setrlimit(resource.RLIMIT_FSIZE, (hard, hard))
while recorder.pending:
    time.sleep(0.005)
assert (recorder.last_error, recorder.dropped) == (None, 0)
print(metrics.path.read_bytes().count(b"\\n"), flush=True)
"""


def test_a_full_disk_is_tried_again_without_being_asked(tmp_path: Path) -> None:
    assert run_python(FILLING, tmp_path / "metrics") == "50\n"
    assert [line["metadata"]["number"] for line in file_lines(tmp_path / "metrics")] == list(range(50))


def test_a_file_system_that_turns_read_only_is_waited_for(tmp_path: Path) -> None:
    directory = tmp_path / "metrics"
    directory.mkdir()
    mount("-t", "tmpfs", "tmpfs", directory)
    metrics = PerformanceMetrics(directory)
    try:
        metrics.record("op", 1)
        assert metrics.flush()
        metrics.close()
        subprocess.run(["mount", "-o", "remount,ro", str(directory)], check=True)
        metrics.record("op", 2)
        assert metrics.flush() is False
        assert "Read-only file system" in str(metrics.health().last_error)
        assert metrics.get_stats()["op"].total_calls == 2
        subprocess.run(["mount", "-o", "remount,rw", str(directory)], check=True)
        assert metrics.flush()
        assert [line["duration"] for line in file_lines(directory)] == [1, 2]
        metrics.close()
    finally:
        subprocess.run(["umount", "-l", str(directory)], check=True)


# Set to another time


def test_a_clock_that_jumps_an_hour_either_way_changes_no_duration_and_no_order(
    file_metrics: PerformanceMetrics, clock: ManualClock, tmp_path: Path
) -> None:
    ends = []
    for turn, jump in enumerate((3_600, -3_600, -3_600, 7_200, -3_600, 0)):
        for _ in range(3):
            with file_metrics.track("op", metadata={"turn": turn}):
                clock.pass_time(0.25)
            ends.append(clock.now)
        # In a running program the writer looks at the clock many times a second.
        assert file_metrics.flush()
        clock.now += jump
        clock.pass_time(60)
    lines = file_lines(tmp_path / "metrics")
    assert [line["metadata"]["turn"] for line in lines] == [turn for turn in range(6) for _ in range(3)]
    assert [line["end_time"] for line in lines] == ends
    assert {line["duration"] for line in lines} == {0.25}
    assert [entry.end_time for entry in file_metrics.iter_entries()] == sorted(ends)
    assert [entry.end_time for entry in file_metrics.get_recent_metrics()] == sorted(ends, reverse=True)
    for hours in (0.5, 1.0, 24.0):
        inside = [end for end in ends if end >= clock.now - hours * 3_600]
        stats = file_metrics.get_stats(last_hours=hours)["op"]
        assert (stats.total_calls, stats.p99_duration) == (len(inside), 0.25)
