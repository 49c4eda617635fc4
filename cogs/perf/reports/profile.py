"""`/perf profile`: what the event loop does."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cogs.perf.kit import FINE, LOOK, PLAIN, Report, code
from cogs.perf.reports import words
from cogs.perf.resources.paths import ending
from utils.metrics.format import count, cut_middle, duration, percent
from utils.metrics.words import plural

if TYPE_CHECKING:
    from cogs.perf.resources.profiling import Function, Profiled

_SHOWN = 10
_NAME = 16
_LINE = 32
"""Signs that stand on one line of a phone beside a number."""
_CALM = 0.2
_BUSY = 0.7


def under_way(until: float) -> Report:
    """Tell that it goes on until a moment, in seconds since the epoch."""
    report = Report("Profiling the event loop", LOOK).line(f"The result comes {words.when(until)}.")
    return report.line(
        "Use the bot meanwhile, as it is used when it is slow. Its own code is a little slower until then."
    )


def ended(why: str) -> Report:
    """Tell that it ended without a result."""
    return Report("Profiling the event loop · ended", PLAIN).line(why)


def result(found: Profiled, *, whole: bool) -> Report:
    """Show what took time, most first.

    Args:
        found: What was seen.
        whole: Whether all of it comes along as a file.
    """
    share = found.busy / found.seconds if found.seconds else 0.0
    colour = FINE if share < _CALM else PLAIN if share < _BUSY else LOOK
    report = Report(f"The event loop in {duration(found.seconds)}", colour)
    report.line(f"**Busy {percent(share)} of the time**, {duration(found.busy)}; idle for the rest.")
    if not found.functions or not found.busy:
        return report.line("Nothing ran: the bot had nothing to do. Try it while it is slow.")
    report.line().line("What ran, by the time that each function took itself:")
    for function in found.functions[:_SHOWN]:
        report.line(f"**{duration(function.seconds)}** {code(_named(function), _LINE)}")
    more = len(found.functions) - _SHOWN
    if more > 0:
        report.line(f"… {plural(more, 'more function')}{' in the file' if whole else ''}")
    if not whole:
        report.line("The file is too big for this server.")
    return report.footer(f"pyinstrument · {count(found.looks)} looks, one every ms while something runs")


def _named(function: Function) -> str:
    """Name a function and its file: of a path the end tells more."""
    name = cut_middle(function.name, _NAME)
    return f"{ending(function.place, _LINE - len(name) - 1)} {name}"
