"""What is kept of goals: the goals themselves, where their alarms go, which ring, and what is still to be posted."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field, replace
from enum import StrEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

    from utils.metrics.analysis.goals import Goal

Key = tuple[int, str]
"""A server's id and the name of an operation: a server has one goal for an operation."""


@dataclass(frozen=True, slots=True)
class Kept:
    """A server's goal.

    Args:
        guild_id: The server.
        goal: What is wanted.
        channel_id: Where its alarms are posted; None for the server's channel.
        since: Unix seconds; when it was set.
    """

    guild_id: int
    goal: Goal
    channel_id: int | None
    since: float

    @property
    def key(self) -> Key:
        """What makes it one with another."""
        return self.guild_id, self.goal.operation


@dataclass(frozen=True, slots=True)
class Alarm:
    """A goal's alarm that rings, or rang.

    Args:
        began: Unix seconds at which it began to ring.
        ended: When it stopped; None while it rings.
        told: Whether a message told that it rings.
        last_told: When a message last told so, of this ringing or one before; None for never.
    """

    began: float
    ended: float | None = None
    told: bool = False
    last_told: float | None = None


class Kind(StrEnum):
    """What a message tells."""

    RING = "ring"
    END = "end"


@dataclass(frozen=True, slots=True)
class Notice:
    """A message that is to be posted.

    Args:
        guild_id: The server.
        operation: Whose goal it is about.
        kind: What it tells.
        channel_id: Where it goes.
        began: Unix seconds at which the alarm began to ring.
        at: Unix seconds of what it tells.
        tried: When it was first tried, so that it may be in the channel already; None for not yet.
    """

    guild_id: int
    operation: str
    kind: Kind
    channel_id: int
    began: float
    at: float
    tried: float | None = None

    @property
    def key(self) -> Key:
        """Whose goal it is about."""
        return self.guild_id, self.operation

    @property
    def name(self) -> str:
        """Name it in 24 characters: what Discord takes once, and the channel is searched for."""
        told = f"{self.guild_id}/{self.channel_id}/{self.operation}/{self.kind.value}/{self.at!r}"
        return hashlib.sha256(told.encode("utf-8", "surrogatepass")).hexdigest()[:24]

    @property
    def mark(self) -> str:
        """What its footer says of it."""
        return f"goal alert {self.name[:8]}"


@dataclass(frozen=True, slots=True)
class Book:
    """All that is kept; changed by making a new one.

    Args:
        goals: At most one for an operation of a server.
        channels: Where a server's alarms are posted, by its id.
        alarms: By server and operation.
        notices: What is still to be posted, oldest first.
    """

    goals: tuple[Kept, ...] = ()
    channels: Mapping[int, int] = field(default_factory=dict)
    alarms: Mapping[Key, Alarm] = field(default_factory=dict)
    notices: tuple[Notice, ...] = ()

    def of_guild(self, guild_id: int) -> tuple[Kept, ...]:
        """Return a server's goals, by name."""
        mine = (kept for kept in self.goals if kept.guild_id == guild_id)
        return tuple(sorted(mine, key=lambda kept: kept.goal.operation))

    def find(self, key: Key) -> Kept | None:
        """Find a goal."""
        return next((kept for kept in self.goals if kept.key == key), None)

    def channel_of(self, kept: Kept) -> int | None:
        """Say where a goal's alarms are posted; None for nowhere."""
        return kept.channel_id or self.channels.get(kept.guild_id)

    def with_goal(self, kept: Kept) -> Book:
        """Set a goal in place of the one that the operation had. An alarm that rings goes on."""
        return replace(self, goals=(*(other for other in self.goals if other.key != kept.key), kept))

    def without_goal(self, key: Key) -> Book:
        """Remove a goal, its alarm, and what is to be posted of it."""
        return replace(
            self,
            goals=tuple(kept for kept in self.goals if kept.key != key),
            alarms={other: alarm for other, alarm in self.alarms.items() if other != key},
            notices=tuple(notice for notice in self.notices if notice.key != key),
        )

    def with_channel(self, guild_id: int, channel_id: int | None) -> Book:
        """Set where a server's alarms are posted; None for nowhere."""
        others = {guild: channel for guild, channel in self.channels.items() if guild != guild_id}
        return replace(self, channels=others if channel_id is None else {**others, guild_id: channel_id})

    def with_notice(self, before: Notice, after: Notice | None) -> Book:
        """Change a message that is to be posted, or take it out."""
        changed = tuple(after if notice == before else notice for notice in self.notices)
        return replace(self, notices=tuple(notice for notice in changed if notice is not None))
