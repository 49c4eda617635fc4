"""What the tests of the commands share: real metrics in a folder, the program as a process of its own."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

import pytest

from tests.contract.metrics.kit import ManualClock
from tests.unit.golden import NOW, Filled, a_home_servers_day, filling, kept
from utils.performance_metrics import PerformanceMetrics

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

ROOT = Path(__file__).parents[4]
GOLDEN = Path(__file__).parent / "golden"


class Program(Protocol):
    """Runs ``ddc-perf`` to its end."""

    def __call__(
        self, *arguments: str | Path, stdin: str = "", **environment: str
    ) -> subprocess.CompletedProcess[str]: ...


@pytest.fixture
def metrics(tmp_path: Path) -> Iterator[PerformanceMetrics]:
    made = PerformanceMetrics(tmp_path / "metrics", clock=ManualClock(NOW))
    yield made
    made.close()


@pytest.fixture
def fill(metrics: PerformanceMetrics) -> Filled:
    """Record calls a minute apart, the last one `ago` seconds before now; outcome=... makes them failures."""
    return filling(metrics)


@pytest.fixture
def small(fill: Filled) -> None:
    """A home server's day, the same as in the tests of the chat's reports."""
    a_home_servers_day(fill)


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
        assert text == kept(GOLDEN, name, text)

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
