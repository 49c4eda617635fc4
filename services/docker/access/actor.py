"""Who asks. Plain values, made by whoever knows the person (a cog), judged by `Policy`."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Right(StrEnum):
    """What someone may do with a container."""

    SEE = "see"
    """Find it in lists, look at it, see its figures. Without it a container does not exist for the asker."""
    LOGS = "logs"
    START = "start"
    STOP = "stop"
    RESTART = "restart"


@dataclass(frozen=True, slots=True)
class Actor:
    """Someone who asks for something.

    Attributes:
        user_id: Their Discord id; 0 for nobody in particular.
        name: As the audit shows it.
        role_ids: The roles they have here.
        channel_ids: Where they ask: the channel, and for a thread its parent, too.
        channel_id: The very channel or thread, as the audit shows it.
        guild_id: The server; None in direct messages.
        at_home: Whether that is the server that the settings speak of; elsewhere no rule holds.
        admin: They may do everything that nobody is forbidden.
        audience: Not someone, but all who read a channel, see `Policy.reader`.
        background: Nobody waits for the answer: its turn comes after those of persons.
    """

    user_id: int = 0
    name: str = ""
    role_ids: frozenset[int] = frozenset()
    channel_ids: frozenset[int] = frozenset()
    channel_id: int | None = None
    guild_id: int | None = None
    at_home: bool = True
    admin: bool = False
    audience: bool = False
    background: bool = False


BOT = Actor(name="the bot", admin=True, background=True)
"""The bot itself, for what it does of its own accord and shows to nobody as it is."""
