"""What the old program got wrong, one test for each."""

from __future__ import annotations

import asyncio
import json
import math
import threading
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING

import pytest

from tests.contract.metrics.kit import FILE, NOW, ManualClock, file_lines, run_python, say_go, start_python
from utils.metrics.engine.index import Index
from utils.performance_metrics import PerformanceMetrics

if TYPE_CHECKING:
    from pathlib import Path
    from subprocess import Popen


# (a) Overlapping spans of one name overwrote each other: 100 concurrent ones left 1 entry.


def test_a_hundred_concurrent_threads_of_one_name_leave_a_hundred_entries(file_metrics: PerformanceMetrics) -> None:
    all_inside = threading.Barrier(100)

    def work(number: int) -> None:
        with file_metrics.track("op", metadata={"number": number}):
            all_inside.wait()

    with ThreadPoolExecutor(100) as pool:
        list(pool.map(work, range(100)))
    entries = file_metrics.get_recent_metrics("op", limit=1000)
    assert sorted(entry.metadata["number"] for entry in entries) == list(range(100))


async def test_a_hundred_concurrent_tasks_of_one_name_leave_a_hundred_entries(
    file_metrics: PerformanceMetrics,
) -> None:
    go_on = asyncio.Event()

    async def block(number: int) -> None:
        async with file_metrics.track("block", metadata={"number": number}):
            await go_on.wait()

    async def start_and_end(number: int) -> None:
        file_metrics.start("pair")
        await go_on.wait()
        file_metrics.end("pair", metadata={"number": number})

    async with asyncio.TaskGroup() as group:
        for number in range(100):
            group.create_task(block(number))
            group.create_task(start_and_end(number))
        await asyncio.sleep(0)
        go_on.set()
    for operation in ("block", "pair"):
        entries = file_metrics.get_recent_metrics(operation, limit=1000)
        assert sorted(entry.metadata["number"] for entry in entries) == list(range(100))


# (b) Metadata that JSON can't hold, or a disk that refuses, raised into the caller.


class Hostile:
    """Refuses everything."""

    def __repr__(self) -> str:
        raise RuntimeError("no")

    __str__ = __repr__

    def __bool__(self) -> bool:
        raise RuntimeError("no")

    def __len__(self) -> int:
        raise RuntimeError("no")


def cyclic() -> dict[str, object]:
    knot: dict[str, object] = {}
    knot["again"] = knot
    return knot


STRANGE: dict[str, object] = {
    "set": {1, 2},
    "bytes": b"\xff\x00",
    "cycle": cyclic(),
    "nan": math.nan,
    "infinity": -math.inf,
    "surrogate": "a\ud800b",
    "huge": "x" * 1_000_000,
    "object": Hostile(),
    "class": Hostile,
    "keys": {1: "a", (2, 3): "b", None: "c"},
    "number": 10**5000,
    "error": ValueError("secret"),
    "deep": json.loads("[" * 500 + "]" * 500),
}


@pytest.mark.parametrize("name", STRANGE)
def test_metadata_that_json_cannot_hold_does_not_raise_and_leaves_an_entry(
    file_metrics: PerformanceMetrics, tmp_path: Path, name: str
) -> None:
    with file_metrics.track("op", metadata={"fine": 1, name: STRANGE[name]}) as span:
        span.add(**{f"{name}_added": STRANGE[name]})
    file_metrics.end(file_metrics.start("op"), metadata={name: STRANGE[name]})
    file_metrics.record("op", 1, metadata={name: STRANGE[name]})
    entries = file_metrics.get_recent_metrics()
    assert len(entries) == 3
    assert entries[2].metadata["fine"] == 1
    lines = file_lines(tmp_path / "metrics")
    assert [line["operation"] for line in lines] == ["op"] * 3
    assert (tmp_path / "metrics" / FILE).stat().st_size < 20_000
    assert b"secret" not in (tmp_path / "metrics" / FILE).read_bytes()


@pytest.mark.parametrize("metadata", [Hostile(), [1, 2], "text", 7, object()])
def test_metadata_that_is_no_mapping_does_not_raise(file_metrics: PerformanceMetrics, metadata: object) -> None:
    with file_metrics.track("op", metadata=metadata):  # type: ignore[arg-type] # that is the point
        pass
    file_metrics.record("op", 1, metadata=metadata)  # type: ignore[arg-type] # that is the point
    assert len(file_metrics.get_recent_metrics()) == 2


@pytest.mark.parametrize("name", [None, 7, "", "n" * 10_000, "a\ud800b", b"bytes", Hostile(), 'line\nfeed"\\'])
def test_a_name_that_is_none_does_not_raise_and_is_cut_or_replaced(
    file_metrics: PerformanceMetrics, name: object
) -> None:
    with file_metrics.track(name):  # type: ignore[arg-type] # that is the point
        pass
    (entry,) = file_metrics.get_recent_metrics()
    assert 0 < len(entry.operation) <= 200
    entry.operation.encode()
    assert file_metrics.get_operations() == [entry.operation]


def test_a_directory_that_cannot_be_written_does_not_raise_and_loses_nothing(tmp_path: Path) -> None:
    (tmp_path / "metrics").write_text("a file stands where the directory should be")
    metrics = PerformanceMetrics(tmp_path / "metrics")
    with metrics.track("op"):
        pass
    assert metrics.flush() is False
    assert metrics.health().pending == 1
    (tmp_path / "metrics").unlink()
    assert metrics.close()
    assert len(file_lines(tmp_path / "metrics")) == 1


# (c) `recent` cut to the limit before it filtered.


