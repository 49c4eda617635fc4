"""The bot's registered application commands, and who sees them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sandbox import errors
from sandbox import permissions as perms
from sandbox.limits.commands import CHAT_INPUT, MESSAGE_MENU, USER_MENU, check_command
from sandbox.limits.form import Form

if TYPE_CHECKING:
    from sandbox.events import EventBus
    from sandbox.jsontypes import Json
    from sandbox.snowflake import SnowflakeFactory
    from sandbox.world import User, World

MAXIMUM = {CHAT_INPUT: 100, USER_MENU: 15, MESSAGE_MENU: 15}
"""How many commands of each type a scope may hold."""

_TOO_MANY = "Maximum number of application commands reached ({})."


class Commands:
    """Commands by scope: global ones and those of the guild.

    Args:
        world: The guild.
        ids: Where new ids come from.
        bus: Where the pages hear of changes.
    """

    def __init__(self, world: World, ids: SnowflakeFactory, bus: EventBus) -> None:
        self._world = world
        self._ids = ids
        self._bus = bus
        self._scopes: dict[str | None, dict[str, Json]] = {None: {}, world.guild_id: {}}

    def scope(self, application_id: str, guild_id: str | None) -> dict[str, Json]:
        """The commands of one scope by id.

        Raises:
            ApiError: Another application's, or a guild that the bot is not in.
        """
        if application_id != self._world.application_id:
            raise errors.ApiError(404, 10002, "Unknown Application")
        if guild_id not in self._scopes:
            raise errors.missing_access()
        return self._scopes[guild_id]

    def get(self, application_id: str, guild_id: str | None, command_id: str) -> Json:
        """One command.

        Raises:
            ApiError: 10063, no such command in that scope.
        """
        command = self.scope(application_id, guild_id).get(command_id)
        if command is None:
            raise errors.unknown_command()
        return command

    def replace_all(self, application_id: str, guild_id: str | None, body: object) -> list[Json]:
        """Make the given commands the only ones of the scope; commands of the same name and type keep their id.

        Raises:
            ApiError: 50035 with every error of every command, or 30032 too many.
        """
        scope = self.scope(application_id, guild_id)
        root = Form({"commands": body})
        places = [root.at(index, data=data) for index, data in enumerate(body)] if isinstance(body, list) else []
        if not isinstance(body, list):
            root.error("LIST_TYPE_CONVERT", "Only iterables may be used in a ListType")
        commands = [check_command(place) for place in places]
        seen: set[tuple[object, object]] = set()
        for place, command in zip(places, commands, strict=True):
            key = (command["type"], command["name"])
            if key in seen:
                place.at("name").error(
                    "APPLICATION_COMMANDS_DUPLICATE_NAME", "Application command names must be unique"
                )
            seen.add(key)
        root.check()
        _check_numbers(commands)
        kept = {(old["type"], old["name"]): old for old in scope.values()}
        scope.clear()
        for command in commands:
            self._store(scope, command, kept.get((command["type"], command["name"])), guild_id)
        self._bus.publish({"t": "commands"})
        return list(scope.values())

    def upsert(self, application_id: str, guild_id: str | None, body: object) -> tuple[Json, bool]:
        """Create a command, or replace the one of the same name and type.

        Returns:
            The command and whether it is new.

        Raises:
            ApiError: 50035 or 30032.
        """
        scope = self.scope(application_id, guild_id)
        form = Form(body)
        command = check_command(form)
        form.check()
        same = [old for old in scope.values() if (old["type"], old["name"]) == (command["type"], command["name"])]
        old = same[0] if same else None
        if old is None:
            _check_numbers([*scope.values(), command])
        stored = self._store(scope, command, old, guild_id)
        self._bus.publish({"t": "commands"})
        return stored, old is None

    def edit(self, application_id: str, guild_id: str | None, command_id: str, body: object) -> Json:
        """Change the given fields of a command.

        Raises:
            ApiError: 10063 or 50035.
        """
        scope = self.scope(application_id, guild_id)
        old = self.get(application_id, guild_id, command_id)
        changes = Form(body).mapping()
        form = Form({**old, **changes, "type": old["type"]})
        command = check_command(form)
        form.check()
        stored = self._store(scope, command, old, guild_id)
        self._bus.publish({"t": "commands"})
        return stored

    def delete(self, application_id: str, guild_id: str | None, command_id: str) -> None:
        """Delete a command.

        Raises:
            ApiError: 10063.
        """
        self.get(application_id, guild_id, command_id)
        del self.scope(application_id, guild_id)[command_id]
        self._bus.publish({"t": "commands"})

    def visible_to(self, user: User) -> list[Json]:
        """The commands that the user may use in the guild, the guild's own before the global ones."""
        everything = [*self._scopes[self._world.guild_id].values(), *self._scopes[None].values()]
        mine = self._world.guild_permissions(user)
        return [command for command in everything if _may_use(command, mine)]

    def _store(self, scope: dict[str, Json], command: Json, old: Json | None, guild_id: str | None) -> Json:
        identity = old["id"] if old else self._ids.next()
        stored: Json = {"id": identity, "application_id": self._world.application_id, "version": "", **command}
        if guild_id is not None:
            stored["guild_id"] = guild_id
        unchanged = old is not None and {**old, "version": ""} == stored
        stored["version"] = old["version"] if old is not None and unchanged else self._ids.next()
        scope[identity] = stored
        return stored


def _may_use(command: Json, mine: int) -> bool:
    if command["contexts"] is not None and 0 not in command["contexts"]:
        return False
    needed = command["default_member_permissions"]
    if needed is None or mine & perms.ADMINISTRATOR:
        return True
    # "0" means nobody but administrators.
    return int(needed) != 0 and mine & int(needed) == int(needed)


def _check_numbers(commands: list[Json]) -> None:
    for kind, maximum in MAXIMUM.items():
        if sum(command["type"] == kind for command in commands) > maximum:
            raise errors.ApiError(400, 30032, _TOO_MANY.format(maximum))
