"""A world for the cog, in which nothing of ours may block the event loop."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

import discord
import pytest
import yarl
from blockbuster import blockbuster_ctx
from discord.ext import commands
from discord.gateway import DiscordWebSocket
from discord.http import Route

from cogs.docker import DockerCog
from sandbox.server import Sandbox
from services.docker import DockerService, Policy, Timeouts
from tests.contract.docker.fake_engine import FakeEngine
from tests.unit.cogs.docker.world import OPERATORS, World
from utils.performance_metrics import PerformanceMetrics

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Iterator
    from pathlib import Path


@pytest.fixture(autouse=True)
def _nothing_blocks_the_loop() -> Iterator[None]:
    """Whatever of ours blocks the event loop (a file, a lock, a sleep) raises."""
    with blockbuster_ctx(["services", "cogs"]):
        yield


@pytest.fixture
def operator_roles() -> list[str]:
    return [OPERATORS]


@pytest.fixture
def engine() -> FakeEngine:
    return FakeEngine()


@pytest.fixture
async def world(engine: FakeEngine, operator_roles: list[str], tmp_path: Path) -> AsyncIterator[World]:
    metrics = PerformanceMetrics(tmp_path)
    base, gateway = Route.BASE, DiscordWebSocket.DEFAULT_GATEWAY
    async with Sandbox() as sandbox:
        Route.BASE, DiscordWebSocket.DEFAULT_GATEWAY = sandbox.api_base, yarl.URL(sandbox.gateway_url)
        roles = frozenset(int(sandbox.hub.world.find_role(name).id) for name in operator_roles)
        timeouts = Timeouts(named={"slow": 0.05})
        policy = Policy(operator_role_ids=roles)
        service = DockerService(engine, metrics, policy=policy, timeouts=timeouts, names_max_age=0.0)
        bot = commands.Bot(commands.when_mentioned, intents=discord.Intents(guilds=True), guild_ready_timeout=0.05)
        cog = DockerCog(bot, service)
        await bot.login(sandbox.token)
        await bot.add_cog(cog)
        await bot.tree.sync()
        running = asyncio.create_task(bot.connect())
        await sandbox.until_online()
        await bot.wait_until_ready()
        try:
            yield World(sandbox, engine, cog)
        finally:
            engine.open.set()
            await service.close()
            await bot.close()
            await running
            Route.BASE, DiscordWebSocket.DEFAULT_GATEWAY = base, gateway
            await asyncio.to_thread(metrics.close)
