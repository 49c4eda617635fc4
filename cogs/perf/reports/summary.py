"""The summary of a span of time: the verdict, the busiest operations, the slowest calls, the last failures."""

from __future__ import annotations

import heapq
import math
from collections import deque
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from cogs.perf.kit import FINE, LOOK, Report, code
from cogs.perf.reports import words
from utils.metrics.format import count
from utils.metrics.stats import summarise
from utils.metrics.tally import Group
from utils.metrics.words import BESIDE, NOTES, exact, plural

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date, tzinfo

    from utils.metrics.model import Health, MetricEntry, MetricStats
    from utils.performance_metrics import PerformanceMetrics

# Own names: strftime would write them in the language of the host.
_WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
_MONTHS = (
    "January", "February", "March", "April", "May", "June",
    "July", "August", "September", "October", "November", "December",
)  # fmt: skip
_BUSIEST = 6
_SINGLE = 3
_HOUR = 3600.0
_BACKGROUND = "task."


@dataclass(frozen=True, slots=True)
class Facts:
    """What happened between two moments.

    Args:
        start: Unix seconds, included.
        end: Unix seconds, not included.
        rows: Each operation's statistics, and how many of its calls failed, refusals not counted.
        slowest: The slowest calls, slowest first.
        failures: The last failures, newest first, refusals not counted.
        health: Of the store.
    """

    start: float
    end: float
    rows: tuple[tuple[MetricStats, int], ...]
    slowest: tuple[MetricEntry, ...]
    failures: tuple[MetricEntry, ...]
    health: Health

    @property
    def calls(self) -> int:
        """Calls in all."""
        return sum(stats.total_calls for stats, _ in self.rows)

    @property
    def failed(self) -> int:
        """Failed calls in all."""
        return sum(failed for _, failed in self.rows)

    @property
    def quiet(self) -> bool:
        """Whether nothing was called.

        Background tasks run on the quietest day, and the summary of the day before is posted through Discord's API.
        """
        return not self.failed and self.background + self.beside == self.calls

    @property
    def background(self) -> int:
        """Runs of background tasks."""
        return sum(stats.total_calls for stats, _ in self.rows if stats.operation.startswith(_BACKGROUND))

    @property
    def beside(self) -> int:
        """Calls that only carry what others do, such as requests to Discord, where none of them failed."""
        return sum(stats.total_calls for stats, _ in self.rows if stats.operation in BESIDE and not stats.failed_calls)


@dataclass(slots=True)
class _Seen:
    group: Group = field(default_factory=Group)
    last_hour: int = 0


def gather(metrics: PerformanceMetrics, start: float, end: float, now: float) -> Facts:
    """Read what happened between two moments; blocks.

    Args:
        metrics: Where to read.
        start: Unix seconds, included.
        end: Unix seconds, not included.
        now: Unix seconds, not before `end` but for clocks that jump.
    """
    seen: dict[str, _Seen] = {}
    slowest: list[tuple[float, int, MetricEntry]] = []
    failures: deque[MetricEntry] = deque(maxlen=_SINGLE)
    hours = max(1, math.ceil((now - start) / _HOUR) + 1)
    for number, entry in enumerate(metrics.iter_entries(last_hours=hours)):
        if not start <= entry.end_time < end or entry.operation in NOTES:
            continue
        one = seen.setdefault(entry.operation, _Seen())
        failed_before = one.group.failed
        one.group.add(entry)
        one.last_hour += entry.end_time >= end - _HOUR
        if one.group.failed > failed_before:
            failures.append(entry)
        # The number breaks ties: entries themselves have no order.
        heapq.heappush(slowest, (entry.duration, -number, entry))
        if len(slowest) > _SINGLE:
            heapq.heappop(slowest)
    rows = [
        (
            summarise(
                operation,
                one.group.durations,
                successes=len(one.group.durations) - one.group.outcomes.total(),
                last_24h=len(one.group.durations),
                last_hour=one.last_hour,
            ),
            one.group.failed,
        )
        for operation, one in seen.items()
    ]
    rows.sort(key=lambda row: (-row[1], -row[0].total_calls, row[0].operation))
    ordered = tuple(entry for *_, entry in sorted(slowest, reverse=True))
    return Facts(start, end, tuple(rows), ordered, tuple(reversed(failures)), metrics.health())


def day_name(moment: datetime, zone: tzinfo) -> str:
    """Name the local date that most of the 24 hours before `moment` belong to: "Sunday 22 November"."""
    return date_name((moment.astimezone(UTC) - timedelta(hours=12)).astimezone(zone).date())


def date_name(day: date) -> str:
    """Write a date in English whatever the host speaks: "Sunday 22 November"."""
    return f"{_WEEKDAYS[day.weekday()]} {day.day} {_MONTHS[day.month - 1]}"


def render(facts: Facts, name: str, now: float, *, notes: Sequence[str] = (), mark: str = "") -> Report:
    """Put facts into words.

    Args:
        facts: What happened.
        name: What the span is called, such as "Sunday 22 November".
        now: Unix seconds.
        notes: Lines that come first, such as that the summary is late.
        mark: Goes into the footer; a look into the channel finds it again.
    """
    span = f"{words.when(facts.start, 'f')} to {words.when(facts.end, 'f')}"
    parts = [exact(facts.calls), mark] if mark else [exact(facts.calls)]
    if facts.quiet:
        report = Report(f"{name} · all quiet", FINE)
        _add_notes(report, notes, facts)
        return report.line(f"Nothing was called from {span}{_but(facts)}.").footer(
            words.footer(facts.health, now, *parts)
        )
    verdict = plural(facts.failed, "failure") if facts.failed else "nothing failed"
    report = Report(f"{name} · {verdict}", LOOK if facts.failed else FINE)
    _add_notes(report, notes, facts)
    report.line(_sentence(facts)).line(f"From {span}.")
    report.line()
    for stats, failed in facts.rows[:_BUSIEST]:
        refused = stats.failed_calls - failed
        report.line(code(stats.operation, 36)).line(words.numbers(stats, failed, refused))
    if len(facts.rows) > _BUSIEST:
        report.line(f"… {plural(len(facts.rows) - _BUSIEST, 'more operation')}")
    report.field("Slowest", "\n".join(words.entry_line(entry, with_operation=True) for entry in facts.slowest))
    if facts.failures:
        title = "Last failures" if facts.failed > len(facts.failures) else "Failures"
        report.field(title, "\n".join(words.entry_line(entry, with_operation=True) for entry in facts.failures))
    return report.footer(words.footer(facts.health, now, *parts))


def _add_notes(report: Report, notes: Sequence[str], facts: Facts) -> None:
    for note in notes:
        report.line(note)
    words.warn(report, facts.health)


def _but(facts: Facts) -> str:
    parts = [f"background tasks {plural(facts.background, 'time')}"] if facts.background else []
    parts += [f"Discord's API {plural(facts.beside, 'time')}"] if facts.beside else []
    return f", but {' and '.join(parts)}; none failed" if parts else ""


def _sentence(facts: Facts) -> str:
    failing = [(stats, failed) for stats, failed in facts.rows if failed]
    calls = plural(facts.calls, "call")
    if not failing:
        return f"Nothing failed in {calls} of {plural(len(facts.rows), 'operation')}."
    stats, failed = failing[0]
    most = f"{code(stats.operation)}, {count(failed)} of {plural(stats.total_calls, 'call')}"
    if len(failing) == 1:
        return f"{count(facts.failed)} of {calls} failed, all of {code(stats.operation)}."
    return f"{count(facts.failed)} of {calls} failed. Most: {most}."
