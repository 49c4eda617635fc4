"""Files that others wrote, or damaged: what is an entry is shown, all else is skipped, counted and left alone."""

from __future__ import annotations

import json
import tempfile
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.contract.metrics.kit import FILE, NOW
from utils.performance_metrics import PerformanceMetrics

OLD_PROGRAM = (
    '{"operation": "config_load", "start_time": 1699999999.123, "end_time": 1699999999.456, "duration": 0.333, '
    '"success": true, "timestamp": "2025-11-12T23:59:59", "metadata": {}}\n'
    '{"operation": "docker_operation", "start_time": 1699999990.0, "end_time": 1699999992.0, "duration": 2.0, '
    '"success": false, "timestamp": "2025-11-12T23:59:50.123456", '
    '"metadata": {"container": "nginx", "error": "Timeout"}}\n'
)


def line(operation: str = "op", end: float = NOW, **fields: object) -> bytes:
    entry = {"operation": operation, "start_time": end - 1, "end_time": end, "duration": 1.0, "success": True}
    return json.dumps({**entry, "timestamp": "2023-11-14T22:13:20", "metadata": {}, **fields}).encode() + b"\n"


def opened(directory: Path, content: bytes) -> PerformanceMetrics:
    (directory / FILE).write_bytes(content)
    return PerformanceMetrics(directory)


def test_a_file_of_the_old_program_is_read_unchanged(tmp_path: Path) -> None:
    metrics = opened(tmp_path, OLD_PROGRAM.encode())
    newest, oldest = metrics.get_recent_metrics()
    assert (newest.operation, newest.start_time, newest.end_time) == ("config_load", 1699999999.123, 1699999999.456)
    assert (newest.duration, newest.timestamp, newest.metadata) == (0.333, "2025-11-12T23:59:59", {})
    assert (oldest.success, oldest.timestamp) == (False, "2025-11-12T23:59:50.123456")
    assert oldest.metadata == {"container": "nginx", "error": "Timeout"}
    assert metrics.get_stats(last_hours=None)["docker_operation"].failed_calls == 1
    metrics.record("new", 1)
    metrics.close()
    assert (tmp_path / FILE).read_text().startswith(OLD_PROGRAM)


def test_fields_it_does_not_know_are_kept_and_exported(tmp_path: Path) -> None:
    metrics = opened(tmp_path, line(host="alpha", version=3))
    (entry,) = metrics.get_recent_metrics()
    assert entry.extra == {"host": "alpha", "version": 3}
    metrics.export_to_json(tmp_path / "export.json")
    (exported,) = json.loads((tmp_path / "export.json").read_text())["entries"]
    assert (exported["host"], exported["version"]) == ("alpha", 3)
    assert "extra" not in exported
    metrics.close()


@pytest.mark.parametrize(
    "damage",
    [
        b"garbage\n",
        b'{"operation": "op", "start_time": 16999\n',
        b"\x00" * 4096 + b"\n",
        b"[1, 2]\n",
        b"null\n",
        b"\xff\xfe\n",
        b'{"operation": 5, "end_time": 1, "duration": 1}\n',
        b'{"operation": "op", "end_time": NaN, "duration": 1, "success": true}\n',
        b'{"operation": "op", "end_time": 1, "duration": 1e999, "success": true}\n',
        b'{"operation": "op", "end_time": 1, "duration": "long", "success": true}\n',
        b'{"operation": "op", "end_time": 1, "duration": 1, "success": "maybe"}\n',
        b"[" * 100_000 + b"\n",
        b'{"operation": "op", "end_time": ' + b"9" * 10_000 + b', "duration": 1}\n',
    ],
)
def test_damage_between_lines_is_skipped_counted_and_kept(tmp_path: Path, damage: bytes) -> None:
    content = line("before") + damage + line("after", NOW + 1)
    metrics = opened(tmp_path, content)
    assert [entry.operation for entry in metrics.get_recent_metrics()] == ["after", "before"]
    assert metrics.health().corrupt_lines == 1
    metrics.record("new", 1)
    assert metrics.cleanup_old_metrics(days=1) == 2
    kept = (tmp_path / FILE).read_bytes()
    assert kept.startswith(damage)
    assert kept.count(b"\n") == 2
    assert metrics.health().corrupt_lines == 1
    metrics.close()


def test_blank_lines_carriage_returns_and_a_byte_order_mark_do_not_matter(tmp_path: Path) -> None:
    content = b"\xef\xbb\xbf" + line("a")[:-1] + b"\r\n\r\n\n   \n" + line("b", NOW + 1)[:-1] + b"\r\n"
    metrics = opened(tmp_path, content)
    assert [entry.operation for entry in metrics.get_recent_metrics()] == ["b", "a"]
    assert metrics.health().corrupt_lines == 0
    metrics.close()


def test_a_line_that_never_ends_is_skipped_and_what_follows_is_read(tmp_path: Path) -> None:
    metrics = opened(tmp_path, line("before") + b"x" * 3_500_000)
    assert list(metrics.get_stats(last_hours=None)) == ["before"]
    with (tmp_path / FILE).open("ab") as file:
        file.write(b"y\n" + line("after"))
    assert list(metrics.get_stats(last_hours=None)) == ["after", "before"]
    assert metrics.health().corrupt_lines == 1
    metrics.close()