def test_recent_filters_before_the_limit(file_metrics: PerformanceMetrics) -> None:
    file_metrics.record("rare", 1, success=False)
    for _ in range(100):
        file_metrics.record("frequent", 1)
    assert len(file_metrics.get_recent_metrics("rare", limit=50)) == 1
    assert len(file_metrics.get_recent_metrics(limit=50, failures_only=True)) == 1


# (d) The caller's metadata dict was changed, with the exception's text in it.


def test_the_callers_dict_is_not_changed_and_no_exception_text_is_kept(
    file_metrics: PerformanceMetrics, tmp_path: Path
) -> None:
    mine = {"container": "nginx"}

    def log_in() -> None:
        with file_metrics.track("op", metadata=mine) as span:
            span.add(attempt=1)
            raise ValueError("login failed with password hunter2")

    with pytest.raises(ValueError, match="hunter2"):
        log_in()
    file_metrics.end(file_metrics.start("op"), success=False, metadata=mine)
    file_metrics.record("op", 1, success=False, metadata=mine)
    assert mine == {"container": "nginx"}
    file_metrics.flush()
    assert b"hunter2" not in (tmp_path / "metrics" / FILE).read_bytes()


def test_what_the_caller_changes_later_is_not_seen(file_metrics: PerformanceMetrics) -> None:
    mine = {"container": "nginx"}
    with file_metrics.track("op", metadata=mine):
        pass
    mine["container"] = "postgres"
    assert file_metrics.get_recent_metrics()[0].metadata == {"container": "nginx"}


# (e) Cleanup lost lines that were appended meanwhile.

WRITER = """
import sys, time
from utils.performance_metrics import get_performance_metrics
metrics, writer = get_performance_metrics(), int(sys.argv[1])
print("ready", flush=True)
sys.stdin.readline()
for number in range(1_000):
    with metrics.track("new", metadata={"writer": writer, "number": number}):
        pass
    if number % 10 == 0:
        time.sleep(0.002)
"""


def test_cleanup_loses_no_line_that_four_other_processes_append_meanwhile(tmp_path: Path) -> None:
    directory = tmp_path / "metrics"
    metrics = PerformanceMetrics(directory)
    writers: list[Popen[str]] = [start_python(WRITER, directory, number) for number in range(4)]
    try:
        for writer in writers:
            assert writer.stdout is not None
            writer.stdout.readline()
        say_go(*writers)
        cleanups = removed = added = 0
        while any(writer.poll() is None for writer in writers) or not cleanups:
            for _ in range(50):
                metrics.record("old", 1, end_time=NOW)
            added += 50
            removed += metrics.cleanup_old_metrics(days=1)
            cleanups += 1
    finally:
        for writer in writers:
            writer.communicate()
    assert [writer.returncode for writer in writers] == [0] * 4
    assert removed == added
    assert sorted((line["metadata"]["writer"], line["metadata"]["number"]) for line in file_lines(directory)) == [
        (writer, number) for writer in range(4) for number in range(1_000)
    ]
    assert metrics.get_stats()["new"].total_calls == 4_000
    metrics.close()


# (f) Durations came from the wall clock.


@pytest.mark.parametrize("jump", [-3_600.0, 3_600.0])
def test_a_jump_of_the_wall_clock_changes_no_duration(
    file_metrics: PerformanceMetrics, clock: ManualClock, jump: float
) -> None:
    with file_metrics.track("op"):
        clock.pass_time(0.25)
        clock.now += jump
    file_metrics.start("pair")
    clock.pass_time(0.25)
    clock.now -= jump
    file_metrics.end("pair")
    for entry in file_metrics.get_recent_metrics():
        assert entry.duration == 0.25
        assert math.isclose(entry.end_time - entry.start_time, 0.25, abs_tol=1e-5)
    assert {stats.last_24h_calls for stats in file_metrics.get_stats().values()} == {1}


# (g) All reading happened on the event loop.

WATCHED = """
import asyncio, concurrent.futures.thread, sys, threading

touched = []
def watch(event, arguments):
    if event == "open" or event.startswith("os."):
        touched.append((event, arguments, threading.get_ident()))

from utils.performance_metrics import get_performance_metrics
metrics = get_performance_metrics()

async def main():
    loop_thread = threading.get_ident()
    sys.addaudithook(watch)
    for number in range(500):
        async with metrics.track("op", metadata={"number": number}):
            pass
        metrics.end(metrics.start("pair"))
        metrics.record("done", 1)
        metrics.get_operations()
    assert metrics.get_operations() == ["done", "op", "pair"]
    stats = await asyncio.to_thread(metrics.get_stats)
    assert stats["op"].total_calls == 500
    assert len(await asyncio.to_thread(metrics.get_recent_metrics, "op", 10)) == 10
    assert await asyncio.to_thread(metrics.cleanup_old_metrics, 30) == 0
    metrics.get_operations()
    assert touched, "the hook saw nothing at all"
    print([what for *what, thread in touched if thread == loop_thread])

asyncio.run(main())
"""


def test_measuring_touches_no_file_on_the_event_loop_and_neither_do_questions_in_a_thread(tmp_path: Path) -> None:
    assert run_python(WATCHED, tmp_path / "metrics").strip() == "[]"


# (h) Whole-file reads grew without bound.


def test_the_second_question_reads_only_what_was_appended(tmp_path: Path) -> None:
    path = tmp_path / FILE
    line = b'{"operation": "op", "start_time": 1, "end_time": 2, "duration": 1, "success": true, "metadata": {}}\n'
    path.write_bytes(line * 20_000)
    index = Index(path)
    index.refresh()
    first = index.bytes_read
    index.refresh()
    assert index.bytes_read == first
    with path.open("ab") as file:
        file.write(line * 3)
    index.refresh()
    # And a look at the last bytes of what is known, to see that it is the same file still.
    assert index.bytes_read - first <= 3 * len(line) + 256
    assert len(index) == 20_003
    index.close()
