"""A process of its own that says how much memory something takes: ``python -m tests.bench.resident WHAT DIRECTORY``.

WHAT is ``index``, the engine on the file in DIRECTORY, or ``objects``, each of its entries as an object in a list. It
prints one JSON object: how many entries, and by how many bytes the process's resident memory grew.
"""

from __future__ import annotations

import gc
import json
import os
import sys
from pathlib import Path

from tests.bench.setting import wait_until_ready
from utils.performance_metrics import MetricEntry, PerformanceMetrics


def resident_bytes() -> int:
    """Return this process's resident memory."""
    return int(Path("/proc/self/statm").read_text("ascii").split()[1]) * os.sysconf("SC_PAGE_SIZE")


def main(what: str, directory: Path) -> dict[str, int]:
    """Measure, in bytes."""
    # A little first, so that what every user of the library pays once is not counted.
    metrics = PerformanceMetrics(directory.parent / "empty")
    with metrics.track("warm.up"):
        pass
    metrics.get_stats()
    metrics.close()
    gc.collect()
    before = resident_bytes()
    metrics = PerformanceMetrics(directory)
    held: list[MetricEntry] = []
    if what == "index":
        wait_until_ready(metrics)
        metrics.get_stats()
        metrics.get_stats(last_hours=None)
    else:
        held = list(metrics.iter_entries())
    gc.collect()
    after = resident_bytes()
    entries = metrics.health().entries
    if held:
        assert len(held) == entries
    return {"entries": entries, "bytes": after - before}


if __name__ == "__main__":
    print(json.dumps(main(sys.argv[1], Path(sys.argv[2]))))  # noqa: T201 - its answer
