"""The guild that the sandbox opens with: the same channels, roles, people and ids at every start."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import TypeVar

from sandbox import permissions as perms
from sandbox.errors import Refused
from sandbox.permissions import Overwrite

GUILD_TEXT = 0
DM = 1

GUILD_ID = "1150000000000000001"
ADMIN_ROLE_ID = "1150000000000000011"
OPERATOR_ROLE_ID = "1150000000000000012"
BOT_ROLE_ID = "1150000000000000013"
GENERAL_ID = "1150000000000000021"
COMMANDS_ID = "1150000000000000022"
REPORTS_ID = "1150000000000000023"
SECRET_ID = "1150000000000000024"  # noqa: S105 - the channel is called so
ADA_ID = "1150000000000000031"
OLGA_ID = "1150000000000000032"
MAX_ID = "1150000000000000033"
BOT_ID = "1150000000000000041"

JOINED_AT = "2023-09-09T09:09:09.000000+00:00"

_MEMBER_PERMISSIONS = (
    perms.VIEW_CHANNEL
    | perms.SEND_MESSAGES
    | perms.READ_MESSAGE_HISTORY
    | perms.EMBED_LINKS
    | perms.ATTACH_FILES
    | perms.ADD_REACTIONS
    | perms.USE_EXTERNAL_EMOJIS
    | perms.CHANGE_NICKNAME
    | perms.CREATE_INSTANT_INVITE
    | perms.USE_APPLICATION_COMMANDS
)


@dataclass(slots=True)
class Role:
    """A role of the guild. `bot_id` names the bot whose own role it is."""

    id: str
    name: str
    permissions: int
    position: int
    colour: int = 0
    hoist: bool = False
    mentionable: bool = False
    bot_id: str | None = None


@dataclass(slots=True)
class User:
    """A person or the bot, with the roles that it has in the guild."""

    id: str
    username: str
    name: str
    role_ids: list[str] = field(default_factory=list)
    bot: bool = False


@dataclass(slots=True)
class Channel:
    """A text channel of the guild, or a direct channel of the bot with `recipient_id`."""

    id: str
    name: str
    type: int = GUILD_TEXT
    topic: str | None = None
    position: int = 0
    overwrites: list[Overwrite] = field(default_factory=list)
    recipient_id: str | None = None
    last_message_id: str | None = None


_Named = TypeVar("_Named", Role, User, Channel)


@dataclass(slots=True)
class World:
    """Everything that exists in the sandbox before anybody speaks."""

    name: str
    guild_id: str
    owner_id: str
    bot_id: str
    roles: dict[str, Role]
    channels: dict[str, Channel]
    users: dict[str, User]

    @property
    def application_id(self) -> str:
        """A bot's application has the bot's id."""
        return self.bot_id

    @property
    def people(self) -> list[User]:
        """The users that one can play: everybody but the bot."""
        return [user for user in self.users.values() if not user.bot]

    def roles_of(self, user: User) -> list[Role]:
        """A user's roles, highest first, without @everyone."""
        return sorted((self.roles[role] for role in user.role_ids), key=lambda role: -role.position)

    def guild_permissions(self, user: User) -> int:
        """A member's permission bits in the guild as a whole."""
        everyone = self.roles[self.guild_id].permissions
        mine = [role.permissions for role in self.roles_of(user)]
        return perms.in_guild([everyone, *mine], owner=user.id == self.owner_id)

    def channel_permissions(self, user: User, channel: Channel) -> int:
        """A member's permission bits in one channel; in a direct channel, all that such channels have."""
        if channel.type == DM:
            mine = user.id in {channel.recipient_id, self.bot_id}
            return _MEMBER_PERMISSIONS if mine else 0
        return perms.in_channel(
            self.guild_permissions(user),
            channel.overwrites,
            everyone=self.guild_id,
            roles=user.role_ids,
            member=user.id,
        )

    def can_see(self, user: User, channel: Channel) -> bool:
        """Whether the channel shows up for the user at all."""
        return bool(self.channel_permissions(user, channel) & perms.VIEW_CHANNEL)

    def find_user(self, wanted: str) -> User:
        """The person with that id or name.

        Raises:
            Refused: Nobody is called so.
        """
        return _find(self.people, wanted, "user")

    def find_channel(self, wanted: str, user: User) -> Channel:
        """The channel with that id or name, with or without the leading #, as the user sees it.

        Raises:
            Refused: No channel is called so, or the user cannot see it.
        """
        name = wanted.removeprefix("#")
        visible = [channel for channel in self.channels.values() if self.can_see(user, channel)]
        try:
            return _find(visible, name, "channel")
        except Refused:
            hidden = _find(self.channels.values(), name, "channel")
            raise Refused(f"{user.name} cannot see #{hidden.name}.", 403) from None

    def find_role(self, wanted: str) -> Role:
        """The role with that id or name, with or without the leading @.

        Raises:
            Refused: No role is called so.
        """
        return _find(self.roles.values(), wanted.removeprefix("@"), "role")


def _find(things: Iterable[_Named], wanted: str, kind: str) -> _Named:
    for thing in things:
        if thing.id == wanted or thing.name.removeprefix("@").casefold() == wanted.casefold():
            return thing
    raise Refused(f"There is no {kind} {wanted!r} in the sandbox.", 404)


def build_world() -> World:
    """The fixed world: guild "Sandbox", four channels, three people and the bot."""
    roles = [
        Role(GUILD_ID, "@everyone", _MEMBER_PERMISSIONS, 0),
        Role(BOT_ROLE_ID, "ddc-perf", _MEMBER_PERMISSIONS, 1, bot_id=BOT_ID),
        Role(OPERATOR_ROLE_ID, "Docker operators", 0, 2, colour=0x3BA55D, hoist=True, mentionable=True),
        Role(ADMIN_ROLE_ID, "Admin", perms.ADMINISTRATOR, 3, colour=0xE67E22, hoist=True),
    ]
    # Only the bot writes in #reports, as in a guild that keeps a channel for its bots' reports.
    reports = [
        Overwrite(GUILD_ID, perms.ROLE, deny=perms.SEND_MESSAGES),
        Overwrite(BOT_ROLE_ID, perms.ROLE, allow=perms.SEND_MESSAGES),
    ]
    secret = [Overwrite(GUILD_ID, perms.ROLE, deny=perms.VIEW_CHANNEL)]
    channels = [
        Channel(GENERAL_ID, "general", topic="Anything goes", position=0),
        Channel(COMMANDS_ID, "bot-commands", topic="Type / to see what the bot can do", position=1),
        Channel(REPORTS_ID, "reports", topic="The bot posts here", position=2, overwrites=reports),
        Channel(
            SECRET_ID, "secret", topic="Admins only: neither members nor the bot see it", position=3, overwrites=secret
        ),
    ]
    users = [
        User(ADA_ID, "ada", "Ada", [ADMIN_ROLE_ID]),
        User(OLGA_ID, "olga", "Olga", [OPERATOR_ROLE_ID]),
        User(MAX_ID, "max", "Max"),
        User(BOT_ID, "ddc-perf", "ddc-perf", [BOT_ROLE_ID], bot=True),
    ]
    return World(
        name="Sandbox",
        guild_id=GUILD_ID,
        owner_id=ADA_ID,
        bot_id=BOT_ID,
        roles={role.id: role for role in roles},
        channels={channel.id: channel for channel in channels},
        users={user.id: user for user in users},
    )
