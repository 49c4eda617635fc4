"""The engine against a plain list of the file's entries, through whatever hypothesis thinks of.

Small sizes, so that a few lines are a large file: it is loaded in pieces, with checkpoints and gaps.
"""

from __future__ import annotations

import json
import math
import os
import tempfile
from dataclasses import astuple, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, rule

from tests.contract.metrics.kit import FILE, ManualClock, NaiveEngine
from utils.metrics.codec import decode
from utils.metrics.engine.breath import Breath
from utils.metrics.engine.sizes import Sizes
from utils.metrics.file_engine import FileEngine
from utils.performance_metrics import PerformanceMetrics

if TYPE_CHECKING:
    from utils.performance_metrics import MetricStats

HOUR = 3_600.0
SMALL = Sizes(piece=900, at_once=1_500, checkpoint=400, unsaved=1_000, unsaved_at_close=1, looks=4)
names = st.sampled_from(["a", "b", "c.d"])
# Some durations again and again, some 0, some far apart.
durations = st.one_of(
    st.sampled_from([0.0, 0.25, 1.0]),
    st.floats(0.001, 1_000).map(lambda seconds: round(seconds, 9)),
    st.floats(1e-6, 1e6),
)
# Mostly now, sometimes late by moments, hours or weeks, sometimes ahead of time.
lateness = st.one_of(
    st.just(0.0),
    st.floats(0, 2).map(lambda seconds: round(seconds, 6)),
    st.integers(-2, 60).map(lambda hours: hours * 1_800.0),
    st.integers(0, 1_000).map(lambda hours: hours * HOUR),
)
windows = st.sampled_from([0.1, 0.4, 1, 5, 24, 30, 24 * 8, 24 * 40, None])
rubbish = st.one_of(
    st.sampled_from(
        [b"\n", b"garbage\n", b'{"operation": "a"}\n', b"  \r\n", b"\xff\xfe\n", b"[]\n", b"x" * 700 + b"\n"]
    ),
    st.binary(max_size=40).map(lambda data: data + b"\n"),
)


def foreign_line(name: str, end: float, duration: float, *, success: bool, odd: bool) -> bytes:
    fields: dict[str, Any] = {"operation": name, "start_time": end - duration, "end_time": end, "duration": duration}
    fields.update(success=success, timestamp="then", metadata={"é": [1]} if odd else {})
    if odd:
        fields["host"] = "elsewhere"
    return json.dumps(fields, ensure_ascii=not odd).encode() + (b"\r\n" if odd else b"\n")


