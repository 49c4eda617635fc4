"""What a run of the bench is given: where to work, how much, and the engine in its states."""

from __future__ import annotations

import time
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from tests.bench.data import FILE, Sample
from tests.bench.rounds import ROUNDS
from utils.performance_metrics import PerformanceMetrics

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

DAY = 86_400.0
MONTH = 30 * DAY
GOAL_ENTRIES = 1_000_000
_PATIENCE = 600.0
_POLL = 0.001


@dataclass(slots=True)
class Setting:
    """One run.

    Attributes:
        directory: where everything is made; removed at the end by who made it.
        entries: lines of the large files.
        scale: by how much the blocks of the recording rows are made smaller, 1 for not at all.
        rounds: how many rounds are counted.
        full: also measure what takes gigabytes.
        tell: what says what is being done.
    """

    directory: Path
    entries: int
    scale: int
    full: bool
    tell: Callable[[str], None]
    rounds: int = ROUNDS
    _made: dict[tuple[int, float], Path] = field(default_factory=dict)

    @property
    def judged(self) -> bool:
        """Whether the files are as large as the goals mean them."""
        return self.entries >= GOAL_ENTRIES

    def sample(self, entries: int, seconds: float) -> Path:
        """Return a folder with a file of that many entries over that time up to now; made once, for reading only."""
        key = (entries, seconds)
        if key not in self._made:
            self.tell(f"writing a file of {entries:,} entries")
            directory = self.directory / f"{entries}-{seconds:.0f}"
            # Up to a little ago: nothing of it ends after what the bench itself measures.
            Sample(entries, seconds, time.time() - 1).write(directory)
            self._made[key] = directory
        return self._made[key]


def wait_until_ready(metrics: PerformanceMetrics) -> None:
    """Ask until the index is complete.

    Raises:
        TimeoutError: it never is.
    """
    deadline = time.monotonic() + _PATIENCE
    while metrics.health().index_state != "ready":
        if time.monotonic() > deadline:
            raise TimeoutError("The index did not get ready.")
        time.sleep(_POLL)


def forget_checkpoints(directory: Path) -> None:
    """Remove everything but the measurements."""
    for path in directory.iterdir():
        if path.name != FILE:
            path.unlink()


def has_checkpoint(directory: Path) -> bool:
    """Say whether something that speeds up the start lies beside the measurements."""
    return any(path.name != FILE for path in directory.iterdir())


def make_checkpoint(directory: Path) -> None:
    """Let the engine read the file and close, which leaves a checkpoint."""
    metrics = PerformanceMetrics(directory)
    wait_until_ready(metrics)
    metrics.get_stats(last_hours=None)
    metrics.close()
