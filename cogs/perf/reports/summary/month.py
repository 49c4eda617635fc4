"""The summary of a month: the long view, week by week."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from cogs.perf.kit import FINE, LOOK, Report, code, plain
from cogs.perf.reports import words
from cogs.perf.reports.summary.names import abbreviated
from cogs.perf.reports.tables import table
from utils.metrics.format import count, duration, percent
from utils.metrics.words import NEEDS_P95, exact, plural, trend

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import tzinfo

    from utils.metrics.goals import Stand
    from utils.metrics.summary.month import Facts, Failing, Row

_SHOWN = 8
_GOALS = 5


def render(
    facts: Facts,
    name: str,
    now: float,
    zone: tzinfo,
    *,
    notes: Sequence[str] = (),
    mark: str = "",
    goals: Sequence[Stand] = (),
) -> Report:
    """Put facts into words; arguments as for a day, whose dates the weeks are named by, and how the goals stand."""
    span = words.span(facts.start, facts.end)
    bars = ["bars: by week"] if not facts.quiet else []
    foot = words.footer(facts.health, now, exact(facts.calls), *bars, *([mark] if mark else []))
    share = facts.availability
    if facts.quiet or share is None:
        report = Report(f"{name} · all quiet", FINE)
        words.preface(report, notes, facts.health)
        return report.line(f"Nothing was called {span}{words.but(facts.calls)}.").footer(foot)
    verdict = f"{_share(share)} succeeded" if facts.failed else "nothing failed"
    report = Report(f"{name} · {verdict}", LOOK if facts.failed else FINE)
    words.preface(report, notes, facts.health)
    failed = f"✗ **{count(facts.failed)} failed**" if facts.failed else "Nothing failed"
    report.line(f"{plural(facts.calls, 'call')} of {plural(len(facts.rows), 'operation')}. {failed}.")
    report.line(f"{span[0].upper()}{span[1:]}.").line()
    for row in facts.rows[:_SHOWN]:
        report.line(_lines(row))
    if len(facts.rows) > _SHOWN:
        report.line(f"… {plural(len(facts.rows) - _SHOWN, 'more operation')}")
    report.field("By week", f"```\n{_weeks(facts, zone)}\n```")
    if goals:
        report.field("Goals", words.some(list(map(_goal, goals)), _GOALS))
    if facts.failing:
        report.field("Failed most", "\n".join(map(_failing, facts.failing)))
    return report.footer(foot)


def _lines(row: Row) -> str:
    """Tell an operation: its name, then its numbers, p50 and p95 in lines of their own that fit a phone."""
    parts = [code(row.operation, 26), plural(row.whole.calls, "call")]
    if row.availability is not None and row.whole.failed:
        parts.append(f"{_share(row.availability)} succeeded")
    lines = [" · ".join(parts), f"p50 {duration(row.whole.p50 or 0.0)}{_course([week.p50 for week in row.weeks])}"]
    if row.whole.calls >= NEEDS_P95:
        enough = [week.p95 if week.calls >= NEEDS_P95 else None for week in row.weeks]
        lines.append(f"p95 {duration(row.whole.p95 or 0.0)}{_course(enough)}")
    return "\n".join(lines)


def _share(share: float) -> str:
    """Write a share that succeeded with two decimals, rounded down: 99.99 % must not read as all."""
    return f"{math.floor(share * 10_000) / 100:g} %"


def _course(values: Sequence[float | None]) -> str:
    drawn = trend(values) if len({duration(value) for value in values if value is not None}) > 1 else ""
    return f" {drawn}" if drawn else ""


def _weeks(facts: Facts, zone: tzinfo) -> str:
    rows = []
    for number, start in enumerate(facts.edges[:-1]):
        calls, failed = facts.week(number)
        rows.append((f"{abbreviated(start, zone)}", count(calls), count(failed)))
    return table(("from", "calls", "failed"), rows)


def _goal(stand: Stand) -> str:
    """Tell in one line whether a goal is met, and what is left of its budget."""
    called = [part for part in stand.parts if part.calls]
    sign = "✓" if stand.met else "✗"
    left = [f"{part.part.value} {percent(part.left)} left" for part in called if part.met]
    gone = [f"{part.part.value} **not met**" for part in called if not part.met]
    return f"{sign if called else '·'} {code(stand.goal.operation, 30)} {', '.join([*gone, *left]) or 'no call yet'}"


def _failing(one: Failing) -> str:
    way = f", mostly {plain(one.way)[:40]}" if one.way else ""
    return f"✗ {code(one.operation, 36)} {plural(one.failed, 'time')}{way}"
