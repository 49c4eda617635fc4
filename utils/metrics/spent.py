"""Whose time the commands take: the bot's own, the queue's, Docker's or Discord's."""

from __future__ import annotations

from array import array
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from utils.metrics.arguments import begin_of
from utils.metrics.days import Days
from utils.metrics.parts import DISCORD, DOCKER, GC, KEY, LAG, QUEUE
from utils.metrics.process.sample import read
from utils.metrics.process.watched import watched
from utils.metrics.stats import percentile
from utils.metrics.tally import MOST_ENTRIES

if TYPE_CHECKING:
    from collections.abc import Sequence

    from utils.metrics.model import Health, MetricEntry, Numbers
    from utils.metrics.process.watched import Watched
    from utils.performance_metrics import PerformanceMetrics

BOT = "bot"
PARTS = (DOCKER, QUEUE, DISCORD, BOT)
"""In the order they are shown; the bot's own is what no other part explains."""
BESIDE = (LAG, GC)
"""What held the call up whoever worked for it: no part of its time, but beside the others."""
ASKED = ("command.", "component.", "modal.", "autocomplete.")
"""How the operations begin that a person waits for."""


@dataclass(slots=True)
class Spent:
    """One command's time.

    Attributes:
        operation: Its name.
        durations: Seconds of each call.
        acks: Seconds to the first answer, of the calls that noted it.
        seconds: The sum by part.
        held: The sum by what held the whole process meanwhile: the loop's lag, the collector of garbage.
    """

    operation: str
    durations: array[float] = field(default_factory=lambda: array("d"))
    acks: array[float] = field(default_factory=lambda: array("d"))
    seconds: dict[str, float] = field(default_factory=lambda: dict.fromkeys(PARTS, 0.0))
    held: dict[str, float] = field(default_factory=lambda: dict.fromkeys(BESIDE, 0.0))

    def add(self, entry: MetricEntry | Numbers) -> None:
        """Count a call in.

        Works that ran side by side may come to more than the call itself: then they are scaled down to it.
        """
        self.durations.append(entry.duration)
        ack = _seconds(entry.metadata.get("ack"))
        if ack is not None:
            self.acks.append(ack)
        noted = entry.metadata.get(KEY)
        if not noted or not isinstance(noted, dict):
            self.seconds[BOT] += max(0.0, entry.duration)
            return
        parts = {part: seconds for part in (DOCKER, QUEUE, DISCORD) if (seconds := _seconds(noted.get(part)))}
        for part in BESIDE:
            self.held[part] += min(entry.duration, _seconds(noted.get(part)) or 0.0)
        known = sum(parts.values())
        scale = min(1.0, entry.duration / known) if known else 1.0
        for part, seconds in parts.items():
            self.seconds[part] += seconds * scale
        self.seconds[BOT] += max(0.0, entry.duration - known)

    def take_in(self, other: Spent) -> None:
        """Count in what was counted elsewhere."""
        self.durations += other.durations
        self.acks += other.acks
        for part, seconds in other.seconds.items():
            self.seconds[part] += seconds
        for part, seconds in other.held.items():
            self.held[part] += seconds

    @property
    def total(self) -> float:
        """Seconds of all calls."""
        return sum(self.seconds.values())

    def share(self, part: str) -> float:
        """Which share of the time a part takes, 0 to 1."""
        return self.seconds[part] / self.total if self.total else 0.0

    def quantile(self, share: float) -> float:
        """An exact quantile of the durations, in seconds; there must be a call."""
        return percentile(sorted(self.durations), share)


@dataclass(frozen=True, slots=True)
class Facts:
    """What was read, once.

    Attributes:
        rows: Each operation that a person waits for, most time first.
        left_out: Operations with too many calls to go through.
        health: Of the store.
        read_at: Seconds since the epoch.
        watched: How late the event loop was meanwhile, and what the collector took; None when nobody watched.
    """

    rows: tuple[Spent, ...]
    left_out: tuple[str, ...]
    health: Health
    read_at: float
    watched: Watched | None = None

    def whole(self) -> Spent:
        """Return all operations as one."""
        sum_of_all = Spent("all")
        for row in self.rows:
            sum_of_all.take_in(row)
        return sum_of_all


def gather(metrics: PerformanceMetrics, hours: float, now: float) -> Facts:
    """Read what persons waited for in a window; blocks.

    Args:
        metrics: Where to read.
        hours: The window.
        now: Seconds since the epoch.

    Raises:
        StorageError: The metrics can't be read.
    """
    rows, left_out = [], []
    room = MOST_ENTRIES
    for name, stats in sorted(metrics.get_stats(last_hours=hours).items(), key=lambda item: item[1].total_calls):
        if not name.startswith(ASKED):
            continue
        if stats.total_calls > room:
            left_out.append(name)
            continue
        room -= stats.total_calls
        rows.append(_spent(metrics, name, begin_of(hours, now)))
    rows.sort(key=lambda row: (-row.total, row.operation))
    return Facts(tuple(rows), tuple(left_out), metrics.health(), now, watched(read(metrics, hours, now)))


def _spent(metrics: PerformanceMetrics, name: str, start: float) -> Spent:
    spent = Spent(name)
    for day in _days.read(metrics, name, start):
        spent.take_in(day)
    return spent


def _of_day(calls: Sequence[Numbers]) -> Spent:
    spent = Spent("a day")
    for call in calls:
        spent.add(call)
    return spent


_days = Days(_of_day)


def _seconds(value: Any) -> float | None:  # noqa: ANN401 - from a file, so anything
    number = isinstance(value, int | float) and not isinstance(value, bool)
    return float(value) if number and 0 <= value < float("inf") else None
