"""What the Docker Engine was asked, and what happened to containers, between two moments."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from utils.metrics.outcome import Outcome
from utils.metrics.samples import FAILED
from utils.metrics.summary.calls import hours_since
from utils.metrics.tally import MOST_ENTRIES, ending_of
from utils.metrics.words import seconds_of, subject

if TYPE_CHECKING:
    from utils.performance_metrics import PerformanceMetrics

ACTIONS = "docker_operation"
EVENTS = "docker_event"
LOOKS = frozenset({"", "list", "info", "stats", "logs"})
"""Actions that change nothing."""
_UNNAMED = "a container"


@dataclass(slots=True)
class Engine:
    """What it did.

    Attributes:
        operations: All that it was asked.
        failed: How many failed, refusals not counted.
        walked: Whether they were few enough to be gone through one by one, for what follows.
        actions: Of those that change something, how many of each.
        timeouts: How many took too long.
        waits: Seconds in the queue, of those that waited.
        events: What happened to containers: how often, by kind and container.
    """

    operations: int = 0
    failed: int = 0
    walked: bool = True
    actions: Counter[str] = field(default_factory=Counter)
    timeouts: int = 0
    waits: list[float] = field(default_factory=list)
    events: Counter[tuple[str, str]] = field(default_factory=Counter)


def gather(metrics: PerformanceMetrics, start: float, end: float, now: float) -> Engine:
    """Read it; blocks.

    Args:
        metrics: Where to read.
        start: Seconds since the epoch, included.
        end: The same, not included.
        now: The same.

    Raises:
        StorageError: The metrics can't be read.
    """
    found = Engine()
    hours = hours_since(start, now)
    samples = metrics.get_samples(ACTIONS, start, end)
    found.operations, found.failed = len(samples), samples.failed
    found.walked = len(metrics.get_samples(ACTIONS, start)) <= MOST_ENTRIES
    for entry in metrics.iter_entries(ACTIONS, hours) if found.walked and samples else ():
        if not start <= entry.end_time < end:
            continue
        action, _ = subject(entry)
        if action not in LOOKS:
            found.actions[action] += 1
        if ending_of(entry) == FAILED and entry.metadata.get("outcome") == Outcome.TIMEOUT:
            found.timeouts += 1
        wait = seconds_of(entry.metadata, "queue_wait")
        if wait is not None:
            found.waits.append(wait)
    if 0 < len(metrics.get_samples(EVENTS, start)) <= MOST_ENTRIES:
        for entry in metrics.iter_entries(EVENTS, hours):
            kind = entry.metadata.get("event")
            if start <= entry.end_time < end and isinstance(kind, str):
                found.events[kind, subject(entry)[1] or _UNNAMED] += 1
    return found
