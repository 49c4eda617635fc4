"""Words that several reports share."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

from cogs.perf.kit import BAD, FINE, LOOK, Report, code, cut, plain
from cogs.perf.screen import Link, Page
from utils.metrics.format import count, duration, sparkline

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    import discord

    from cogs.perf.screen import Screen
    from utils.metrics.model import Health, MetricEntry, MetricStats

NEEDS_P95 = 20
"""Fewer calls than this say nothing about the slowest of 20."""

NEEDS_P99 = 100

NOTHING_YET = "Nothing was measured yet. Run any command, then come back; Docker actions appear as `docker_operation`."
BESIDE = ("discord_api",)
"""Left out of lists of all calls: every command makes two requests to Discord, and little else would show."""
# The variation selector asks for a plain sign: without it many screens show a coloured picture.
PREVIOUS = "◀\ufe0e"
NEXT = "▶\ufe0e"
BACK = f"{PREVIOUS} Back"
WINDOWS = (24, 24 * 7, 24 * 30)
"""The windows that buttons offer, in hours."""

_HOURS_A_DAY = 24
_SHORT_DAYS = 3
_NAME = 32
_SECONDS_AGO = 5.0
_MANY = 0.5
_MILLISECOND = 0.001
# Metadata that the lines tell in words of their own.
_TOLD = frozenset({"action", "container", "outcome", "error_type", "queue_wait", "ack", "waited"})
_MORE_METADATA = 3


def window(hours: int) -> str:
    """Name a span of hours: "24 h", "36 h", "7 d"."""
    days, rest = divmod(hours, _HOURS_A_DAY)
    return f"{days} d" if not rest and days >= _SHORT_DAYS else f"{hours} h"


def plural(number: int, one: str, many: str | None = None) -> str:
    """Count things: "1 call", "4,812 calls"."""
    return f"{count(number)} {one if number == 1 else many or one + 's'}"


def when(seconds: float, style: str = "R") -> str:
    """Make a timestamp that Discord shows in the reader's own zone; only for descriptions and fields."""
    return f"<t:{int(seconds)}:{style}>"


def percentiles(stats: MetricStats, *, reasons: bool = True) -> str:
    """Tell the percentiles that the number of calls allows.

    Args:
        stats: Of a window with at least one call.
        reasons: Whether to say why the others are missing.
    """
    parts = [f"p50 {duration(stats.p50_duration)}"]
    for name, value, needed in (
        ("p95", stats.p95_duration, NEEDS_P95),
        ("p99", stats.p99_duration, NEEDS_P99),
    ):
        if stats.total_calls >= needed:
            parts.append(f"{name} {duration(value)}")
        elif reasons:
            parts.append(f"{name} needs {needed} calls")
    return " · ".join(parts)


def numbers(stats: MetricStats, failed: int, refused: int) -> str:
    """Tell an operation's numbers in one line, the slowest call where there are too few calls for p95."""
    parts = [percentiles(stats, reasons=False), plural(stats.total_calls, "call")]
    if stats.total_calls < NEEDS_P95:
        parts.insert(1, f"max {duration(stats.max_duration)}")
    if failed:
        parts.append(f"✗ **{count(failed)} failed**")
    if refused:
        parts.append(f"{count(refused)} refused")
    return " · ".join(parts)


def state(failed: int, calls: int) -> discord.Colour:
    """Choose a colour: fine without a failure, bad when half or more failed, else worth a look."""
    if not failed:
        return FINE
    return BAD if failed >= _MANY * calls else LOOK


def trend(values: Sequence[float | None]) -> str:
    """Draw p95 over a window with its range, a dot where nothing was called; nothing when there is no course to see."""
    known = [value for value in values if value is not None]
    if len(known) <= 1:
        return ""
    return f"{sparkline(values).replace(' ', '·')} {_span(duration(min(known)), duration(max(known)))}"


def _span(low: str, high: str) -> str:
    """Join two durations, the unit once where it is the same, so that they stay on one line on a phone."""
    if low == high:
        return high.replace(" ", "\u00a0")
    number, _, unit = low.partition(" ")
    first = number if high.partition(" ")[2] == unit else low
    return f"{first}\u2013{high}".replace(" ", "\u00a0")


def outcome(entry: MetricEntry) -> str:
    """Name how a call ended: "ok", "timeout", "bad input"; "failed" when nothing tells more."""
    if entry.success:
        return "ok"
    word = entry.metadata.get("outcome")
    return plain(word.replace("_", " "))[:_NAME] if isinstance(word, str) and word.strip() else "failed"


def about(entry: MetricEntry) -> str:
    """Say what a call was about: its action and container, as far as it had them."""
    action, container = entry.metadata.get("action"), entry.metadata.get("container")
    parts = [plain(cut(action, _NAME))] if isinstance(action, str) and action.strip() else []
    if isinstance(container, str) and container.strip():
        parts.append(code(container, _NAME))
    return " ".join(parts)


def subject(entry: MetricEntry, *, with_operation: bool) -> str:
    """Say what a call was about, and name the operation when asked or when there is nothing else to say."""
    told = about(entry)
    return f"{code(entry.operation, _NAME)} {told}".rstrip() if with_operation or not told else told


def entry_line(entry: MetricEntry, *, with_operation: bool, with_metadata: bool = False) -> str:
    """Put a call into one line: sign, subject, duration, when, and what else is worth knowing."""
    metadata = entry.metadata
    parts = [
        f"{'✓' if entry.success else '✗'} {subject(entry, with_operation=with_operation)}",
        f"**{duration(entry.duration)}**",
        when(entry.end_time),
    ]
    if not entry.success:
        parts.append(_ending(entry))
    if (queued := seconds_of(metadata, "queue_wait")) is not None:
        parts.append(f"queued {duration(queued)}")
    if (ack := seconds_of(metadata, "ack")) is not None:
        parts.append(f"ack {duration(ack)}")
    if with_metadata:
        parts.extend(_more(metadata))
    return " · ".join(parts)


def _ending(entry: MetricEntry) -> str:
    word, kind = outcome(entry), entry.metadata.get("error_type")
    # The other outcomes say what happened; an error is told by its kind alone.
    told = word in ("error", "failed") and isinstance(kind, str) and kind.strip()
    return f"{word} {code(str(kind))}" if told else word


def seconds_of(metadata: dict[str, Any], key: str) -> float | None:
    """Read seconds worth telling out of metadata: a number of at least a millisecond."""
    value = metadata.get(key)
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    return float(value) if _MILLISECOND <= value < math.inf else None


def footer(health: Health, now: float, *parts: str) -> str:
    """Say what a report rests on: `parts`, how fresh it is, and what is missing from it."""
    told = list(parts)
    if health.last_write is not None:
        age = now - health.last_write
        told.append("last write just now" if age < _SECONDS_AGO else f"last write {duration(age)} ago")
    if health.dropped:
        told.append(f"{count(health.dropped)} dropped")
    if health.corrupt_lines:
        told.append(f"{plural(health.corrupt_lines, 'damaged line')} skipped")
    return " · ".join(told)


def exact(calls: int) -> str:
    """Say that numbers are no estimates: "exact over 4,812 calls"."""
    return f"exact over {plural(calls, 'call')}"


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
    items = [(key, value) for key, value in metadata.items() if key not in _TOLD]
    told = [f"{plain(cut(key, 20))} {code(str(value), 24)}" for key, value in items[:_MORE_METADATA]]
    return [*told, f"… {len(items) - _MORE_METADATA} more"] if len(items) > _MORE_METADATA else told
