"""Words that several reports share, as a chat shows them; those that a terminal shows as well are in `utils`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from cogs.perf.kit import BAD, FINE, LOOK, Report, code, cut, plain
from cogs.perf.screen import Link, Page
from utils.metrics.format import count, duration, percent
from utils.metrics.words import (
    NEEDS_P95,
    error_type,
    freshness,
    outcome,
    percentiles,
    plural,
    subject,
    trend,
    untold,
    unusual,
    waits,
)

if TYPE_CHECKING:
    from collections.abc import Iterable

    import discord

    from cogs.perf.screen import Screen
    from utils.metrics.model import Health, MetricEntry, MetricStats
    from utils.metrics.overview import Row
    from utils.metrics.process.watched import Watched
    from utils.metrics.standing import Standing

NOTHING_YET = "Nothing was measured yet. Run any command, then come back; Docker actions appear as `docker_operation`."
# The variation selector asks for a plain sign: without it many screens show a coloured picture.
PREVIOUS = "◀\ufe0e"
NEXT = "▶\ufe0e"
BACK = f"{PREVIOUS} Back"
WINDOWS = (24, 24 * 7, 24 * 30)
"""The windows that buttons offer, in hours."""

_NAME = 32
_MANY = 0.5
_NO_CHANGE = 0.005
_MORE_METADATA = 3


def when(seconds: float, style: str = "R") -> str:
    """Make a timestamp that Discord shows in the reader's own zone; only for descriptions and fields."""
    return f"<t:{int(seconds)}:{style}>"


def numbers(stats: MetricStats, failed: int, refused: int, standing: Standing | None = None) -> str:
    """Tell an operation's numbers in one line, the slowest call where there are too few calls for p95."""
    parts = [percentiles(stats, reasons=False, standing=standing), plural(stats.total_calls, "call")]
    if stats.total_calls < NEEDS_P95:
        parts.insert(1, f"max {duration(stats.max_duration)}")
    if failed:
        parts.append(f"✗ **{count(failed)} failed**")
    if refused:
        parts.append(f"{count(refused)} refused")
    return " · ".join(parts)


def row_lines(row: Row) -> str:
    """Tell an operation in two lines: its name, its course and whether it is as usual; then its numbers."""
    unlike = unusual(row.standing)
    heading = (code(row.stats.operation, 30), trend(row.trend), f"**{unlike}**" if unlike else "")
    return f"{' '.join(filter(None, heading))}\n{numbers(row.stats, row.failed, row.refused, row.standing)}"


def change(relative: float) -> str:
    """Write by which part something differs: "+64 %", "-12 %", "as before"."""
    if abs(relative) < _NO_CHANGE:
        return "as before"
    return f"{'+' if relative >= 0 else ''}{percent(relative)}"


def span(start: float, end: float) -> str:
    """Write a span of time in the reader's own zone: "from … to …"."""
    return f"from {when(start, 'f')} to {when(end, 'f')}"


def but(calls: int) -> str:
    """Say of a quiet span that the bot ran nevertheless."""
    return f", but the bot's own background work {plural(calls, 'time')}; none failed" if calls else ""


def preface(report: Report, notes: Iterable[str], health: Health) -> None:
    """Begin a summary: what has to be said of itself, and of the measurements."""
    for note in notes:
        report.line(note)
    warn(report, health)


def some(lines: list[str], most: int) -> str:
    """Join lines, at most so many, and say how many are left out."""
    more = [f"… {count(len(lines) - most)} more"] if len(lines) > most else []
    return "\n".join([*lines[:most], *more])


def state(failed: int, calls: int) -> discord.Colour:
    """Choose a colour: fine without a failure, bad when half or more failed, else worth a look."""
    if not failed:
        return FINE
    return BAD if failed >= _MANY * calls else LOOK


def about(entry: MetricEntry) -> str:
    """Say what a call was about: its action and container, as far as it had them."""
    action, container = subject(entry)
    return " ".join(
        [*([plain(cut(action, _NAME))] if action else []), *([code(container, _NAME)] if container else [])]
    )


def entry_line(entry: MetricEntry, *, with_operation: bool, with_metadata: bool = False) -> str:
    """Put a call into one line: sign, subject, duration, when, and what else is worth knowing."""
    told = about(entry)
    # The operation when asked, or when there is nothing else to say.
    named = f"{code(entry.operation, _NAME)} {told}".rstrip() if with_operation or not told else told
    parts = [
        f"{'✓' if entry.success else '✗'} {named}",
        f"**{duration(entry.duration)}**",
        when(entry.end_time),
    ]
    if not entry.success:
        kind = error_type(entry)
        parts.append(plain(outcome(entry))[:_NAME] + (f" {code(kind)}" if kind else ""))
    parts.extend(waits(entry))
    if with_metadata:
        parts.extend(_more(entry.metadata))
    return " · ".join(parts)


def loop_line(found: Watched) -> str:
    """Say how late the event loop was: what holds it, holds every answer."""
    return (
        f"Event loop late by {duration(found.typical)} in a usual minute, at worst {duration(found.worst)} "
        f"{when(found.worst_at)}"
    )


def collector_line(found: Watched) -> str:
    """Say what the collector of garbage took; nothing when it is not known."""
    if found.collecting is None or found.longest is None:
        return ""
    return f"Garbage collection {percent(found.collecting)} of the time, longest pause {duration(found.longest)}"


def footer(health: Health, now: float, *parts: str) -> str:
    """Say what a report rests on: `parts`, how fresh it is, and what is missing from it."""
    return " · ".join([*parts, *freshness(health, health.last_write, now)])


def warn(report: Report, health: Health) -> None:
    """Add a line when new measurements can't be saved."""
    if health.last_error:
        report.line(f"⚠ New measurements can't be saved: {plain(cut(health.last_error, 200))}")


def paging(page: int, pages: int, to: Iterable[Screen]) -> tuple[Link, ...]:
    """Make the buttons ◀ and ▶ around the page's number; none when there is one page.

    Args:
        page: From 0.
        pages: How many there are.
        to: The screens of the page before and the page after; those at the ends are not used.
    """
    if pages <= 1:
        return ()
    before, after = to
    return (
        Link("previous", PREVIOUS, before if page > 0 else None),
        Link("page", f"{page + 1}/{pages}"),
        Link("next", NEXT, after if page < pages - 1 else None),
    )


def empty(title: str, text: str, rows: tuple[tuple[Link, ...], ...] = ()) -> Page:
    """Make the page that has nothing to show but says what to do next."""
    return Page(Report(title).line(text), rows)


def _more(metadata: dict[str, Any]) -> list[str]:
    items = untold(metadata)
    told = [f"{plain(cut(key, 20))} {code(str(value), 24)}" for key, value in items[:_MORE_METADATA]]
    return [*told, f"… {len(items) - _MORE_METADATA} more"] if len(items) > _MORE_METADATA else told
