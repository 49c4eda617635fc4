"""What the tests of the metrics share: a clock to turn by hand, a naive engine to compare with, and real processes."""

from __future__ import annotations

import json
import os
import signal
import statistics
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from utils.metrics.codec import decode
from utils.metrics.encoder import Encoder
from utils.metrics.intake import Intake
from utils.metrics.model import CleanupPreview, Health, MetricEntry, MetricStats, Numbers
from utils.metrics.samples import FAILED, OK, REFUSED, Samples

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator

    from utils.metrics.clock import Clock
    from utils.metrics.model import Record

ROOT = Path(__file__).resolve().parents[3]
NOW = 1_700_000_000.0
FILE = "performance_metrics.jsonl"


class ManualClock:
    """A clock whose hands the test turns; the two of them on their own."""

    def __init__(self, now: float = NOW) -> None:
        self.now = now
        self.ticks = 1000.0

    def wall(self) -> float:
        return self.now

    def monotonic(self) -> float:
        return self.ticks

    def pass_time(self, seconds: float) -> None:
        self.now += seconds
        self.ticks += seconds


class NaiveEngine:
    """The contract in its plainest form: a list, gone through from end to end at every question."""

    def __init__(self, clock: Clock) -> None:
        self.kept: list[MetricEntry] = []
        self.path = Path("/nowhere")
        self.intake = Intake(clock.monotonic, self._take)
        self._clock = clock
        self._encoder = Encoder()

    def _take(self, record: Record) -> None:
        entry = decode(self._encoder.encode([record], self._clock.wall() - self._clock.monotonic()))
        assert entry is not None
        self.kept.append(entry)

    def _of(self, operation: str | None, since: float) -> list[MetricEntry]:
        return [entry for entry in self.kept if operation in (None, entry.operation) and entry.end_time >= since]

    def stats(self, operation: str | None, since: float, now: float) -> dict[str, MetricStats]:
        answer = {}
        for name in self.operations():
            calls = self._of(name, since)
            if calls and operation in (None, name):
                durations = [entry.duration for entry in calls]
                # "inclusive" interpolates at rank (n - 1) * p; of one value it makes none.
                cuts = (
                    statistics.quantiles(durations, n=100, method="inclusive") if len(durations) > 1 else durations * 99
                )
                answer[name] = MetricStats(
                    operation=name,
                    total_calls=len(calls),
                    successful_calls=sum(entry.success for entry in calls),
                    failed_calls=sum(not entry.success for entry in calls),
                    min_duration=min(durations),
                    max_duration=max(durations),
                    avg_duration=statistics.fmean(durations),
                    p50_duration=cuts[49],
                    p95_duration=cuts[94],
                    p99_duration=cuts[98],
                    last_24h_calls=len(self._of(name, now - 86_400)),
                    last_hour_calls=len(self._of(name, now - 3_600)),
                )
        return answer

    def recent(
        self, operation: str | None, limit: int, *, failures_only: bool, exclude: Collection[str] = ()
    ) -> list[MetricEntry]:
        wanted = [entry for entry in self._of(operation, -float("inf")) if not (failures_only and entry.success)]
        wanted = [entry for entry in wanted if operation or entry.operation not in exclude]
        # Reversed, so that of equal ends the one that came later stands in front.
        wanted.reverse()
        return sorted(wanted, key=lambda entry: -entry.end_time)[:limit]

    def slow(
        self, operation: str | None, since: float, threshold: float, limit: int, *, exclude: Collection[str] = ()
    ) -> list[MetricEntry]:
        wanted = [entry for entry in self._of(operation, since) if entry.duration >= threshold]
        wanted = [entry for entry in wanted if operation or entry.operation not in exclude]
        wanted.reverse()
        return sorted(wanted, key=lambda entry: (-entry.duration, -entry.end_time))[:limit]

    def samples(self, operation: str, since: float, until: float) -> Samples:
        calls = [entry for entry in self._of(operation, since) if entry.end_time < until]
        refused = {"denied", "bad_input"}
        return Samples.of(
            (
                entry.end_time,
                entry.duration,
                OK if entry.success else REFUSED if entry.metadata.get("outcome") in refused else FAILED,
            )
            for entry in calls
        )

    def entries(self, operation: str | None, since: float) -> Iterator[MetricEntry]:
        return iter(sorted(self._of(operation, since), key=lambda entry: entry.end_time))

    def numbers(self, operation: str, since: float) -> Iterator[Numbers]:
        return (Numbers(one.end_time, one.duration, one.metadata) for one in self.entries(operation, since))

    def operations(self) -> list[str]:
        return sorted({entry.operation for entry in self.kept})

    def preview(self, cutoff: float) -> CleanupPreview:
        removed = sum(entry.end_time < cutoff for entry in self.kept)
        return CleanupPreview(removed, len(self.kept) - removed, 0, cutoff)

    def cleanup(self, cutoff: float) -> CleanupPreview:
        preview = self.preview(cutoff)
        self.kept = [entry for entry in self.kept if entry.end_time >= cutoff]
        return preview

    def health(self) -> Health:
        return Health(len(self.kept), 0, 0, 0, 0, None, None, self.path)

    def wait_until_loaded(self, timeout: float) -> bool:
        return timeout >= 0

    def flush(self, timeout: float) -> bool:
        return timeout >= 0

    def close(self, timeout: float) -> bool:
        return timeout >= 0


