"""`/perf time`: the bot, Docker or Discord? Whose time the commands take."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from cogs.perf.kit import Report, label, plain
from cogs.perf.reports import words
from cogs.perf.reports.tables import table
from cogs.perf.screen import Link, Option, Page, Pick
from utils.metrics.format import cut_middle, duration, percent
from utils.metrics.parts import DISCORD, DOCKER, GC, LAG, QUEUE
from utils.metrics.spent import BOT, PARTS, gather
from utils.metrics.stats import percentile
from utils.metrics.words import NEEDS_P95, exact, plural, window

if TYPE_CHECKING:
    from utils.metrics.spent import Facts, Spent
    from utils.performance_metrics import PerformanceMetrics

_WIDTH = 32
_ROWS = 8
_OPTION = 100
_SIGNS = {DOCKER: "█", QUEUE: "▒", DISCORD: "▓", BOT: "░"}
_NAMES = {DOCKER: "Docker", QUEUE: "queue", DISCORD: "Discord", BOT: "bot"}
_TOLD = {
    DOCKER: "Docker takes most of the time",
    QUEUE: "Waiting for a free place in the queue takes most of the time",
    DISCORD: "Discord takes most of the time",
    BOT: "The bot itself takes most of the time",
}
_MOST = 0.5
_TRACE = 0.001


@dataclass(frozen=True, slots=True)
class TimeSpent:
    """The screen.

    Args:
        hours: The window.
        operation: Of one operation; None for all that persons wait for.
        back: Where one came from.
        facts: From the last drawing; None reads anew.
    """

    hours: int
    operation: str | None = None
    back: TimeSpent | None = None
    facts: Facts | None = None

    def draw(self, metrics: PerformanceMetrics, now: float) -> Page:
        """Lay out the page, reading the metrics unless the facts came along."""
        facts = self.facts or gather(metrics, self.hours, now)
        return replace(self, facts=facts).page_of(facts)

    def page_of(self, facts: Facts) -> Page:
        """Lay out facts: no reading, no clock."""
        name = "Where time goes" if self.operation is None else plain(cut_middle(self.operation, 60))
        title = f"{name} · last {window(self.hours)}"
        spent = self._chosen(facts)
        if spent is None or not spent.durations:
            return words.empty(title, self._nothing(facts), (self._windows(),))
        report = Report(title).line(_verdict(spent))
        words.warn(report, facts.health)
        report.line(f"```\n{bar(spent)}\n{_legend(spent)}\n```")
        if spent.acks:
            report.line(_ack(spent))
        if facts.watched is not None:
            report.line(_held(spent))
            told = (words.loop_line(facts.watched), words.collector_line(facts.watched))
            report.field("The process meanwhile", "\n".join(line for line in told if line))
        if self.operation is None and len(facts.rows) > 1:
            report.field("By command", f"```\n{_table(facts.rows)}\n```{_more(facts)}")
        left = (f"{plural(len(facts.left_out), 'operation')} with too many calls left out",) if facts.left_out else ()
        report.footer(words.footer(facts.health, facts.read_at, exact(len(spent.durations)), *left))
        rows = (self._pick(facts),) if self.operation is None else ()
        return Page(report, (*rows, self._windows()))

    def _chosen(self, facts: Facts) -> Spent | None:
        if self.operation is None:
            return facts.whole()
        return next((row for row in facts.rows if row.operation == self.operation), None)

    def _nothing(self, facts: Facts) -> str:
        if not facts.health.entries and not facts.health.pending:
            return words.NOTHING_YET
        return f"No command was used in the last {window(self.hours)}. Choose a longer window."

    def _pick(self, facts: Facts) -> Pick:
        options = tuple(
            Option(
                label(row.operation, _OPTION),
                f"{plural(len(row.durations), 'call')}, p50 {duration(row.quantile(0.5))}",
                replace(self, operation=row.operation, back=self, facts=facts),
            )
            for row in facts.rows[:25]
        )
        return Pick("command", "Open a command", options)

    def _windows(self) -> tuple[Link, ...]:
        windows = tuple(
            Link(f"window_{hours}", window(hours), replace(self, hours=hours, facts=None), current=hours == self.hours)
            for hours in words.WINDOWS
        )
        return (*windows, Link("back", words.BACK, self.back)) if self.back else windows


def bar(spent: Spent, width: int = _WIDTH) -> str:
    """Draw the parts as one bar of `width` signs; each part that takes a share of one sign or more has it."""
    if not spent.total:
        return _SIGNS[BOT] * width
    exactly = [spent.share(part) * width for part in PARTS]
    whole = [int(value) for value in exactly]
    # What rounding down left over goes to the parts that lost most by it.
    order = sorted(range(len(PARTS)), key=lambda index: whole[index] - exactly[index])
    for index in order[: width - sum(whole)]:
        whole[index] += 1
    return "".join(_SIGNS[part] * number for part, number in zip(PARTS, whole, strict=True))


def _legend(spent: Spent) -> str:
    calls = len(spent.durations)
    rows = [
        (f"{_SIGNS[part]} {_NAMES[part]}", percent(spent.share(part)), duration(spent.seconds[part] / calls))
        for part in PARTS
    ]
    return table(("", "share", "a call"), rows)


def _verdict(spent: Spent) -> str:
    most = max(PARTS, key=spent.share)
    share = spent.share(most)
    if share < _MOST:
        return f"No one part takes most of the time; {_NAMES[most]} takes {percent(share)}."
    return f"**{_TOLD[most]}: {percent(share)}.**"


def _ack(spent: Spent) -> str:
    ordered = sorted(spent.acks)
    slow = f"p95 {duration(percentile(ordered, 0.95))}" if len(ordered) >= NEEDS_P95 else ""
    slow = slow or f"max {duration(ordered[-1])}"
    return f"First answer after p50 {duration(percentile(ordered, 0.5))} · {slow}; Discord gives 3 s."


def _held(spent: Spent) -> str:
    """Say what held these calls up whoever worked for them."""
    lag, collector = spent.held[LAG], spent.held[GC]
    kinds = ((lag, "the event loop was held for"), (collector, "garbage collection took"))
    calls, whole = len(spent.durations), max(spent.total, lag, collector)
    told = [
        f"{what} {duration(took / calls)} a call ({percent(took / whole)})"
        for took, what in kinds
        if took > _TRACE * whole
    ]
    if not told:
        return "Nothing held the event loop meanwhile."
    return f"Meanwhile {' and '.join(told)}."


def _table(rows: tuple[Spent, ...]) -> str:
    shown = [(row.operation.replace("`", "'"), duration(row.quantile(0.5)), bar(row, 8)) for row in rows[:_ROWS]]
    return table(("", "p50", ""), shown)


def _more(facts: Facts) -> str:
    return f"… {plural(len(facts.rows) - _ROWS, 'more command')}" if len(facts.rows) > _ROWS else ""
