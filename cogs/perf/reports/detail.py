"""One operation of a window: its numbers, how it failed, and where the time goes by container and action."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from cogs.perf.kit import Report, plain
from cogs.perf.reports import words
from cogs.perf.reports.entries import Recent, Slow
from cogs.perf.reports.tally import FAILED, MOST_ENTRIES, REFUSALS, Group, Tally, walk
from cogs.perf.screen import Link, Page
from utils.metrics.format import count, cut_middle, duration

if TYPE_CHECKING:
    from collections.abc import Sequence

    from cogs.perf.screen import Screen
    from utils.metrics.model import MetricEntry, MetricStats
    from utils.performance_metrics import PerformanceMetrics

_ROWS = 8
_COLUMNS = 32
_NAME = 8
_KINDS = 5
_KEYS = ("container", "action")


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
        title = f"{plain(cut_middle(self.operation, 60))} · last {words.window(self.hours)}"
        stats = metrics.get_stats(self.operation, self.hours).get(self.operation)
        health = metrics.health()
        if stats is None:
            text = f"Not called in the last {words.window(self.hours)}. Choose a longer window."
            return words.empty(title, text, self._links())
        tally = Tally()
        if stats.total_calls <= MOST_ENTRIES:
            entries = metrics.iter_entries(self.operation, self.hours)
            tally = walk(entries, now - self.hours * 3600, now, _KEYS).get(self.operation, tally)
        if not tally.whole.durations:
            tally.whole.outcomes[FAILED] = stats.failed_calls
        report = Report(title, words.state(tally.whole.failed, stats.total_calls)).line(_verdict(stats, tally.whole))
        words.warn(report, health)
        report.line().line(words.percentiles(stats))
        least, mean, most = map(duration, (stats.min_duration, stats.avg_duration, stats.max_duration))
        report.line(f"min {least} · avg {mean} · max {most}")
        hour, day = words.plural(stats.last_hour_calls, "call"), count(stats.last_24h_calls)
        report.line(f"{hour} in the last hour, {day} in the last 24 h")
        course = words.trend(tally.trend())
        if course:
            report.line(f"p95 over time {course}")
        if tally.slowest is not None:
            report.line(_slowest(tally.slowest))
        for key in _KEYS:
            _breakdown(report, key, tally.groups.get(key, {}))
        report.footer(words.footer(health, now, words.exact(stats.total_calls)))
        return Page(report, self._links())

    def _links(self) -> tuple[tuple[Link, ...], ...]:
        onward = (
            Link("slowest", "Slowest", Slow(self.operation, self.hours, back=self)),
            Link("failures", "Failures", Recent(self.operation, failures_only=True, back=self)),
            Link("recent", "Recent", Recent(self.operation, back=self)),
            Link("back", words.BACK, self.back),
        )
        windows = tuple(
            Link(f"window_{hours}", words.window(hours), replace(self, hours=hours), current=hours == self.hours)
            for hours in words.WINDOWS
        )
        return (onward if self.back else onward[:-1], windows)


def _verdict(stats: MetricStats, group: Group) -> str:
    calls = words.plural(stats.total_calls, "call")
    if not group.outcomes.total():
        return "The one call succeeded." if stats.total_calls == 1 else f"All {calls} succeeded."
    refused = f" Refused: {_kinds(group, refused=True)}." if group.refused else ""
    if not group.failed:
        return f"None of {calls} failed.{refused}"
    ways = "" if set(group.outcomes) <= {FAILED, *REFUSALS} else f" ({_kinds(group, refused=False)})"
    return f"✗ **{count(group.failed)}** of {calls} failed{ways}.{refused}"


def _kinds(group: Group, *, refused: bool) -> str:
    kinds = [item for item in group.outcomes.most_common() if (item[0] in REFUSALS) == refused and item[1]]
    told = [(count(number), plain(word.replace("_", " "))) for word, number in kinds[:_KINDS]]
    # One kind alone has the number that stands before it already.
    return told[0][1] if len(told) == 1 and not refused else ", ".join(" ".join(one) for one in told)


def _slowest(entry: MetricEntry) -> str:
    queued = words.seconds_of(entry.metadata, "queue_wait")
    parts = [
        words.about(entry),
        duration(entry.duration),
        words.when(entry.end_time),
        f"(waited {duration(queued)} in the queue)" if queued is not None else "",
    ]
    return "Slowest: " + " ".join(part for part in parts if part)


def _breakdown(report: Report, key: str, groups: dict[str, Group]) -> None:
    if not groups:
        return
    ranked = sorted(groups.items(), key=lambda item: (-item[1].failed, -item[1].quantile(0.95), item[0]))
    shown = ranked[:_ROWS]
    # One kind of number down the column: p95 only when every line has calls enough for it.
    enough = all(len(group.durations) >= words.NEEDS_P95 for _, group in shown)
    heads = ("", "calls", "p95" if enough else "max", "failed")
    rows = [
        (_bare(name), count(len(group.durations)), duration(group.quantile(0.95 if enough else 1)), count(group.failed))
        for name, group in shown
    ]
    text = "```\n" + table(heads, rows) + "\n```"
    if len(ranked) > _ROWS:
        text += f"… {len(ranked) - _ROWS} more"
    report.field(f"By {key}", text)


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
