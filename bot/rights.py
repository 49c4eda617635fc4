"""Which permissions the bot needs, the invite link that asks for exactly those, and what it has in a channel. Pure.

It works on what the REST API answers, for `ddc-perf setup` and `ddc-perf doctor` are not logged in to the gateway.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

import discord

from cogs.perf.kit.access import TO_POST

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

ATTACH = "attach_files"
NEEDED = (*TO_POST, ATTACH)
"""All that the bot does by itself in channels. Answers to commands need no permission at all."""
SCOPES = ("bot", "applications.commands")
_AUTHORIZE = "https://discord.com/oauth2/authorize"
_ROLE, _MEMBER = 0, 1
_EVERYTHING = discord.Permissions.all().value


@dataclass(frozen=True, slots=True)
class Rights:
    """What the bot may do in a channel.

    Attributes:
        lacking: What posting needs and it has not, as Discord names it: "Send Messages".
        attach: Whether it may attach files.
    """

    lacking: tuple[str, ...]
    attach: bool


def needed_bits() -> int:
    """The permissions as Discord's number."""
    return discord.Permissions(**dict.fromkeys(NEEDED, True)).value


def invite(application_id: int, guild_id: int | None = None) -> str:
    """The address that adds the bot to a server.

    Args:
        application_id: The bot's.
        guild_id: The server to have chosen already.
    """
    query = {"client_id": application_id, "permissions": needed_bits(), "scope": " ".join(SCOPES)}
    if guild_id:
        query["guild_id"] = guild_id
    return f"{_AUTHORIZE}?{urlencode(query)}"


def rights_in(channel: Mapping[str, Any], guild: Mapping[str, Any], member: Mapping[str, Any]) -> Rights:
    """Work out what a member may do in a channel, by Discord's rules.

    Args:
        channel: As the API gives it, with its overwrites.
        guild: The channel's, with its roles.
        member: The bot as a member, with its user and its roles.
    """
    has = discord.Permissions(_bits(channel, guild, member))
    if not has.view_channel:
        has = discord.Permissions.none()
    elif not has.send_messages:
        has.update(embed_links=False, attach_files=False)
    lacking = tuple(name.replace("_", " ").title() for name in TO_POST if not getattr(has, name))
    return Rights(lacking, has.attach_files)


def _bits(channel: Mapping[str, Any], guild: Mapping[str, Any], member: Mapping[str, Any]) -> int:
    own = {str(guild["id"]), *map(str, member["roles"])}
    base = 0
    for role in guild["roles"]:
        if str(role["id"]) in own:
            base |= int(role["permissions"])
    if str(guild.get("owner_id")) == str(member["user"]["id"]) or discord.Permissions(base).administrator:
        return _EVERYTHING
    overwrites = channel.get("permission_overwrites") or ()
    everyone = [one for one in overwrites if str(one["id"]) == str(guild["id"])]
    roles = [one for one in overwrites if one["type"] == _ROLE and str(one["id"]) in own - {str(guild["id"])}]
    mine = [one for one in overwrites if one["type"] == _MEMBER and str(one["id"]) == str(member["user"]["id"])]
    # Of roles the denials first, all together; then what they allow.
    for group in (everyone, roles, mine):
        base = _changed(base, group)
    return base


def _changed(bits: int, overwrites: Iterable[Mapping[str, Any]]) -> int:
    allow = deny = 0
    for one in overwrites:
        allow |= int(one["allow"])
        deny |= int(one["deny"])
    return (bits & ~deny) | allow
