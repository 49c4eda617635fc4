"""How the bot answers: first answers by callback, then follow-ups and edits by the interaction's webhook."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sandbox import errors
from sandbox.entities import user_json
from sandbox.interactions import AUTOCOMPLETE, COMMAND, COMPONENT, DONE, MODAL_SUBMIT, THINKING, Interaction
from sandbox.limits.form import Form
from sandbox.limits.messages import EPHEMERAL, LOADING, Draft, check_message
from sandbox.limits.modals import check_choices, check_modal
from sandbox.messages import CHAT_INPUT_COMMAND, CONTEXT_MENU_COMMAND, REPLY, Message

if TYPE_CHECKING:
    from sandbox.attachments import Upload
    from sandbox.chat import Chat
    from sandbox.interactions import Interactions
    from sandbox.jsontypes import Json

PONG, MESSAGE, DEFERRED_MESSAGE, DEFERRED_UPDATE, UPDATE, CHOICES, MODAL = 1, 4, 5, 6, 7, 8, 9

_ORIGINAL = "@original"


def allowed_answers(record: Interaction) -> tuple[int, ...]:
    """The types of first answer that an interaction takes."""
    if record.type == AUTOCOMPLETE:
        return (CHOICES,)
    updates = (DEFERRED_UPDATE, UPDATE) if record.message is not None else ()
    modals = (MODAL,) if record.type in (COMMAND, COMPONENT) else ()
    return (MESSAGE, DEFERRED_MESSAGE, *updates, *modals)


class Answers:
    """The bot's side of interactions.

    Args:
        chat: Where the messages go.
        interactions: The records.
    """

    def __init__(self, chat: Chat, interactions: Interactions) -> None:
        self._chat = chat
        self._interactions = interactions

    def first(self, interaction_id: str, token: str, body: object, files: dict[int, Upload]) -> Json:
        """Take the first answer to an interaction.

        Args:
            interaction_id: From the URL.
            token: From the URL.
            body: The callback's JSON: {"type", "data"}.
            files: Uploaded files by index.

        Returns:
            The callback response object, for callers that asked for it.

        Raises:
            ApiError: Unknown, late or answered interaction, or a body that breaks a limit.
        """
        record = self._interactions.unanswered(interaction_id, token)
        form = Form(body)
        form.mapping()
        kind = form.integer("type", choices=allowed_answers(record), required=True)
        form.check()
        data = form.child("data") or form.at("data", data={})
        if kind == MESSAGE:
            self._message(record, check_message(data, files))
        elif kind == DEFERRED_MESSAGE:
            self._defer(record, ephemeral=bool((data.integer("flags") or 0) & EPHEMERAL))
        elif kind == UPDATE and record.message is not None:
            draft = check_message(data, files)
            self._must_exist(record.message)
            self._chat.change(record.message, draft)
            record.original = record.message
        elif kind == DEFERRED_UPDATE:
            record.original = record.message
        elif kind == CHOICES:
            record.choices = check_choices(data, record.focused_type)
        elif kind == MODAL:
            self._interactions.open_modal(record, check_modal(data))
        self._interactions.acknowledge(record, int(kind or 0), THINKING if kind == DEFERRED_MESSAGE else DONE)
        return self._response(record)

    def follow_up(self, application_id: str, token: str, body: object, files: dict[int, Upload]) -> Json:
        """Post a further message; the first one after a deferral takes the deferred message's place.

        Raises:
            ApiError: Wrong or expired token, no first answer yet, or a body that breaks a limit.
        """
        record = self._interactions.answered(application_id, token)
        draft = check_message(Form(body), files)
        original = record.original
        if original is not None and not original.deleted and original.flags & LOADING:
            return self._edit(record, original, draft)
        message = self._new(record, ephemeral=draft.has(EPHEMERAL))
        if original is not None:
            message.type, message.reply_to = REPLY, original
            message.metadata = {**(message.metadata or {}), "original_response_message_id": original.id}
        self._chat.fill(message, draft)
        self._chat.post(message)
        self._interactions.move(record, DONE)
        return self._chat.json(message)

    def get(self, application_id: str, token: str, message_id: str) -> Json:
        """A message of the interaction, by id or "@original".

        Raises:
            ApiError: Wrong or expired token, or no such message.
        """
        record = self._interactions.answered(application_id, token)
        return self._chat.json(self._find(record, message_id))

    def edit(self, application_id: str, token: str, message_id: str, body: object, files: dict[int, Upload]) -> Json:
        """Change a message of the interaction, by id or "@original".

        Raises:
            ApiError: Wrong or expired token, no such message, or a body that breaks a limit.
        """
        record = self._interactions.answered(application_id, token)
        message = self._find(record, message_id)
        return self._edit(record, message, check_message(Form(body), files))

    def delete(self, application_id: str, token: str, message_id: str) -> None:
        """Delete a message of the interaction, by id or "@original".

        Raises:
            ApiError: Wrong or expired token, or no such message.
        """
        record = self._interactions.answered(application_id, token)
        self._chat.delete(self._find(record, message_id))
        self._interactions.move(record, DONE)

    def _edit(self, record: Interaction, message: Message, draft: Draft) -> Json:
        self._chat.change(message, draft)
        self._interactions.move(record, DONE)
        return self._chat.json(message)

    def _find(self, record: Interaction, message_id: str) -> Message:
        message = record.original if message_id == _ORIGINAL else self._chat.find(message_id)
        own = message is not None and (message is record.original or message.interaction_id == record.id)
        if message is None or not own:
            raise errors.unknown_message()
        self._must_exist(message)
        return message

    @staticmethod
    def _must_exist(message: Message) -> None:
        if message.deleted:
            raise errors.unknown_message()

    def _message(self, record: Interaction, draft: Draft) -> None:
        message = self._new(record, ephemeral=draft.has(EPHEMERAL))
        self._chat.fill(message, draft)
        self._chat.post(message)
        record.original = message

    def _defer(self, record: Interaction, *, ephemeral: bool) -> None:
        message = self._new(record, ephemeral=ephemeral)
        message.flags |= LOADING
        self._chat.post(message)
        record.original = message

    def _new(self, record: Interaction, *, ephemeral: bool) -> Message:
        world = self._chat.world
        channel = world.channels[record.channel_id]
        message = self._chat.new(channel, world.bot_id, flags=EPHEMERAL if ephemeral else 0)
        message.audience = record.user_id if ephemeral else None
        message.application_id = world.application_id
        message.interaction_id = record.id
        message.metadata = self._metadata(record)
        if record.type == COMMAND:
            chat_input = record.payload.get("data", {}).get("type", 1) == 1
            message.type = CHAT_INPUT_COMMAND if chat_input else CONTEXT_MENU_COMMAND
            message.legacy_interaction = {
                "id": record.id,
                "type": record.type,
                "name": record.command,
                "user": user_json(world.users[record.user_id]),
            }
        elif record.message is not None:
            message.type, message.reply_to = REPLY, record.message
        return message

    def _metadata(self, record: Interaction) -> Json:
        metadata: Json = {
            "id": record.id,
            "type": record.type,
            "user": user_json(self._chat.world.users[record.user_id]),
            "authorizing_integration_owners": record.payload.get("authorizing_integration_owners", {}),
        }
        if record.type == COMMAND:
            metadata |= {"name": record.command, "command_type": record.payload.get("data", {}).get("type", 1)}
        elif record.type == COMPONENT and record.message is not None:
            metadata["interacted_message_id"] = record.message.id
        elif record.type == MODAL_SUBMIT and record.parent is not None:
            metadata["triggering_interaction_metadata"] = self._metadata(record.parent)
        return metadata

    def _response(self, record: Interaction) -> Json:
        interaction: Json = {"id": record.id, "type": record.type, "channel_id": record.channel_id}
        if "guild_id" in record.payload:
            interaction["guild_id"] = record.payload["guild_id"]
        response: Json = {"interaction": interaction}
        message = record.original
        if message is not None:
            interaction |= {
                "response_message_id": message.id,
                "response_message_loading": bool(message.flags & LOADING),
                "response_message_ephemeral": message.ephemeral,
            }
            if record.answer_type != DEFERRED_UPDATE:
                kind = UPDATE if record.answer_type == UPDATE else MESSAGE
                response["resource"] = {"type": kind, "message": self._chat.json(message)}
        return response
