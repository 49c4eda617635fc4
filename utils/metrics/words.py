"""The words of a report that are the same wherever it is shown, in a chat or on a terminal.

Pure text: no markup, no clock. What comes from outside (names of operations, metadata) is handed on as it is; whoever
shows it makes it harmless for where he shows it.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

from utils.metrics.analysis.regressions import NEEDS_CALLS, NEEDS_DAYS, Kind
from utils.metrics.format import count, duration, percent, size, sparkline
from utils.metrics.tally import FAILED, REFUSALS

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from utils.metrics.model import CleanupPreview, Health, MetricEntry, MetricStats
    from utils.metrics.standing import Standing
    from utils.metrics.tally import Group

NEEDS_P95 = 20
"""Fewer calls than this say nothing about the slowest of 20."""

NEEDS_P99 = 100

SIGNS = {Kind.SLOWER: "▲ slower", Kind.FASTER: "▼ faster", Kind.FAILING: "✗ failing more"}
"""How an operation that is not as usual is marked."""

START = "process_start"
"""Recorded whenever the program begins to measure."""

SAMPLE = "process_sample"
"""Recorded each minute: how the process does, see `utils.metrics.process.sample`."""

NOTES = (START, SAMPLE, "docker_event")
"""What a program notes of itself and of what it watches: no calls, and in no list of calls unless asked for by name."""

BESIDE = ("discord_api", *NOTES)
"""Left out of lists of all calls: every command makes two requests to Discord, and little else would show."""

_HOURS_A_DAY = 24
_SHORT_DAYS = 3
_SECONDS_AGO = 5.0
_MILLISECOND = 0.001
_NO_CHANGE = 0.005
_KINDS = 5
# Metadata that reports tell in words of their own.
_TOLD = frozenset({"action", "container", "outcome", "error_type", "queue_wait", "ack", "waited", "parts"})


def plural(number: int, one: str, many: str | None = None) -> str:
    """Count things: "1 call", "4,812 calls"."""
    return f"{count(number)} {one if number == 1 else many or one + 's'}"


def entries(number: int) -> str:
    """Count entries: "1 entry", "4,812 entries"."""
    return plural(number, "entry", "entries")


def window(hours: float) -> str:
    """Name a span of hours: "24 h", "36 h", "7 d", "30 min"."""
    if hours != int(hours):
        return duration(hours * 3_600)
    days, rest = divmod(int(hours), _HOURS_A_DAY)
    return f"{count(days)} d" if not rest and days >= _SHORT_DAYS else f"{count(int(hours))} h"


def exact(calls: int, *, approximate: bool = False) -> str:
    """Say how exact numbers are: "exact over 4,812 calls".

    Args:
        calls: how many they rest on.
        approximate: whether percentiles may be off, see `MetricStats.approximate`.
    """
    return f"{'percentiles within 1 %, ' if approximate else 'exact '}over {plural(calls, 'call')}"


def percentiles(stats: MetricStats, *, reasons: bool = True, standing: Standing | None = None) -> str:
    """Tell the percentiles that the number of calls allows.

    Args:
        stats: of a window with at least one call.
        reasons: whether to say why the others are missing.
        standing: how p95 stands against its usual, told behind it.
    """
    parts = [f"p50 {duration(stats.p50_duration)}"]
    for name, value, needed in (
        ("p95", stats.p95_duration, NEEDS_P95),
        ("p99", stats.p99_duration, NEEDS_P99),
    ):
        if stats.total_calls >= needed:
            parts.append(f"{name} {duration(value)}{against_usual(standing) if name == 'p95' else ''}")
        elif reasons:
            parts.append(f"{name} needs {needed} calls")
    return " · ".join(parts)


def against_usual(standing: Standing | None) -> str:
    """Tell by how much p95 differs from its usual: " (usual 1.1 s, +64 %)", or " (+3 %)" when that is no news."""
    if standing is None or standing.usual is None or standing.relative is None:
        return ""
    change = _change(standing.relative)
    told = standing.change(Kind.SLOWER) or standing.change(Kind.FASTER)
    return f" (usual {duration(standing.usual.p95)}, {change})" if told else f" ({change})"


def usual_cell(standing: Standing | None) -> str:
    """Tell the same for a cell of a table: "+64 % ▲ slower"."""
    if standing is None or standing.relative is None:
        return unusual(standing)
    return f"{_change(standing.relative)} {unusual(standing)}".rstrip()


def _change(relative: float) -> str:
    """Write a change; one that would read as nothing is "as usual"."""
    if abs(relative) < _NO_CHANGE:
        return "as usual"
    return f"{'+' if relative > 0 else ''}{percent(relative)}"


def unusual(standing: Standing | None) -> str:
    """Tell with a sign and a word in which ways an operation is not as usual; nothing when it is."""
    return " ".join(SIGNS[change.kind] for change in standing.changes) if standing is not None else ""


def usual_missing(standing: Standing | None) -> str:
    """Say that nothing is usual yet, and how much is missing for it; nothing when something is."""
    if standing is None or standing.usual is not None:
        return ""
    return f"No usual yet: {standing.days} of {NEEDS_DAYS} days with {NEEDS_CALLS} calls or more."


def range_of(stats: MetricStats) -> str:
    """Tell the shortest, the mean and the longest call."""
    least, mean, most = map(duration, (stats.min_duration, stats.avg_duration, stats.max_duration))
    return f"min {least} · avg {mean} · max {most}"


def lately(stats: MetricStats) -> str:
    """Tell the calls of the last hour and day, which do not depend on the window."""
    return f"{plural(stats.last_hour_calls, 'call')} in the last hour, {count(stats.last_24h_calls)} in the last 24 h"


def trend(values: Sequence[float | None]) -> str:
    """Draw p95 over a window with its range, a dot where nothing was called; nothing when there is no course to see."""
    known = [value for value in values if value is not None]
    if len(known) <= 1:
        return ""
    return f"{sparkline(values).replace(' ', '·')} {_span(duration(min(known)), duration(max(known)))}"


def _span(low: str, high: str) -> str:
    """Join two durations, the unit once where it is the same."""
    if low == high:
        return high
    number, _, unit = low.partition(" ")
    first = number if high.partition(" ")[2] == unit else low
    return f"{first}\u2013{high}"


def endings(
    stats: MetricStats, group: Group, *, strong: Callable[[str], str] = str, safe: Callable[[str], str] = str
) -> str:
    """Say how many of an operation's calls failed, and in which ways.

    Args:
        stats: of a window with at least one call.
        group: the same calls, with their outcomes.
        strong: marks the number of failures.
        safe: makes a text from outside harmless.
    """
    calls = plural(stats.total_calls, "call")
    if not group.outcomes.total():
        return "The one call succeeded." if stats.total_calls == 1 else f"All {calls} succeeded."
    refused = f" Refused: {_kinds(group, safe, refused=True)}." if group.refused else ""
    if not group.failed:
        return f"None of {calls} failed.{refused}"
    known = set(group.outcomes) - {FAILED, *REFUSALS}
    ways = f" ({_kinds(group, safe, refused=False)})" if known else ""
    return f"✗ {strong(count(group.failed))} of {calls} failed{ways}.{refused}"


def _kinds(group: Group, safe: Callable[[str], str], *, refused: bool) -> str:
    kinds = [item for item in group.outcomes.most_common() if (item[0] in REFUSALS) == refused and item[1]]
    told = [(count(number), safe(word.replace("_", " "))) for word, number in kinds[:_KINDS]]
    # One kind alone has the number that stands before it already.
    return told[0][1] if len(told) == 1 and not refused else ", ".join(" ".join(one) for one in told)


def outcome(entry: MetricEntry) -> str:
    """Name how a call ended: "ok", "timeout", "bad input"; "failed" when nothing tells more. A text from outside."""
    if entry.success:
        return "ok"
    word = entry.metadata.get("outcome")
    return word.replace("_", " ") if isinstance(word, str) and word.strip() else FAILED


def error_type(entry: MetricEntry) -> str | None:
    """Name the kind of error of a failed call, where its outcome does not say what happened. A text from outside."""
    kind = entry.metadata.get("error_type")
    told = not entry.success and outcome(entry) in ("error", FAILED)
    return kind if told and isinstance(kind, str) and kind.strip() else None


def subject(entry: MetricEntry) -> tuple[str, str]:
    """Return a call's action and its container, empty where it had none. Texts from outside."""
    found = (entry.metadata.get(key) for key in ("action", "container"))
    action, container = (value if isinstance(value, str) and value.strip() else "" for value in found)
    return action, container