def test_lone_surrogates_of_a_foreign_line_do_not_get_out(tmp_path: Path) -> None:
    metrics = opened(tmp_path, line("a\ud800b", metadata={"k\udfff": ["\ud800"]}))
    (entry,) = metrics.get_recent_metrics()
    json.dumps([entry.operation, entry.metadata], ensure_ascii=False).encode()
    metrics.close()


def test_lines_that_come_in_late_are_put_in_their_place(tmp_path: Path) -> None:
    metrics = opened(tmp_path, line(end=NOW + 5) + line(end=NOW + 1) + line(end=NOW + 3))
    assert [entry.end_time - NOW for entry in metrics.get_recent_metrics()] == [5, 3, 1]
    with (tmp_path / FILE).open("ab") as file:
        file.write(line(end=NOW + 2) + line(end=NOW + 6) + line(end=NOW))
    assert [entry.end_time - NOW for entry in metrics.get_recent_metrics()] == [6, 5, 3, 2, 1, 0]
    metrics.close()


def test_what_another_process_appends_is_seen(tmp_path: Path) -> None:
    mine, other = PerformanceMetrics(tmp_path), PerformanceMetrics(tmp_path)
    for turn in range(1, 4):
        mine.record("mine", turn)
        other.record("other", turn)
        other.flush()
        assert mine.get_stats()["other"].total_calls == turn
        assert other.get_stats()["mine"].total_calls == turn
    other.cleanup_old_metrics(0)
    assert mine.get_stats() == {}
    mine.record("again", 1)
    mine.flush()
    assert list(other.get_stats()) == ["again"]
    mine.close()
    other.close()


def test_a_file_that_was_cut_or_copied_over_is_read_anew(tmp_path: Path) -> None:
    path = tmp_path / FILE
    metrics = opened(tmp_path, line("a") * 10)
    assert metrics.get_stats(last_hours=None)["a"].total_calls == 10
    path.write_bytes(line("a") * 4)
    assert metrics.get_stats(last_hours=None)["a"].total_calls == 4
    # Longer than before, but not the same: cut to nothing and filled again between two questions.
    path.write_bytes(line("b") * 40)
    assert {name: stats.total_calls for name, stats in metrics.get_stats(last_hours=None).items()} == {"b": 40}
    metrics.close()


# Fuzzing

pieces = st.one_of(
    st.sampled_from([line("a"), line("b", NOW + 1), line("c", success=False, metadata={"k": [1, "é"]})]),
    st.binary(max_size=60),
    st.sampled_from([b"\n", b"\r\n", b"{", b'{"operation": ', b"\xef\xbb\xbf", b"\x00" * 32]),
)


def ask_everything(metrics: PerformanceMetrics, directory: Path) -> int:
    entries = list(metrics.iter_entries())
    stats = metrics.get_stats(last_hours=None)
    assert sum(one.total_calls for one in stats.values()) == len(entries)
    assert len(metrics.get_recent_metrics(limit=10**6)) == len(entries)
    assert len(metrics.get_slow_metrics(last_hours=None, limit=10**6)) == len(entries)
    assert metrics.health().entries == len(entries)
    assert metrics.export_to_json(directory / "export.json") == len(entries)
    exported = (directory / "export.json").read_bytes()
    assert len(json.loads(exported)["entries"]) == len(entries)
    return len(entries)


@settings(max_examples=150, deadline=None)
@given(st.lists(pieces, max_size=12))
def test_whatever_stands_in_the_file_it_is_read_appended_to_and_cleaned_up(content: list[bytes]) -> None:
    with tempfile.TemporaryDirectory() as folder:
        directory = Path(folder)
        before = b"".join(content)
        metrics = opened(directory, before)
        count = ask_everything(metrics, directory)
        metrics.record("new", 1)
        after = ask_everything(metrics, directory)
        # The last line may have been whole but for its end.
        assert after - count in ((1, 2) if before and not before.endswith(b"\n") else (1,))
        corrupt = metrics.health().corrupt_lines
        assert metrics.cleanup_old_metrics(0) == after
        assert metrics.health().corrupt_lines == corrupt
        assert ask_everything(metrics, directory) == 0
        metrics.close()


@settings(max_examples=150, deadline=None)
@given(place=st.integers(0, 3 * len(line("a")) - 1), bit=st.integers(0, 7))
def test_a_flipped_bit_costs_at_most_the_lines_it_touches(place: int, bit: int) -> None:
    content = bytearray(line("a") + line("b", NOW + 1) + line("c", NOW + 2))
    content[place] ^= 1 << bit
    with tempfile.TemporaryDirectory() as folder:
        metrics = opened(Path(folder), bytes(content))
        count = ask_everything(metrics, Path(folder))
        # A flipped line end makes one line of two; a line end that a flip makes, two of one.
        assert count >= 1
        assert count + metrics.health().corrupt_lines in (2, 3, 4)
        metrics.close()


@settings(max_examples=80, deadline=None)
@given(cut=st.integers(0, 3 * len(line("a"))))
def test_a_file_cut_anywhere_loses_at_most_the_line_that_was_cut(cut: int) -> None:
    whole = line("a") + line("b", NOW + 1) + line("c", NOW + 2)
    with tempfile.TemporaryDirectory() as folder:
        metrics = opened(Path(folder), whole[:cut])
        assert len(list(metrics.iter_entries())) == whole[:cut].count(b"\n")
        metrics.close()
