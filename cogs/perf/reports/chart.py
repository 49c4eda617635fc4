"""`/perf chart`: one operation as a picture, with its numbers as text above it."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import UTC, tzinfo
from enum import StrEnum
from typing import TYPE_CHECKING

from cogs.perf.charts.files import read_over_time
from cogs.perf.charts.heatmap import Heatmap, Measure, ends_of, hour_of_week
from cogs.perf.charts.histogram import Histogram
from cogs.perf.charts.subject import Subject
from cogs.perf.kit import FINE, Report, plain
from cogs.perf.reports import words
from cogs.perf.reports.compare import Compare
from cogs.perf.screen import Link, Page
from utils.metrics.analysis.course import Slice, sliced
from utils.metrics.analysis.spans import Span
from utils.metrics.format import count, cut_middle, duration, percent
from utils.metrics.words import NEEDS_P95, NEEDS_P99, plural, window

if TYPE_CHECKING:
    from cogs.perf.charts.over_time import OverTime
    from cogs.perf.charts.picture import Picture
    from cogs.perf.screen import Screen
    from utils.metrics.model import Health
    from utils.performance_metrics import PerformanceMetrics

_HOUR = 3_600.0
_WEEK = 24 * 7


class Kind(StrEnum):
    """What a chart shows."""

    TIME = "time"
    HISTOGRAM = "histogram"
    HEATMAP = "heatmap"
    BUSY = "busy"
    BEFORE_AFTER = "before-after"


LABELS = {
    Kind.TIME: "Over time",
    Kind.HISTOGRAM: "How long",
    Kind.HEATMAP: "Slow hours",
    Kind.BUSY: "Busy hours",
    Kind.BEFORE_AFTER: "Before/after",
}


@dataclass(frozen=True, slots=True)
class Chart:
    """The screen.

    Args:
        operation: Whose.
        hours: The window.
        kind: What is shown; by weekday and hour it is a week at least.
        zone: Whose clock it shows.
        back: Where one came from.
        course: The numbers over time, from another screen; None reads anew.
    """

    operation: str
    hours: int
    kind: Kind = Kind.TIME
    zone: tzinfo = UTC
    back: Screen | None = None
    course: OverTime | None = None

    def draw(self, metrics: PerformanceMetrics, now: float) -> Page:
        """Read the calls and lay out the page."""
        if self._weekly and self.hours < _WEEK:
            return replace(self, hours=_WEEK).draw(metrics, now)
        span = last(self.hours, now)
        if self.kind is Kind.BEFORE_AFTER:
            length = span.end - span.start
            before = Span(span.start - length, span.start, f"previous {window(self.hours)}")
            page = Compare(self.operation, before, span, str(self.zone)).draw(metrics, now)
            return replace(page, rows=self._links())
        subject = Subject(self.operation, span, self.zone)
        if self.kind is Kind.TIME:
            course = self.course or read_over_time(metrics, subject, now)
            return self._page(course.whole, _over_time(course), course.picture(), metrics.health(), now)
        samples = metrics.get_samples(self.operation, span.start, span.end)
        whole = sliced(samples, span.start, span.end)
        if self.kind is Kind.HISTOGRAM:
            chart = Histogram.of(subject, samples)
            return self._page(whole, _histogram(chart), chart.picture(), metrics.health(), now)
        heatmap = Heatmap.of(subject, samples, slow=self.kind is Kind.HEATMAP)
        return self._page(whole, self._heatmap(heatmap), heatmap.picture(), metrics.health(), now)

    @property
    def _weekly(self) -> bool:
        return self.kind in (Kind.HEATMAP, Kind.BUSY)

    def _page(self, whole: Slice, told: list[str], picture: Picture, health: Health, now: float) -> Page:
        title = f"{plain(cut_middle(self.operation, 60))} · last {window(self.hours)}"
        if not whole.calls:
            return words.empty(
                title, f"Not called in the last {window(self.hours)}. Choose a longer window.", self._links()
            )
        report = Report(title, words.state(whole.failed, whole.calls) if self.kind is Kind.TIME else FINE)
        for line in told:
            report.line(line)
        words.warn(report, health)
        report.footer(words.footer(health, now, f"exact over {plural(whole.calls, 'call')}", f"clock of {self.zone}"))
        return Page(report, self._links(), picture)

    def _heatmap(self, chart: Heatmap) -> list[str]:
        ranked = chart.ranked()
        if not ranked:
            return []
        measure, slow = chart.measure, chart.measure is not Measure.CALLS
        told = []
        names = ("**Slowest**", "Fastest") if slow else ("**Busiest**", "Least busy")
        for name, (value, weekday, hour, cell) in zip(names, ends_of(ranked), strict=False):
            amount = f"{measure.value} {duration(value)}, " if slow else ""
            told.append(f"{name}: {hour_of_week(weekday, hour)}, {amount}{plural(cell.calls, 'call')}.")
        shade = f"the {measure.value} of an hour" if slow else "a number of calls"
        missing = {Measure.P50: "p95", Measure.CALLS: "percentiles"}.get(measure)
        why = f"; most hours have too few calls for {missing}" if missing and self.kind is Kind.HEATMAP else ""
        told.append(f"A shade is {shade}{why}.")
        if chart.few:
            told.append(f"A dot: fewer than {measure.needs} calls, in {plural(chart.few, 'hour')} of the week.")
        return told

    def _links(self) -> tuple[tuple[Link, ...], ...]:
        kinds = tuple(
            Link(f"kind_{kind.value}", LABELS[kind], replace(self, kind=kind, course=None), current=kind is self.kind)
            for kind in Kind
        )
        windows = tuple(
            Link(
                f"window_{hours}",
                window(hours),
                # By weekday and hour a day says nothing.
                None if self._weekly and hours < _WEEK else replace(self, hours=hours, course=None),
                current=hours == self.hours,
            )
            for hours in words.WINDOWS
        )
        return kinds, (*windows, Link("back", words.BACK, self.back)) if self.back else windows


def last(hours: int, now: float) -> Span:
    """Return the window of so many hours until now."""
    return Span(now - hours * _HOUR, now, f"last {window(hours)}")


def _over_time(chart: OverTime) -> list[str]:
    whole = chart.whole
    parts = [f"p50 {duration(whole.p50)}"] if whole.p50 is not None else []
    if whole.p95 is not None and whole.calls >= NEEDS_P95:
        usual = f" (usual {duration(chart.usual)})" if chart.usual is not None else ""
        parts.append(f"**p95 {duration(whole.p95)}**{usual}")
    if whole.p99 is not None and whole.calls >= NEEDS_P99:
        parts.append(f"p99 {duration(whole.p99)}")
    told = [" · ".join([*parts, plural(whole.calls, "call")])]
    peak, worst = chart.peak, chart.worst
    if peak is not None and peak.p95 is not None and chart.singles is None:
        amount = f"p95 {duration(peak.p95)}, {plural(peak.calls, 'call')}"
        told.append(f"Slowest from {words.when(peak.start, 'f')} on: {amount}.")
    if worst is not None:
        most = f", most ({count(worst.failed)}) from {words.when(worst.start, 'f')} on" if whole.failed > 1 else ""
        told.append(f"✗ **{count(whole.failed)} failed**{most}.")
    if chart.singles is None:
        told.append(
            f"A point is {duration(chart.width)}; p95 where it has {NEEDS_P95} calls, p99 where it has {NEEDS_P99}."
        )
    return told


def _histogram(chart: Histogram) -> list[str]:
    parts = [f"{name} {duration(value)}" for name, value, *_ in chart.marked]
    low, high, share = chart.most
    return [
        " · ".join([*parts, plural(chart.whole.calls, "call")]),
        f"Most common: {duration(low)} to {duration(high)}, {percent(share)} of the calls.",
    ]
