"""`/perf compare`: two windows of an operation side by side, and whether the difference can be chance."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from cogs.perf.charts.before_after import BeforeAfter
from cogs.perf.charts.subject import Subject
from cogs.perf.kit import FINE, LOOK, PLAIN, Report, plain
from cogs.perf.reports import words
from cogs.perf.reports.tables import table
from cogs.perf.screen import Link, Page
from utils.metrics.analysis.compare import LEAST, Verdict, compare
from utils.metrics.analysis.regressions import RELATIVE
from utils.metrics.format import count, cut_middle, duration, percent
from utils.metrics.words import NEEDS_P95, NEEDS_P99, plural

if TYPE_CHECKING:
    from collections.abc import Callable

    import discord

    from cogs.perf.screen import Screen
    from utils.metrics.analysis.compare import Comparison
    from utils.metrics.analysis.course import Slice
    from utils.metrics.analysis.spans import Span
    from utils.metrics.model import Health
    from utils.performance_metrics import PerformanceMetrics

_SURE = 0.001
_TEST = "Mann-Whitney rank test"
_SLOWEST = "The test weighs all calls alike; the slowest ones do differ, see p95."


@dataclass(frozen=True, slots=True)
class Compare:
    """The screen.

    Args:
        operation: Whose calls.
        first: The window that the other is held against.
        second: The window in question.
        zone: Whose days they are, as it is shown.
        back: Where one came from.
    """

    operation: str
    first: Span
    second: Span
    zone: str = "UTC"
    back: Screen | None = None

    def draw(self, metrics: PerformanceMetrics, now: float) -> Page:
        """Read both windows and lay out the page."""
        start, end = min(self.first.start, self.second.start), max(self.first.end, self.second.end)
        samples = metrics.get_samples(self.operation, start, end)
        found = compare(samples, (self.first.start, self.first.end), (self.second.start, self.second.end))
        page = self.page_of(found, metrics.health(), now)
        if not (found.first.calls or found.second.calls):
            return page
        chart = BeforeAfter.of(Subject(self.operation, self.second), samples, self.first)
        return replace(page, picture=chart.picture())

    def page_of(self, found: Comparison, health: Health, now: float) -> Page:
        """Lay out a comparison: no reading, no clock."""
        title = f"{plain(cut_middle(self.operation, 60))} · {self.first.name} and {self.second.name}"
        report = Report(title, _colour(found)).line(self._verdict(found))
        words.warn(report, health)
        report.line().line(f"```\n{self._table(found)}\n```")
        for letter, span in (("a", self.first), ("b", self.second)):
            report.line(f"{letter} {span.name}: {words.when(span.start, 'f')} to {words.when(span.end, 'f')}")
        calls = found.first.calls + found.second.calls
        report.footer(words.footer(health, now, f"exact over {plural(calls, 'call')}", f"days of {self.zone}"))
        return Page(report, ((Link("back", words.BACK, self.back),),) if self.back else ())

    def _verdict(self, found: Comparison) -> str:
        verdict, test = found.verdict, found.test
        if test is None:
            fewer = min(found.first.calls, found.second.calls)
            return f"Too few calls to tell: {plural(fewer, 'call')} in one window, {LEAST} are needed in both."
        if verdict is Verdict.CHANCE:
            told = f"The difference can be chance ({_TEST}, p = {test.p:.2g})."
            return f"{told} {_SLOWEST}" if _slowest_differ(found) else told
        share = max(test.greater, 1 - test.greater)
        return (
            f"**{self.second.name[:1].upper()}{self.second.name[1:]} is {verdict.value}** than {self.first.name}, "
            f"{'and hardly by chance' if test.p < _SURE else 'and not likely by chance'} ({_TEST}, {_p(test.p)}): of "
            f"two calls, one of each, the one of {self.second.name} takes "
            f"{'longer' if verdict is Verdict.SLOWER else 'less time'} in {percent(share)}."
        )

    def _table(self, found: Comparison) -> str:
        one, two = found.first, found.second
        rows = [
            ("calls", count(one.calls), count(two.calls), ""),
            ("failed", count(one.failed), count(two.failed), ""),
            _row("p50", one, two, lambda part: part.p50, 1),
            _row("p95", one, two, lambda part: part.p95, NEEDS_P95),
            _row("p99", one, two, lambda part: part.p99, NEEDS_P99),
        ]
        return table(("", "a", "b", "change"), rows)


def _row(
    name: str, one: Slice, two: Slice, value: Callable[[Slice], float | None], needs: int
) -> tuple[str, str, str, str]:
    values = [value(part) if part.calls >= needs else None for part in (one, two)]
    cells = ["-" if each is None else duration(each) for each in values]
    before, after = values
    change = "" if not before or after is None else f"{'+' if after >= before else ''}{percent(after / before - 1)}"
    return name, *cells, change  # type: ignore[return-value] # two cells


def _slowest_differ(found: Comparison) -> bool:
    before, after = found.first.p95, found.second.p95
    if not before or not after or min(found.first.calls, found.second.calls) < NEEDS_P95:
        return False
    return abs(after / before - 1) >= RELATIVE


def _p(value: float) -> str:
    return "p < 0.001" if value < _SURE else f"p = {value:.2g}"


def _colour(found: Comparison) -> discord.Colour:
    return {Verdict.SLOWER: LOOK, Verdict.FASTER: FINE}.get(found.verdict, PLAIN)
