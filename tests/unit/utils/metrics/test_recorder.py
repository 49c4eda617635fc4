from __future__ import annotations

import json
import threading
from typing import TYPE_CHECKING

import pytest

from utils.metrics.clock import SystemClock
from utils.metrics.model import WallTime
from utils.metrics.recorder import MAX_BUFFER, SLICE, Recorder

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from utils.metrics.model import Record


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "file"


@pytest.fixture
def recorder(path: Path) -> Iterator[Recorder]:
    made = Recorder(path, SystemClock())
    yield made
    made.close(5)


class Hands:
    """A clock whose hands the test turns."""

    now = 1_000_000.0
    ticks = 50.0

    def wall(self) -> float:
        return self.now

    def monotonic(self) -> float:
        return self.ticks


def record(number: int) -> Record:
    return ("op", SystemClock.monotonic(), 0.5, 0.0, True, {"number": number})


def numbers(path: Path) -> list[int]:
    return [json.loads(line)["metadata"]["number"] for line in path.read_text().splitlines()]


def wait_for(done: Callable[[], object]) -> None:
    for _ in range(6_000):
        if done():
            return
        threading.Event().wait(0.005)
    pytest.fail("it did not come about in half a minute")


def wait_until_written(recorder: Recorder) -> None:
    wait_for(lambda: not recorder.pending)


def writers() -> int:
    return sum(thread.name == "metrics-writer" for thread in threading.enumerate())


def test_no_thread_and_no_file_before_the_first_measurement(path: Path) -> None:
    before = writers()
    recorder = Recorder(path, SystemClock())
    assert recorder.flush(1)
    assert recorder.settle(1) == ([], None)
    assert writers() == before
    assert not path.exists()


def test_the_thread_writes_by_itself(recorder: Recorder, path: Path) -> None:
    for number in range(3 * SLICE + 7):
        recorder.intake.put(record(number))
    wait_until_written(recorder)
    with recorder._lock:
        assert numbers(path) == list(range(3 * SLICE + 7))
    assert recorder.last_write is not None


def test_a_flush_writes_in_the_calling_thread_and_in_order(recorder: Recorder, path: Path) -> None:
    for number in range(1_000):
        recorder.intake.put(record(number))
    assert recorder.flush(5)
    assert numbers(path) == list(range(1_000))
    assert recorder.pending == 0


def test_closing_ends_the_thread_and_a_later_measurement_starts_another(recorder: Recorder, path: Path) -> None:
    before = writers()
    for turn in range(5):
        recorder.intake.put(record(turn))
        assert writers() == before + 1
        assert recorder.close(5)
        assert writers() == before
        assert numbers(path) == list(range(turn + 1))
    recorder.intake.put(record(5))
    wait_until_written(recorder)


def test_closing_at_the_same_time_from_many_threads_leaves_it_usable(recorder: Recorder, path: Path) -> None:
    for turn in range(10):
        recorder.intake.put(record(turn))
        closing = [threading.Thread(target=recorder.close, args=(5,)) for _ in range(4)]
        for thread in closing:
            thread.start()
        for thread in closing:
            thread.join()
    recorder.intake.put(record(10))
    wait_until_written(recorder)
    with recorder._lock:
        assert numbers(path) == list(range(11))


def test_a_thread_that_fell_asleep_is_woken_by_the_next_measurement(recorder: Recorder, path: Path) -> None:
    recorder.intake.put(record(0))
    wait_until_written(recorder)
    wait_for(lambda: recorder._asleep)
    recorder.intake.put(record(1))
    wait_until_written(recorder)
    with recorder._lock:
        assert numbers(path) == [0, 1]


def test_a_measurement_that_cannot_be_written_at_all_is_counted_and_stops_no_other(
    recorder: Recorder, path: Path
) -> None:
    recorder.intake.put(record(0))
    recorder.intake.put(("op", 1.0))  # type: ignore[arg-type] # no measurement at all
    recorder.intake.put(record(1))
    assert recorder.flush(5)
    assert numbers(path) == [0, 1]
    assert recorder.dropped == 1


def test_names_are_known_before_and_after_they_are_written(recorder: Recorder) -> None:
    with recorder._lock:
        recorder.intake.put(("early", 1.0, 1.0, 0.0, True, None))
        assert recorder.names() == {"early"}
    recorder.flush(5)
    assert recorder.names() == {"early"}


def test_what_is_not_in_the_file_is_said_with_the_size_that_goes_with_it(recorder: Recorder, path: Path) -> None:
    recorder.intake.put(record(0))
    recorder.flush(5)
    size = path.stat().st_size
    path.rename(path.with_name("kept"))
    path.mkdir()
    recorder.intake.put(record(1))
    path.rmdir()
    path.with_name("kept").rename(path)
    assert recorder.settle(5) == ([], None)
    path.rename(path.with_name("kept"))
    path.mkdir()
    recorder.intake.put(record(2))
    lines, limit = recorder.settle(5)
    assert [json.loads(line)["metadata"]["number"] for line in lines] == [2]
    assert limit is not None
    path.rmdir()
    path.with_name("kept").rename(path)
    assert recorder.flush(5)
    assert numbers(path) == [0, 1, 2]
    assert path.stat().st_size > size


def test_a_reset_forgets_everything_that_waits(recorder: Recorder, path: Path) -> None:
    with recorder._lock:
        recorder.intake.put(record(0))
        recorder.reset()
    recorder.intake.put(record(1))
    recorder.flush(5)
    assert numbers(path) == [1]


def test_a_program_that_is_fast_is_held_up_only_while_the_writer_gives_signs_of_life(recorder: Recorder) -> None:
    recorder.intake.put(record(0))
    wait_until_written(recorder)
    with recorder._lock:  # as if the writer were stuck in the disk
        for number in range(MAX_BUFFER + 10):
            recorder.intake.put(record(number))
        assert recorder.pending == MAX_BUFFER
        assert recorder.dropped == 10
    assert recorder.flush(60)


def test_the_writer_pauses_between_its_rounds_and_nobody_is_asked_to_look_then(recorder: Recorder, path: Path) -> None:
    recorder.intake.put(record(0))
    wait_for(lambda: not recorder.intake.careful)
    recorder.intake.put(record(1))
    wait_until_written(recorder)
    # Having had nothing to do for a while it sleeps, and must be woken.
    wait_for(lambda: recorder.intake.careful and recorder._asleep)
    with recorder._lock:
        assert numbers(path) == [0, 1]


def test_moments_are_told_by_the_clock_of_the_time_they_were_collected_however_long_the_disk_refuses(
    path: Path,
) -> None:
    hands = Hands()
    recorder = Recorder(path, hands)
    path.mkdir()
    recorder.intake.put(("op", hands.ticks, 0.5, 0.0, True, {"number": 0}))
    assert recorder.flush(0.1) is False
    hands.now += 86_400
    recorder.intake.put(("op", WallTime(5_000.0), 0.5, 0.0, True, {"number": 1}))
    assert recorder.flush(0.1) is False
    path.rmdir()
    assert recorder.flush(5)
    assert [json.loads(line)["end_time"] for line in path.read_text().splitlines()] == [1_000_000.0, 5_000.0]
    recorder.close(5)
