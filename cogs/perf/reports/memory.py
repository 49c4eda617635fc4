"""`/perf memory`: what tracing costs, that it goes on, and what grew."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cogs.perf.kit import FINE, LOOK, PLAIN, Report, code
from cogs.perf.reports import words
from cogs.perf.resources.paths import ending
from utils.metrics.format import count, duration, size
from utils.metrics.words import plural

if TYPE_CHECKING:
    from cogs.perf.resources.tracing import Cost, Grown

_SHOWN = 10
_PLACE = 32
"""Signs that stand on one line of a phone beside a number."""
_FILE_LINES = 2_000
_SMALL = 100_000
"""Bytes of growth not worth a second look."""


def question(cost: Cost, minutes: int) -> Report:
    """Tell what tracing costs before it is started."""
    report = Report(f"Trace memory for {plural(minutes, 'minute')}?", LOOK)
    report.line(
        "Python then notes which line of the bot's code takes each piece of memory, and whether it gives it back."
    )
    report.line().line(
        f"**What it costs**, measured just now: taking memory lasts {cost.times:.1f} times as long, each piece takes "
        f"{cost.bytes_a_piece:.0f} B more, and at the end the bot stands still for about "
        f"{duration(cost.seconds_a_million)} for each million pieces."
    )
    return report.line("It ends by itself, or earlier when you press Compare.")


def under_way(began: float, until: float) -> Report:
    """Tell that tracing goes on; both moments are seconds since the epoch."""
    report = Report("Tracing memory", LOOK).line(f"Since {words.when(began)}; the result comes {words.when(until)}.")
    return report.line("Use the bot meanwhile, as it is used when its memory grows. Compare shows the result now.")


def elsewhere() -> Report:
    """Tell that it is shown in another message from now on."""
    return Report("Tracing memory", PLAIN).line("This trace is shown in a newer message.")


def ended(why: str) -> Report:
    """Tell that tracing ended without a result."""
    return Report("Tracing memory · ended", PLAIN).line(why)


def result(grown: Grown) -> Report:
    """Show what grew, most first."""
    few = grown.size < _SMALL
    report = Report(f"Memory taken in {duration(grown.seconds)} and still held", FINE if few else PLAIN)
    told = f"**{size(grown.size)}** in {plural(sum(line.pieces for line in grown.lines), 'piece')}"
    report.line(f"{told}, by {plural(len(grown.lines), 'line')} of code.{' That is next to nothing.' if few else ''}")
    if grown.rss_before is not None and grown.rss_after is not None:
        report.line(f"The process went from {size(grown.rss_before)} to {size(grown.rss_after)}, tracing included.")
    report.line()
    for line in grown.lines[:_SHOWN]:
        report.line(f"**{size(line.size)}** {code(ending(line.place, _PLACE), _PLACE)}")
    more = len(grown.lines) - _SHOWN
    if more > 0:
        report.line(f"… {plural(more, 'more line')} in the file")
    report.line().line("What only replaced something older counts, too: a line that grows in every trace is the one.")
    return report.footer(f"tracemalloc · the result took {duration(grown.taking)} · tracing has ended")


def text_file(grown: Grown) -> bytes:
    """Write all of it down."""
    lines = [f"{line.size:>12,} B {line.pieces:>10,}  {line.place}" for line in grown.lines[:_FILE_LINES]]
    left = len(grown.lines) - len(lines)
    head = [
        f"Memory taken in {duration(grown.seconds)} and still held: {size(grown.size)}",
        "",
        f"{'bytes':>14} {'pieces':>10}  line",
    ]
    tail = [f"{count(left)} more lines that hold less"] if left else []
    return "\n".join([*head, *lines, *tail, ""]).encode()
