"""The reports as tables: facts in, text out; no reading, no clock of its own."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any

from rich.text import Text

from bot.metrics_cli.layout import Column, table
from bot.metrics_cli.terminal import name_of, visible
from utils.metrics import words
from utils.metrics.detail import KEYS, breakdown
from utils.metrics.format import count, cut_middle, duration
from utils.metrics.overview import verdict
from utils.metrics.tally import REFUSALS

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from datetime import tzinfo

    from rich.console import RenderableType

    from bot.metrics_cli.terminal import Terminal
    from utils.metrics import detail, overview
    from utils.metrics.model import Health, MetricEntry, MetricStats

_MISSING = "-"
_TITLE, _QUIET, _BAD, _LOOK, _FINE = "bold", "dim", "red", "yellow", "green"
_VALUE = 24
_EMPTY = Text("")


def span_name(hours: float | None) -> str:
    """Name a window: "last 24 h", "everything kept"."""
    return "everything kept" if hours is None else f"last {words.window(hours)}"


def moment(seconds: float, zone: tzinfo | None) -> str:
    """Write a moment as date and time.

    Args:
        seconds: Since the epoch; from a file, so anything.
        zone: Whose hours; None for this machine's.
    """
    try:
        return f"{datetime.fromtimestamp(seconds, zone):%Y-%m-%d %H:%M:%S}"
    except (OverflowError, ValueError, OSError):
        return "unknown"


def overview_report(facts: overview.Facts, hours: float | None, terminal: Terminal, written: float | None) -> str:
    """Draw all operations of a window.

    Args:
        facts: With a row at least.
        hours: The window; None for everything.
        terminal: Where it is shown.
        written: When the file was last written, seconds since the epoch.
    """
    rows = facts.rows
    failing = any(row.failed for row in rows)
    columns = [
        Column("operation", [Text(visible(row.stats.operation)) for row in rows], "name"),
        Column("calls", [Text(count(row.stats.total_calls)) for row in rows]),
        Column("failed", [_number(row.failed, _BAD) for row in rows]),
        Column("refused", [_number(row.refused, _LOOK) for row in rows], spare=5),
        *_percentiles([row.stats for row in rows]),
        Column("max", [Text(duration(row.stats.max_duration)) for row in rows], spare=4),
        Column("against usual", [Text(words.usual_cell(row.standing)) for row in rows], "text", spare=3),
        Column("p95 over time", [Text(words.trend(row.trend)) for row in rows], "text", spare=6),
    ]
    told = [words.exact(facts.calls, approximate=facts.approximate), *_needs([row.stats for row in rows])]
    if not any(row.refused for row in rows):
        del columns[3]
    if not any(words.trend(row.trend) for row in rows):
        del columns[-1]
    columns = [column for column in columns if column.head != "against usual" or any(map(str, column.cells))]
    return terminal.draw(
        Text(f"Performance · {span_name(hours)}", _TITLE),
        Text(verdict(rows, name_of), _BAD if failing else _FINE),
        _EMPTY,
        table(columns, terminal.width),
        footer(facts.health, written, facts.read_at, *told),
    )


def detail_report(
    facts: detail.Facts,
    stats: MetricStats,
    hours: float | None,
    terminal: Terminal,
    written: float | None,
    *,
    zone: tzinfo | None = None,
) -> str:
    """Draw one operation of a window.

    Args:
        facts: What was read.
        stats: Of the window.
        hours: The window; None for everything.
        terminal: Where it is shown.
        written: When the file was last written, seconds since the epoch.
        zone: Whose hours; None for this machine's.
    """
    tally = facts.tally
    parts: list[RenderableType] = [
        Text(f"{name_of(facts.operation)} · {span_name(hours)}", _TITLE),
        Text(words.endings(stats, tally.whole, safe=visible), _BAD if tally.whole.failed else _FINE),
        _EMPTY,
        Text(words.percentiles(stats, standing=facts.standing)),
        Text(words.range_of(stats)),
        Text(words.lately(stats)),
    ]
    course = words.trend(facts.trend)
    if course:
        parts.append(Text(f"p95 over time {course}"))
    if tally.slowest is not None:
        entry = tally.slowest
        told = (_subject(entry), duration(entry.duration), moment(entry.end_time, zone), ", ".join(words.waits(entry)))
        parts.append(Text("Slowest: " + " · ".join(part for part in told if part)))
    for key in KEYS:
        found = breakdown(tally.groups.get(key, {}))
        if found is None:
            continue
        columns = [
            Column(f"by {key}", [Text(visible(part.name)) for part in found.parts], "name"),
            Column("calls", [Text(count(part.calls)) for part in found.parts]),
            Column(found.measure, [Text(duration(part.seconds)) for part in found.parts]),
            Column("failed", [_number(part.failed, _BAD) for part in found.parts]),
        ]
        parts += [_EMPTY, table(columns, terminal.width)]
        parts += [Text(f"… {count(found.more)} more", _QUIET)] if found.more else []
    return terminal.draw(
        *parts,
        _EMPTY,
        footer(facts.health, written, facts.read_at, words.exact(stats.total_calls, approximate=stats.approximate)),
    )


def list_report(
    title: str,
    entries: Sequence[MetricEntry],
    terminal: Terminal,
    below: Text,
    *,
    with_operation: bool,
    with_metadata: bool,
    zone: tzinfo | None = None,
) -> str:
    """Draw single calls, in the order given.

    Args:
        title: What they are.
        entries: One at least.
        terminal: Where it is shown.
        below: From `footer`.
        with_operation: Whether they are of several operations.
        with_metadata: Whether to tell the metadata that has no words of its own.
        zone: Whose hours; None for this machine's.
    """
    styles = [_style(entry) for entry in entries]
    signs = ["✓" if entry.success else "✗" for entry in entries]
    more = [_more(entry, words.untold(entry.metadata) if with_metadata else ()) for entry in entries]
    columns = [
        Column("", list(map(Text, signs, styles))),
        Column("when", [Text(moment(entry.end_time, zone)) for entry in entries], "text", spare=1),
        Column("operation", [Text(visible(entry.operation)) for entry in entries], "name"),
        Column("about", [Text(_subject(entry)) for entry in entries], "name", spare=2),
        Column("took", [Text(duration(entry.duration), _TITLE) for entry in entries]),
        Column("ended", list(map(Text, map(_ending, entries), styles)), "name"),
        Column("more", list(map(Text, more)), "wrap", spare=3),
    ]
    kept = [column for column in columns if with_operation or column.head != "operation"]
    kept = [column for column in kept if column.told or column.head not in ("about", "more")]
    return terminal.draw(Text(title, _TITLE), _EMPTY, table(kept, terminal.width), below)


def line_of(entry: MetricEntry, terminal: Terminal, zone: tzinfo | None = None) -> str:
    """Draw a call as one line, in the words of the chat.

    Args:
        entry: The call.
        terminal: Where it is shown; a longer line is cut at its width.
        zone: Whose hours; None for this machine's.
    """
    style = _style(entry)
    told = [duration(entry.duration), _ending(entry), _more(entry, words.untold(entry.metadata))]
    named = " ".join(part for part in (name_of(entry.operation), _subject(entry)) if part)
    line = Text.assemble(
        (moment(entry.end_time, zone), _QUIET),
        (" ✓ " if entry.success else " ✗ ", style),
        named,
        (" · " + " · ".join(part for part in told if part), style if not entry.success else ""),
    )
    line.truncate(terminal.width, overflow="ellipsis")
    return terminal.draw(line)


def footer(health: Health, written: float | None, now: float, *parts: str) -> Text:
    """Say what a report rests on: `parts`, how fresh it is, what is missing from it."""
    return Text(visible(" · ".join([*parts, *words.freshness(health, written, now)])), _QUIET)


def _number(number: int, style: str) -> Text:
    return Text(count(number), style if number else _QUIET)


def _percentiles(stats: Sequence[MetricStats]) -> list[Column]:
    return [
        Column("p50", [Text(duration(one.p50_duration)) for one in stats]),
        Column("p95", [_told(one.p95_duration, one.total_calls, words.NEEDS_P95) for one in stats], spare=2),
        Column("p99", [_told(one.p99_duration, one.total_calls, words.NEEDS_P99) for one in stats], spare=3),
    ]


def _told(seconds: float, calls: int, needed: int) -> Text:
    return Text(duration(seconds)) if calls >= needed else Text(_MISSING, _QUIET)


def _needs(stats: Sequence[MetricStats]) -> list[str]:
    """Say why percentiles are missing, where some are."""
    fewest = min(one.total_calls for one in stats)
    needed = (("p95", words.NEEDS_P95), ("p99", words.NEEDS_P99))
    return [f"{name} needs {calls} calls" for name, calls in needed if fewest < calls]


def _style(entry: MetricEntry) -> str:
    if entry.success:
        return _FINE
    word = entry.metadata.get("outcome")
    return _LOOK if isinstance(word, str) and word in REFUSALS else _BAD


def _subject(entry: MetricEntry) -> str:
    return " ".join(visible(part) for part in words.subject(entry) if part)


def _ending(entry: MetricEntry) -> str:
    kind = words.error_type(entry)
    return visible(f"{words.outcome(entry)} {kind}" if kind else words.outcome(entry))


def _more(entry: MetricEntry, items: Iterable[tuple[str, Any]]) -> str:
    told = (f"{visible(key)} {cut_middle(visible(str(value)), _VALUE)}" for key, value in items)
    return " · ".join([*words.waits(entry), *told])
