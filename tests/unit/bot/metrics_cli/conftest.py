"""What the tests of the commands share: real metrics in a folder, the program as a process of its own."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

import pytest

from utils.performance_metrics import PerformanceMetrics

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

ROOT = Path(__file__).parents[4]
GOLDEN = Path(__file__).parent / "golden"
NOW = 1_795_500_000.0  # Tuesday 24 November 2026, 06:00 UTC


class Hands:
    """A clock that stands still."""

    def wall(self) -> float:
        return NOW

    def monotonic(self) -> float:
        return NOW


class Filled(Protocol):
    """Puts believable calls into metrics."""

    def __call__(self, operation: str, durations: list[float], *, ago: float = 60, **metadata: object) -> None: ...


class Program(Protocol):
    """Runs ``ddc-perf`` to its end."""

    def __call__(
        self, *arguments: str | Path, stdin: str = "", **environment: str
    ) -> subprocess.CompletedProcess[str]: ...


@pytest.fixture
def metrics(tmp_path: Path) -> Iterator[PerformanceMetrics]:
    made = PerformanceMetrics(tmp_path / "metrics", clock=Hands())
    yield made
    made.close()


@pytest.fixture
def fill(metrics: PerformanceMetrics) -> Filled:
    """Record calls a minute apart, the last one `ago` seconds before now; outcome=... makes them failures."""

    def record(operation: str, durations: list[float], *, ago: float = 60, **metadata: object) -> None:
        for index, duration in enumerate(reversed(durations)):
            end = NOW - ago - index * 60
            metrics.record(operation, duration, success="outcome" not in metadata, metadata=metadata, end_time=end)

    return record


@pytest.fixture
def small(fill: Filled) -> None:
    """A home server's day, the same as in the tests of the chat's reports."""
    fill("docker_operation", [0.3 + 0.01 * n for n in range(40)], action="restart", container="nginx")
    fill("docker_operation", [1.5, 2.0, 4.2], ago=40_000, action="stop", container="postgres", queue_wait=2.1)
    fill("docker_operation", [30.0, 30.0], ago=9000, action="restart", container="postgres", outcome="timeout")
    fill("docker_operation", [0.001], ago=3000, action="stop", container="nginx", outcome="denied")
    fill("config_load", [0.002, 0.003] * 60, ago=100)
    fill("command.docker.restart", [0.28] * 4, ago=2000, ack=0.08)
    fill("token_decrypt", [0.1], ago=50_000, outcome="error", error_type="InvalidToken")


@pytest.fixture
def large(fill: Filled) -> None:
    """Operations with names and metadata that try to break out of their place."""
    for number in range(9):
        name = f"\x1b[3{number}m[bold]op_{number:02}[/] 漢字 \u202e\x9b2J\r\n" + "long" * 20
        fill(name, [0.1 * (number + 1)] * 5, ago=number * 600, note="n" * 300)
        if number % 3 == 0:
            fill(
                name,
                [3.0],
                ago=number * 700,
                outcome="error",
                error_type="Bad\x07Error\n# x",
                container="\x1bc[link=x]",
            )


@pytest.fixture
def golden() -> Callable[[str, str], None]:
    """Compare a text with the one kept under that name; GOLDEN=write keeps it anew: look at what changed."""

    def compare(name: str, text: str) -> None:
        path = GOLDEN / f"{name}.txt"
        if os.environ.get("GOLDEN") == "write":
            path.parent.mkdir(exist_ok=True)
            path.write_text(text, encoding="utf-8")
        assert text == path.read_text(encoding="utf-8")

    return compare


@pytest.fixture
def program(tmp_path: Path) -> Program:
    """Run the program on the metrics of the test, in a folder of its own, without a terminal."""

    def run(*arguments: str | Path, stdin: str = "", **environment: str) -> subprocess.CompletedProcess[str]:
        kept = {name: os.environ[name] for name in ("PATH", "HOME") if name in os.environ}
        return subprocess.run(
            [sys.executable, "-m", "bot", *map(str, arguments)],
            input=stdin,
            capture_output=True,
            text=True,
            encoding="utf-8",
            check=False,
            timeout=60,
            cwd=tmp_path,
            env={
                **kept,
                "PYTHONPATH": str(ROOT),
                "DDC_METRICS_DIR": str(tmp_path / "metrics"),
                "TZ": "UTC",
                **environment,
            },
        )

    return run
