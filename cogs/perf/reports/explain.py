"""`/perf explain`: what of the measurements is not as it should be, and what to do about it."""

from __future__ import annotations

import json
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from cogs.perf.kit import BAD, FINE, LOOK, Report, code, plain
from cogs.perf.reports import words
from cogs.perf.screen import Link, Page
from utils.metrics.analysis.advice import DOCS, UNTOLD, advise, checked, sentence
from utils.metrics.analysis.rules import RULES
from utils.metrics.format import cut_middle
from utils.metrics.grounds import gather
from utils.metrics.words import exact, plural, window

if TYPE_CHECKING:
    import discord

    from cogs.perf.screen import Screen
    from utils.metrics.analysis.advice import Advice, Facts
    from utils.performance_metrics import PerformanceMetrics

PAGE = 4
_NAME = 32
_VALUE = 40


@dataclass(frozen=True, slots=True)
class Explain:
    """The screen.

    Args:
        hours: The window.
        operation: Of one operation; None for all, and the program itself.
        back: Where one came from.
        page: From 0.
        facts: From the last drawing; None reads anew.
    """

    hours: int = 24
    operation: str | None = None
    back: Screen | None = None
    page: int = 0
    facts: Facts | None = None

    def draw(self, metrics: PerformanceMetrics, now: float) -> Page:
        """Lay out the page, reading the metrics unless the facts came along."""
        facts = self.facts or gather(metrics, self.hours, now, self.operation)
        return replace(self, facts=facts).page_of(facts, now)

    def page_of(self, facts: Facts, now: float) -> Page:
        """Lay out facts: no reading, no clock."""
        name = "Explain" if self.operation is None else f"Explain {plain(cut_middle(self.operation, 60))}"
        title = f"{name} · last {window(self.hours)}"
        found = advise(facts, RULES)
        if not facts.calls and not found:
            return words.empty(title, self._nothing(facts), (self._windows(),))
        report = Report(title, _colour(found)).line(_verdict(facts, found))
        pages = -(-len(found) // PAGE)
        shown = found[self.page * PAGE : (self.page + 1) * PAGE]
        for number, advice in enumerate(shown, self.page * PAGE + 1):
            report.field(f"{number}. {advice.rule.title}", _advice(advice))
        approximate = any(row.stats.approximate for row in facts.rows.values())
        report.footer(words.footer(facts.health, now, exact(facts.calls, approximate=approximate), f"rules: {DOCS}"))
        turn = words.paging(self.page, pages, (replace(self, page=self.page - 1), replace(self, page=self.page + 1)))
        return Page(report, tuple(row for row in (turn, self._windows()) if row))

    def _nothing(self, facts: Facts) -> str:
        if not facts.health.entries and not facts.health.pending:
            return words.NOTHING_YET
        return f"Nothing was called in the last {window(self.hours)}. Choose a longer window."

    def _windows(self) -> tuple[Link, ...]:
        windows = tuple(
            Link(
                f"window_{hours}",
                window(hours),
                replace(self, hours=hours, page=0, facts=None),
                current=hours == self.hours,
            )
            for hours in words.WINDOWS
        )
        return (*windows, Link("back", words.BACK, self.back)) if self.back else windows


def _colour(found: tuple[Advice, ...]) -> discord.Colour:
    return BAD if any(advice.finding.bad for advice in found) else LOOK if found else FINE


def _verdict(facts: Facts, found: tuple[Advice, ...]) -> str:
    rested = f"checked {plural(len(checked(facts, RULES)), 'rule')} over {plural(facts.calls, 'call')}."
    if not found:
        return f"Nothing to advise: {rested}"
    return f"**{plural(len(found), 'thing')} to look at**; {rested}"


def _advice(advice: Advice) -> str:
    evidence = sentence(advice.finding.evidence, lambda name: code(name, _NAME))
    lines = [evidence, f"→ {advice.rule.cure}"]
    if advice.settings:
        told = " · ".join(_setting(name, value) for name, value in advice.settings)
        lines.append(f"{'Setting' if len(advice.settings) == 1 else 'Settings'}: {told}")
    if advice.rule.docs != DOCS:
        lines.append(f"More: {code(advice.rule.docs, 80)}")
    return "\n".join(lines)


def _setting(name: str, value: object) -> str:
    if value is UNTOLD:
        return code(name)
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    unset = value is None or value in ({}, (), [])
    return f"{code(name)} ({'not set' if unset else f'now {code(json.dumps(value, default=str), _VALUE)}'})"
