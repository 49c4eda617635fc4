"""Measures the engine against its peers, side by side in one run, and prints ratios: ``python -m tests.bench``.

No timing fails anything: what misses its goal says NO, and the exit code is 0 unless something broke.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING

from tests.bench.lag import waited_for_processor
from tests.bench.machine import describe
from tests.bench.peers.installed import load
from tests.bench.report import as_markdown, as_text, write_docs
from tests.bench.rounds import ROUNDS
from tests.bench.rows.loop import loop_lag
from tests.bench.rows.memory import ROUNDS as MEMORY_ROUNDS
from tests.bench.rows.memory import memory
from tests.bench.rows.questions import cold, growth, month, recent, stats
from tests.bench.rows.recording import caller, sustained, tasks, threads
from tests.bench.rows.upkeep import cleanup, start
from tests.bench.setting import GOAL_ENTRIES, Setting

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from tests.bench.report import Row

DOCS = Path(__file__).resolve().parents[2] / "docs" / "metrics-engine.md"
PEERS = ("prometheus_client", "opentelemetry.sdk.metrics", "duckdb", "numpy")
GROUPS: dict[str, Callable[[Setting], Iterator[Row]]] = {
    "track": caller,
    "threads": threads,
    "tasks": tasks,
    "sustained": sustained,
    "stats": stats,
    "growth": growth,
    "cold": cold,
    "recent": recent,
    "month": month,
    "start": start,
    "cleanup": cleanup,
    "memory": memory,
    "lag": loop_lag,
}
SIZED = {"stats", "growth", "cold", "recent", "month", "start", "cleanup", "memory"}
"""Their goals are meant for the large files."""
QUICK_ENTRIES = 100_000
QUICK_SCALE = 4


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.bench", description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--quick", action="store_true", help=f"{QUICK_ENTRIES:,} entries instead of {GOAL_ENTRIES:,}")
    parser.add_argument("--full", action="store_true", help="also ask ten million entries (2 GB of disk)")
    parser.add_argument("--only", action="append", choices=GROUPS, metavar="NAME", help=f"one of {', '.join(GROUPS)}")
    parser.add_argument("--rounds", type=int, default=ROUNDS, help=f"how many rounds are counted ({ROUNDS})")
    parser.add_argument("--write-docs", action="store_true", help="put the table into docs/metrics-engine.md")
    return parser.parse_args()


def _tell(text: str) -> None:
    print(f"… {text}", file=sys.stderr, flush=True)  # noqa: T201 - progress


def main() -> None:
    """Run what was asked for."""
    arguments = _arguments()
    missing = [name for name in PEERS if load(name) is None]
    if missing:
        _tell(f"not installed, their rows are left out: {', '.join(missing)} (`make bench` installs them)")
    began = time.monotonic()
    rows: list[Row] = []
    with tempfile.TemporaryDirectory(prefix="ddc-perf-bench-") as directory:
        setting = Setting(
            directory=Path(directory),
            entries=QUICK_ENTRIES if arguments.quick else GOAL_ENTRIES,
            scale=QUICK_SCALE if arguments.quick else 1,
            full=arguments.full,
            rounds=arguments.rounds,
            tell=_tell,
        )
        machine = describe(setting.directory)
        for name, group in GROUPS.items():
            if arguments.only is None or name in arguments.only:
                _tell(f"{time.monotonic() - began:3.0f} s: {name}")
                judged = setting.judged or name not in SIZED
                for row in group(setting):
                    rows.append(row if judged else row.unjudged())
                    _tell("    " + " · ".join(filter(None, rows[-1].cells())))
    seconds = time.monotonic() - began
    conditions = (
        f"Ratios are medians of {arguments.rounds} interleaved rounds (memory: {MEMORY_ROUNDS}), each taken within a "
        "round; the figures beside are medians too. Ratios hold from machine to machine, times don't. For "
        f"{waited_for_processor() / seconds:.0%} of the run other programs left the bench no processor."
    )
    print(f"{machine}\n{conditions}\n\n{as_text(rows)}")  # noqa: T201 - the result
    if arguments.write_docs:
        write_docs(DOCS, as_markdown(rows, machine, conditions))
    _tell(f"{seconds:.0f} s in all")


if __name__ == "__main__":
    main()
