"""The summary of a week: against the week before, what lasted, how the file grew, what could go."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cogs.perf.kit import FINE, LOOK, Report, code, label
from cogs.perf.reports import words
from utils.metrics.analysis.regressions import Kind
from utils.metrics.format import count, duration, percent, size
from utils.metrics.summary.week import DAYS, OLD_DAYS
from utils.metrics.words import NEEDS_P95, SIGNS, entries, exact, plural, trend

if TYPE_CHECKING:
    from collections.abc import Sequence

    from utils.metrics.summary.week import Facts, Lasting, Row, Store

_SHOWN = 8
_BEST = 3
_NAMED = 5


def render(facts: Facts, name: str, now: float, *, notes: Sequence[str] = (), mark: str = "") -> Report:
    """Put facts into words; arguments as for a day."""
    span = words.span(facts.start, facts.end)
    bars = ["bars: p95 by day"] if not facts.quiet else []
    foot = words.footer(facts.health, now, exact(facts.calls), *bars, *([mark] if mark else []))
    if facts.quiet:
        report = Report(f"{name} · all quiet", FINE)
        words.preface(report, notes, facts.health)
        before = f" The week before had {plural(facts.calls_before, 'call')}." if facts.calls_before else ""
        return report.line(f"Nothing was called {span}{words.but(facts.calls)}.{before}").footer(foot)
    slower, faster = facts.of(Kind.SLOWER), facts.of(Kind.FASTER)
    lasting = [one for row in facts.rows for one in row.lasting]
    look = bool(slower or lasting or facts.failed)
    report = Report(f"{name} · {_verdict(slower, faster, facts.failed)}", LOOK if look else FINE)
    words.preface(report, notes, facts.health)
    report.line(_sentence(facts)).line(f"{span[0].upper()}{span[1:]}.").line()
    called = [row for row in facts.rows if row.now.calls]
    for row in called[:_SHOWN]:
        report.line(_lines(row, new=bool(facts.calls_before)))
    if len(called) > _SHOWN:
        report.line(f"… {plural(len(called) - _SHOWN, 'more operation')}")
    if lasting:
        report.field("Worse for days", words.some(list(map(_lasting, lasting)), _NAMED))
    best = [*map(_change, slower[:_BEST]), *map(_change, faster[:_BEST])]
    if best:
        report.field("Most changed against the week before", "\n".join(best))
    report.field("The file", "\n".join(_store(facts.store, facts)))
    return report.footer(foot)


def _verdict(slower: Sequence[Row], faster: Sequence[Row], failed: int) -> str:
    if len(slower) == 1:
        return f"{label(slower[0].operation, 60)} slower than the week before"
    if slower:
        return f"{count(len(slower))} operations slower than the week before"
    if failed:
        return plural(failed, "failure")
    return f"{plural(len(faster), 'operation')} faster" if faster else "nothing failed"


def _sentence(facts: Facts) -> str:
    before = f"{_more(facts.calls, facts.calls_before)} than" if facts.calls_before else "none"
    failed = f"✗ **{count(facts.failed)} failed** ({percent(facts.failed / facts.calls)})" if facts.failed else ""
    return f"{plural(facts.calls, 'call')}, {before} the week before. {failed or 'Nothing failed'}."


def _more(now: int, before: int) -> str:
    change = (now - before) / before
    return f"{percent(abs(change))} {'more' if change >= 0 else 'fewer'}"


def _lines(row: Row, *, new: bool) -> str:
    """Tell an operation in two lines; `new`: whether it is worth a word when it was not called the week before."""
    sign = f"**{SIGNS[row.kind]}**" if row.kind is not None else ""
    heading = " ".join(filter(None, (code(row.operation, 30), trend(row.trend), sign)))
    parts = [f"p50 {duration(row.now.p50 or 0.0)}"]
    if row.now.calls >= NEEDS_P95:
        parts.append(f"p95 {duration(row.now.p95 or 0.0)}{_against(row)}")
    parts.append(plural(row.now.calls, "call"))
    if row.now.failed:
        parts.append(f"✗ **{count(row.now.failed)} failed**")
    if new and not row.before.calls:
        parts.append("not called the week before")
    return f"{heading}\n{' · '.join(parts)}"


def _against(row: Row) -> str:
    if row.relative is None:
        return ""
    change = words.change(row.relative)
    return f" (was {duration(row.before.p95 or 0.0)}, {change})" if row.kind is not None else f" ({change})"


def _change(row: Row) -> str:
    sign = "▲" if row.kind is Kind.SLOWER else "▼"
    span = f"{duration(row.before.p95 or 0.0)} → {duration(row.now.p95 or 0.0)}"
    return f"{sign} {code(row.operation, 30)} p95 {span} ({words.change(row.relative or 0.0)})"


def _lasting(one: Lasting) -> str:
    worst, before = (duration if one.kind is Kind.SLOWER else percent)(one.worst), one.usual
    usual = (duration if one.kind is Kind.SLOWER else percent)(before)
    of = "p95 up to" if one.kind is Kind.SLOWER else "up to"
    days = f"on {one.days} of {DAYS} days"
    return f"{SIGNS[one.kind]} {code(one.operation, 30)} {days}: {of} {worst}, usually {usual}"


def _store(store: Store, facts: Facts) -> list[str]:
    before = f", {size(store.bytes_before)} the week before" if store.bytes_before is not None else ""
    health = facts.health
    lines = [f"{entries(health.entries)}, {size(health.file_bytes)}; {size(store.bytes_now)} came this week{before}."]
    if store.old:
        old = f"{entries(store.old)} older than {OLD_DAYS} days ({size(store.old_bytes)})"
        lines.append(f"To clean up: {old}; `/perf cleanup`.")
    if store.idle:
        named = ", ".join(code(name, 30) for name in store.idle[:_NAMED])
        more = f" and {count(len(store.idle) - _NAMED)} more" if len(store.idle) > _NAMED else ""
        lines.append(f"Not called this week: {named}{more}.")
    return lines
