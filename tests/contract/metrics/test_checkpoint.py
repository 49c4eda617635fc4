"""The checkpoint beside the file: whatever happens to either of the two, no answer is ever wrong."""

from __future__ import annotations

import math
import os
import random
import subprocess
import sys
import threading
import time
from typing import TYPE_CHECKING

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.contract.metrics.kit import FILE, NOW, ROOT, ManualClock, NaiveEngine, run_python
from utils.metrics.codec import decode
from utils.metrics.engine import checkpoint
from utils.metrics.engine.sizes import Sizes
from utils.metrics.file_engine import FileEngine
from utils.performance_metrics import PerformanceMetrics

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from utils.metrics.engine.index import Index

SMALL = Sizes(piece=20_000, at_once=40_000, checkpoint=1_000, unsaved=10_000, unsaved_at_close=1, looks=10)
CHECKPOINT = "performance_metrics.index"
HOUR = 3_600.0
CLOCK = ManualClock()


def line(number: int, *, operation: str = "", end: float | None = None, duration: float | None = None) -> bytes:
    chance = random.Random(number)
    took = round(chance.lognormvariate(0, 1), 9) if duration is None else duration
    ended = NOW - (1_500 - number) * 120.0 + chance.random() if end is None else end
    return (
        f'{{"operation": "{operation or chance.choice("abc")}", "start_time": {ended - took:.6f}, '
        f'"end_time": {ended:.6f}, "duration": {took:.9f}, "success": {"true" if number % 9 else "false"}, '
        f'"timestamp": "then", "metadata": {{"n": {number}}}}}\n'
    ).encode()


def opened(directory: Path, limit: int | None = None, sizes: Sizes = SMALL) -> PerformanceMetrics:
    return PerformanceMetrics(directory, clock=CLOCK, engine=FileEngine(directory, CLOCK, limit, sizes))


def index_of(metrics: PerformanceMetrics) -> Index:
    index: Index = metrics._engine._index  # type: ignore[attr-defined] # to see where the answers come from
    return index


def ask(directory: Path, limit: int | None = None, *, from_checkpoint: bool | None = None) -> None:
    """Hold the answers of a fresh engine to the file, and see whether the checkpoint was of use."""
    path = directory / FILE
    reference = NaiveEngine(CLOCK)
    lines = path.read_bytes().split(b"\n")[:-1]
    reference.kept = [entry for text in lines if (entry := decode(text)) is not None]
    metrics = opened(directory, limit)
    metrics.get_stats()
    if from_checkpoint is not None:
        assert bool(index_of(metrics).restored) is from_checkpoint
    assert metrics.wait_until_loaded()
    for hours in (1, 7, 24, None):
        since = -math.inf if hours is None else NOW - hours * HOUR
        expected = reference.stats(None, since, NOW)
        found = metrics.get_stats(last_hours=hours)
        assert found.keys() == expected.keys()
        for name, stats in found.items():
            other = expected[name]
            assert (stats.total_calls, stats.failed_calls) == (other.total_calls, other.failed_calls)
            assert (stats.last_24h_calls, stats.last_hour_calls) == (other.last_24h_calls, other.last_hour_calls)
            assert (stats.min_duration, stats.max_duration) == (other.min_duration, other.max_duration)
            assert math.isclose(stats.avg_duration, other.avg_duration, rel_tol=1e-12)
            for field in ("p50_duration", "p95_duration", "p99_duration"):
                near = 0.01 if stats.approximate else 1e-12
                assert math.isclose(getattr(stats, field), getattr(other, field), rel_tol=near)
        assert metrics.get_slow_metrics(None, hours, limit=30) == reference.slow(None, since, -math.inf, 30)
    assert metrics.get_recent_metrics(limit=5_000) == reference.recent(None, 5_000, failures_only=False)
    assert list(metrics.iter_entries("a")) == list(reference.entries("a", -math.inf))
    assert metrics.health().corrupt_lines == sum(bool(text.strip()) for text in lines) - len(reference.kept)
    # Without a trace: the next question shall find what this one found.
    index_of(metrics).saved = index_of(metrics).size
    metrics.close()


