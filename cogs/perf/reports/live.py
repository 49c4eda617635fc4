"""`/perf live`: what goes on right now, in one embed."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cogs.perf.kit import FINE, LOOK, PLAIN, Report, code
from cogs.perf.reports import words
from utils.metrics.format import count, duration, sparkline
from utils.metrics.pulse import RECENT
from utils.metrics.words import freshness, plural

if TYPE_CHECKING:
    from collections.abc import Sequence

    from utils.metrics.pulse import Beat, Pulse

_NAME = 30
_RUNNING = 5


def render(
    pulse: Pulse, running: Sequence[tuple[str, float]], now: float, *, until: float | None, why: str = ""
) -> Report:
    """Put what goes on into words.

    Args:
        pulse: What was measured.
        running: Commands under way: name, and seconds since the epoch of their start.
        now: Seconds since the epoch.
        until: When it ends by itself, in seconds since the epoch; None when it has ended.
        why: Why it has ended.
    """
    failed = sum(beat.failed for beat in pulse.beats)
    colour = PLAIN if until is None else LOOK if failed else FINE
    report = Report("Live" if until is not None else "Live · ended", colour)
    report.line(f"Ends {words.when(until)}." if until is not None else why)
    words.warn(report, pulse.health)
    bars = sparkline(float(number) for number in pulse.a_minute)
    most = max(pulse.a_minute)
    report.line().line(f"Calls a minute {bars} now {count(pulse.a_minute[-1])}, most {count(most)}")
    for beat in pulse.beats:
        report.line(_beat(beat))
    if pulse.more:
        report.line(f"… {plural(pulse.more, 'more operation')}")
    if not pulse.beats:
        report.line(f"Nothing was called in the last {RECENT} minutes.")
    if pulse.slowest is not None:
        report.line(f"Slowest of the last minute: {words.entry_line(pulse.slowest, with_operation=True)}")
    for name, start in running[:_RUNNING]:
        report.line(f"… {code(name, _NAME)} runs since {words.when(start)}")
    told = f"the last {RECENT} minutes, {plural(pulse.calls, 'call')} · bars: the last {len(pulse.a_minute)}"
    # Without the age of the last write, which alone would change the message every time.
    return report.footer(" · ".join([told, *freshness(pulse.health, None, now)]))


def _beat(beat: Beat) -> str:
    slow = f"{'p95' if beat.is_p95 else 'max'} {duration(beat.slow)}"
    parts = [f"p50 {duration(beat.middle)}", slow, plural(beat.calls, "call")]
    if beat.failed:
        parts.append(f"✗ **{count(beat.failed)} failed**")
    return f"{code(beat.operation, _NAME)} {' · '.join(parts)}"
