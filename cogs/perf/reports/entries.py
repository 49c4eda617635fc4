"""`/perf recent` and `/perf slow`: single calls, a page of ten at a time."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from cogs.perf.kit import Report, code, plain
from cogs.perf.reports import words
from cogs.perf.screen import Link, Page
from utils.metrics.format import cut_middle, duration
from utils.metrics.words import BESIDE, NOTES, shown, window

if TYPE_CHECKING:
    from cogs.perf.screen import Screen
    from utils.metrics.model import Health, MetricEntry
    from utils.performance_metrics import PerformanceMetrics

PAGE = 10
LIMIT = 50


@dataclass(frozen=True, slots=True)
class Facts:
    """What is shown, read once and kept while one turns its pages, so that new calls shift nothing."""

    entries: tuple[MetricEntry, ...]
    health: Health
    read_at: float
    left_out: tuple[str, ...] = ()


def _left_out(metrics: PerformanceMetrics, operation: str | None) -> tuple[str, ...]:
    """The operations that a list of all calls does without, of those that there are."""
    return () if operation else tuple(name for name in metrics.get_operations() if name in BESIDE and name not in NOTES)


@dataclass(frozen=True, slots=True)
class Recent:
    """The latest calls, newest first.

    Args:
        operation: Of one operation, or of all.
        limit: How many at most.
        failures_only: Leave out what succeeded.
        page: From 0.
        back: Where one came from.
        facts: From the last drawing; None reads anew.
    """

    operation: str | None = None
    limit: int = LIMIT
    failures_only: bool = False
    page: int = 0
    back: Screen | None = None
    facts: Facts | None = None

    def draw(self, metrics: PerformanceMetrics, now: float) -> Page:
        """Lay out the page, reading the metrics unless the facts came along."""
        facts = self.facts
        if facts is None:
            entries = metrics.get_recent_metrics(
                self.operation, self.limit, failures_only=self.failures_only, exclude=BESIDE
            )
            facts = Facts(tuple(entries), metrics.health(), now, _left_out(metrics, self.operation))
        return self.page_of(facts)

    def page_of(self, facts: Facts) -> Page:
        """Lay out facts: no reading, no clock."""
        title = f"{self._title()} · newest first"
        if not facts.entries:
            return words.empty(title, self._nothing(facts), (self._filters(),))
        report = Report(title)
        words.warn(report, facts.health)
        for entry in facts.entries[self.page * PAGE : (self.page + 1) * PAGE]:
            report.line(words.entry_line(entry, with_operation=self.operation is None))
        told = shown(len(facts.entries), "latest", self.limit, facts.left_out)
        report.footer(words.footer(facts.health, facts.read_at, told))
        return Page(report, _rows(self, facts, self._filters()))

    def _nothing(self, facts: Facts) -> str:
        if not facts.health.entries and not facts.health.pending:
            return words.NOTHING_YET
        of = "" if self.operation is None else f" of {code(self.operation)}"
        if self.failures_only:
            return f"No failure{of} is kept. That is good news."
        return f"No call{of} is kept any more."

    def _title(self) -> str:
        if self.operation is None:
            return "Recent failures" if self.failures_only else "Recent calls"
        name = plain(cut_middle(self.operation, 60))
        return f"Recent failures of {name}" if self.failures_only else f"Recent {name}"

    def _filters(self) -> tuple[Link, ...]:
        other = replace(self, failures_only=not self.failures_only, page=0, facts=None)
        links = [
            Link("failures", "All calls" if self.failures_only else "Failures only", other),
            Link("slowest", "Slowest", Slow(self.operation, back=self.back)),
        ]
        if self.back is not None:
            links.append(Link("back", words.BACK, self.back))
        return tuple(links)


@dataclass(frozen=True, slots=True)
class Slow:
    """The slowest calls of a window, with their metadata.

    Args:
        operation: Of one operation, or of all.
        hours: The window.
        threshold: Seconds; only calls of at least this.
        page: From 0.
        back: Where one came from.
        facts: From the last drawing; None reads anew.
    """

    operation: str | None = None
    hours: int = 24
    threshold: float | None = None
    page: int = 0
    back: Screen | None = None
    facts: Facts | None = None

    def draw(self, metrics: PerformanceMetrics, now: float) -> Page:
        """Lay out the page, reading the metrics unless the facts came along."""
        facts = self.facts
        if facts is None:
            entries = metrics.get_slow_metrics(self.operation, self.hours, self.threshold, LIMIT, exclude=BESIDE)
            facts = Facts(tuple(entries), metrics.health(), now, _left_out(metrics, self.operation))
        return self.page_of(facts)

    def page_of(self, facts: Facts) -> Page:
        """Lay out facts: no reading, no clock."""
        name = "calls" if self.operation is None else plain(cut_middle(self.operation, 60))
        title = f"Slowest {name} · last {window(self.hours)}"
        links = [Link("recent", "Recent", Recent(self.operation, back=self.back))]
        if self.back is not None:
            links.append(Link("back", words.BACK, self.back))
        if not facts.entries:
            return words.empty(title, self._nothing(facts), (tuple(links),))
        report = Report(title)
        if self.threshold is not None:
            report.line(f"Only calls of at least {duration(self.threshold)}.")
        words.warn(report, facts.health)
        for entry in facts.entries[self.page * PAGE : (self.page + 1) * PAGE]:
            report.line(words.entry_line(entry, with_operation=self.operation is None, with_metadata=True))
        told = shown(len(facts.entries), "slowest", LIMIT, facts.left_out)
        report.footer(words.footer(facts.health, facts.read_at, told))
        return Page(report, _rows(self, facts, tuple(links)))

    def _nothing(self, facts: Facts) -> str:
        if not facts.health.entries and not facts.health.pending:
            return words.NOTHING_YET
        of = "" if self.operation is None else f" of {code(self.operation)}"
        span = f"in the last {window(self.hours)}"
        if self.threshold is not None:
            return f"No call{of} took {duration(self.threshold)} or longer {span}. Try a lower threshold."
        return f"No call{of} {span}. Try more hours."


def _rows(screen: Recent | Slow, facts: Facts, links: tuple[Link, ...]) -> tuple[tuple[Link, ...], ...]:
    pages = -(-len(facts.entries) // PAGE)
    before = replace(screen, page=screen.page - 1, facts=facts)
    after = replace(screen, page=screen.page + 1, facts=facts)
    turn = words.paging(screen.page, pages, (before, after))
    return (turn, links) if turn else (links,)
