"""What becomes known, after a run has passed on, of those of its containers that took too long. Pure."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from services.docker.model import Action, State

from .progress import Cause, Fate, Reason

if TYPE_CHECKING:
    from services.docker.model import Later

    from .progress import Member, Progress

_FOR_ANOTHER = (Cause.FAILED_BEFORE, Cause.STILL_USES)


def caught_up(progress: Progress) -> Progress:
    """Take in what is known by now of those that took too long, see `Progress.awaited`.

    What was done in the end counts as done. What was skipped because of it stays skipped, but for the reason that it
    came too late.

    Args:
        progress: A run.

    Returns:
        The run as it stands now; the very same when there is nothing new.
    """
    known = {one.id: one.later.result() for one in progress.members if one.later is not None and one.later.done()}
    if not known:
        return progress
    members = [_judged(one, known[one.id]) if one.id in known else one for one in progress.members]
    late = {one.name for one in members if one.id in known and one.fate.is_well}
    return replace(progress, members=tuple(_skipped_for(one, late) for one in members))


def _judged(member: Member, later: Later) -> Member:
    """Judge by the last look, as `stayed` does by a look after the run."""
    seen = replace(member, state=later.state, seconds=member.seconds + later.seconds, later=None)
    if not later.finished:
        text = f"{member.reason.text} {later.problem}".strip()
        return replace(seen, reason=Reason(Cause.NOT_IN_TIME, text=text))
    if later.action is Action.STOP and later.state.is_up:
        return replace(seen, reason=Reason(Cause.CAME_BACK))
    if later.state is State.RESTARTING:
        return replace(seen, reason=Reason(Cause.ENDED))
    return replace(seen, fate=Fate.DONE, reason=Reason(Cause.AFTER_ALL))


def _skipped_for(member: Member, late: set[str]) -> Member:
    if member.fate is Fate.SKIPPED and member.reason.cause in _FOR_ANOTHER and member.reason.name in late:
        return replace(member, reason=Reason(Cause.TOO_LATE, member.reason.name))
    return member
