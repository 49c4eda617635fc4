"""The gateway: who of the bot's sessions hears of what, and which events a resumed session has missed."""

from __future__ import annotations

import secrets
from collections import deque
from typing import TYPE_CHECKING

from sandbox.entities import (
    GUILD_MEMBERS,
    GUILD_PRESENCES,
    MESSAGE_CONTENT,
    application_flags,
    gateway_guild_json,
    member_json,
    own_user_json,
)
from sandbox.world import DM

if TYPE_CHECKING:
    from sandbox.events import EventBus
    from sandbox.gateway_socket import Connection
    from sandbox.jsontypes import Json
    from sandbox.messages import Message
    from sandbox.world import World

GUILDS = 1 << 0
GUILD_MESSAGES = 1 << 9
DIRECT_MESSAGES = 1 << 12

KEPT_EVENTS = 1000
"""Events that a session may have missed and still resume."""

KEPT_SESSIONS = 5
"""Sessions without a socket that can still be resumed, such as those of killed bots."""


class Session:
    """One identified session of the bot, which outlives its sockets.

    Args:
        intents: The intents it identified with.
    """

    def __init__(self, intents: int) -> None:
        self.id = secrets.token_hex(16)
        self.intents = intents
        self.seq = 0
        self.connection: Connection | None = None
        self._sent: deque[Json] = deque(maxlen=KEPT_EVENTS)

    def dispatch(self, event: str, data: Json) -> None:
        """Send an event, or keep it for the session's next socket."""
        self.seq += 1
        payload: Json = {"op": 0, "s": self.seq, "t": event, "d": data}
        self._sent.append(payload)
        if self.connection is not None:
            self.connection.send(payload)

    def missed(self, since: int) -> list[Json] | None:
        """The events after number `since`; None when they are no longer all there."""
        if since > self.seq:
            return None
        missed = [payload for payload in self._sent if payload["s"] > since]
        return missed if len(missed) == self.seq - since else None


class Gateway:
    """All sessions of the bot.

    Args:
        world: The guild.
        bus: Where the pages hear whether the bot is online.
        token: The bot token that may identify.
        granted_intents: The privileged intents that the application was granted.
        heartbeat_interval: Seconds between two heartbeats.
    """

    def __init__(
        self, world: World, bus: EventBus, token: str, granted_intents: int, heartbeat_interval: float
    ) -> None:
        self.world = world
        self.token = token
        self.granted_intents = granted_intents
        self.heartbeat_interval = heartbeat_interval
        self.url = ""
        self.sessions: dict[str, Session] = {}
        self._bus = bus

    @property
    def online(self) -> bool:
        """Whether the bot has a session with a live socket."""
        return any(session.connection is not None for session in self.sessions.values())

    def open(self, intents: int, connection: Connection) -> Session:
        """Start a session: READY, then the guild."""
        session = Session(intents)
        idle = [old for old in self.sessions.values() if old.connection is None]
        for old in idle[: max(0, len(idle) - KEPT_SESSIONS + 1)]:
            self.forget(old)
        self.sessions[session.id] = session
        self.attach(session, connection)
        world = self.world
        session.dispatch(
            "READY",
            {
                "v": 10,
                "user": own_user_json(world.users[world.bot_id]),
                "guilds": [{"id": world.guild_id, "unavailable": True}],
                "session_id": session.id,
                "session_type": "normal",
                "resume_gateway_url": self.url,
                "shard": [0, 1],
                "private_channels": [],
                "presences": [],
                "relationships": [],
                "user_settings": {},
                "geo_ordered_rtc_regions": [],
                "application": {"id": world.application_id, "flags": application_flags(self.granted_intents)},
            },
        )
        if intents & GUILDS:
            everybody = intents & (GUILD_MEMBERS | GUILD_PRESENCES)
            members = [user for user in world.users.values() if everybody or user.bot]
            session.dispatch("GUILD_CREATE", gateway_guild_json(world, members))
        return session

    def attach(self, session: Session, connection: Connection) -> None:
        """Give a session its socket."""
        was_online = self.online
        session.connection = connection
        if not was_online:
            self._bus.publish({"t": "bot", "online": True})

    def detach(self, session: Session, connection: Connection, *, ended: bool) -> None:
        """Take a session's socket away; when the bot ended it (closed with 1000 or 1001) it cannot be resumed."""
        if ended:
            self.sessions.pop(session.id, None)
        if session.connection is connection:
            session.connection = None
            if not self.online:
                self._bus.publish({"t": "bot", "online": False})

    def forget(self, session: Session) -> None:
        """Make a session impossible to resume."""
        self.sessions.pop(session.id, None)

    def interaction(self, data: Json) -> None:
        """Tell the bot of an interaction; interactions need no intent."""
        self._dispatch("INTERACTION_CREATE", data, 0)

    def message(self, event: str, message: Message, data: Json) -> None:
        """Tell the bot of a new or changed message, with its text only as far as the intents go."""
        in_guild = self.world.channels[message.channel_id].type != DM
        # An ephemeral message comes without its guild, as a direct message does.
        told = dict(data)
        if in_guild and not message.ephemeral:
            author = self.world.users[message.author_id]
            told |= {"guild_id": self.world.guild_id, "member": member_json(author, with_user=False)}
        intent = GUILD_MESSAGES if "guild_id" in told else DIRECT_MESSAGES
        mine = message.author_id == self.world.bot_id or self.world.bot_id in message.mentions
        for session in list(self.sessions.values()):
            if session.intents & intent:
                full = mine or "guild_id" not in told or session.intents & MESSAGE_CONTENT
                hidden = {} if full else {"content": "", "embeds": [], "attachments": [], "components": []}
                session.dispatch(event, {**told, **hidden})

    def message_deleted(self, message: Message) -> None:
        """Tell the bot that a message is gone."""
        data: Json = {"id": message.id, "channel_id": message.channel_id}
        if self.world.channels[message.channel_id].type == DM or message.ephemeral:
            self._dispatch("MESSAGE_DELETE", data, DIRECT_MESSAGES)
        else:
            self._dispatch("MESSAGE_DELETE", {**data, "guild_id": self.world.guild_id}, GUILD_MESSAGES)

    def guild_event(self, event: str, data: Json) -> None:
        """Tell the bot of a change in the guild."""
        self._dispatch(event, data, GUILDS)

    def _dispatch(self, event: str, data: Json, intent: int) -> None:
        for session in list(self.sessions.values()):
            if not intent or session.intents & intent:
                session.dispatch(event, data)
