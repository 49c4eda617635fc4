"""What the tests of the reports share, in the chat and on the command line: believable calls, and kept texts."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from pathlib import Path

    from utils.performance_metrics import PerformanceMetrics

NOW = 1_795_500_000.0  # Tuesday 24 November 2026, 06:00 UTC


class Filled(Protocol):
    """Puts believable calls into metrics."""

    def __call__(self, operation: str, durations: list[float], *, ago: float = 60, **metadata: object) -> None: ...


def filling(metrics: PerformanceMetrics) -> Filled:
    """Record calls a minute apart, the last one `ago` seconds before now; outcome=... makes them failures."""

    def record(operation: str, durations: list[float], *, ago: float = 60, **metadata: object) -> None:
        for index, duration in enumerate(reversed(durations)):
            end = NOW - ago - index * 60
            metrics.record(operation, duration, success="outcome" not in metadata, metadata=metadata, end_time=end)

    return record


def a_home_servers_day(fill: Filled) -> None:
    """Record some Docker actions, a few of them failed, one refused, and a config that loads."""
    fill("docker_operation", [0.3 + 0.01 * n for n in range(40)], action="restart", container="nginx")
    fill("docker_operation", [1.5, 2.0, 4.2], ago=40_000, action="stop", container="postgres", queue_wait=2.1)
    fill("docker_operation", [30.0, 30.0], ago=9000, action="restart", container="postgres", outcome="timeout")
    fill("docker_operation", [0.001], ago=3000, action="stop", container="nginx", outcome="denied")
    fill("config_load", [0.002, 0.003] * 60, ago=100)
    fill("command.docker.restart", [0.28] * 4, ago=2000, ack=0.08)
    fill("token_decrypt", [0.1], ago=50_000, outcome="error", error_type="InvalidToken")


def kept(folder: Path, name: str, text: str) -> str:
    """Give the text that is kept under a name; GOLDEN=write keeps this one anew: look at what changed."""
    path = folder / f"{name}.txt"
    if os.environ.get("GOLDEN") == "write":
        path.parent.mkdir(exist_ok=True)
        path.write_text(text, encoding="utf-8")
    return path.read_text(encoding="utf-8")
