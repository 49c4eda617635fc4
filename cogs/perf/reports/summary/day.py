"""The summary of a day: what got worse first, then every operation, single calls, Docker."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from cogs.perf.kit import BAD, FINE, LOOK, Report, code, plain
from cogs.perf.reports import words
from utils.metrics.analysis.regressions import Kind
from utils.metrics.format import count, cut_middle, duration, percent
from utils.metrics.summary.day import Regressions
from utils.metrics.words import SIGNS, exact, plural

if TYPE_CHECKING:
    from collections.abc import Sequence

    import discord

    from utils.metrics.analysis.regressions import Change
    from utils.metrics.summary.day import Facts
    from utils.metrics.summary.engine import Engine

_BUSIEST = 6
_NEWS = 5
_EVENTS = 5
_MANY_FAIL = 0.5
_NAME = 40
_VERBS = {Kind.SLOWER: "got slower", Kind.FAILING: "fails more"}
_SEVERAL = {Kind.SLOWER: "got slower", Kind.FAILING: "fail more"}
_STILL = {Kind.SLOWER: "slower", Kind.FAILING: "failing more"}
_HAPPENED = {
    "died": "died",
    "oom": "out of memory",
    "unhealthy": "unhealthy",
    "restart_loop": "restarting again and again",
}


def render(
    facts: Facts,
    name: str,
    now: float,
    *,
    regressions: Regressions | None = None,
    notes: Sequence[str] = (),
    mark: str = "",
) -> Report:
    """Put facts into words.

    Args:
        facts: What happened.
        name: What the span is called, such as "Sunday 22 November".
        now: Unix seconds.
        regressions: What is worse than usual.
        notes: Lines that come first, such as that the summary is late.
        mark: Goes into the footer; a look into the channel finds it again.
    """
    worse = regressions or Regressions()
    span = words.span(facts.start, facts.end)
    usual = ["usual: median of the 7 days before"] if worse.new or worse.old else []
    foot = words.footer(facts.health, now, exact(facts.calls), *usual, *([mark] if mark else []))
    if facts.quiet:
        report = Report(f"{name} · all quiet", FINE)
        words.preface(report, notes, facts.health)
        return report.line(f"Nothing was called {span}{_but(facts)}.").footer(foot)
    report = Report(f"{name} · {_verdict(facts, worse)}", _colour(facts, worse))
    words.preface(report, notes, facts.health)
    since = {row.stats.operation: row.standing.slow_since for row in facts.rows if row.standing is not None}
    for line in _changes(worse, since):
        report.line(line)
    report.line(_sentence(facts)).line(f"{span[0].upper()}{span[1:]}.").line()
    for row in facts.rows[:_BUSIEST]:
        report.line(words.row_lines(row))
    if len(facts.rows) > _BUSIEST:
        report.line(f"… {plural(len(facts.rows) - _BUSIEST, 'more operation')}")
    report.field("Slowest", "\n".join(words.entry_line(entry, with_operation=True) for entry in facts.slowest))
    if facts.failures:
        title = "Last failures" if facts.failed > len(facts.failures) else "Failures"
        report.field(title, "\n".join(words.entry_line(entry, with_operation=True) for entry in facts.failures))
    docker = _docker(facts.docker)
    if docker:
        report.field("Docker", "\n".join(docker))
    return report.footer(foot)


def _verdict(facts: Facts, worse: Regressions) -> str:
    """Say in a title, which shows no markdown, what matters most."""
    if worse.new:
        return _told(worse.new)
    if facts.failed:
        return plural(facts.failed, "failure")
    if facts.docker.events:
        return f"{plural(sum(facts.docker.events.values()), 'event')} of containers"
    if len(worse.old) == 1:
        return f"{plain(cut_middle(worse.old[0].operation, _NAME))} still {_STILL[worse.old[0].kind]}"
    return f"{plural(len(worse.old), 'change')} told before" if worse.old else "nothing failed"


def _told(changes: Sequence[Change]) -> str:
    if len({change.operation for change in changes}) == 1:
        name = plain(cut_middle(changes[0].operation, _NAME))
        return f"{name} {' and '.join(_VERBS[change.kind] for change in changes)}"
    kinds = Counter(change.kind for change in changes)
    parts = [(kind, number) for kind, number in kinds.items() if number]
    first, *rest = [f"{count(number)} {(_VERBS if number == 1 else _SEVERAL)[kind]}" for kind, number in parts]
    noun = "operation" if parts[0][1] == 1 else "operations"
    return ", ".join([first.replace(" ", f" {noun} ", 1), *rest])


def _colour(facts: Facts, worse: Regressions) -> discord.Colour:
    if facts.failed >= _MANY_FAIL * facts.calls and facts.failed:
        return BAD
    return LOOK if facts.failed or facts.docker.events or worse.new or worse.old else FINE


def _changes(worse: Regressions, since: dict[str, float | None]) -> list[str]:
    lines = [f"**{SIGNS[one.kind]}** {code(one.operation)}: {_how(one)}{_since(one, since)}." for one in worse.new]
    if len(lines) > _NEWS:
        lines[_NEWS:] = [f"… {count(len(lines) - _NEWS)} more got worse"]
    if worse.old:
        shown = [f"{code(one.operation, 30)} {SIGNS[one.kind]} ({_how(one)})" for one in worse.old[:_NEWS]]
        more = f", {count(len(worse.old) - _NEWS)} more" if len(worse.old) > _NEWS else ""
        lines.append(f"Told before, and still so: {', '.join(shown)}{more}.")
    for names, said in ((worse.over, "As before again"), (worse.settled, "Worse for so long that it is usual by now")):
        if names:
            more = f", {count(len(names) - _NEWS)} more" if len(names) > _NEWS else ""
            lines.append(f"{said}: {', '.join(code(name, 30) for name in names[:_NEWS])}{more}.")
    return [*lines, ""] if lines else []


def _how(one: Change) -> str:
    if one.kind is Kind.FAILING:
        return f"{percent(one.now)} of {plural(one.calls, 'call')}, usually {percent(one.usual)}"
    return f"p95 {duration(one.now)}, usually {duration(one.usual)}"


def _since(one: Change, since: dict[str, float | None]) -> str:
    began = since.get(one.operation) if one.kind is Kind.SLOWER else None
    return f", since {words.when(began)}" if began is not None else ""


def _but(facts: Facts) -> str:
    parts = [f"background tasks {plural(facts.background, 'time')}"] if facts.background else []
    parts += [f"Discord's API {plural(facts.beside, 'time')}"] if facts.beside else []
    return f", but {' and '.join(parts)}; none failed" if parts else ""


def _sentence(facts: Facts) -> str:
    failing = sorted((row for row in facts.rows if row.failed), key=lambda row: -row.failed)
    calls = plural(facts.calls, "call")
    if not failing:
        return f"Nothing failed in {calls} of {plural(len(facts.rows), 'operation')}."
    worst = failing[0]
    name = code(worst.stats.operation)
    if len(failing) == 1:
        return f"{count(facts.failed)} of {calls} failed, all of {name}."
    most = f"{name}, {count(worst.failed)} of {plural(worst.stats.total_calls, 'call')}"
    return f"{count(facts.failed)} of {calls} failed. Most: {most}."


def _docker(docker: Engine) -> list[str]:
    lines = []
    if docker.actions or docker.failed:
        kinds = [f"{count(number)} {plain(action)[:20]}" for action, number in docker.actions.most_common(4)]
        parts = [", ".join(kinds) or plural(docker.operations, "operation")]
        parts += [f"✗ **{count(docker.failed)} failed**"] if docker.failed else []
        parts += [plural(docker.timeouts, "timeout")] if docker.timeouts else []
        lines.append(" · ".join(parts))
    if docker.waits:
        lines.append(f"{count(len(docker.waits))} waited in the queue, the longest {duration(max(docker.waits))}")
    if not docker.walked:
        lines.append(f"{plural(docker.operations, 'operation')}, too many to be gone through one by one")
    for (kind, container), times in docker.events.most_common(_EVENTS):
        again = f" {count(times)} times" if times > 1 else ""
        lines.append(f"⚠ {code(container, 32)} {_HAPPENED.get(kind, plain(kind)[:30])}{again}")
    if len(docker.events) > _EVENTS:
        lines.append(f"… {count(len(docker.events) - _EVENTS)} more")
    return lines
