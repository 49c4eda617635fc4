"""What a message is and how Discord writes it down."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from sandbox.entities import user_json
from sandbox.limits.messages import EPHEMERAL, SUPPRESS_EMBEDS

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from sandbox.attachments import Attachment
    from sandbox.jsontypes import Json
    from sandbox.world import World

DEFAULT = 0
REPLY = 19
CHAT_INPUT_COMMAND = 20
CONTEXT_MENU_COMMAND = 23


@dataclass(slots=True)
class Message:
    """A message in a channel.

    Attributes:
        audience: For an ephemeral message, the one user who sees it.
        interaction_id: The interaction that it answers.
        metadata: What `interaction_metadata` tells of that interaction.
        legacy_interaction: The older `interaction` object, which first answers to commands still carry.
        reply_to: The message that it refers to: its channel and id.
    """

    id: str
    channel_id: str
    author_id: str
    created: float
    type: int = DEFAULT
    content: str = ""
    embeds: list[Json] = field(default_factory=list)
    components: list[Json] = field(default_factory=list)
    attachments: list[Attachment] = field(default_factory=list)
    flags: int = 0
    tts: bool = False
    edited: float | None = None
    mentions: list[str] = field(default_factory=list)
    mention_roles: list[str] = field(default_factory=list)
    mention_everyone: bool = False
    nonce: str | int | None = None
    audience: str | None = None
    application_id: str | None = None
    interaction_id: str | None = None
    metadata: Json | None = None
    legacy_interaction: Json | None = None
    reply_to: Message | None = None
    deleted: bool = False

    @property
    def ephemeral(self) -> bool:
        """Whether only its audience sees it."""
        return bool(self.flags & EPHEMERAL)

    def visible_to(self, user_id: str) -> bool:
        """Whether a user who can see the channel sees this message in it."""
        return self.audience is None or self.audience == user_id


def walk(components: Sequence[Json]) -> Iterator[Json]:
    """Every component of a message or modal, at whatever depth."""
    for component in components:
        yield component
        yield from walk(component.get("components", []))
        for single in ("accessory", "component"):
            if single in component:
                yield from walk([component[single]])


def iso(moment: float) -> str:
    """Seconds since the epoch as Discord's timestamps."""
    return datetime.fromtimestamp(moment, UTC).isoformat(timespec="microseconds")


def message_json(world: World, message: Message, *, nested: bool = False) -> Json:
    """A message object as REST gives it (the gateway adds guild_id and member).

    Args:
        world: Where the users live.
        message: The message.
        nested: Whether it stands inside another message, where the one it answers is left out.
    """
    shown_in_embeds = set(_embedded_urls(message.embeds))
    data: Json = {
        "id": message.id,
        "channel_id": message.channel_id,
        "type": message.type,
        "author": user_json(world.users[message.author_id]),
        "content": message.content,
        "timestamp": iso(message.created),
        "edited_timestamp": None if message.edited is None else iso(message.edited),
        "tts": message.tts,
        "pinned": False,
        "mention_everyone": message.mention_everyone,
        "mentions": [user_json(world.users[user]) for user in message.mentions],
        "mention_roles": list(message.mention_roles),
        # A file that an embed shows is not listed a second time.
        "attachments": [each.json() for each in message.attachments if each.url not in shown_in_embeds],
        "embeds": [] if message.flags & SUPPRESS_EMBEDS else message.embeds,
        "components": message.components,
        "flags": message.flags,
    }
    if message.nonce is not None:
        data["nonce"] = message.nonce
    if message.application_id is not None:
        data["application_id"] = data["webhook_id"] = message.application_id
    if message.metadata is not None:
        data["interaction_metadata"] = message.metadata
    if message.legacy_interaction is not None:
        data["interaction"] = message.legacy_interaction
    if message.reply_to is not None:
        _add_reference(world, message, message.reply_to, data, nested=nested)
    return data


def _add_reference(world: World, message: Message, target: Message, data: Json, *, nested: bool) -> None:
    data["message_reference"] = {"type": 0, "channel_id": target.channel_id, "message_id": target.id}
    if target.audience is None:
        data["message_reference"]["guild_id"] = world.guild_id
    if not nested and message.type == REPLY:
        data["referenced_message"] = None if target.deleted else message_json(world, target, nested=True)


def _embedded_urls(embeds: list[Json]) -> Iterator[str]:
    for embed in embeds:
        for part, key in (("image", "url"), ("thumbnail", "url"), ("footer", "icon_url"), ("author", "icon_url")):
            url = embed.get(part, {}).get(key)
            if url:
                yield url
