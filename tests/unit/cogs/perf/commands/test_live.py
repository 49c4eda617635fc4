"""One message that changes: on news alone, until it is stopped, dismissed, unloaded or over."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any

import pytest

from cogs.perf.cog import PerfCog
from cogs.perf.commands.live import AT_ONCE
from tests.unit.cogs.perf.desk import WHERE, Desk

if TYPE_CHECKING:
    from utils.performance_metrics import PerformanceMetrics


@pytest.fixture(autouse=True)
def quick(desk: Desk) -> None:
    cog = desk.bot.get_cog("PerfCog")
    assert isinstance(cog, PerfCog)
    cog.live_pace = 0.05


async def watch(desk: Desk) -> dict[str, Any]:
    """Open a live view and wait until it shows something."""
    interaction = desk.sandbox.run_command("Ada", WHERE, "perf live", {"minutes": 1})
    await interaction.wait_for(lambda one: one.messages and one.messages[0]["embeds"])
    return dict(interaction.messages[0])


async def until(desk: Desk, message: dict[str, Any], words: str) -> dict[str, Any]:
    """Wait until the message says something."""
    async with asyncio.timeout(10):
        while True:
            embed: dict[str, Any] = desk.now(message)["embeds"][0]
            if words in str(embed):
                return embed
            await asyncio.sleep(0.02)


async def test_it_shows_what_is_measured_meanwhile_and_ends_when_it_is_stopped(
    desk: Desk, metrics: PerformanceMetrics
) -> None:
    message = await watch(desk)
    metrics.record("docker_operation", 0.25, metadata={"action": "restart", "container": "nginx"})
    await until(desk, message, "docker_operation")
    await desk.press(message, "stop")
    ended = await until(desk, message, "You stopped it.")
    assert ended["title"] == "Live · ended"
    assert desk.now(message)["components"] == []


async def test_no_more_than_a_few_are_open_at_once_and_a_stopped_one_makes_room(desk: Desk) -> None:
    messages = [await watch(desk) for _ in range(AT_ONCE)]
    refused = await desk.run("perf live")
    assert "3 live views are open already" in refused["embeds"][0]["description"]
    await desk.press(messages[0], "stop")
    await until(desk, messages[0], "ended")
    await watch(desk)


async def test_it_ends_when_the_cog_goes(desk: Desk) -> None:
    message = await watch(desk)
    await desk.bot.remove_cog("PerfCog")
    await until(desk, message, "stopped or reloaded")


async def test_without_news_nothing_is_sent(desk: Desk) -> None:
    message = await watch(desk)
    await asyncio.sleep(0.3)
    edited = desk.now(message).get("edited_timestamp")
    await asyncio.sleep(0.3)
    assert desk.now(message).get("edited_timestamp") == edited
