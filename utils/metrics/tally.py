"""What one walk over the entries of a window tells beyond the statistics: outcomes, the slowest, groups."""

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

MOST_GROUPS = 50
"""A key of metadata with more values than this tells calls apart rather than groups them."""

_NO_GROUPS = frozenset({"outcome", "error_type"})

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
        slowest: The call that took longest.
        groups: By metadata key, then by its value; keys with more than `MOST_GROUPS` values are left out.
    """

    whole: Group = field(default_factory=Group)
    slowest: MetricEntry | None = None
    groups: dict[str, dict[str, Group]] = field(default_factory=dict)


def walk(entries: Iterable[MetricEntry]) -> dict[str, Tally]:
    """Go over entries once.

    Args:
        entries: In any order.

    Returns:
        What was seen, by operation.
    """
    tallies: dict[str, Tally] = {}
    crowded: set[tuple[str, str]] = set()
    for entry in entries:
        tally = tallies.setdefault(entry.operation, Tally())
        tally.whole.add(entry)
        if tally.slowest is None or entry.duration > tally.slowest.duration:
            tally.slowest = entry
        for key, value in entry.metadata.items():
            if isinstance(value, str) and value.strip() and key not in _NO_GROUPS:
                _add(tally, key, value, entry, crowded)
    return tallies


def _add(tally: Tally, key: str, value: str, entry: MetricEntry, crowded: set[tuple[str, str]]) -> None:
    if (entry.operation, key) in crowded:
        return
    groups = tally.groups.setdefault(key, {})
    groups.setdefault(value, Group()).add(entry)
    if len(groups) > MOST_GROUPS:
        del tally.groups[key]
        crowded.add((entry.operation, key))
