"""What the summaries need of Discord's channels: to post a message once, and to find it again."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Protocol

from .schedule import Kind

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date

    import discord

    from .schedule import Decision, Schedule
    from .schedule_store import Claim, Memory

NONCE_MEMORY = 120.0
"""Seconds for which Discord surely remembers a nonce."""
_SEARCHED = timedelta(hours=24)
"""How long before its moment a summary is looked for. Discord's clock stamps the messages, and ours may be wrong; the
mark names the date and the kind, so that another summary is not taken for it."""


class PostError(Exception):
    """Discord did not take or show something now.

    Args:
        reason: In words for an admin.
        refused: Whether it will stay so until somebody changes something, such as a permission.
    """

    def __init__(self, reason: str, *, refused: bool) -> None:
        super().__init__(reason)
        self.reason = reason
        self.refused = refused


class Channel(Protocol):
    """The port to Discord's channels. Every failure is a `PostError`."""

    async def find(self, channel_id: int, mark: str, after: datetime) -> int | None:
        """Search all of the bot's own messages since a moment for a mark in a footer.

        Args:
            channel_id: Where.
            mark: A whole part of the footer.
            after: No message before this, by Discord's clock.

        Returns:
            The message's id, or None when there is none.
        """
        ...

    async def post(self, channel_id: int, embed: discord.Embed, nonce: str, files: Sequence[discord.File] = ()) -> int:
        """Post a message with a nonce that Discord takes once, and return its id."""
        ...


@dataclass(frozen=True, slots=True)
class Drawn:
    """A summary, ready to be posted.

    Args:
        embed: What is shown.
        told: Which regressions have been told once it is posted; None for a kind that tells none.
        files: Its pictures, good for one post.
    """

    embed: discord.Embed
    told: Memory | None = None
    files: tuple[discord.File, ...] = ()


def searched_from(decision: Decision, claim: Claim) -> datetime:
    """Say since when a summary may be in the channel."""
    return min(decision.moment, datetime.fromtimestamp(claim.at, UTC)) - _SEARCHED


def remembered(claim: Claim, now: float) -> bool:
    """Tell whether Discord surely still knows the nonce of a claim's first try; never for a clock that was put back."""
    return 0 <= now - claim.at <= NONCE_MEMORY


def nonce_of(schedule: Schedule, day: date) -> str:
    """Name a claim in at most 25 characters, as Discord takes nonces."""
    key = f"{schedule.guild_id}/{schedule.channel_id}/{day.isoformat()}"
    if schedule.kind is not Kind.DAILY:
        key += f"/{schedule.kind}"
    return hashlib.sha256(key.encode()).hexdigest()[:24]
