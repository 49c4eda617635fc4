"""Channels and their messages, as far as the bot's permissions reach."""

from sandbox import errors
from sandbox import permissions as perms
from sandbox.entities import channel_json
from sandbox.jsontypes import Json
from sandbox.limits.form import Form
from sandbox.limits.messages import EPHEMERAL, Draft, check_message
from sandbox.messages import REPLY, Message
from sandbox.pipeline import Call, Route
from sandbox.ratelimit import Limit
from sandbox.world import Channel

_MESSAGES = Limit(5, 5.0)
_LISTING = Limit(50, 5.0)


def _channel(call: Call, *needed: int) -> Channel:
    """The channel of the path, if the bot sees it and has the permissions."""
    world = call.hub.world
    channel = world.channels.get(call.params["channel_id"])
    if channel is None:
        raise errors.unknown_channel()
    mine = world.channel_permissions(world.users[world.bot_id], channel)
    if not mine & perms.VIEW_CHANNEL:
        raise errors.missing_access()
    if any(not mine & bit for bit in needed):
        raise errors.missing_permissions()
    return channel


def _message(call: Call, channel: Channel) -> Message:
    message = call.hub.chat.get(channel.id, call.params["message_id"])
    if message.ephemeral:
        # Only the interaction's webhook reaches an ephemeral message.
        raise errors.unknown_message()
    return message


async def get_channel(call: Call) -> Json:
    """GET /channels/{channel_id}."""
    return channel_json(call.hub.world, _channel(call))


async def list_messages(call: Call) -> list[Json]:
    """GET /channels/{channel_id}/messages: newest first."""
    channel = _channel(call, perms.READ_MESSAGE_HISTORY)
    form = Form(dict(call.query))
    limit = form.integer("limit", low=1, high=100) or 50
    form.check()
    chat = call.hub.chat
    history = [message for message in chat.history(channel, call.hub.world.bot_id) if not message.ephemeral]
    before, after, around = (call.query.get(name) for name in ("before", "after", "around"))
    if before is not None:
        history = [message for message in history if int(message.id) < int(before)]
    if after is not None:
        history = [message for message in history if int(message.id) > int(after)][:limit]
    if around is not None:
        older = [message for message in history if int(message.id) <= int(around)][-(limit // 2 + 1) :]
        newer = [message for message in history if int(message.id) > int(around)][: limit // 2]
        history = older + newer
    return [chat.json(message) for message in reversed(history[-limit:])]


async def get_message(call: Call) -> Json:
    """GET /channels/{channel_id}/messages/{message_id}."""
    channel = _channel(call, perms.READ_MESSAGE_HISTORY)
    return call.hub.chat.json(_message(call, channel))


async def create_message(call: Call) -> Json:
    """POST /channels/{channel_id}/messages."""
    channel = _channel(call, perms.SEND_MESSAGES)
    draft = check_message(Form(call.body), call.files)
    _may_send(call, draft)
    chat, bot_id = call.hub.chat, call.hub.world.bot_id
    if draft.enforce_nonce and draft.nonce is not None:
        earlier = chat.by_nonce(channel, bot_id, draft.nonce)
        if earlier is not None:
            return chat.json(earlier)
    message = chat.new(channel, bot_id)
    message.nonce, message.tts = draft.nonce, draft.tts
    if draft.reply_to is not None:
        message.reply_to = _replied_to(call, channel, draft)
        message.type = REPLY if message.reply_to is not None else message.type
    chat.fill(message, draft)
    chat.post(message)
    return chat.json(message)


async def edit_message(call: Call) -> Json:
    """PATCH /channels/{channel_id}/messages/{message_id}."""
    channel = _channel(call)
    message = _message(call, channel)
    if message.author_id != call.hub.world.bot_id:
        raise errors.not_the_author()
    draft = check_message(Form(call.body), call.files)
    _may_send(call, draft)
    call.hub.chat.change(message, draft)
    return call.hub.chat.json(message)


async def delete_message(call: Call) -> None:
    """DELETE /channels/{channel_id}/messages/{message_id}."""
    channel = _channel(call)
    message = _message(call, channel)
    if message.author_id != call.hub.world.bot_id:
        _channel(call, perms.MANAGE_MESSAGES)
    call.hub.chat.delete(message)


async def start_typing(call: Call) -> None:
    """POST /channels/{channel_id}/typing."""
    channel = _channel(call, perms.SEND_MESSAGES)
    world = call.hub.world
    event = {"t": "typing", "channel_id": channel.id, "user_id": world.bot_id}
    call.hub.bus.publish(event, lambda user_id: world.can_see(world.users[user_id], channel))


def _may_send(call: Call, draft: Draft) -> None:
    if draft.has(EPHEMERAL):
        form = Form({}).at("flags")
        form.error("MESSAGE_FLAGS_INVALID", "Only interaction answers can be ephemeral")
        form.check()
    if draft.embeds:
        _channel(call, perms.EMBED_LINKS)
    if draft.files:
        _channel(call, perms.ATTACH_FILES)


def _replied_to(call: Call, channel: Channel, draft: Draft) -> Message | None:
    message = call.hub.chat.find(str(draft.reply_to))
    if message is not None and message.channel_id == channel.id and not message.ephemeral:
        _channel(call, perms.READ_MESSAGE_HISTORY)
        return message
    if draft.reply_must_exist:
        form = Form({}).at("message_reference")
        form.error("MESSAGE_REFERENCE_UNKNOWN_MESSAGE", "Unknown message")
        form.check()
    return None


_BASE = "/channels/{channel_id}"

ROUTES = [
    Route("GET", _BASE, get_channel),
    Route("GET", f"{_BASE}/messages", list_messages, _LISTING),
    Route("POST", f"{_BASE}/messages", create_message, _MESSAGES),
    Route("GET", f"{_BASE}/messages/{{message_id}}", get_message, _LISTING),
    Route("PATCH", f"{_BASE}/messages/{{message_id}}", edit_message, _MESSAGES),
    Route("DELETE", f"{_BASE}/messages/{{message_id}}", delete_message, _MESSAGES),
    Route("POST", f"{_BASE}/typing", start_typing, _MESSAGES),
]
