"""Real discord.py clients against a real sandbox on a port."""

from __future__ import annotations

import asyncio
from contextlib import AsyncExitStack, asynccontextmanager
from typing import TYPE_CHECKING

import aiohttp
import discord
import pytest
import yarl
from discord import app_commands
from discord.gateway import DiscordWebSocket
from discord.http import Route

from sandbox.clock import ManualClock
from sandbox.server import Sandbox

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Awaitable, Callable, Iterator


class Bot(discord.Client):
    """A client with a command tree that keeps its errors."""

    def __init__(self, intents: discord.Intents | None = None) -> None:
        super().__init__(intents=intents or discord.Intents.default(), guild_ready_timeout=0)
        self.tree = app_commands.CommandTree(self)
        self.errors: list[app_commands.AppCommandError] = []
        self._failed = asyncio.Event()
        self.tree.error(self._note)

    async def before_identify_hook(self, shard_id: int | None, *, initial: bool = False) -> None:
        """Does not wait the five seconds between two identifies: the sandbox has no such limit."""

    async def _note(self, _: discord.Interaction, error: app_commands.AppCommandError) -> None:
        self.errors.append(error)
        self._failed.set()

    async def error_code(self) -> int:
        """Discord's code of the first error that a command ended with, once there is one."""
        await asyncio.wait_for(self._failed.wait(), 10)
        error = self.errors[0]
        assert isinstance(error, app_commands.CommandInvokeError)
        assert isinstance(error.original, discord.HTTPException)
        return error.original.code


@pytest.fixture(autouse=True)
def addresses() -> Iterator[None]:
    """discord.py's two addresses, as they were afterwards."""
    base, gateway = Route.BASE, DiscordWebSocket.DEFAULT_GATEWAY
    yield
    Route.BASE, DiscordWebSocket.DEFAULT_GATEWAY = base, gateway


def point_to(sandbox: Sandbox) -> None:
    Route.BASE = sandbox.api_base
    DiscordWebSocket.DEFAULT_GATEWAY = yarl.URL(sandbox.gateway_url)


@asynccontextmanager
async def running(sandbox: Sandbox, bot: Bot) -> AsyncIterator[Bot]:
    """The bot, logged in, with its commands synced."""
    point_to(sandbox)
    async with bot:
        await bot.login(sandbox.token)
        await bot.tree.sync()
        connection = asyncio.create_task(bot.connect())
        try:
            await asyncio.wait_for(bot.wait_until_ready(), 10)
            yield bot
        finally:
            await bot.close()
            await connection


@pytest.fixture
async def stack() -> AsyncIterator[AsyncExitStack]:
    async with AsyncExitStack() as stack:
        yield stack


@pytest.fixture
def open_sandbox(stack: AsyncExitStack) -> Callable[..., Awaitable[Sandbox]]:
    """Starts a sandbox that is stopped at the end, with the arguments of `Sandbox`."""

    async def start(**arguments: object) -> Sandbox:
        sandbox = await stack.enter_async_context(Sandbox(**arguments))  # type: ignore[arg-type]  # passed on
        point_to(sandbox)
        return sandbox

    return start


@pytest.fixture
async def sandbox(open_sandbox: Callable[..., Awaitable[Sandbox]]) -> Sandbox:
    # Minutes for a first answer: a loaded machine must not fail a test that is about something else.
    return await open_sandbox(ack_seconds=60.0)


@pytest.fixture
def clock() -> ManualClock:
    return ManualClock()


@pytest.fixture
async def timed(open_sandbox: Callable[..., Awaitable[Sandbox]], clock: ManualClock) -> Sandbox:
    """A sandbox whose time stands still until the test moves it."""
    return await open_sandbox(clock=clock)


@pytest.fixture
def bot() -> Bot:
    return Bot()


@pytest.fixture
def make_bot() -> type[Bot]:
    """Makes a bot with other intents."""
    return Bot


@pytest.fixture
def run(stack: AsyncExitStack) -> Callable[[Sandbox, Bot], Awaitable[Bot]]:
    """Logs a bot in until the test's end."""

    async def start(sandbox: Sandbox, bot: Bot) -> Bot:
        return await stack.enter_async_context(running(sandbox, bot))

    return start


@pytest.fixture
async def http(stack: AsyncExitStack) -> aiohttp.ClientSession:
    return await stack.enter_async_context(aiohttp.ClientSession())