def start_python(code: str, directory: Path, *arguments: object, apart: bool = False) -> subprocess.Popen[str]:
    """Start a real Python process that measures into `directory`; `code` finds its arguments in sys.argv[1:].

    Args:
        code: What it runs.
        directory: Where it measures; it works in the folder above.
        arguments: Its own.
        apart: Whether it and its children become a group of processes, which `ended` can end as one.
    """
    environment = {**os.environ, "DDC_METRICS_DIR": str(directory), "PYTHONPATH": str(ROOT)}
    environment.pop("PYTHONWARNINGS", None)
    return subprocess.Popen(
        [sys.executable, "-c", code, *map(str, arguments)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env=environment,
        cwd=directory.parent,
        process_group=0 if apart else None,
    )


def say_go(*processes: subprocess.Popen[str]) -> None:
    """Give each process the line it waits for."""
    for process in processes:
        assert process.stdin is not None
        process.stdin.write("go\n")
        process.stdin.flush()


def run_python(code: str, directory: Path, *arguments: object, expect: int = 0) -> str:
    """Run such a process to its end and return what it printed; one that has none in time is killed, and fails."""
    return ended(start_python(code, directory, *arguments, apart=True), expect=expect)


def ended(process: subprocess.Popen[str], *, expect: int = 0, within: float = 60.0) -> str:
    """Wait for a process to end by itself and return what it printed.

    Args:
        process: One that was started apart.
        expect: The exit code that it is to end with.
        within: Seconds it has; then it and its children are killed, and the test fails with what they printed.
    """
    with process:
        try:
            output, errors = process.communicate(timeout=within)
        except subprocess.TimeoutExpired:
            # Its children hold the same pipes: while one of them lives, these have no end.
            os.killpg(process.pid, signal.SIGKILL)
            output, errors = process.communicate()
            pytest.fail(f"The process did not end within {within:g} s. It printed:\n{output}\n{errors}")
        except BaseException:
            os.killpg(process.pid, signal.SIGKILL)
            raise
    assert process.returncode == expect, errors
    return output


def file_lines(directory: Path) -> list[dict[str, Any]]:
    """Return what stands in the file, each line strict JSON."""
    return [json.loads(line, parse_constant=_refuse) for line in (directory / FILE).read_text().split("\n") if line]


def _refuse(word: str) -> None:
    raise AssertionError(f"{word} is no JSON")
