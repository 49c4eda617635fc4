"""The parts of one sandbox, put together."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sandbox.answers import Answers
from sandbox.chat import Chat
from sandbox.clock import Clock, SystemClock
from sandbox.commands import Commands
from sandbox.entities import channel_json
from sandbox.events import EventBus
from sandbox.faults import Faults
from sandbox.gateway import Gateway
from sandbox.interactions import Interactions
from sandbox.ratelimit import RateLimiter
from sandbox.recorder import Recorder
from sandbox.snowflake import SnowflakeFactory
from sandbox.world import DM, Channel, User, build_world

if TYPE_CHECKING:
    from sandbox.permissions import Overwrite


class Hub:
    """One loopback Discord without its network: the state, and who tells whom of changes.

    Args:
        token: The bot token that is accepted.
        clock: What decides on late answers and expired tokens.
        granted_intents: Privileged intents that the application was granted, as bits.
        ack_seconds: How long the bot has for a first answer.
        heartbeat_interval: Seconds between two heartbeats on the gateway.
    """

    def __init__(
        self,
        *,
        token: str,
        clock: Clock | None = None,
        granted_intents: int = 0,
        ack_seconds: float = 3.0,
        heartbeat_interval: float = 41.25,
    ) -> None:
        self.token = token
        self.clock = clock or SystemClock()
        self.granted_intents = granted_intents
        self.world = build_world()
        self.bus = EventBus()
        self.ids = SnowflakeFactory(self.clock)
        self.gateway = Gateway(self.world, self.bus, token, granted_intents, heartbeat_interval)
        self.chat = Chat(self.world, self.clock, self.ids, self.bus, self.gateway)
        self.commands = Commands(self.world, self.ids, self.bus)
        self.interactions = Interactions(self.chat, self.clock, self.ids, self.bus, ack_seconds)
        self.answers = Answers(self.chat, self.interactions)
        self.faults = Faults(self.gateway)
        self.limiter = RateLimiter()
        self.recorder = Recorder()

    def locate(self, url: str) -> None:
        """Tell the parts under which address they are served, such as http://127.0.0.1:8765."""
        self.chat.base_url = url
        self.gateway.url = f"{url.replace('http', 'ws', 1)}/gateway"

    def set_overwrite(self, channel: Channel, overwrite: Overwrite) -> None:
        """Change what a channel gives to or takes from a role or member, and tell the bot."""
        channel.overwrites = [each for each in channel.overwrites if each.target != overwrite.target]
        channel.overwrites.append(overwrite)
        self.gateway.guild_event("CHANNEL_UPDATE", channel_json(self.world, channel))

    def direct_channel(self, user: User) -> Channel:
        """The bot's direct channel with a person, opened when there is none yet."""
        for channel in self.world.channels.values():
            if channel.type == DM and channel.recipient_id == user.id:
                return channel
        bot = self.world.users[self.world.bot_id]
        channel = Channel(self.ids.next(), bot.name, DM, recipient_id=user.id)
        self.world.channels[channel.id] = channel
        self.gateway.guild_event("CHANNEL_CREATE", channel_json(self.world, channel))
        return channel
