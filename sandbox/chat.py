"""The channels' messages: written, changed, deleted, and told to everybody who may see them."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from sandbox import errors
from sandbox import permissions as perms
from sandbox.attachments import Attachment, Upload, clean_filename, guess_type
from sandbox.limits.form import Form
from sandbox.limits.messages import ATTACHMENTS, COMPONENTS_V2, EPHEMERAL, LOADING, SUPPRESS_EMBEDS
from sandbox.messages import REPLY, Message, message_json, walk

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from sandbox.clock import Clock
    from sandbox.events import EventBus
    from sandbox.gateway import Gateway
    from sandbox.jsontypes import Json
    from sandbox.limits.messages import AllowedMentions, Draft
    from sandbox.snowflake import SnowflakeFactory
    from sandbox.world import Channel, World

KEPT = 2000
"""Messages that are remembered; older ones are forgotten without a word."""

NONCE_SECONDS = 300.0
"""How long a nonce keeps a message from being written twice."""

_USER = re.compile(r"<@!?(\d+)>")
_ROLE = re.compile(r"<@&(\d+)>")
_EVERYONE = re.compile(r"@(everyone|here)\b")


class Chat:
    """All messages of the sandbox.

    Args:
        world: The guild.
        clock: What time it is.
        ids: Where new ids come from.
        bus: Where the pages listen.
        gateway: Where the bot listens.
    """

    def __init__(self, world: World, clock: Clock, ids: SnowflakeFactory, bus: EventBus, gateway: Gateway) -> None:
        self.world = world
        self.base_url = ""
        self._clock = clock
        self._ids = ids
        self._bus = bus
        self._gateway = gateway
        self._messages: dict[str, Message] = {}
        self._files: dict[str, Attachment] = {}

    def get(self, channel_id: str, message_id: str) -> Message:
        """The message with that id in that channel.

        Raises:
            ApiError: 10008, no such message.
        """
        message = self._messages.get(message_id)
        if message is None or message.channel_id != channel_id:
            raise errors.unknown_message()
        return message

    def find(self, message_id: str) -> Message | None:
        """The message with that id, wherever it is."""
        return self._messages.get(message_id)

    def file(self, attachment_id: str) -> Attachment | None:
        """The attachment with that id."""
        return self._files.get(attachment_id)

    def history(self, channel: Channel, user_id: str) -> list[Message]:
        """A channel's messages that the user sees, oldest first."""
        mine = (message for message in self._messages.values() if message.channel_id == channel.id)
        return [message for message in mine if message.visible_to(user_id)]

    def of_interaction(self, interaction_id: str) -> list[Message]:
        """The messages with which an interaction was answered, oldest first."""
        return [message for message in self._messages.values() if message.interaction_id == interaction_id]

    def by_nonce(self, channel: Channel, author_id: str, nonce: str | int) -> Message | None:
        """The author's message of the last minutes that had this nonce."""
        since = self._clock.time() - NONCE_SECONDS
        for message in reversed(self._messages.values()):
            if message.created < since:
                return None
            if (message.channel_id, message.author_id, message.nonce) == (channel.id, author_id, nonce):
                return message
        return None

    def new(self, channel: Channel, author_id: str, *, kind: int = 0, flags: int = 0) -> Message:
        """An empty message that nobody sees until `post` puts it into its channel."""
        return Message(
            id=self._ids.next(),
            channel_id=channel.id,
            author_id=author_id,
            created=self._clock.time(),
            type=kind,
            flags=flags,
        )

    def post(self, message: Message) -> None:
        """Put a finished message into its channel."""
        self._messages[message.id] = message
        while len(self._messages) > KEPT:
            self._forget(next(iter(self._messages.values())))
        if not message.ephemeral:
            self.world.channels[message.channel_id].last_message_id = message.id
        self._announce("MESSAGE_CREATE", "message_create", message)

    def change(self, message: Message, draft: Draft) -> None:
        """Change a posted message as the draft says and tell so; the first answer to a deferral counts as no edit."""
        was_loading = message.flags & LOADING
        self.fill(message, draft)
        message.flags &= ~LOADING
        if not was_loading:
            message.edited = self._clock.time()
        self._announce("MESSAGE_UPDATE", "message_update", message)

    def delete(self, message: Message) -> None:
        """Take a message away."""
        self._forget(message)
        self._gateway.message_deleted(message)
        event = {"t": "message_delete", "channel_id": message.channel_id, "id": message.id}
        self._bus.publish(event, lambda user_id: self.sees(user_id, message))

    def fill(self, message: Message, draft: Draft) -> None:
        """Write the draft into the message, leaving what the draft does not mention.

        Raises:
            ApiError: 50006, nothing would be left of it.
        """
        content = message.content if draft.content is None else draft.content
        embeds = message.embeds if draft.embeds is None else draft.embeds
        components = message.components if draft.components is None else draft.components
        attachments = self._kept(message, draft)
        v2 = draft.has(COMPONENTS_V2) or bool(message.flags & COMPONENTS_V2)
        if not (content or embeds or attachments or draft.files or (v2 and components)):
            raise errors.empty_message()
        if len(attachments) + len(draft.files) > ATTACHMENTS:
            form = Form({})
            form.at("attachments").length_error(0, ATTACHMENTS)
            form.check()
        message.content = content
        fresh = [self._store(message, index, upload, draft) for index, upload in sorted(draft.files.items())]
        for gone in message.attachments:
            if gone not in attachments:
                self._files.pop(gone.id, None)
        message.attachments = attachments + fresh
        if draft.flags is not None:
            message.flags = (message.flags & ~SUPPRESS_EMBEDS) | (draft.flags & ~EPHEMERAL)
        message.embeds = [_resolve(embed, message) for embed in embeds]
        message.components = components
        for media in _media(components):
            media["url"] = _served(media["url"], message) or media["url"]
        if draft.content is not None:
            self._mention(message, draft.mentions)

    def sees(self, user_id: str, message: Message) -> bool:
        """Whether the user sees the message."""
        user = self.world.users[user_id]
        return message.visible_to(user_id) and self.world.can_see(user, self.world.channels[message.channel_id])

    def json(self, message: Message) -> Json:
        """The message object as REST gives it."""
        return message_json(self.world, message)

    def _forget(self, message: Message) -> None:
        del self._messages[message.id]
        message.deleted = True
        for attachment in message.attachments:
            self._files.pop(attachment.id, None)

    def _announce(self, gateway_event: str, page_event: str, message: Message) -> None:
        data = self.json(message)
        self._gateway.message(gateway_event, message, data)
        self._bus.publish({"t": page_event, "message": data}, lambda user_id: self.sees(user_id, message))

    def _kept(self, message: Message, draft: Draft) -> list[Attachment]:
        if draft.keep is None:
            return list(message.attachments)
        wanted = {str(entry["id"]): entry for entry in draft.keep}
        kept = [attachment for attachment in message.attachments if attachment.id in wanted]
        for attachment in kept:
            attachment.description = wanted[attachment.id].get("description", attachment.description)
        return kept

    def _store(self, message: Message, index: int, upload: Upload, draft: Draft) -> Attachment:
        words = next((entry for entry in draft.keep or [] if str(entry["id"]) == str(index)), {})
        identity = self._ids.next()
        name = clean_filename(str(words.get("filename") or upload.filename))
        attachment = Attachment(
            id=identity,
            filename=name,
            data=upload.data,
            content_type=guess_type(name),
            url=f"{self.base_url}/attachments/{message.channel_id}/{identity}/{name}",
            description=words.get("description"),
            ephemeral=message.ephemeral,
        )
        self._files[identity] = attachment
        return attachment

    def _mention(self, message: Message, allowed: AllowedMentions) -> None:
        text = message.content
        author = self.world.users[message.author_id]
        bits = self.world.channel_permissions(author, self.world.channels[message.channel_id])
        # An interaction's answers ping as the bot's webhook does, which may mention everyone only with the permission.
        may_ping_all = bool(bits & perms.MENTION_EVERYONE)
        users = [
            user for user in _found(_USER, text, self.world.users) if allowed.users is None or user in allowed.users
        ]
        if message.reply_to is not None and message.type == REPLY and message.application_id is None:
            target = message.reply_to.author_id
            if allowed.replied_user and target not in users:
                users.append(target)
        message.mentions = users
        message.mention_roles = [
            role
            for role in _found(_ROLE, text, self.world.roles)
            if (allowed.roles is None or role in allowed.roles) and (may_ping_all or self.world.roles[role].mentionable)
        ]
        message.mention_everyone = bool(allowed.everyone and may_ping_all and _EVERYONE.search(text))


