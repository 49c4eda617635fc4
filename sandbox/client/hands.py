"""A person's hands in the chat: run a command, press, pick, fill in, write. The page's API and the tests use these."""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING

from sandbox import permissions as perms
from sandbox.client.components import use_component
from sandbox.client.modals import fill_modal
from sandbox.client.options import fill_options, fill_partly, find_command, nest
from sandbox.client.payload import Resolver, interaction_json
from sandbox.entities import can_send
from sandbox.errors import ApiError, Refused
from sandbox.interactions import AUTOCOMPLETE, COMMAND, COMPONENT, MODAL_SUBMIT, Interaction
from sandbox.limits.commands import MESSAGE_MENU, USER_MENU
from sandbox.limits.form import Form
from sandbox.limits.messages import check_message

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from sandbox.hub import Hub
    from sandbox.jsontypes import Json
    from sandbox.messages import Message
    from sandbox.world import Channel, User

AUTOCOMPLETE_SECONDS = 3.5
"""How long a list of choices is waited for: past Discord's three seconds, at which the interaction has failed."""


class Hands:
    """Everything that a person can do.

    Args:
        hub: The sandbox.
    """

    def __init__(self, hub: Hub) -> None:
        self._hub = hub

    def run_command(
        self,
        user: str,
        channel: str,
        command: str,
        options: Mapping[str, object] | None = None,
        *,
        target: str | None = None,
        nonce: str | None = None,
    ) -> Interaction:
        """Run a slash command, or with a target a command of the context menu.

        Args:
            user: Who runs it: id or name.
            channel: Where: id or name.
            command: Its full name, such as "perf recent".
            options: Values by option name.
            target: Id or name of a user, or id of a message, for a command of the context menu.
            nonce: The page's own mark for it.

        Raises:
            Refused: Discord's client would not send it.
        """
        who, where = self._place(user, channel)
        resolver = Resolver(self._hub.world, who)
        if target is not None:
            return self._context_menu(who, where, command, target, nonce)
        top, path = self._command(who, where, command)
        declared = (path[-1] if path else top).get("options", [])
        filled = fill_options(declared, options or {}, self._hub.world, resolver)
        record = self._hub.interactions.new(COMMAND, who.id, where.id, nonce)
        record.command = " ".join([top["name"], *(step["name"] for step in path)])
        record.options = {option["name"]: option["value"] for option in filled}
        return self._send(record, resolver.into(_command_data(top, nest(path, filled))))

    async def autocomplete(
        self, user: str, channel: str, command: str, options: Mapping[str, object], focused: str
    ) -> Interaction:
        """Ask for the choices of an option and wait until they are there or it is too late.

        Args:
            user: Who types: id or name.
            channel: Where: id or name.
            command: The command's full name.
            options: What is typed so far, by option name.
            focused: The option that is being typed.

        Returns:
            The interaction; its `choices` are None when the bot did not answer in time.

        Raises:
            Refused: No such command or option, or one without autocomplete.
        """
        who, where = self._place(user, channel)
        top, path = self._command(who, where, command)
        resolver = Resolver(self._hub.world, who)
        declared = (path[-1] if path else top).get("options", [])
        filled = fill_partly(declared, options, focused, self._hub.world, resolver)
        record = self._hub.interactions.new(AUTOCOMPLETE, who.id, where.id, None)
        record.focused_type = next(option["type"] for option in filled if option.get("focused"))
        record.command = " ".join([top["name"], *(step["name"] for step in path)])
        record.options = {option["name"]: option["value"] for option in filled}
        self._send(record, resolver.into(_command_data(top, nest(path, filled))))
        with suppress(TimeoutError):
            await record.wait(AUTOCOMPLETE_SECONDS)
        return record

    def use_component(
        self,
        user: str,
        channel: str,
        message: str,
        custom_id: str,
        values: Sequence[str] | None = None,
        *,
        nonce: str | None = None,
    ) -> Interaction:
        """Press a button or pick in a select.

        Args:
            user: Who does it: id or name.
            channel: Where: id or name.
            message: Id of the message that has the component.
            custom_id: Which component.
            values: What is picked, for selects.
            nonce: The page's own mark for it.

        Raises:
            Refused: There is no such message or component for this person, or it is disabled.
        """
        who, where = self._place(user, channel)
        target = self._message(who, where, message)
        resolver = Resolver(self._hub.world, who)
        data = use_component(target.components, custom_id, values, self._hub.world, resolver)
        record = self._hub.interactions.new(COMPONENT, who.id, where.id, nonce)
        record.message, record.custom_id = target, custom_id
        record.options = {"values": data["values"]} if "values" in data else {}
        return self._send(record, data)

    def submit_modal(
        self, user: str, interaction: str, values: Mapping[str, object], *, nonce: str | None = None
    ) -> Interaction:
        """Send a modal that the bot has opened.

        Args:
            user: Who does it: id or name.
            interaction: Id of the interaction that opened it.
            values: What was typed or picked, by custom id.
            nonce: The page's own mark for it.

        Raises:
            Refused: No modal is open there for this person, or a field is not filled in as it must be.
        """
        who = self._hub.world.find_user(user)
        parent = self._hub.interactions.records.get(interaction)
        if parent is None or parent.user_id != who.id or parent.modal is None or not parent.modal_open:
            raise Refused("There is no such modal open.", 404)
        resolver = Resolver(self._hub.world, who)
        data = fill_modal(parent.modal, values, self._hub.world, resolver)
        parent.modal_open = False
        record = self._hub.interactions.new(MODAL_SUBMIT, who.id, parent.channel_id, nonce)
        record.parent, record.message, record.custom_id = parent, parent.message, parent.modal["custom_id"]
        record.options = dict(values)
        return self._send(record, data)

    def write(self, user: str, channel: str, content: str) -> Message:
        """Write a plain message into a channel.

        Args:
            user: Who writes: id or name.
            channel: Where: id or name.
            content: The text.

        Raises:
            Refused: The person may not write there, or the text is empty or too long.
        """
        who, where = self._place(user, channel)
        if not can_send(self._hub.world, who, where):
            raise Refused("You do not have permission to send messages in this channel.", 403)
        chat = self._hub.chat
        message = chat.new(where, who.id)
        try:
            chat.fill(message, check_message(Form({"content": content}), {}))
        except ApiError as error:
            raise Refused(error.message if error.errors is None else "The message is too long.") from None
        chat.post(message)
        return message

    def _context_menu(self, who: User, where: Channel, name: str, target: str, nonce: str | None) -> Interaction:
        world = self._hub.world
        menus = {each["name"]: each for each in self._usable(who, where) if each["type"] in (USER_MENU, MESSAGE_MENU)}
        if name not in menus:
            raise Refused(f"There is no context menu command {name!r} that you may use.", 404)
        resolver = Resolver(world, who)
        if menus[name]["type"] == USER_MENU:
            target_id = resolver.add_user(world.find_user(target))
        else:
            target_id = resolver.add_message(self._hub.chat.json(self._message(who, where, target)))
        record = self._hub.interactions.new(COMMAND, who.id, where.id, nonce)
        record.command = name
        return self._send(record, resolver.into({**_command_data(menus[name], []), "target_id": target_id}))

    def _place(self, user: str, channel: str) -> tuple[User, Channel]:
        world = self._hub.world
        who = world.find_user(user)
        return who, world.find_channel(channel, who)

    def _command(self, who: User, where: Channel, name: str) -> tuple[Json, list[Json]]:
        return find_command(self._usable(who, where), name)

    def _usable(self, who: User, where: Channel) -> list[Json]:
        world = self._hub.world
        if not world.channel_permissions(who, where) & perms.USE_APPLICATION_COMMANDS:
            raise Refused(f"{who.name} may not use commands in #{where.name}.", 403)
        return self._hub.commands.visible_to(who)

    def _message(self, who: User, where: Channel, message_id: str) -> Message:
        message = self._hub.chat.find(message_id)
        if message is None or message.channel_id != where.id or not message.visible_to(who.id):
            raise Refused("There is no such message.", 404)
        return message

    def _send(self, record: Interaction, data: Json) -> Interaction:
        message = None if record.message is None else self._hub.chat.json(record.message)
        record.payload = interaction_json(self._hub.world, record, data, message)
        self._hub.interactions.start(record)
        self._hub.gateway.interaction(record.payload)
        return record


def _command_data(top: Json, options: list[Json]) -> Json:
    data: Json = {"id": top["id"], "name": top["name"], "type": top["type"]}
    if options:
        data["options"] = options
    if "guild_id" in top:
        data["guild_id"] = top["guild_id"]
    return data
