"""The world in Discord's JSON: users, members, roles, channels, the guild and the application."""

from collections.abc import Iterable

from sandbox import permissions as perms
from sandbox.jsontypes import Json
from sandbox.world import DM, JOINED_AT, Channel, Role, User, World

MESSAGE_CONTENT = 1 << 15
GUILD_MEMBERS = 1 << 1
GUILD_PRESENCES = 1 << 8
PRIVILEGED = MESSAGE_CONTENT | GUILD_MEMBERS | GUILD_PRESENCES

# For an application in fewer than a hundred guilds, Discord tells a granted privileged intent by these "limited" flags.
_LIMITED_FLAGS = {GUILD_PRESENCES: 1 << 13, GUILD_MEMBERS: 1 << 15, MESSAGE_CONTENT: 1 << 19}
_HAS_COMMANDS = 1 << 23


def user_json(user: User) -> Json:
    """A user object."""
    return {
        "id": user.id,
        "username": user.username,
        "discriminator": "0000" if user.bot else "0",
        "global_name": None if user.bot else user.name,
        "avatar": None,
        "avatar_decoration_data": None,
        "collectibles": None,
        "primary_guild": None,
        "public_flags": 0,
        "flags": 0,
        "bot": user.bot,
    }


def own_user_json(user: User) -> Json:
    """The bot's own user object, with what only the owner of the account sees."""
    private: Json = {"mfa_enabled": True, "locale": "en-US", "premium_type": 0, "verified": True, "email": None}
    return {**user_json(user), **private, "bio": "", "banner": None, "accent_color": None}


def member_json(user: User, *, with_user: bool = True) -> Json:
    """A guild member object; in a message of the gateway it comes without its `user`."""
    member: Json = {
        "roles": list(user.role_ids),
        "nick": None,
        "avatar": None,
        "banner": None,
        "joined_at": JOINED_AT,
        "premium_since": None,
        "communication_disabled_until": None,
        "pending": False,
        "flags": 0,
        "mute": False,
        "deaf": False,
    }
    if with_user:
        member["user"] = user_json(user)
    return member


def role_json(role: Role) -> Json:
    """A role object."""
    data: Json = {
        "id": role.id,
        "name": role.name,
        "description": None,
        "permissions": str(role.permissions),
        "position": role.position,
        "color": role.colour,
        "colors": {"primary_color": role.colour, "secondary_color": None, "tertiary_color": None},
        "hoist": role.hoist,
        "managed": role.bot_id is not None,
        "mentionable": role.mentionable,
        "icon": None,
        "unicode_emoji": None,
        "flags": 0,
    }
    if role.bot_id is not None:
        data["tags"] = {"bot_id": role.bot_id}
    return data


def channel_json(world: World, channel: Channel) -> Json:
    """A channel object: a text channel of the guild or a direct channel."""
    if channel.type == DM:
        recipients = [user_json(world.users[channel.recipient_id])] if channel.recipient_id else []
        return {
            "id": channel.id,
            "type": DM,
            "flags": 0,
            "last_message_id": channel.last_message_id,
            "recipients": recipients,
        }
    return {
        "id": channel.id,
        "type": channel.type,
        "guild_id": world.guild_id,
        "name": channel.name,
        "topic": channel.topic,
        "position": channel.position,
        "parent_id": None,
        "nsfw": False,
        "flags": 0,
        "rate_limit_per_user": 0,
        "last_message_id": channel.last_message_id,
        "last_pin_timestamp": None,
        "permission_overwrites": [
            {"id": each.target, "type": each.kind, "allow": str(each.allow), "deny": str(each.deny)}
            for each in channel.overwrites
        ],
    }


def partial_channel_json(world: World, channel: Channel, user: User) -> Json:
    """A channel as an interaction carries it: with the user's permissions there, without overwrites."""
    data = channel_json(world, channel)
    data.pop("permission_overwrites", None)
    data["permissions"] = str(world.channel_permissions(user, channel))
    return data