@pytest.fixture(params=[None, 40_000], ids=["whole", "folded"])
def limit(request: pytest.FixtureRequest) -> int | None:
    value: int | None = request.param
    return value


@pytest.fixture
def directory(tmp_path: Path, limit: int | None) -> Path:
    """A folder with a file of 1,500 entries and a checkpoint of it."""
    numbers = list(range(1_500))
    numbers[700], numbers[1_200] = 1_200, 700  # not all in order
    path = tmp_path / FILE
    path.write_bytes(b"".join([*map(line, numbers[:800]), b"rubbish\n\n", *map(line, numbers[800:])]))
    save(tmp_path, limit)
    return tmp_path


def save(directory: Path, limit: int | None = None) -> None:
    metrics = opened(directory, limit)
    assert metrics.wait_until_loaded()
    metrics.get_stats()
    if limit:
        assert metrics.health().folded_entries > 500
    metrics.close()
    assert (directory / CHECKPOINT).exists()


def test_a_start_reads_the_checkpoint_and_not_the_file(directory: Path, limit: int | None) -> None:
    metrics = opened(directory, limit)
    stats = metrics.get_stats(last_hours=None)
    assert sum(one.total_calls for one in stats.values()) == 1_500
    assert index_of(metrics).bytes_read < 2_000
    assert metrics.health().index_state == "ready"
    metrics.close()
    ask(directory, limit, from_checkpoint=True)


# Damage to the checkpoint, named as for the most trusted logs


def flipped(place: float) -> Callable[[bytearray], None]:
    def damage(data: bytearray) -> None:
        data[int((len(data) - 1) * place)] ^= 0x10

    return damage


def cut(place: float) -> Callable[[bytearray], None]:
    def damage(data: bytearray) -> None:
        del data[int(len(data) * place) :]

    return damage


