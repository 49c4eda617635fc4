"""One operation of a window: its numbers, how it failed, and where the time goes by container and action."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import UTC, tzinfo
from typing import TYPE_CHECKING

from cogs.perf.charts.files import read_over_time
from cogs.perf.charts.subject import Subject
from cogs.perf.kit import FINE, LOOK, Report, label, plain
from cogs.perf.reports import words
from cogs.perf.reports.chart import Chart, last
from cogs.perf.reports.compare import Compare
from cogs.perf.reports.entries import Recent, Slow
from cogs.perf.reports.explain import Explain
from cogs.perf.reports.tables import table
from cogs.perf.screen import Link, Option, Page, Pick
from utils.metrics.analysis.regressions import Kind
from utils.metrics.analysis.spans import Span
from utils.metrics.detail import breakdown, gather
from utils.metrics.format import count, cut_middle, duration, percent
from utils.metrics.words import (
    SIGNS,
    endings,
    exact,
    lately,
    percentiles,
    range_of,
    seconds_of,
    trend,
    usual_missing,
    window,
)

if TYPE_CHECKING:
    from collections.abc import Iterator

    import discord

    from cogs.perf.charts.over_time import OverTime
    from cogs.perf.screen import Screen
    from utils.metrics.detail import Facts
    from utils.metrics.model import MetricEntry
    from utils.metrics.tally import Group
    from utils.performance_metrics import PerformanceMetrics

_AT_ONCE = 2
_HOUR = 3_600.0
_OPTION = 100
_OPTIONS = 25


@dataclass(frozen=True, slots=True)
class Detail:
    """The screen.

    Args:
        operation: Whose.
        hours: The window.
        back: Where one came from.
        by: The key of metadata that calls are grouped by; None for the usual ones.
        facts: From the last drawing; None reads anew.
        zone: Whose clock the chart shows.
        chart: From the last drawing, as the facts.
    """

    operation: str
    hours: int
    back: Screen | None = None
    by: str | None = None
    facts: Facts | None = None
    zone: tzinfo = UTC
    chart: OverTime | None = None

    def draw(self, metrics: PerformanceMetrics, now: float) -> Page:
        """Lay out the page, reading the metrics unless the facts came along."""
        facts = self.facts or gather(metrics, self.operation, self.hours, now)
        subject = Subject(self.operation, last(self.hours, facts.read_at), self.zone)
        chart = self.chart or read_over_time(metrics, subject, facts.read_at)
        page = replace(self, facts=facts, chart=chart).page_of(facts)
        return replace(page, picture=chart.picture()) if chart.whole.calls else page

    def page_of(self, facts: Facts) -> Page:
        """Lay out facts: no reading, no clock."""
        title = f"{plain(cut_middle(self.operation, 60))} · last {window(self.hours)}"
        stats, tally, health = facts.stats, facts.tally, facts.health
        if stats is None:
            text = f"Not called in the last {window(self.hours)}. Choose a longer window."
            return words.empty(title, text, self._links())
        report = Report(title, _colour(facts))
        for line in _unusual(facts):
            report.line(line)
        report.line(endings(stats, tally.whole, strong=lambda number: f"**{number}**", safe=plain))
        words.warn(report, health)
        report.line().line(percentiles(stats, standing=facts.standing))
        report.line(range_of(stats)).line(lately(stats))
        course = trend(facts.trend)
        if course:
            report.line(f"p95 over time {course}")
        missing = usual_missing(facts.standing)
        if missing:
            report.line(missing)
        if tally.slowest is not None:
            report.line(_slowest(tally.slowest))
        for key in facts.keys[:_AT_ONCE] if self.by is None else (self.by,):
            _breakdown(report, key, tally.groups.get(key, {}))
        report.footer(words.footer(health, facts.read_at, exact(stats.total_calls, approximate=stats.approximate)))
        picks = (self._by(facts),) if len(facts.keys) > 1 else ()
        return Page(report, (*picks, *self._links()))

    def _by(self, facts: Facts) -> Pick:
        """Offer to group by one key alone."""
        options = tuple(
            Option(
                label(f"By {key}", _OPTION),
                f"{len(facts.tally.groups[key])} of them",
                replace(self, by=key, facts=facts),
            )
            for key in facts.keys[:_OPTIONS]
        )
        return Pick("by", label(f"By {self.by}", _OPTION) if self.by else "By …", options)

    def _before(self) -> Compare | None:
        """Hold the window against the one before it."""
        if self.facts is None:
            return None
        now, length, name = self.facts.read_at, self.hours * _HOUR, window(self.hours)
        before = Span(now - 2 * length, now - length, f"previous {name}")
        return Compare(self.operation, before, last(self.hours, now), str(self.zone), back=self)

    def _links(self) -> tuple[tuple[Link, ...], ...]:
        onward = (
            Link("slowest", "Slowest", Slow(self.operation, self.hours, back=self)),
            Link("failures", "Failures", Recent(self.operation, failures_only=True, back=self)),
            Link("recent", "Recent", Recent(self.operation, back=self)),
            Link("compare", "Compare", self._before()),
            Link("back", words.BACK, self.back),
        )
        windows = tuple(
            Link(
                f"window_{hours}",
                window(hours),
                replace(self, hours=hours, facts=None, chart=None),
                current=hours == self.hours,
            )
            for hours in words.WINDOWS
        )
        explain = Link("explain", "Explain", Explain(self.hours, self.operation, back=self))
        chart = Link("chart", "Charts", Chart(self.operation, self.hours, zone=self.zone, back=self, course=self.chart))
        return (onward if self.back else onward[:-1], (*windows, chart, explain))


def _colour(facts: Facts) -> discord.Colour:
    stats, standing = facts.stats, facts.standing
    colour = words.state(facts.tally.whole.failed, stats.total_calls) if stats else FINE
    slower = standing is not None and standing.change(Kind.SLOWER) is not None
    return LOOK if slower and colour == FINE else colour


def _unusual(facts: Facts) -> Iterator[str]:
    """Say first in which ways the last 24 hours are not as usual."""
    standing = facts.standing
    for change in standing.changes if standing else ():
        if change.kind is Kind.FAILING:
            yield (
                f"**{SIGNS[change.kind]}** than usual in the last 24 h: {percent(change.now)} of the calls, usually "
                f"{percent(change.usual)}."
            )
        else:
            began = standing.slow_since if standing and change.kind is Kind.SLOWER else None
            since = f", since {words.when(began)}" if began else ""
            amount = f"{duration(change.now)} against {duration(change.usual)}"
            yield f"**{SIGNS[change.kind]}** than usual in the last 24 h{since}: p95 {amount}."


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
    report.field(f"By {plain(key)}", text + (f"… {found.more} more" if found.more else ""))


def _bare(name: str) -> str:
    return " ".join(name.replace("`", "'").split()) or "(no name)"
