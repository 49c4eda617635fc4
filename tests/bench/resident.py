"""A process of its own that says how much memory something takes: ``python -m tests.bench.resident WHAT WARM LARGE``.

WHAT is ``index``, the engine on the file in the folder LARGE, or ``objects``, each of its entries in a list. WARM is a
folder with a few entries; the same is done with them first, so that what does not grow with the entries is there
before. It prints one JSON object: how many entries, by how many bytes the process's resident memory grew for them, and
by how many for what was done first.
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


def main(what: str, warm: Path, large: Path) -> dict[str, int]:
    """Measure, in bytes."""
    gc.collect()
    before = resident_bytes()
    metrics, held = _take(what, warm)
    metrics.close()
    del metrics, held
    gc.collect()
    warmed = resident_bytes()
    metrics, held = _take(what, large)
    gc.collect()
    after = resident_bytes()
    entries = metrics.health().entries
    assert len(held) in (0, entries)
    return {"entries": entries, "bytes": after - warmed, "constant": warmed - before}


def _take(what: str, directory: Path) -> tuple[PerformanceMetrics, list[MetricEntry]]:
    metrics = PerformanceMetrics(directory)
    wait_until_ready(metrics)
    metrics.get_stats()
    metrics.get_stats(last_hours=None)
    return metrics, list(metrics.iter_entries()) if what == "objects" else []


if __name__ == "__main__":
    print(json.dumps(main(sys.argv[1], Path(sys.argv[2]), Path(sys.argv[3]))))  # noqa: T201 - its answer
