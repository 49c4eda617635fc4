"""Goals of the real bot: one alarm that rings, one that ends, whatever happens to the process in between."""

from __future__ import annotations

import asyncio
import json
import time
from typing import TYPE_CHECKING, Any

import pytest

from sandbox.server import Sandbox
from tests.e2e.bot_process import BotProcess
from tests.e2e.test_perf import write_history
from tests.e2e.world import World, bot_environment, check_whole, soon, text_of

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = pytest.mark.asyncio(loop_scope="session")

GOAL = {"operation": "docker_operation", "success": "99%", "channel": "reports"}


def failing(folder: Path) -> None:
    """Leave an hour in which every other Docker action failed."""
    now = time.time()
    history = []
    for number in range(60):
        good = number % 2 == 0
        metadata = {"action": "restart", "container": "nginx", "outcome": "ok" if good else "error"}
        end = now - 1_800 + number
        history.append(
            {"operation": "docker_operation", "end_time": end, "duration": 0.4, "success": good, "metadata": metadata}
        )
    write_history(folder, history)


def healthy_again(world: World) -> None:
    """Have so many calls succeed that nothing burns, as another process would record them."""
    now = time.time()
    line = {"operation": "docker_operation", "duration": 0.1, "success": True, "timestamp": "", "metadata": {}}
    with world.bot.metrics_file.open("a", encoding="utf-8") as file:
        file.writelines(json.dumps(line | {"start_time": now - 1, "end_time": now - 0.9}) + "\n" for _ in range(5_000))


def titles(sandbox: Sandbox) -> list[str]:
    return [str(message["embeds"][0]["title"]) for message in sandbox.messages("Max", "reports")]


def book(folder: Path) -> dict[str, Any]:
    content: dict[str, Any] = json.loads((folder / "metrics" / "goals.json").read_text(encoding="utf-8"))
    return content


async def test_an_alarm_rings_once_and_ends_once_over_restarts(tmp_path: Path) -> None:
    failing(tmp_path)
    async with Sandbox() as sandbox:
        world = World(sandbox, BotProcess(tmp_path, bot_environment(sandbox)))
        await world.log_in()
        answer = text_of(await world.run("perf goal set", **GOAL))
        assert "99 of 100 calls succeed, over 30 days." in answer
        assert "nothing left" in answer
        await sandbox.until(lambda: titles(sandbox), 15)
        assert await world.bot.stop() == 0
        await world.log_in()
        await asyncio.sleep(1)  # some ticks more
        assert titles(sandbox) == ["Goal in danger · docker_operation"]
        assert "▲ burning" in text_of(await world.run("perf goal list"))
        healthy_again(world)
        await soon(lambda: len(titles(sandbox)) > 1)
        assert await world.bot.stop() == 0
        assert sorted(titles(sandbox)) == ["Goal in danger · docker_operation", "Out of danger · docker_operation"]
        check_whole(sandbox, world.bot)


@pytest.mark.parametrize(
    ("kind", "when_killed"),
    [("slow", 0), ("slow_answer", 1)],
    ids=["before Discord took it", "after Discord took it, before the bot heard"],
)
async def test_a_crash_while_it_is_posted_neither_loses_nor_doubles_it(
    tmp_path: Path, kind: str, when_killed: int
) -> None:
    failing(tmp_path)
    async with Sandbox() as sandbox:
        sandbox.fault(kind, path="/messages$", method="POST", seconds=4)
        world = World(sandbox, BotProcess(tmp_path, bot_environment(sandbox)))
        await world.log_in()
        await world.run("perf goal set", **GOAL)
        await soon(
            lambda: any(record.method == "POST" and record.path.endswith("/messages") for record in sandbox.requests())
        )
        await asyncio.sleep(0.5)
        await world.bot.kill()
        assert len(book(tmp_path)["notices"]) == 1
        assert len(titles(sandbox)) == when_killed
        await world.log_in()
        await soon(lambda: book(tmp_path)["notices"] == [])
        await asyncio.sleep(1)
        assert await world.bot.stop() == 0
        assert titles(sandbox) == ["Goal in danger · docker_operation"]
        check_whole(sandbox, world.bot)
