"""`/perf stats`: every operation of a window, what needs a look first."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from cogs.perf.kit import Report, code, label
from cogs.perf.reports import words
from cogs.perf.reports.detail import Detail
from cogs.perf.reports.tally import MOST_ENTRIES, Tally, walk
from cogs.perf.screen import Link, Option, Page, Pick
from utils.metrics.format import count, duration

if TYPE_CHECKING:
    from utils.metrics.model import Health, MetricStats
    from utils.performance_metrics import PerformanceMetrics

PAGE = 8
_CHOICE = 100


@dataclass(frozen=True, slots=True)
class Row:
    """One operation.

    Args:
        stats: Its statistics in the window.
        failed: Calls that failed, refusals not counted where they are known.
        refused: Calls turned away: no right, or bad input.
        trend: p95 in seconds over equal parts of the window, None for a part without a call; empty when not known.
    """

    stats: MetricStats
    failed: int
    refused: int
    trend: tuple[float | None, ...]

    @property
    def slow(self) -> float:
        """What it is ordered by: p95, or the slowest call when there are too few for it."""
        enough = self.stats.total_calls >= words.NEEDS_P95
        return self.stats.p95_duration if enough else self.stats.max_duration


@dataclass(frozen=True, slots=True)
class Facts:
    """What the overview shows, read once and kept while one turns its pages."""

    rows: tuple[Row, ...]
    health: Health
    read_at: float


@dataclass(frozen=True, slots=True)
class Overview:
    """The screen.

    Args:
        hours: The window.
        page: From 0.
        facts: From the last drawing; None reads anew.
    """

    hours: int
    page: int = 0
    facts: Facts | None = None

    def draw(self, metrics: PerformanceMetrics, now: float) -> Page:
        """Lay out the page, reading the metrics unless the facts came along."""
        facts = self.facts or gather(metrics, self.hours, now)
        screen = replace(self, facts=facts)
        return screen.page_of(facts)

    def page_of(self, facts: Facts) -> Page:
        """Lay out facts: no reading, no clock."""
        title = f"Performance · last {words.window(self.hours)}"
        windows = window_links(self.hours)
        if not facts.rows:
            return words.empty(title, self._nothing(facts), () if not facts.health.entries else (windows,))
        pages = -(-len(facts.rows) // PAGE)
        shown = facts.rows[self.page * PAGE : (self.page + 1) * PAGE]
        worst = max(facts.rows, key=lambda row: row.failed / row.stats.total_calls)
        colour = words.state(worst.failed, worst.stats.total_calls)
        report = Report(title, colour).line(verdict(facts.rows))
        words.warn(report, facts.health)
        report.line()
        for row in shown:
            heading = f"{code(row.stats.operation, 30)} {words.trend(row.trend)}".rstrip()
            report.line(heading).line(words.numbers(row.stats, row.failed, row.refused))
        calls = sum(row.stats.total_calls for row in facts.rows)
        report.footer(words.footer(facts.health, facts.read_at, words.exact(calls), *_legend(facts.rows, shown)))
        turn = words.paging(self.page, pages, (replace(self, page=self.page - 1), replace(self, page=self.page + 1)))
        rows: tuple[tuple[Link, ...] | Pick, ...] = (self._pick(shown), turn, windows)
        return Page(report, tuple(row for row in rows if row))

    def _nothing(self, facts: Facts) -> str:
        if not facts.health.entries and not facts.health.pending:
            return words.NOTHING_YET
        return f"Nothing was called in the last {words.window(self.hours)}. Choose a longer window."

    def _pick(self, shown: tuple[Row, ...]) -> Pick:
        options = tuple(
            Option(
                label(row.stats.operation, _CHOICE),
                f"{words.plural(row.stats.total_calls, 'call')}, p50 {duration(row.stats.p50_duration)}",
                Detail(row.stats.operation, self.hours, self),
            )
            for row in shown
        )
        return Pick("operation", "Open an operation", options)


def window_links(hours: int) -> tuple[Link, ...]:
    """Make the buttons of the usual windows; the one shown reads anew."""
    return tuple(
        Link(f"window_{choice}", words.window(choice), Overview(choice), current=choice == hours)
        for choice in words.WINDOWS
    )


def gather(metrics: PerformanceMetrics, hours: int, now: float) -> Facts:
    """Read what the overview shows; blocks."""
    stats = metrics.get_stats(last_hours=hours)
    seen: dict[str, Tally] = {}
    if sum(one.total_calls for one in stats.values()) <= MOST_ENTRIES:
        seen = walk(metrics.iter_entries(last_hours=hours), now - hours * 3600, now)
    rows = []
    for one in stats.values():
        tally = seen.get(one.operation)
        refused = min(tally.whole.refused, one.failed_calls) if tally else 0
        rows.append(Row(one, one.failed_calls - refused, refused, tally.trend() if tally else ()))
    rows.sort(key=lambda row: (-row.failed, -row.slow, row.stats.operation))
    return Facts(tuple(rows), metrics.health(), now)


def _legend(rows: tuple[Row, ...], shown: tuple[Row, ...]) -> tuple[str, ...]:
    if not any(row.trend for row in rows):
        return ("no bars: too many calls",)
    return ("bars: p95 over time",) if any(words.trend(row.trend) for row in shown) else ()


def verdict(rows: tuple[Row, ...]) -> str:
    """Say in one sentence what needs a look; the rows come in order of need."""
    failing = [row for row in rows if row.failed]
    calls = sum(row.stats.total_calls for row in rows)
    if not failing:
        return f"Nothing failed in {words.plural(calls, 'call')} of {words.plural(len(rows), 'operation')}."
    worst = failing[0]
    name = code(worst.stats.operation)
    of = f"{count(worst.failed)} of {words.plural(worst.stats.total_calls, 'call')}"
    if len(failing) == 1:
        return f"{name} failed in {of}. Nothing else failed."
    return f"{len(failing)} of {len(rows)} operations had failures. Most: {name}, {of}."
