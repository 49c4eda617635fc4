"""A bot that posts summaries, which can be stopped and started, and a channel in memory."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from typing import TYPE_CHECKING

import discord

from cogs.perf.posting import NONCE_MEMORY, Drawn, PostError
from cogs.perf.schedule import Decision, Kind, Schedule, marker
from cogs.perf.schedule_store import Memory, ScheduleStore
from cogs.perf.summaries import Summaries
from utils.metrics.analysis.regressions import Told

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path


NINE = datetime(2026, 11, 24, 9, tzinfo=UTC)
TODAY = date(2026, 11, 24)
MINUTE = 60.0
HOUR = 3600.0


@dataclass
class Posted:
    id: int
    mark: str
    text: str
    nonce: str
    at: float
    channel_id: int


@dataclass
class FakeChannel:
    """A channel in memory that takes a nonce once within its memory, as Discord does, and shows a page at a time."""

    clock: Callable[[], float]
    ahead: float = 0.0
    """Seconds by which Discord's clock, which stamps the messages, is ahead of the bot's."""
    page: int = 3
    messages: list[Posted] = field(default_factory=list)
    refuse_post: PostError | None = None
    refuse_find: PostError | None = None
    lose_answer: bool = False
    """Take the message, but let its answer be lost."""
    lose_find: bool = False
    finds: int = 0

    def chat(self, number: int) -> None:
        """Let others write."""
        for _ in range(number):
            self._add("", "", "")

    def own(self) -> list[Posted]:
        """The bot's messages."""
        return [one for one in self.messages if one.mark]

    async def find(self, channel_id: int, mark: str, after: datetime) -> int | None:
        assert channel_id
        if self.refuse_find is not None:
            raise self.refuse_find
        self.finds += 1
        before = len(self.messages)
        while before > 0 and not self.lose_find:
            shown = self.messages[max(0, before - self.page) : before]
            fitting = (one for one in shown if (one.mark, one.channel_id) == (mark, channel_id))
            found = [one.id for one in fitting if one.at >= after.timestamp()]
            if found or shown[0].at < after.timestamp():
                return found[-1] if found else None
            before -= self.page
        return None

    async def post(self, channel_id: int, embed: discord.Embed, nonce: str, files: Sequence[discord.File] = ()) -> int:
        assert channel_id
        assert 1 <= len(nonce) <= 25
        assert not files
        if self.refuse_post is not None:
            raise self.refuse_post
        for one in self.messages:
            if one.nonce == nonce and self.clock() + self.ahead - one.at <= NONCE_MEMORY:
                return one.id
        message = self._add(embed.footer.text or "", embed.description or "", nonce, channel_id)
        if self.lose_answer:
            raise PostError("Discord answered 503.", refused=False)
        return message.id

    def _add(self, mark: str, text: str, nonce: str, channel_id: int = 2) -> Posted:
        message = Posted(len(self.messages) + 1, mark, text, nonce, self.clock() + self.ahead, channel_id)
        self.messages.append(message)
        return message


class World:
    """A bot that can be stopped and started, its file and its channel."""

    def __init__(self, folder: Path, now: datetime = NINE - timedelta(hours=1)) -> None:
        self.now = now.timestamp()
        self.run = 0.0
        """Seconds on the clock that is never set."""
        self.path = folder / "summary_schedule.json"
        self.channel = FakeChannel(lambda: self.now)
        self.draws = 0
        self.before: Memory | None = None
        """What the last drawing was told that was told before."""
        self.bot = self.start()

    def start(self) -> Summaries:
        """Start another process; what the old one knew is lost but for the file."""
        self.bot = Summaries(
            lambda: ScheduleStore(self.path), self.channel, self.draw, lambda: self.now, lambda: self.run
        )
        return self.bot

    async def draw(self, schedule: Schedule, decision: Decision, notes: list[str], before: Memory | None) -> Drawn:
        assert schedule.guild_id == 1
        self.draws += 1
        self.before = before
        embed = discord.Embed(description="\n".join(notes)).set_footer(text=marker(schedule.kind, decision.day))
        return Drawn(embed, Memory(decision.moment.timestamp(), {("op", "slower"): Told(self.draws, self.now)}))

    async def set(self, clock: time = time(9), channel_id: int = 2, kind: Kind = Kind.DAILY, day: int = 0) -> Schedule:
        return await self.bot.set(Schedule(1, channel_id, clock, "UTC", self.now, kind, day))

    def problem(self) -> str | None:
        return self.bot.problem(Schedule(1, 2, time(9), "UTC", 0.0))

    async def pass_time(self, seconds: float, step: float = 30.0) -> None:
        """Let time pass with a tick each step."""
        end = self.now + seconds
        while self.now < end:
            self.skip(min(step, end - self.now))
            await self.bot.tick()

    def put_clock(self, seconds: float) -> None:
        """Put the bot's clock forward or, below zero, back; Discord's goes on as it was."""
        self.now += seconds
        self.channel.ahead -= seconds

    def skip(self, seconds: float) -> None:
        """Let time pass without a tick."""
        self.now += seconds
        self.run += seconds

    def state(self, day: date = TODAY) -> str | None:
        claims = json.loads(self.path.read_text())["claims"]
        return next((claim["state"] for claim in claims if claim["date"] == day.isoformat()), None)
