"""One operation of a window: its numbers, how it failed, and where the time goes by container and action."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from cogs.perf.kit import Report, plain
from cogs.perf.reports import words
from cogs.perf.reports.entries import Recent, Slow
from cogs.perf.screen import Link, Page
from utils.metrics.detail import KEYS, breakdown, gather
from utils.metrics.format import count, cut_middle, duration
from utils.metrics.words import endings, exact, lately, percentiles, range_of, seconds_of, trend, window

if TYPE_CHECKING:
    from collections.abc import Sequence

    from cogs.perf.screen import Screen
    from utils.metrics.model import MetricEntry
    from utils.metrics.tally import Group
    from utils.performance_metrics import PerformanceMetrics

_COLUMNS = 32
_NAME = 8


@dataclass(frozen=True, slots=True)
class Detail:
    """The screen.

    Args:
        operation: Whose.
        hours: The window.
        back: Where one came from.
    """

    operation: str
    hours: int
    back: Screen | None = None

    def draw(self, metrics: PerformanceMetrics, now: float) -> Page:
        """Read the operation's entries and lay out the page."""
        title = f"{plain(cut_middle(self.operation, 60))} · last {window(self.hours)}"
        facts = gather(metrics, self.operation, self.hours, now)
        stats, tally, health = facts.stats, facts.tally, facts.health
        if stats is None:
            text = f"Not called in the last {window(self.hours)}. Choose a longer window."
            return words.empty(title, text, self._links())
        report = Report(title, words.state(tally.whole.failed, stats.total_calls))
        report.line(endings(stats, tally.whole, strong=lambda number: f"**{number}**", safe=plain))
        words.warn(report, health)
        report.line().line(percentiles(stats))
        report.line(range_of(stats)).line(lately(stats))
        course = trend(tally.trend())
        if course:
            report.line(f"p95 over time {course}")
        if tally.slowest is not None:
            report.line(_slowest(tally.slowest))
        for key in KEYS:
            _breakdown(report, key, tally.groups.get(key, {}))
        report.footer(words.footer(health, now, exact(stats.total_calls, approximate=stats.approximate)))
        return Page(report, self._links())

    def _links(self) -> tuple[tuple[Link, ...], ...]:
        onward = (
            Link("slowest", "Slowest", Slow(self.operation, self.hours, back=self)),
            Link("failures", "Failures", Recent(self.operation, failures_only=True, back=self)),
            Link("recent", "Recent", Recent(self.operation, back=self)),
            Link("back", words.BACK, self.back),
        )
        windows = tuple(
            Link(f"window_{hours}", window(hours), replace(self, hours=hours), current=hours == self.hours)
            for hours in words.WINDOWS
        )
        return (onward if self.back else onward[:-1], windows)


def _slowest(entry: MetricEntry) -> str:
    queued = seconds_of(entry.metadata, "queue_wait")
    parts = [
        words.about(entry),
        duration(entry.duration),
        words.when(entry.end_time),
        f"(waited {duration(queued)} in the queue)" if queued is not None else "",
    ]
    return "Slowest: " + " ".join(part for part in parts if part)


def _breakdown(report: Report, key: str, groups: dict[str, Group]) -> None:
    found = breakdown(groups)
    if found is None:
        return
    heads = ("", "calls", found.measure, "failed")
    rows = [(_bare(part.name), count(part.calls), duration(part.seconds), count(part.failed)) for part in found.parts]
    text = "```\n" + table(heads, rows) + "\n```"
    report.field(f"By {key}", text + (f"… {found.more} more" if found.more else ""))


def table(heads: tuple[str, ...], rows: Sequence[tuple[str, ...]]) -> str:
    """Lay out a table that fits a phone: numbers to the right, the names in front cut in their middle."""
    widths = [max(map(len, column)) for column in zip(heads, *rows, strict=True)]
    widths[0] = min(widths[0], max(_NAME, _COLUMNS - sum(widths[1:]) - len(widths) + 1))
    lines = []
    for first, *numbers in (heads, *rows):
        cells = [number.rjust(width) for number, width in zip(numbers, widths[1:], strict=True)]
        lines.append(" ".join([cut_middle(first, widths[0]).ljust(widths[0]), *cells]))
    return "\n".join(lines)


def _bare(name: str) -> str:
    return " ".join(name.replace("`", "'").split()) or "(no name)"
