"""What one walk over the entries of a window tells beyond the statistics: refusals, trends, groups."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from utils.metrics import samples
from utils.metrics.outcome import Outcome
from utils.metrics.stats import percentile

if TYPE_CHECKING:
    from collections.abc import Iterable

    from utils.metrics.model import MetricEntry

BUCKETS = 8
"""Into how many equal parts a window is cut for its trend."""

MOST_ENTRIES = 200_000
"""More entries than this are not walked over: a report must not take seconds."""

REFUSALS = frozenset(kind.value for kind in Outcome if not kind.spends_budget and not kind.success)
"""Outcomes that are not the bot's failures: no right, bad input."""

FAILED = "failed"
"""What a failure without an outcome is called."""


def ending_of(entry: MetricEntry) -> int:
    """Say how a call ended, in the numbers of `samples`."""
    if entry.success:
        return samples.OK
    return samples.REFUSED if entry.metadata.get("outcome") in REFUSALS else samples.FAILED


@dataclass(slots=True)
class Group:
    """Calls that belong together.

    Args:
        durations: Seconds, in order of time.
        outcomes: How often each outcome other than success came.
    """

    durations: list[float] = field(default_factory=list)
    outcomes: Counter[str] = field(default_factory=Counter)

    def add(self, entry: MetricEntry) -> None:
        """Count a call in."""
        self.durations.append(entry.duration)
        if not entry.success:
            word = entry.metadata.get("outcome")
            self.outcomes[word if isinstance(word, str) and word.strip() else FAILED] += 1

    @property
    def refused(self) -> int:
        """How many were turned away: no right, or bad input."""
        return sum(self.outcomes[word] for word in REFUSALS)

    @property
    def failed(self) -> int:
        """How many failed, refusals not counted."""
        return self.outcomes.total() - self.refused

    def quantile(self, share: float) -> float:
        """Give an exact quantile, interpolated, in seconds. There must be a call."""
        return percentile(sorted(self.durations), share)


@dataclass(slots=True)
class Tally:
    """One operation's calls in a window.

    Args:
        whole: All of them.
        parts: Their durations, in each of `BUCKETS` equal parts of the window.
        slowest: The call that took longest.
        groups: By metadata key, then by its value.
    """

    whole: Group = field(default_factory=Group)
    parts: list[list[float]] = field(default_factory=lambda: [[] for _ in range(BUCKETS)])
    slowest: MetricEntry | None = None
    groups: dict[str, dict[str, Group]] = field(default_factory=dict)

    def trend(self) -> tuple[float | None, ...]:
        """Give p95 in seconds over the parts of the window, None for a part without a call."""
        return tuple(percentile(sorted(part), 0.95) if part else None for part in self.parts)


def walk(entries: Iterable[MetricEntry], start: float, end: float, keys: tuple[str, ...] = ()) -> dict[str, Tally]:
    """Go over the entries of a window once.

    Args:
        entries: Oldest first.
        start: Unix seconds at which the window begins.
        end: Unix seconds at which it ends, after `start`.
        keys: Metadata keys to group by, where an entry has a text under them.

    Returns:
        What was seen, by operation.
    """
    tallies: dict[str, Tally] = {}
    for entry in entries:
        tally = tallies.setdefault(entry.operation, Tally())
        tally.whole.add(entry)
        part = int((entry.end_time - start) / (end - start) * BUCKETS)
        tally.parts[min(max(part, 0), BUCKETS - 1)].append(entry.duration)
        if tally.slowest is None or entry.duration > tally.slowest.duration:
            tally.slowest = entry
        for key in keys:
            value = entry.metadata.get(key)
            if isinstance(value, str) and value.strip():
                tally.groups.setdefault(key, {}).setdefault(value, Group()).add(entry)
    return tallies
