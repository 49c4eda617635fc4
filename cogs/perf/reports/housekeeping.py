"""What `/perf cleanup` and `/perf export` say."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cogs.perf.kit import FINE, LOOK, Report, code
from cogs.perf.reports import words
from utils.metrics import words as told
from utils.metrics.format import size

if TYPE_CHECKING:
    from cogs.perf.export import Exported
    from utils.metrics.model import CleanupPreview


def cleanup_preview(preview: CleanupPreview, days: int) -> Report:
    """Ask before entries are deleted, or say that there is nothing to delete."""
    if not preview.removed:
        return Report("Clean up", FINE).line(told.cleanup_nothing(days))
    question = told.cleanup_question(preview, words.when(preview.cutoff, "D"))
    return Report("Clean up", LOOK).line(question).line(told.cleanup_cost(preview, "`/perf export`"))


def cleanup_done(removed: int, kept: int) -> Report:
    """Say what was deleted."""
    return Report("Cleaned up", FINE).line(told.cleanup_done(removed, kept))


def export_done(exported: Exported, operation: str | None) -> Report:
    """Say what the attached file holds."""
    of = "of every operation" if operation is None else f"of {code(operation)}"
    report = Report("Export", FINE).line(f"{told.entries(exported.entries)} {of}, {size(len(exported.data))}.")
    if exported.unpacked is not None:
        report.line(f"Compressed from {size(exported.unpacked)}, which is more than Discord takes here.")
    return report


def export_nothing(operation: str | None) -> Report:
    """Say that there is nothing to export, and why."""
    if operation is None:
        return Report("Export").line(words.NOTHING_YET)
    return Report("Export").line(f"No entry of {code(operation)} is kept any more.")


def debugging(until: float | None) -> Report:
    """Say how loud the log is.

    Args:
        until: When it falls quiet again, in seconds since the epoch; None when it is quiet now.
    """
    if until is None:
        return Report("Debug log", FINE).line("The log is back to its level.")
    return (
        Report("Debug log", LOOK)
        .line(f"The log tells everything until {words.when(until, 'T')}, {words.when(until)}, then it falls quiet.")
        .line("So it does when the bot is restarted. `/perf debug minutes:0` ends it now.")
    )