def zeroed(data: bytearray) -> None:
    data[len(data) // 2 : len(data) // 2 + 4_096] = bytes(4_096)


def extended(data: bytearray) -> None:
    data += b"garbage at the end"


def emptied(data: bytearray) -> None:
    data[:] = bytes(len(data))


def doubled(data: bytearray) -> None:
    data.extend(bytes(data))


@pytest.mark.parametrize(
    "damage",
    [
        *map(flipped, (0.0, 0.0005, 0.3, 0.5, 0.9, 0.999, 1.0)),
        *map(cut, (0.0, 0.0001, 0.5, 0.999)),
        zeroed,
        extended,
        emptied,
        doubled,
    ],
)
def test_a_damaged_checkpoint_is_passed_over(
    directory: Path, limit: int | None, damage: Callable[[bytearray], None]
) -> None:
    data = bytearray((directory / CHECKPOINT).read_bytes())
    damage(data)
    (directory / CHECKPOINT).write_bytes(data)
    ask(directory, limit, from_checkpoint=False)
    # And a sound one takes its place.
    save(directory, limit)
    ask(directory, limit, from_checkpoint=True)


@settings(max_examples=150, deadline=None)
@given(place=st.floats(0, 1), bit=st.integers(0, 7))
def test_no_flipped_bit_goes_unnoticed(tmp_path_factory: pytest.TempPathFactory, place: float, bit: int) -> None:
    directory = tmp_path_factory.getbasetemp() / "flips"
    if not directory.exists():
        directory.mkdir()
        (directory / FILE).write_bytes(b"".join(map(line, range(60))))
        save(directory)
        (directory / "sound").write_bytes((directory / CHECKPOINT).read_bytes())
    data = bytearray((directory / "sound").read_bytes())
    data[int((len(data) - 1) * place)] ^= 1 << bit
    (directory / CHECKPOINT).write_bytes(data)
    metrics = opened(directory)
    assert sum(one.total_calls for one in metrics.get_stats(last_hours=None).values()) == 60
    assert not index_of(metrics).restored
    metrics.close()
    (directory / CHECKPOINT).unlink()


# Changes to the file


def test_what_was_appended_since_is_read_behind_it(directory: Path, limit: int | None) -> None:
    with (directory / FILE).open("ab") as file:
        file.write(b"".join(line(number) for number in range(1_500, 1_520)) + b"torn")
    ask(directory, limit, from_checkpoint=True)


def test_much_that_was_appended_since_is_loaded_between(directory: Path, limit: int | None) -> None:
    with (directory / FILE).open("ab") as file:
        file.write(b"".join(line(number) for number in range(1_500, 2_500)))
    metrics = opened(directory, limit)
    metrics.get_stats()
    assert "loading" in metrics.health().index_state or metrics.wait_until_loaded()
    metrics.close()
    save(directory, limit)
    ask(directory, limit, from_checkpoint=True)


@pytest.mark.parametrize("share", [0.0, 0.3, 0.9, 0.9999])
def test_a_file_that_became_shorter_is_read_anew(directory: Path, limit: int | None, share: float) -> None:
    path = directory / FILE
    os.truncate(path, int(path.stat().st_size * share))
    ask(directory, limit, from_checkpoint=False)
    with path.open("ab") as file:
        file.write(b"\n" + b"".join(line(number) for number in range(5_000, 7_000)))
    ask(directory, limit)


@pytest.mark.parametrize(
    "edit",
    [
        lambda lines: lines[1:],
        lambda lines: lines[:700] + lines[701:],
        lambda lines: lines[::2] + lines[1::2],
        lambda lines: [*lines[:3], line(9_999), *lines[4:]],
        lambda lines: [*lines[:900], line(8000), *lines[901:], *lines[:50]],
        lambda lines: [line(number + 20_000) for number in range(len(lines))],
    ],
)
def test_another_file_in_its_place_is_read_anew(
    directory: Path, limit: int | None, edit: Callable[[list[bytes]], list[bytes]]
) -> None:
    path = directory / FILE
    content = b"".join(edit(path.read_bytes().splitlines(keepends=True)))
    path.with_name("new").write_bytes(content)
    path.with_name("new").replace(path)
    ask(directory, limit, from_checkpoint=False)


def test_an_edit_in_place_that_changes_no_length_is_noticed(directory: Path, limit: int | None) -> None:
    path = directory / FILE
    data = bytearray(path.read_bytes())
    at = data.index(b'"duration": ', len(data) // 3) + len(b'"duration": ')
    data[at : at + 1] = b"9" if data[at : at + 1] != b"9" else b"8"
    with path.open("r+b") as file:
        file.write(data)
    ask(directory, limit, from_checkpoint=False)


def test_a_copy_of_both_files_elsewhere_is_as_good(directory: Path, limit: int | None, tmp_path: Path) -> None:
    copy = tmp_path / "elsewhere"
    copy.mkdir()
    for name in (FILE, CHECKPOINT):
        subprocess.run(["cp", "-p", str(directory / name), str(copy)], check=True)
    ask(copy, limit, from_checkpoint=True)


def test_a_cleanup_by_another_process_makes_it_stale(directory: Path, limit: int | None) -> None:
    code = """
import sys
from utils.performance_metrics import get_performance_metrics
import time
age = (time.time() - float(sys.argv[1])) / 86_400
print(get_performance_metrics().cleanup_old_metrics(age + 1))
"""
    assert int(run_python(code, directory, NOW)) > 500
    ask(directory, limit, from_checkpoint=False)


def test_a_checkpoint_with_folded_hours_is_not_taken_by_who_has_room_for_all(tmp_path: Path) -> None:
    (tmp_path / FILE).write_bytes(b"".join(map(line, range(1_500))))
    for other in (None, 50_000):
        (tmp_path / CHECKPOINT).unlink(missing_ok=True)
        save(tmp_path, 40_000)
        ask(tmp_path, other, from_checkpoint=False)
    (tmp_path / CHECKPOINT).unlink()
    save(tmp_path)
    ask(tmp_path, 40_000, from_checkpoint=True)


# Writing it


def test_two_processes_that_write_it_at_once_leave_one_that_is_whole(directory: Path) -> None:
    code = f"""
import sys
sys.path.insert(0, {str(ROOT)!r})
import pathlib
from tests.contract.metrics.test_checkpoint import index_of, opened
from utils.metrics.engine import checkpoint
metrics = opened(pathlib.Path(sys.argv[1]))
metrics.wait_until_loaded()
engine = metrics._engine
for _ in range(40):
    checkpoint.write(engine._index, engine._index_lock, engine.path)
metrics.close()  # the thread in the background writes one, too, and its death in the middle would leave half of it
"""
    writers = [subprocess.Popen([sys.executable, "-c", code, str(directory)], cwd=ROOT) for _ in range(3)]
    assert [writer.wait(60) for writer in writers] == [0] * 3
    assert sorted(path.name for path in directory.iterdir()) == [CHECKPOINT, FILE]
    ask(directory, from_checkpoint=True)


def test_a_folder_that_cannot_be_written_does_not_matter(tmp_path: Path) -> None:
    (tmp_path / FILE).write_bytes(b"".join(map(line, range(200))))
    (tmp_path / CHECKPOINT).mkdir()
    (tmp_path / f"{CHECKPOINT}.part").mkdir()
    metrics = opened(tmp_path)
    assert metrics.wait_until_loaded()
    metrics.close()
    ask(tmp_path, from_checkpoint=False)


def test_what_a_death_in_the_middle_left_behind_is_no_hindrance(tmp_path: Path) -> None:
    (tmp_path / FILE).write_bytes(b"".join(map(line, range(200))))
    (tmp_path / f"{CHECKPOINT}.part").write_bytes(b"half of one, and longer than the next will be" * 10_000)
    save(tmp_path)
    ask(tmp_path, from_checkpoint=True)
    assert sorted(path.name for path in tmp_path.iterdir()) == [CHECKPOINT, FILE]


def test_it_is_not_for_everyone(directory: Path) -> None:
    assert (directory / CHECKPOINT).stat().st_mode & 0o137 == 0


def test_a_short_file_gets_none(tmp_path: Path) -> None:
    metrics = PerformanceMetrics(tmp_path)
    metrics.record("op", 1)
    metrics.get_stats()
    metrics.close()
    assert [path.name for path in tmp_path.iterdir()] == [FILE]


@pytest.mark.parametrize("cut", [0.3, 0.5, 0.99])
def test_none_is_written_of_a_file_that_was_cut_and_grew_again_unseen(tmp_path: Path, cut: float) -> None:
    path = tmp_path / FILE
    path.write_bytes(b"".join(map(line, range(1_500))))
    metrics = opened(tmp_path, sizes=SMALL._replace(checkpoint=10_000_000))
    assert metrics.wait_until_loaded()
    index = index_of(metrics)
    index.sizes = SMALL
    os.truncate(path, int(path.stat().st_size * cut))
    with path.open("ab") as file:
        file.write(b"\n" + b"".join(line(number) for number in range(5_000, 8_000)))
    assert path.stat().st_size > index.size
    # As the keeper does, when it has come so far.
    assert not checkpoint.write(index, threading.Lock(), path)
    ask(tmp_path, from_checkpoint=False)
    metrics.close()
    ask(tmp_path, from_checkpoint=True)


@pytest.fixture
def busy(tmp_path: Path) -> Iterator[PerformanceMetrics]:
    (tmp_path / FILE).write_bytes(b"".join(map(line, range(1_500))))
    metrics = opened(tmp_path, sizes=SMALL._replace(unsaved=2_000))
    yield metrics
    metrics.close()


def test_it_can_be_written_while_entries_come_in_late_and_early(busy: PerformanceMetrics, tmp_path: Path) -> None:
    stop = threading.Event()

    def measure() -> None:
        chance = random.Random(1)
        while not stop.is_set():
            busy.record("a", chance.random(), end_time=NOW - chance.choice([0.0, 1.0, 50_000.0]))
            time.sleep(0.0005)

    thread = threading.Thread(target=measure)
    thread.start()
    try:
        for _ in range(30):
            busy.get_stats()
            busy.get_recent_metrics("a", 5)
    finally:
        stop.set()
        thread.join()
    busy.close()
    ask(tmp_path)
