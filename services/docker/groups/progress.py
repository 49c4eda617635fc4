"""How far a run on a group has come, and how it ended: plain values."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import asyncio

    from services.docker.model import Action, Later, State

    from .plan import Held
    from .target import Target


class Fate(StrEnum):
    """What has become of a container."""

    WAITING = "waiting"
    WORKING = "working"
    DONE = "done"
    UNCHANGED = "unchanged"
    """It was running (or stopped) already."""
    FAILED = "failed"
    SKIPPED = "skipped"
    """Not begun, because of another container."""
    LEFT = "left"
    """Not begun, because the run was over."""
    HELD = "held"
    """Not part of what was asked, or not allowed."""

    @property
    def is_well(self) -> bool:
        """Whether the container has come to what was asked."""
        return self in (Fate.DONE, Fate.UNCHANGED)


class Cause(StrEnum):
    """Why a container has come to nothing, or what it waits for."""

    NONE = "none"
    ERROR = "error"
    """`Reason.text` says what."""
    GONE = "gone"
    """It was removed meanwhile."""
    ENDED = "ended"
    """It ended again by itself, with `Reason.code`."""
    CAME_BACK = "came_back"
    """It was stopped, and runs again."""
    UNDER_WAY = "under_way"
    """The run's time was over before the engine had answered."""
    NOT_IN_TIME = "not_in_time"
    """It took longer than it may, and later looks did not see it done; `Reason.text` says what is known."""
    AFTER_ALL = "after_all"
    """It is DONE, though it took longer than it may."""
    TOO_SOON = "too_soon"
    """The cooldown of the one who asked is not over yet."""
    NO_TIME = "no_time"
    STOPPING = "stopping"
    """The bot is being stopped."""
    # The rest is about another container, `Reason.name`.
    AWAITED = "awaited"
    """It may still become healthy, or complete."""
    FAILED_BEFORE = "failed_before"
    NOT_UP = "not_up"
    NOT_HEALTHY = "not_healthy"
    """It did not become healthy in time."""
    UNHEALTHY = "unhealthy"
    NOT_COMPLETED = "not_completed"
    """It did not complete in time."""
    ENDED_BADLY = "ended_badly"
    """It was to complete, and ended with `Reason.code`."""
    UNSEEN = "unseen"
    """It could not be looked at."""
    STILL_USES = "still_uses"
    TOO_LATE = "too_late"
    """It was DONE in the end, but not before this one would have been begun."""


@dataclass(frozen=True, slots=True)
class Reason:
    """Why.

    Attributes:
        cause: What it was.
        name: The other container that it was about.
        text: An error's own words, fit to be shown.
        code: An exit code.
    """

    cause: Cause = Cause.NONE
    name: str = ""
    text: str = ""
    code: int | None = None


@dataclass(frozen=True, slots=True)
class Member:
    """One container of a run.

    Attributes:
        id: The engine's id.
        name: Its name.
        fate: What has become of it.
        reason: Why, or what it waits for.
        held: Why it is HELD.
        state: What it does, as last seen.
        seconds: How long the engine worked on it, as far as that is known.
        later: It has FAILED so far, because it took too long: becomes what was seen of it later on; see `caught_up`.
    """

    id: str
    name: str
    fate: Fate = Fate.WAITING
    reason: Reason = Reason()
    held: Held | None = None
    state: State | None = None
    seconds: float = 0.0
    later: asyncio.Future[Later] | None = None


@dataclass(frozen=True, slots=True)
class Progress:
    """A run at one moment.

    Attributes:
        target: On which group.
        text: What to type for it.
        action: START, STOP or RESTART.
        members: Every container of the plan, in its order, but those that an earlier run has settled.
        seconds: Since its begin.
        ended: Nothing will change any more, but for what `awaited` tells.
    """

    target: Target
    text: str
    action: Action
    members: tuple[Member, ...]
    seconds: float = 0.0
    ended: bool = False

    def count(self, *fates: Fate) -> int:
        """How many have come to one of these."""
        return sum(member.fate in fates for member in self.members)

    @property
    def asked(self) -> int:
        """How many were to be acted on."""
        return len(self.members) - self.count(Fate.HELD)

    @property
    def awaited(self) -> frozenset[asyncio.Future[Later]]:
        """What is not known yet of those that took too long."""
        return frozenset(member.later for member in self.members if member.later is not None)

    @property
    def unfinished(self) -> frozenset[str]:
        """The ids of those that a second try would be about."""
        undone = (Fate.FAILED, Fate.SKIPPED, Fate.LEFT)
        return frozenset(member.id for member in self.members if member.fate in undone)
