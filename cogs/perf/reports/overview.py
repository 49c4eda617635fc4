"""`/perf stats`: every operation of a window, what needs a look first."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import UTC, tzinfo
from typing import TYPE_CHECKING

from cogs.perf.kit import FINE, LOOK, Report, code, label
from cogs.perf.reports import words
from cogs.perf.reports.detail import Detail
from cogs.perf.reports.explain import Explain
from cogs.perf.screen import Link, Option, Page, Pick
from utils.metrics.analysis.regressions import Kind
from utils.metrics.format import duration
from utils.metrics.overview import gather, verdict
from utils.metrics.words import exact, plural, trend, window

if TYPE_CHECKING:
    from utils.metrics.overview import Facts, Row
    from utils.performance_metrics import PerformanceMetrics

PAGE = 8
_CHOICE = 100


@dataclass(frozen=True, slots=True)
class Overview:
    """The screen.

    Args:
        hours: The window.
        page: From 0.
        facts: From the last drawing; None reads anew.
        zone: Whose clock charts show.
    """

    hours: int
    page: int = 0
    facts: Facts | None = None
    zone: tzinfo = UTC

    def draw(self, metrics: PerformanceMetrics, now: float) -> Page:
        """Lay out the page, reading the metrics unless the facts came along."""
        facts = self.facts or gather(metrics, self.hours, now)
        screen = replace(self, facts=facts)
        return screen.page_of(facts)

    def page_of(self, facts: Facts) -> Page:
        """Lay out facts: no reading, no clock."""
        title = f"Performance · last {window(self.hours)}"
        windows = window_links(self.hours, self.zone)
        if not facts.rows:
            return words.empty(title, self._nothing(facts), () if not facts.health.entries else (windows,))
        pages = -(-len(facts.rows) // PAGE)
        shown = facts.rows[self.page * PAGE : (self.page + 1) * PAGE]
        worst = max(facts.rows, key=lambda row: row.failed / row.stats.total_calls)
        colour = words.state(worst.failed, worst.stats.total_calls)
        if colour == FINE and any(row.is_(Kind.SLOWER) for row in facts.rows):
            colour = LOOK
        report = Report(title, colour).line(verdict(facts.rows, code))
        words.warn(report, facts.health)
        report.line()
        for row in shown:
            report.line(words.row_lines(row))
        parts = (exact(facts.calls, approximate=facts.approximate), *_legend(facts.rows, shown))
        report.footer(words.footer(facts.health, facts.read_at, *parts))
        turn = words.paging(self.page, pages, (replace(self, page=self.page - 1), replace(self, page=self.page + 1)))
        onward = (*windows, Link("explain", "Explain", Explain(self.hours, back=self)))
        rows: tuple[tuple[Link, ...] | Pick, ...] = (self._pick(shown), turn, onward)
        return Page(report, tuple(row for row in rows if row))

    def _nothing(self, facts: Facts) -> str:
        if not facts.health.entries and not facts.health.pending:
            return words.NOTHING_YET
        return f"Nothing was called in the last {window(self.hours)}. Choose a longer window."

    def _pick(self, shown: tuple[Row, ...]) -> Pick:
        options = tuple(
            Option(
                label(row.stats.operation, _CHOICE),
                f"{plural(row.stats.total_calls, 'call')}, p50 {duration(row.stats.p50_duration)}",
                Detail(row.stats.operation, self.hours, self, zone=self.zone),
            )
            for row in shown
        )
        return Pick("operation", "Open an operation", options)


def window_links(hours: int, zone: tzinfo) -> tuple[Link, ...]:
    """Make the buttons of the usual windows; the one shown reads anew."""
    return tuple(
        Link(f"window_{choice}", window(choice), Overview(choice, zone=zone), current=choice == hours)
        for choice in words.WINDOWS
    )


def _legend(rows: tuple[Row, ...], shown: tuple[Row, ...]) -> tuple[str, ...]:
    bars = ("bars: p95 over time",) if any(trend(row.trend) for row in shown) else ()
    known = any(row.standing is not None and row.standing.usual is not None for row in rows)
    return (*bars, "usual: median of the 7 days before") if known else bars