def guild_json(world: World) -> Json:
    """A guild object as REST gives it."""
    unset = (
        "icon description home_header splash discovery_splash banner application_id afk_channel_id system_channel_id "
        "widget_channel_id max_presences vanity_url_code rules_channel_id safety_alerts_channel_id "
        "public_updates_channel_id incidents_data premium_progress_bar_enabled_user_updated_at"
    )
    return {
        **dict.fromkeys(unset.split()),
        "id": world.guild_id,
        "name": world.name,
        "owner_id": world.owner_id,
        "region": "deprecated",
        "features": [],
        "afk_timeout": 300,
        "system_channel_flags": 0,
        "widget_enabled": False,
        "verification_level": 1,
        "default_message_notifications": 1,
        "explicit_content_filter": 0,
        "mfa_level": 0,
        "max_members": 250_000,
        "max_stage_video_channel_users": 50,
        "max_video_channel_users": 25,
        "premium_tier": 0,
        "premium_subscription_count": 0,
        "preferred_locale": "en-US",
        "premium_progress_bar_enabled": False,
        "nsfw": False,
        "nsfw_level": 0,
        "roles": [role_json(role) for role in world.roles.values()],
        "emojis": [],
        "stickers": [],
    }


def gateway_guild_json(world: World, members: Iterable[User]) -> Json:
    """A guild as GUILD_CREATE sends it; `members` are those that the session's intents let it see."""
    return {
        **guild_json(world),
        "joined_at": JOINED_AT,
        "large": False,
        "unavailable": False,
        "member_count": len(world.users),
        "voice_states": [],
        "members": [member_json(user) for user in members],
        "channels": [channel_json(world, channel) for channel in world.channels.values() if channel.type != DM],
        "threads": [],
        "presences": [],
        "stage_instances": [],
        "guild_scheduled_events": [],
        "soundboard_sounds": [],
    }


def application_flags(granted_intents: int) -> int:
    """The application's flags, which tell the privileged intents that it was granted."""
    return sum(flag for intent, flag in _LIMITED_FLAGS.items() if granted_intents & intent) | _HAS_COMMANDS


def application_json(world: World, granted_intents: int) -> Json:
    """The bot's application as its owner sees it."""
    bot = world.users[world.bot_id]
    flags = application_flags(granted_intents)
    return {
        "id": world.application_id,
        "name": bot.name,
        "icon": None,
        "description": "The bot that runs in the sandbox.",
        "type": None,
        "bot": user_json(bot),
        "summary": "",
        "bot_public": False,
        "bot_require_code_grant": False,
        "integration_types_config": {"0": {}},
        "verify_key": "0" * 64,
        "flags": flags,
        "flags_new": str(flags),
        "hook": True,
        "redirect_uris": [],
        "interactions_endpoint_url": None,
        "role_connections_verification_url": None,
        "owner": user_json(world.users[world.owner_id]),
        "approximate_guild_count": 1,
        "approximate_user_install_count": 0,
        "approximate_user_authorization_count": 0,
        "explicit_content_filter": 0,
        "team": None,
        "eligible_oauth2_scopes": [],
        "event_webhooks_status": 1,
    }


def can_send(world: World, user: User, channel: Channel) -> bool:
    """Whether the user may write in the channel."""
    return bool(world.channel_permissions(user, channel) & perms.SEND_MESSAGES)


def colour_of(world: World, user: User) -> str:
    """The colour of a user's name: that of the highest role that has one, as #RRGGBB."""
    return next((f"#{role.colour:06X}" for role in world.roles_of(user) if role.colour), "#DBDEE1")


def display_user(world: World, user: User) -> Json:
    """A user as the chat page lists it."""
    return {
        "id": user.id,
        "name": user.name,
        "role_names": [role.name for role in world.roles_of(user)],
        "colour": colour_of(world, user),
    }