class Walk(RuleBasedStateMachine):
    limit: int | None = None

    def __init__(self) -> None:
        super().__init__()
        self.folder = tempfile.TemporaryDirectory()
        self.directory = Path(self.folder.name)
        self.clock = ManualClock()
        self.all: list[PerformanceMetrics] = []
        self.metrics = self.made()
        self.other = PerformanceMetrics(self.directory, clock=self.clock)
        self.number = 0

    def made(self) -> PerformanceMetrics:
        engine = FileEngine(self.directory, self.clock, self.limit, SMALL)
        made = PerformanceMetrics(self.directory, clock=self.clock, engine=engine)
        self.all.append(made)
        return made

    def teardown(self) -> None:
        for metrics in (*self.all, self.other):
            metrics.close()
        self.folder.cleanup()

    @property
    def path(self) -> Path:
        return self.directory / FILE

    # What happens

    @rule(name=names, duration=durations, success=st.booleans(), late=lateness, times=st.sampled_from([1, 1, 20, 300]))
    def measure(self, name: str, duration: float, success: bool, late: float, times: int) -> None:  # noqa: FBT001 - hypothesis calls it
        for turn in range(times):
            self.number += 1
            end = self.clock.now - late - (times - turn) * 7.0
            value = duration * (1 + turn % 3)
            self.metrics.record(name, value, success=success, metadata={"n": self.number}, end_time=end)

    @rule(name=names, duration=durations, success=st.booleans(), late=lateness, odd=st.booleans())
    def another_process_measures(self, name: str, duration: float, success: bool, late: float, odd: bool) -> None:  # noqa: FBT001 - as above
        self.append(foreign_line(name, self.clock.now - late, duration, success=success, odd=odd))

    @rule(data=rubbish)
    def rubbish_comes_in(self, data: bytes) -> None:
        self.append(data)

    @rule(name=names, cut=st.integers(1, 30))
    def a_writer_dies_in_the_middle_of_a_line(self, name: str, cut: int) -> None:
        self.append(foreign_line(name, self.clock.now, 1.0, success=True, odd=False)[:-cut])

    def append(self, data: bytes) -> None:
        # What waits first, so that it stands in the order it was measured.
        assert self.metrics.flush()
        with self.path.open("ab") as file:
            file.write(data)

    @rule(seconds=st.sampled_from([0.5, 40.0, 1_800.0, 5_000.0, 90_000.0, 300_000.0, -3_600.0]))
    def time_goes_on(self, seconds: float) -> None:
        self.clock.pass_time(seconds)

    @rule(days=st.sampled_from([0, 0.02, 1, 3, 40]), by_another=st.booleans())
    def cleanup(self, days: float, by_another: bool) -> None:  # noqa: FBT001 - as above
        assert self.metrics.flush()
        cutoff = max(0.0, self.clock.now - days * 24 * HOUR)
        before = self.lines()
        entries = [decode(line) for line in before]
        wanted = [line for line, entry in zip(before, entries, strict=True) if not (entry and entry.end_time < cutoff)]
        if by_another:
            removed = self.other.cleanup_old_metrics(days)
        else:
            preview = self.metrics.preview_cleanup(days)
            size = self.path.stat().st_size if self.path.exists() else 0
            removed = self.metrics.cleanup_old_metrics(days)
            assert (preview.removed, preview.removed + preview.kept) == (removed, sum(map(bool, entries)))
            assert size - (self.path.stat().st_size if self.path.exists() else 0) == preview.bytes_freed
        assert removed == len(before) - len(wanted)
        # Blank lines may go, all others stay.
        assert [line for line in self.lines() if line.strip()] == [line for line in wanted if line.strip()]

    def lines(self) -> list[bytes]:
        """Return the whole lines of the file."""
        return self.path.read_bytes().split(b"\n")[:-1] if self.path.exists() else []

    @rule(with_checkpoint=st.booleans())
    def restart(self, with_checkpoint: bool) -> None:  # noqa: FBT001 - as above
        self.metrics.close()
        if not with_checkpoint:
            self.path.with_suffix(".index").unlink(missing_ok=True)
        self.metrics = self.made()

    @rule()
    def die(self) -> None:
        """Begin anew beside what lives on, with the checkpoint that happens to be there."""
        self.metrics.flush()
        self.metrics = self.made()

    @rule(share=st.floats(0, 1))
    def the_file_is_cut(self, share: float) -> None:
        self.append(b"")
        os.truncate(self.path, int(self.path.stat().st_size * share))

    @rule(keep=st.booleans())
    def the_file_is_copied_over_itself(self, keep: bool) -> None:  # noqa: FBT001 - as above
        self.append(b"")
        copy = self.path.with_name("copy")
        copy.write_bytes(self.path.read_bytes() if keep else b"".join(line + b"\n" for line in self.lines()[1::2]))
        copy.replace(self.path)

    @rule()
    def the_background_work_is_done(self) -> None:
        assert self.metrics.wait_until_loaded()
        keeper = self.metrics._engine._keeper  # type: ignore[attr-defined] # as if there had been time for it
        while keeper._tidy(Breath()):
            pass

    # What must hold

    @rule()
    def ask_while_it_may_be_loading(self) -> None:
        reference = self.reference()
        known = self.metrics.get_stats(last_hours=None)
        everything = reference.stats(None, -math.inf, self.clock.now)
        assert all(stats.total_calls <= everything[name].total_calls for name, stats in known.items())
        there = list(map(astuple, reference.kept))
        assert all(astuple(entry) in there for entry in self.metrics.get_recent_metrics(limit=20))
        assert self.metrics.health().index_state == "ready" or self.path.stat().st_size > SMALL.at_once

    def reference(self) -> NaiveEngine:
        assert self.metrics.flush()
        reference = NaiveEngine(self.clock)
        reference.kept = [entry for line in self.lines() if (entry := decode(line)) is not None]
        return reference

    @rule(
        hours=st.sampled_from([0.1, 0.4, 1, 5, 24, 30, 24 * 8, 24 * 40, None]), limit=st.sampled_from([1, 5, 60, 700])
    )
    def ask(self, hours: float | None, limit: int) -> None:
        reference, metrics, now = self.reference(), self.metrics, self.clock.now
        assert metrics.wait_until_loaded()
        since = -math.inf if hours is None else now - hours * HOUR
        self.compare_stats(metrics.get_stats(last_hours=hours), reference.stats(None, since, now))
        self.compare_stats(metrics.get_stats("a", hours), reference.stats("a", since, now))
        assert metrics.get_recent_metrics(limit=limit) == reference.recent(None, limit, failures_only=False)
        assert metrics.get_recent_metrics("b", limit, failures_only=True) == reference.recent(
            "b", limit, failures_only=True
        )
        assert metrics.get_recent_metrics(limit=limit, exclude=["a"]) == reference.recent(
            None, limit, failures_only=False, exclude=["a"]
        )
        assert metrics.get_slow_metrics(None, hours, limit=limit) == reference.slow(None, since, -math.inf, limit)
        assert metrics.get_slow_metrics("c.d", hours, 0.3, limit) == reference.slow("c.d", since, 0.3, limit)
        assert list(metrics.iter_entries(last_hours=hours)) == list(reference.entries(None, since))
        assert list(metrics.iter_entries("b", hours)) == list(reference.entries("b", since))
        assert metrics.get_samples("a", since) == reference.samples("a", since, math.inf)
        assert metrics.get_samples("b", since, now - HOUR) == reference.samples("b", since, now - HOUR)
        health = metrics.health()
        lines = [line for line in self.lines() if line.strip()]
        assert (health.entries, health.index_state) == (len(reference.kept), "ready")
        assert health.corrupt_lines == len(lines) - len(reference.kept)

    def compare_stats(self, found: dict[str, MetricStats], expected: dict[str, MetricStats]) -> None:
        assert found.keys() == expected.keys()
        for name, stats in found.items():
            other = expected[name]
            assert math.isclose(stats.avg_duration, other.avg_duration, rel_tol=1e-12)
            percentiles = {field: getattr(other, field) for field in ("p50_duration", "p95_duration", "p99_duration")}
            for field, value in percentiles.items():
                # The reference's arithmetic of the same interpolation rounds differently.
                near = 0.01 if stats.approximate else 1e-12
                assert math.isclose(getattr(stats, field), value, rel_tol=near, abs_tol=1e-15), (name, field)
            exact = replace(other, avg_duration=stats.avg_duration, approximate=stats.approximate)
            assert replace(stats, **percentiles) == exact
            assert self.limit is not None or not stats.approximate


class WalkWithLittleMemory(Walk):
    limit = 6_000

    @initialize(times=st.sampled_from([0, 60]))
    def there_is_more_than_memory_holds(self, times: int) -> None:
        for hour in range(times):
            for name in ("a", "b", "c.d"):
                for turn in range(2):
                    self.metrics.record(name, 0.1 * (hour + turn), end_time=self.clock.now - (70 - hour) * HOUR)

    @rule()
    def the_memory_is_kept(self) -> None:
        assert self.metrics.wait_until_loaded()
        health = self.metrics.health()
        assert health.folded_entries <= health.entries


small_steps = settings(max_examples=60, stateful_step_count=30, deadline=None)
TestWalk = Walk.TestCase
TestWalk.settings = small_steps
TestWalkWithLittleMemory = WalkWithLittleMemory.TestCase
TestWalkWithLittleMemory.settings = small_steps
