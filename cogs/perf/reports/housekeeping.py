"""What `/perf cleanup`, `/perf export` and `/perf schedule` say."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cogs.perf.kit import BAD, FINE, LOOK, PLAIN, Report, code, plain
from cogs.perf.reports import words
from cogs.perf.schedule import State
from utils.metrics import words as told
from utils.metrics.format import size

if TYPE_CHECKING:
    from datetime import datetime

    from cogs.perf.export import Exported
    from cogs.perf.schedule import Schedule
    from cogs.perf.schedule_store import Claim
    from utils.metrics.model import CleanupPreview

SCHEDULE_EXAMPLE = "`/perf schedule channel:#reports time:09:00 timezone:Europe/Berlin`"


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


def schedule_missing() -> Report:
    """Say that no summary is set, and how to set one."""
    return Report("Daily summary").line(f"No daily summary is set here. Set one with {SCHEDULE_EXAMPLE}.")


def schedule_removed(*, was_there: bool) -> Report:
    """Say that there is no schedule any more."""
    if not was_there:
        return Report("Daily summary").line("There was no daily summary to remove.")
    return Report("Daily summary").line("Removed. No summary will be posted any more.")


def schedule_state(
    schedule: Schedule, upcoming: datetime, last: Claim | None, problem: str | None, *, changed: bool = False
) -> Report:
    """Tell when and where summaries are posted.

    Args:
        schedule: What is set.
        upcoming: The next moment; one in the past is owed now.
        last: What became of the last one.
        problem: What last went wrong.
        changed: Whether it was just set.
    """
    report = Report("Daily summary", BAD if problem else FINE if changed else PLAIN)
    first = "Set: every" if changed else "Every"
    report.line(
        f"{first} day at **{schedule.at:%H:%M}** ({plain(schedule.zone)}) in <#{schedule.channel_id}>, "
        "about the 24 hours before."
    )
    moment = upcoming.timestamp()
    report.line(f"Next: {words.when(moment, 'F')} ({words.when(moment)})")
    if last is not None:
        report.line(f"Last: {_last(schedule, last)}")
    if problem:
        report.line(f"⚠ {problem}")
    if not changed:
        report.footer("/perf schedule off:True removes it")
    return report


def _last(schedule: Schedule, last: Claim) -> str:
    when = words.when(last.at, "f")
    if last.state is State.POSTED and last.message_id is not None:
        link = f"https://discord.com/channels/{schedule.guild_id}/{schedule.channel_id}/{last.message_id}"
        return f"[posted]({link}) {when}"
    names = {
        State.CLAIMED: "being posted since",
        State.POSTED: "posted",
        State.SKIPPED: "missed, noticed",
        State.GIVEN_UP: "given up",
    }
    return f"{names[last.state]} {when}"
