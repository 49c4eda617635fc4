"""What `/perf schedule` says."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from cogs.perf.kit import BAD, FINE, PLAIN, Report, code, plain
from cogs.perf.reports import words
from cogs.perf.reports.summary.names import WEEKDAYS
from cogs.perf.schedule import LAST, Kind, State

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from cogs.perf.schedule import Schedule
    from cogs.perf.schedule_store import Claim

EXAMPLE = "`/perf schedule set kind:daily channel:#reports time:09:00 timezone:Europe/Berlin`"
_TITLE = "Summaries"
_ABOUT = {
    Kind.DAILY: "about the 24 hours before",
    Kind.WEEKLY: "about the seven days before",
    Kind.MONTHLY: "about the month before",
}


@dataclass(frozen=True, slots=True)
class Standing:
    """How it stands with a schedule.

    Args:
        schedule: What is set.
        upcoming: The next moment, one in the past is owed now; None when it can't be told.
        last: What became of the last one.
        problem: What last went wrong.
    """

    schedule: Schedule
    upcoming: datetime | None
    last: Claim | None = None
    problem: str | None = None


def rhythm(schedule: Schedule) -> str:
    """Say how often a schedule posts: "every day", "every Monday", "on day 1 of every month"."""
    match schedule.kind:
        case Kind.WEEKLY:
            return f"every {WEEKDAYS[schedule.day]}"
        case Kind.MONTHLY:
            day = "the last day" if schedule.day == LAST else f"day {schedule.day}"
            return f"on {day} of every month"
        case _:
            return "every day"


def none_set(damage: str | None = None) -> Report:
    """Say that no summary is set, and how to set one."""
    report = Report(_TITLE, BAD if damage else PLAIN)
    if damage:
        report.line(f"⚠ {damage}")
    return report.line(f"No summary is set here. Set one with {EXAMPLE}.")


def listed(standings: Sequence[Standing]) -> Report:
    """List a server's schedules, at least one."""
    report = Report(_TITLE, BAD if any(one.problem for one in standings) else PLAIN)
    for number, one in enumerate(standings):
        if number:
            report.line()
        schedule = one.schedule
        paused = " · **paused**" if schedule.paused else ""
        report.line(
            f"**{schedule.number} · {schedule.kind}**, {rhythm(schedule)} at **{schedule.at:%H:%M}** "
            f"({plain(schedule.zone)}) in <#{schedule.channel_id}>{paused}"
        )
        _progress(report, one)
    return report.footer("/perf schedule set, preview, pause, resume, remove")


def is_set(one: Standing, others: int) -> Report:
    """Tell what was just set.

    Args:
        one: How it stands with it.
        others: How many more of its kind the server has, in other channels.
    """
    schedule = one.schedule
    report = Report(f"{schedule.kind.capitalize()} summary", BAD if one.problem else FINE)
    report.line(
        f"Set: {rhythm(schedule)} at **{schedule.at:%H:%M}** ({plain(schedule.zone)}) in <#{schedule.channel_id}>, "
        f"{_ABOUT[schedule.kind]}."
    )
    _progress(report, one)
    if others:
        rest = "one more" if others == 1 else f"{others} more"
        report.line(f"There is {rest} of this kind in other channels: `/perf schedule list`.")
    return report


def switched(one: Standing) -> Report:
    """Tell that a schedule is paused, or goes on."""
    name = f"The {one.schedule.kind} summary in <#{one.schedule.channel_id}>"
    report = Report(_TITLE, PLAIN if one.schedule.paused else FINE)
    if one.schedule.paused:
        report.line(f"{name} is paused. What is due meanwhile is not posted later; `/perf schedule resume` goes on.")
        return report
    report.line(f"{name} goes on.")
    _progress(report, one)
    return report


def removed(schedule: Schedule, *, was_there: bool) -> Report:
    """Say that there is no such schedule any more."""
    name = f"{schedule.kind} summary in <#{schedule.channel_id}>"
    if not was_there:
        return Report(_TITLE).line(f"The {name} was removed already.")
    return Report(_TITLE).line(f"Removed: no {name} will be posted any more.")


def unknown(named: str) -> str:
    """Say that there is no schedule of this number here."""
    return f"There is no summary {code(named)} here. `/perf schedule list` shows those there are, with their numbers."


def _progress(report: Report, one: Standing) -> None:
    parts = []
    if one.upcoming is not None and not one.schedule.paused:
        moment = one.upcoming.timestamp()
        parts.append(f"Next: {words.when(moment, 'F')} ({words.when(moment)})")
    if one.last is not None:
        parts.append(f"Last: {_last(one.schedule, one.last)}")
    for part in parts:
        report.line(part)
    if one.problem:
        report.line(f"⚠ {one.problem}")


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