def waits(entry: MetricEntry) -> list[str]:
    """Tell how long a call waited in a queue, and how long it took to its first answer, as far as it noted it."""
    noted = (("queued", seconds_of(entry.metadata, "queue_wait")), ("ack", seconds_of(entry.metadata, "ack")))
    return [f"{word} {duration(seconds)}" for word, seconds in noted if seconds is not None]


def seconds_of(metadata: dict[str, Any], key: str) -> float | None:
    """Read seconds worth telling out of metadata: a number of at least a millisecond."""
    value = metadata.get(key)
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    return float(value) if _MILLISECOND <= value < math.inf else None


def untold(metadata: dict[str, Any]) -> list[tuple[str, Any]]:
    """Return what of the metadata no other word of a report tells. From outside."""
    return [(key, value) for key, value in metadata.items() if key not in _TOLD]


def shown(number: int, kind: str, limit: int, left_out: Sequence[str] = ()) -> str:
    """Say how much of what there is a list shows.

    Args:
        number: entries in it, at least one.
        kind: "latest" or "slowest".
        limit: the most it may have.
        left_out: operations it does without.
    """
    told = f"the {kind} {number}" if number >= limit else f"all {number} there are" if number > 1 else "the only one"
    return " · ".join([told, *(f"{name} left out" for name in left_out)])