def _found(pattern: re.Pattern[str], text: str, known: Iterable[str]) -> list[str]:
    return [identity for identity in dict.fromkeys(pattern.findall(text)) if identity in known]


def _resolve(embed: Json, message: Message) -> Json:
    """The embed with its attachment:// links replaced by the served addresses."""
    resolved = dict(embed)
    for part, key in (("image", "url"), ("thumbnail", "url"), ("footer", "icon_url"), ("author", "icon_url")):
        attachment = _linked(embed.get(part, {}).get(key, ""), message)
        if attachment is not None:
            size = attachment.json()
            # The words for who can't see the picture come along with it.
            told = ("width", "height", "description")
            extra = {name: size[name] for name in told if name in size and key == "url"}
            proxy = "proxy_url" if key == "url" else "proxy_icon_url"
            resolved[part] = {**embed[part], key: attachment.url, proxy: attachment.url, **extra}
    return resolved


def _linked(url: str, message: Message) -> Attachment | None:
    """The attachment that an attachment:// link means."""
    if not url.startswith("attachment://"):
        return None
    name = clean_filename(url.removeprefix("attachment://"))
    return next((attachment for attachment in message.attachments if attachment.filename == name), None)


def _served(url: str, message: Message) -> str | None:
    attachment = _linked(url, message)
    return None if attachment is None else attachment.url


def _media(components: list[Json]) -> Iterator[Json]:
    """The media of thumbnails, galleries and files, at whatever depth."""
    for component in walk(components):
        holders = [component, *component.get("items", [])]
        for holder in holders:
            for key in ("media", "file"):
                if isinstance(holder.get(key), dict):
                    yield holder[key]
