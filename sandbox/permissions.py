"""Discord's permission arithmetic: roles are or-ed, then a channel's overwrites take away and give.

The order is the documented one: @everyone's overwrite, then all role overwrites together (deny before allow), then the
member's own. An administrator and the guild's owner have everything, whatever the overwrites say.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

CREATE_INSTANT_INVITE = 1 << 0
ADMINISTRATOR = 1 << 3
MANAGE_CHANNELS = 1 << 4
MANAGE_GUILD = 1 << 5
ADD_REACTIONS = 1 << 6
VIEW_CHANNEL = 1 << 10
SEND_MESSAGES = 1 << 11
MANAGE_MESSAGES = 1 << 13
EMBED_LINKS = 1 << 14
ATTACH_FILES = 1 << 15
READ_MESSAGE_HISTORY = 1 << 16
MENTION_EVERYONE = 1 << 17
USE_EXTERNAL_EMOJIS = 1 << 18
CHANGE_NICKNAME = 1 << 26
USE_APPLICATION_COMMANDS = 1 << 31

ALL = (1 << 51) - 1
"""Every permission that there is."""

_NEED_SENDING = MENTION_EVERYONE | EMBED_LINKS | ATTACH_FILES

ROLE: Literal[0] = 0
MEMBER: Literal[1] = 1


@dataclass(frozen=True, slots=True)
class Overwrite:
    """What a channel takes from or gives to one role or member.

    Attributes:
        target: Id of the role or member.
        kind: `ROLE` or `MEMBER`.
        allow: Permission bits given.
        deny: Permission bits taken away.
    """

    target: str
    kind: Literal[0, 1]
    allow: int = 0
    deny: int = 0


def in_guild(role_permissions: Iterable[int], *, owner: bool = False) -> int:
    """A member's permissions in the guild as a whole.

    Args:
        role_permissions: Permission bits of every role of the member, @everyone's included.
        owner: Whether the member owns the guild.
    """
    bits = 0
    for role in role_permissions:
        bits |= role
    return ALL if owner or bits & ADMINISTRATOR else bits


def in_channel(base: int, overwrites: Iterable[Overwrite], *, everyone: str, roles: Iterable[str], member: str) -> int:
    """A member's permissions in one channel.

    Args:
        base: What `in_guild` gave.
        overwrites: The channel's overwrites, in any order.
        everyone: Id of the @everyone role (the guild's id).
        roles: Ids of the member's other roles.
        member: Id of the member.

    Returns:
        The bits left; 0 when the channel cannot even be seen.
    """
    if base & ADMINISTRATOR:
        return ALL
    by_target = {(overwrite.kind, overwrite.target): overwrite for overwrite in overwrites}
    bits = _apply(base, [by_target.get((ROLE, everyone))])
    bits = _apply(bits, [by_target.get((ROLE, role)) for role in roles])
    bits = _apply(bits, [by_target.get((MEMBER, member))])
    if not bits & VIEW_CHANNEL:
        return 0
    return bits if bits & SEND_MESSAGES else bits & ~_NEED_SENDING


def _apply(bits: int, overwrites: Iterable[Overwrite | None]) -> int:
    allow = deny = 0
    for overwrite in overwrites:
        if overwrite is not None:
            allow |= overwrite.allow
            deny |= overwrite.deny
    return (bits & ~deny) | allow