def freshness(health: Health, written: float | None, now: float) -> list[str]:
    """Say how fresh the measurements are, and what is missing from them.

    Args:
        health: of the store.
        written: when it was last written, seconds since the epoch; None when that is not known.
        now: seconds since the epoch.
    """
    told = [] if health.index_state == "ready" else [f"still {health.index_state}"]
    if written is not None:
        age = now - written
        told.append("last write just now" if age < _SECONDS_AGO else f"last write {duration(age)} ago")
    if health.dropped:
        told.append(f"{count(health.dropped)} dropped")
    if health.corrupt_lines:
        told.append(f"{plural(health.corrupt_lines, 'damaged line')} skipped")
    return told


def cleanup_question(preview: CleanupPreview, moment: str) -> str:
    """Ask before entries are deleted.

    Args:
        preview: what would go.
        moment: its cutoff, as a date.
    """
    stay = f"{count(preview.kept)} {'stays' if preview.kept == 1 else 'stay'}."
    return f"Delete {entries(preview.removed)} older than {moment}? {stay}"


def cleanup_cost(preview: CleanupPreview, keep: str) -> str:
    """Say what a cleanup brings, that it is for good, and what keeps a copy."""
    return f"The file shrinks by {size(preview.bytes_freed)}. This can't be undone; {keep} keeps a copy."


def cleanup_nothing(days: float) -> str:
    """Say that there is nothing to delete."""
    return f"Nothing is older than {days:g} {'day' if days == 1 else 'days'}."


def cleanup_done(removed: int, kept: int) -> str:
    """Say what was deleted."""
    return f"Deleted {entries(removed)}; {count(kept)} kept."
