"""A bot with status messages in the loopback Discord, which can be stopped and started again."""

from __future__ import annotations

import asyncio
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import discord
import pytest
from discord.ext import commands

from cogs.docker import DockerCog
from cogs.docker.board.planner import Pace
from services.docker import DockerService, Policy
from tests.contract.docker.fake_engine import FakeEngine
from tests.contract.docker.real import until
from tests.unit.cogs.perf.desk import in_the_sandbox
from utils.performance_metrics import PerformanceMetrics

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from pathlib import Path

    from sandbox.interactions import Interaction
    from sandbox.messages import Message
    from sandbox.server import Sandbox

QUICK = Pace(edit=0.05, figures=0.1, life=1000.0, repost=0.1, first_pause=0.05, longest_pause=0.2, settle=0.01)
CHANNEL = "reports"
MEMBER, OPERATOR, ADMIN = "Max", "Olga", "Ada"


@dataclass
class World:
    """What there is, with or without a bot in it."""

    sandbox: Sandbox
    engine: FakeEngine
    folder: Path
    bot: commands.Bot | None = None
    cog: DockerCog | None = None
    pace: Pace = QUICK

    @property
    def book(self) -> Path:
        return self.folder / "docker" / "status_messages.json"

    @asynccontextmanager
    async def running(self, **policy: Any) -> AsyncIterator[None]:  # noqa: ANN401 - handed on
        """Let the bot run."""
        metrics = PerformanceMetrics(self.folder / "metrics")
        operators = frozenset({int(self.sandbox.hub.world.find_role("Docker operators").id)})
        service = DockerService(
            self.engine, metrics, policy=Policy(operator_role_ids=operators, **policy), names_max_age=0.0
        )
        bot = commands.Bot(commands.when_mentioned, intents=discord.Intents(guilds=True), guild_ready_timeout=0.05)
        cog = DockerCog(bot, service, self.folder, poll=600.0, figures=False)
        cog.pace = self.pace
        await bot.login(self.sandbox.token)
        await bot.add_cog(cog)
        await bot.tree.sync()
        connection = asyncio.create_task(bot.connect())
        await bot.wait_until_ready()
        self.bot, self.cog = bot, cog
        try:
            yield
        finally:
            self.engine.open.set()
            await bot.close()
            await service.close()
            await connection
            await asyncio.to_thread(metrics.close)

    async def command(self, command: str, user: str = ADMIN, channel: str | None = CHANNEL) -> str:
        """Run a status-message command; gives all that the person reads."""
        options = {"channel": channel} if channel else {}
        run = self.sandbox.run_command(user, "bot-commands", f"docker status-message {command}", options)
        await run.wait(15)
        (message,) = run.messages
        assert message["flags"] & 64, "only the asker may see it"
        (embed,) = message["embeds"]
        return f"{embed['title']}\n{embed['description']}"

    async def lists(self, words: str) -> None:
        """Wait until the list of status messages says this."""

        async def says() -> bool:
            return words in await self.command("list", channel=None)

        await until(says)

    async def press(self, key: str, user: str = OPERATOR) -> Interaction:
        """Press a button of the status message."""
        return await self.sandbox.use_component(user, CHANNEL, self.posted()[-1]["id"], f"status_message:{key}").wait()

    async def go_on(self, last: Interaction, key: str, *values: str, user: str = OPERATOR) -> Interaction:
        """Press or pick in what a press was answered with."""

        def items() -> dict[str, str]:
            private = [message for message in last.messages if message["flags"] & 64]
            return {
                item["custom_id"]: message["id"]
                for message in private
                for row in message["components"]
                for item in row["components"]
            }

        await until(lambda: key in items())
        return await self.sandbox.use_component(user, CHANNEL, items()[key], key, values or None).wait()

    async def told(self, last: Interaction, words: str) -> str:
        """Wait until what a press was answered with says this, and give all it says."""

        def text() -> str:
            embeds = [message["embeds"][0] for message in last.messages if message["flags"] & 64 and message["embeds"]]
            return "\n".join(f"{embed['title']}\n{embed.get('description', '')}" for embed in embeds)

        try:
            await asyncio.wait_for(until(lambda: words in text()), 10)
        except TimeoutError:
            raise AssertionError(f"{words!r} did not come; there is:\n{text()}") from None
        return text()

    def posted(self) -> list[dict[str, Any]]:
        """What everyone sees in the channel."""
        return [message for message in self.sandbox.messages(MEMBER, CHANNEL) if not message["flags"] & 64]

    def text(self) -> str:
        """What the only status message says; nothing while there is none."""
        messages = self.posted()
        assert len(messages) <= 1
        return str(messages[0]["embeds"][0]["description"]) if messages else ""

    async def shows(self, *words: str) -> None:
        """Wait until the status message says all of this."""
        try:
            await self.sandbox.until(lambda: all(word in self.text() for word in words), 10)
        except TimeoutError:
            raise AssertionError(f"{words} did not come; there is:\n{self.text()}") from None

    def message(self) -> Message:
        """The status message as Discord keeps it."""
        return self.sandbox.hub.chat.get(self.channel_id, self.posted()[-1]["id"])

    @property
    def channel_id(self) -> str:
        return self.sandbox.hub.world.find_channel(CHANNEL, self.sandbox.hub.world.find_user(ADMIN)).id

    def poke(self) -> None:
        """Something happened outside that the bot hears of."""
        assert self.cog is not None
        self.cog.board.poke()

    def requests(self, method: str) -> int:
        """How often the bot posted or edited messages in the channel."""
        path = f"/channels/{self.channel_id}/messages"
        return sum(one.method == method and path in one.path for one in self.sandbox.requests())


@pytest.fixture
async def world(tmp_path: Path) -> AsyncIterator[World]:
    async with in_the_sandbox() as sandbox:
        yield World(sandbox, FakeEngine(), tmp_path)
