"""A person's hands and eyes in the sandbox, and a real discord.py bot that is logged in to it in this process."""

from __future__ import annotations

import asyncio
import json
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, Any

import discord
import yarl
from discord.ext import commands

from sandbox.server import Sandbox

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Awaitable, Callable

    from sandbox.interactions import Interaction

WHERE = "bot-commands"
DISPATCH = "discord-ui-view-dispatch"


class Desk:
    """What one needs to use a bot in the sandbox.

    Args:
        sandbox: Where the bot is logged in.
        bot: The bot.
    """

    def __init__(self, sandbox: Sandbox, bot: commands.Bot) -> None:
        self.sandbox = sandbox
        self.bot = bot

    async def run(self, command: str, user: str = "Ada", **options: object) -> dict[str, Any]:
        """Run a command and give the one message that answers it."""
        return await self.run_with(command, options, user)

    async def run_with(self, command: str, options: dict[str, object], user: str = "Ada") -> dict[str, Any]:
        """Run a command with options whose names may be any."""
        interaction = self.sandbox.run_command(user, WHERE, command, options)
        await interaction.wait(10)
        assert interaction.state == "done", interaction.reason
        (message,) = interaction.messages
        assert message["flags"] & 64, "an answer must be for one person's eyes alone"
        return dict(message)

    async def press(self, message: dict[str, Any], key: str, *values: str, user: str = "Ada") -> Interaction:
        """Press a button, or pick in a select, and wait until that is done."""
        interaction = self.sandbox.use_component(user, WHERE, message["id"], key, values or None)
        await interaction.wait(10)
        # A press counts as answered once it is acknowledged; the message changes when its callback is done.
        await asyncio.gather(*(task for task in asyncio.all_tasks() if task.get_name().startswith(DISPATCH)))
        return interaction

    def now(self, message: dict[str, Any], user: str = "Ada") -> dict[str, Any]:
        """Look at a message again."""
        return next(seen for seen in self.sandbox.messages(user, WHERE) if seen["id"] == message["id"])


@asynccontextmanager
async def in_the_sandbox() -> AsyncIterator[Sandbox]:
    """Make a sandbox that this process's bots take for Discord."""
    base, gateway = discord.http.Route.BASE, discord.gateway.DiscordWebSocket.DEFAULT_GATEWAY
    async with Sandbox() as sandbox:
        discord.http.Route.BASE = sandbox.api_base
        discord.gateway.DiscordWebSocket.DEFAULT_GATEWAY = yarl.URL(sandbox.gateway_url)
        try:
            yield sandbox
        finally:
            discord.http.Route.BASE, discord.gateway.DiscordWebSocket.DEFAULT_GATEWAY = base, gateway


@asynccontextmanager
async def at_the_desk(prepare: Callable[[commands.Bot], Awaitable[None]]) -> AsyncIterator[Desk]:
    """Log a bot in to a sandbox of its own.

    Args:
        prepare: Adds the bot's cogs and commands before they are told to Discord.
    """
    # The default waits 2 s for more guilds.
    bot = commands.Bot(commands.when_mentioned, intents=discord.Intents(guilds=True), guild_ready_timeout=0.05)

    async def setup_hook() -> None:
        await prepare(bot)
        await bot.tree.sync()

    bot.setup_hook = setup_hook  # type: ignore[method-assign] # this one bot
    async with in_the_sandbox() as sandbox:
        async with bot:
            running = asyncio.create_task(bot.start(sandbox.token))
            await bot.wait_until_ready()
            yield Desk(sandbox, bot)
        await running


def embed_of(message: dict[str, Any]) -> dict[str, Any]:
    """Give a message's only embed; a blank that keeps a number and its unit on a line is a blank."""
    (one,) = message["embeds"]
    return dict(json.loads(json.dumps(one, ensure_ascii=False).replace("\u00a0", " ")))


def labels(message: dict[str, Any]) -> list[str]:
    """Name a message's buttons and selects."""
    return [item.get("label") or item.get("placeholder") for row in message["components"] for item in row["components"]]
