"""What the tests of the commands put into the files that a bot finds."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from sandbox.world import GUILD_ID, REPORTS_ID

if TYPE_CHECKING:
    from pathlib import Path

    from utils.performance_metrics import PerformanceMetrics


def write_schedule(path: Path, **changed: object) -> None:
    schedule = {
        "guild_id": int(GUILD_ID),
        "channel_id": int(REPORTS_ID),
        "time": "09:00",
        "zone": "UTC",
        "since": datetime.now(UTC).timestamp(),
    }
    kept = {"version": 1, "alive_at": None, "claims": [], "schedules": [schedule | changed]}
    path.parent.mkdir(exist_ok=True)
    path.write_text(json.dumps(kept))


def fill(metrics: PerformanceMetrics, count: int = 30) -> None:
    for number in range(count):
        metrics.record("docker_operation", 0.1 + number / 100, metadata={"action": "restart", "container": "nginx"})
    metrics.record("docker_operation", 30, success=False, metadata={"action": "stop", "outcome": "timeout"})
    metrics.record("config_load", 0.002)
