"""The words for groups, short enough for a phone. Pure."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cogs.docker.status import DOING, DONE, sign_and_word
from cogs.perf.kit import code
from services.docker import Action, State
from services.docker.groups import Cause, Fate, Held, Kind
from utils.metrics.format import cut_middle, duration

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from services.docker import Container
    from services.docker.groups import Member, Reason, Target

NAME_WIDTH = 28
_LONGEST_REASON = 200
_MOST_NAMED = 3

KINDS: Mapping[Kind, str] = {Kind.PROJECT: "compose project", Kind.GROUP: "group by label"}
SIGNS: Mapping[Fate, str] = {
    Fate.WAITING: "·",
    Fate.WORKING: "↻",
    Fate.DONE: "✓",
    Fate.UNCHANGED: "✓",
    Fate.FAILED: "✗",
    Fate.SKIPPED: "⊘",
    Fate.LEFT: "⊘",
    Fate.HELD: "⊘",
}
_NOT_DONE: Mapping[Fate, str] = {Fate.FAILED: "failed", Fate.SKIPPED: "skipped", Fate.LEFT: "not begun"}
_HELD: Mapping[Held, str] = {
    Held.PROTECTED: "protected, so it is not stopped",
    Held.OWN: "the bot itself, so it is left alone",
    Held.SETTLED: "done before",
}


def counted(number: int) -> str:
    """A number of containers."""
    return f"{number} container" if number == 1 else f"{number} containers"


def share(containers: Sequence[Container]) -> str:
    """How many of them are up."""
    up = sum(one.state.is_up for one in containers)
    return f"{up} of {len(containers)} up"


def target_words(target: Target) -> str:
    """A group by its name and kind."""
    return f"{code(target.name)} ({KINDS[target.kind]})"


def listed(names: Sequence[str]) -> str:
    """Some names, and how many more there are."""
    shown = ", ".join(code(name, NAME_WIDTH) for name in names[:_MOST_NAMED])
    left = len(names) - _MOST_NAMED
    return f"{shown} and {left} more" if left > 0 else shown


def held_words(held: Held, action: Action) -> str:
    """Why a container is left as it is."""
    return f"you may not {action} it" if held is Held.FORBIDDEN else _HELD[held]


def already(action: Action) -> str:
    """What a container was that needed nothing done."""
    return "already stopped" if action is Action.STOP else "already running"


def member_words(member: Member, action: Action) -> str:
    """What has become of a container, without its name."""
    match member.fate:
        case Fate.WAITING:
            return _waiting(member.reason)
        case Fate.WORKING:
            return f"{DOING[action].lower()}…"
        case Fate.DONE:
            after_all = " after all" if member.reason.cause is Cause.AFTER_ALL else ""
            return f"{DONE[action].lower()}{after_all} · {duration(member.seconds)}{_since(member, action)}"
        case Fate.UNCHANGED:
            return already(action)
        case Fate.HELD:
            return "left" if member.held is None else held_words(member.held, action)
        case _:
            return f"{_NOT_DONE[member.fate]}: {reason_words(member.reason, action)}{_still(member)}"


def _waiting(reason: Reason) -> str:
    if reason.cause is Cause.TOO_SOON:
        return "waits: asked for a moment ago"
    return f"waits for {code(reason.name, NAME_WIDTH)}" if reason.name else "waits"


def _since(member: Member, action: Action) -> str:
    if action is not Action.STOP and member.state in (State.EXITED, State.REMOVED):
        return ", then ended by itself"
    return ""


def _still(member: Member) -> str:
    if member.reason.cause is not Cause.NOT_IN_TIME:
        return ""
    if member.state in (None, State.UNKNOWN):
        return " What it does now could not be seen."
    return f" After {duration(member.seconds)} it was still {sign_and_word(member.state)}."


def reason_words(reason: Reason, action: Action) -> str:  # noqa: PLR0911 - a table in which some rows have values
    """Why a container came to nothing."""
    name = code(reason.name, NAME_WIDTH)
    with_code = "" if reason.code is None else f" with exit code {reason.code}"
    match reason.cause:
        case Cause.ERROR | Cause.NOT_IN_TIME:
            return shortened(reason.text)
        case Cause.ENDED:
            return f"it ended again{with_code}" if with_code else "it ends again and again"
        case Cause.FAILED_BEFORE:
            return f"{name} was not {DONE[action].lower()}"
        case Cause.ENDED_BADLY:
            return f"{name} ended{with_code}"
        case Cause.STILL_USES:
            return f"{name} still uses it"
        case Cause.TOO_LATE:
            return f"{name} was not {DONE[action].lower()} in time"
        case Cause.NOT_UP | Cause.NOT_HEALTHY | Cause.UNHEALTHY | Cause.NOT_COMPLETED | Cause.UNSEEN:
            return f"{name} {_ABOUT_ANOTHER[reason.cause]}"
        case _:
            return _ABOUT_ITSELF.get(reason.cause, "nobody knows why")


_ABOUT_ANOTHER: Mapping[Cause, str] = {
    Cause.NOT_UP: "is not running",
    Cause.NOT_HEALTHY: "did not become healthy in time",
    Cause.UNHEALTHY: "is not healthy",
    Cause.NOT_COMPLETED: "did not finish in time",
    Cause.UNSEEN: "could not be looked at",
}
_ABOUT_ITSELF: Mapping[Cause, str] = {
    Cause.GONE: "it was removed meanwhile",
    Cause.CAME_BACK: "it runs again",
    Cause.UNDER_WAY: "no answer before the time was over; Docker may still finish it",
    Cause.NO_TIME: "the time was over",
    Cause.STOPPING: "the bot is being stopped",
}


def shortened(text: str) -> str:
    """Cut an error's words in their middle (engines say last what matters), and leave no code span open."""
    short = cut_middle(text, _LONGEST_REASON)
    return f"{short}`" if short.count("`") % 2 else short


def total(members: Iterable[Member], action: Action) -> str:
    """The whole in one line: "3 of 5 restarted, 1 failed, 1 skipped"."""
    fates = [member.fate for member in members]
    asked = len(fates) - fates.count(Fate.HELD)
    said = [f"{fates.count(Fate.DONE)} of {asked} {DONE[action].lower()}"]
    for fate, word in (
        (Fate.UNCHANGED, already(action)),
        *_NOT_DONE.items(),
        (Fate.HELD, "left alone"),
    ):
        if fates.count(fate):
            said.append(f"{fates.count(fate)} {word}")
    return ", ".join(said)
