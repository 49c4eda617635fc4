"""A run on a group while it goes on, and how it ended. Pure: no clock, no I/O."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cogs.docker.status import DOING, DONE
from cogs.perf.kit import BAD, FINE, LOOK, PLAIN, Report, code
from services.docker import PATIENCE
from services.docker.groups import Fate
from utils.metrics.format import duration

from .plans import MOST_LISTED
from .words import NAME_WIDTH, SIGNS, member_words, target_words, total

if TYPE_CHECKING:
    import discord

    from services.docker.groups import Member, Progress

# When there are too many to show each: those that a person wants to know of.
_TOLD = (Fate.FAILED, Fate.SKIPPED, Fate.LEFT, Fate.WORKING)
_OVER = (Fate.DONE, Fate.UNCHANGED, Fate.FAILED, Fate.SKIPPED, Fate.LEFT)


def progress_embed(progress: Progress) -> discord.Embed:
    """What stands there while it goes on."""
    over = progress.count(*_OVER)
    report = Report(f"{DOING[progress.action]} · {over} of {progress.asked}", PLAIN).line(target_words(progress.target))
    _members(report, progress)
    return report.build()


def ended_embed(progress: Progress) -> discord.Embed:
    """How it ended: the whole in one line, then each container's part."""
    well = progress.count(Fate.DONE, Fate.UNCHANGED)
    done = DONE[progress.action]
    if well == progress.asked:
        report = Report(done, FINE)
    else:
        report = Report(f"Partly {done.lower()}", LOOK) if well else Report(f"Not {done.lower()}", BAD)
    report.line(f"{target_words(progress.target)}: {total(progress.members, progress.action)}.")
    _members(report, progress)
    if progress.awaited:
        report.line(f"I go on looking at what took too long for up to {duration(PATIENCE)}, and tell here what I see.")
    return report.footer(f"took {duration(progress.seconds)}").build()


def _members(report: Report, progress: Progress) -> None:
    members = progress.members
    if len(members) <= MOST_LISTED:
        for member in members:
            report.line(_line(member, progress))
        return
    told = sorted((one for one in members if one.fate in _TOLD), key=lambda one: _TOLD.index(one.fate))
    for member in told[:MOST_LISTED]:
        report.line(_line(member, progress))
    if len(told) > MOST_LISTED:
        report.line(f"… {len(told) - MOST_LISTED} more like these")
    for fate, words in (
        (Fate.DONE, DONE[progress.action].lower()),
        (Fate.UNCHANGED, "as they should be already"),
        (Fate.WAITING, "waiting"),
        (Fate.HELD, "left alone"),
    ):
        number = progress.count(fate)
        if number:
            report.line(f"{SIGNS[fate]} {number} {words}")


def _line(member: Member, progress: Progress) -> str:
    return f"{SIGNS[member.fate]} {code(member.name, NAME_WIDTH)} {member_words(member, progress.action)}"
