"""An interaction as the gateway tells the bot of it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sandbox.attachments import UPLOAD_LIMIT
from sandbox.entities import member_json, partial_channel_json, role_json, user_json
from sandbox.world import DM

if TYPE_CHECKING:
    from sandbox.interactions import Interaction
    from sandbox.jsontypes import Json
    from sandbox.world import Channel, User, World

LOCALE = "en-US"
IN_GUILD, IN_BOT_DM = 0, 1


def interaction_json(world: World, record: Interaction, data: Json, message: Json | None) -> Json:
    """The INTERACTION_CREATE payload.

    Args:
        world: The guild.
        record: The interaction.
        data: Its `data`, which differs from type to type.
        message: The message whose component was used, if it was one.
    """
    user, channel = world.users[record.user_id], world.channels[record.channel_id]
    bot = world.users[world.bot_id]
    payload: Json = {
        "id": record.id,
        "application_id": world.application_id,
        "type": record.type,
        "token": record.token,
        "version": 1,
        "channel_id": channel.id,
        "channel": partial_channel_json(world, channel, user),
        "data": data,
        "locale": LOCALE,
        "app_permissions": str(world.channel_permissions(bot, channel)),
        "entitlements": [],
        "entitlement_sku_ids": [],
        "attachment_size_limit": UPLOAD_LIMIT,
    }
    if message is not None:
        payload["message"] = message
    if channel.type == DM:
        return payload | {
            "user": user_json(user),
            "context": IN_BOT_DM,
            "authorizing_integration_owners": {"0": "0"},
        }
    member = {**member_json(user), "permissions": str(world.channel_permissions(user, channel))}
    return payload | {
        "guild_id": world.guild_id,
        "guild": {"id": world.guild_id, "locale": LOCALE, "features": []},
        "guild_locale": LOCALE,
        "member": member,
        "context": IN_GUILD,
        "authorizing_integration_owners": {"0": world.guild_id},
    }


class Resolver:
    """Collects the users, roles and channels that an interaction's values name.

    Args:
        world: The guild.
        user: Who acts: channels are told with that user's permissions.
    """

    def __init__(self, world: World, user: User) -> None:
        self._world = world
        self.user = user
        self._found: dict[str, dict[str, Json]] = {}

    def add_user(self, user: User) -> str:
        """Note a user, with its membership; its id."""
        self._put("users", user.id, user_json(user))
        bits = str(self._world.guild_permissions(user))
        self._put("members", user.id, {**member_json(user, with_user=False), "permissions": bits})
        return user.id

    def add_role(self, role_id: str) -> str:
        """Note a role; its id."""
        self._put("roles", role_id, role_json(self._world.roles[role_id]))
        return role_id

    def add_channel(self, channel: Channel) -> str:
        """Note a channel; its id."""
        self._put("channels", channel.id, partial_channel_json(self._world, channel, self.user))
        return channel.id

    def add_message(self, message: Json) -> str:
        """Note a message; its id."""
        self._put("messages", message["id"], message)
        return str(message["id"])

    def into(self, data: Json) -> Json:
        """`data` with its `resolved`, if there is anything in it."""
        return {**data, "resolved": self._found} if self._found else data

    def _put(self, kind: str, identity: str, value: Json) -> None:
        self._found.setdefault(kind, {})[identity] = value
