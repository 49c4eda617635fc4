"""/perf chart with the real bot: the picture and its words, changed in place, and a process that comes and goes."""

from __future__ import annotations

import asyncio
import os
import signal
import time
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import aiohttp
import pytest

from tests.e2e.test_perf import write_history
from tests.e2e.world import World, find_component, living_bot, soon, text_of, until_text

if TYPE_CHECKING:
    from sandbox.interactions import Interaction

pytestmark = pytest.mark.asyncio(loop_scope="session")

DAY = 86_400
LABELS = ("How long", "Slow hours", "Busy hours", "Before/after", "Over time")


def history(folder: Path) -> None:
    """Ten days of a call every five minutes, the last of them slower, some failed."""
    now = time.time()
    entries: list[dict[str, Any]] = []
    for number in range(10 * 288):
        slower = 2.0 if number > 9 * 288 else 1.0
        entries.append(
            {
                "operation": "docker_operation",
                "end_time": now - 10 * DAY + number * 300.0 + 150,
                "duration": slower * (0.2 + number % 20 / 50),
                "success": number % 120 != 0,
                "metadata": {"action": "restart", "container": "nginx"},
            }
        )
    write_history(folder, entries)


def image_of(answer: Interaction) -> dict[str, Any]:
    """The picture in the one embed of an answer."""
    (embed,) = answer.messages[0]["embeds"]
    return dict(embed["image"])


def changed(answer: Interaction, url: str) -> bool:
    """Whether another picture has come in place of that one."""
    return bool(image_of(answer)["url"] != url)


async def picture(answer: Interaction) -> bytes:
    async with aiohttp.ClientSession() as session, session.get(image_of(answer)["url"]) as response:
        assert response.status == 200
        return await response.read()


def children(pid: int) -> list[int]:
    """The processes that a process started and that are there, zombies as well."""
    found = []
    for stat in Path("/proc").glob("[0-9]*/stat"):
        try:
            fields = stat.read_text().rpartition(")")[2].split()
        except (FileNotFoundError, ProcessLookupError):
            continue
        if int(fields[1]) == pid:
            found.append(int(stat.parent.name))
    return found


async def test_charts_are_drawn_beside_the_bot_and_change_in_place(tmp_path: Path) -> None:
    folder = tmp_path / "bot"
    history(folder)
    async with living_bot(folder) as world:
        before = set(children(world.bot.process.pid))
        answer = await world.run("perf chart", operation="docker_operation", hours=168)
        assert (await picture(answer)).startswith(b"\x89PNG")
        assert image_of(answer)["description"].startswith("Line chart of percentiles of docker_operation, last 7 d")
        assert "2,016 calls" in text_of(answer)
        (process,) = set(children(world.bot.process.pid)) - before
        shown = {"Over time": await picture(answer)}
        for label in LABELS:
            before_it = image_of(answer)["url"]
            await world.press(answer, label)
            await soon(partial(changed, answer, before_it))
            _, button = find_component(answer, label)
            assert button["style"] == 1, "the button of what is shown stands out"
            data = await picture(answer)
            assert len(data) < 100_000
            shown[label] = data
        assert len(set(shown.values())) == len(LABELS)
        assert set(children(world.bot.process.pid)) - before == {process}
        # It is killed, as a system short of memory would; the next chart has a new one.
        os.kill(process, signal.SIGKILL)
        await until_text(await world.press(answer, "30 d"), "last 30 d")
        (anew,) = set(children(world.bot.process.pid)) - before
        assert anew != process
        await world.bot.stop()
        await soon(lambda: not Path(f"/proc/{anew}").exists())


async def test_the_page_of_an_operation_and_a_comparison_have_a_chart(tmp_path: Path) -> None:
    folder = tmp_path / "bot"
    history(folder)
    async with living_bot(folder) as world:
        detail = await world.run("perf stats", operation="docker_operation")
        assert image_of(detail)["description"].startswith("Dot chart of each call of docker_operation, last 24 h")
        await until_text(await world.press(detail, "Charts"), "clock of UTC")
        compared = await world.run("perf compare", operation="docker_operation")
        assert "Held against previous 24 h." in image_of(compared)["description"]
        nothing = await world.run("perf chart", operation="nonsense")
        assert "Nothing was measured under the name" in text_of(nothing)


async def test_the_process_ends_with_a_bot_that_is_killed(tmp_path: Path) -> None:
    folder = tmp_path / "bot"
    history(folder)
    async with living_bot(folder) as world:
        before = set(children(world.bot.process.pid))
        await world.run("perf chart", operation="docker_operation")
        (process,) = set(children(world.bot.process.pid)) - before
        await kill_and_start(world)
        await soon(lambda: not Path(f"/proc/{process}").exists())


async def kill_and_start(world: World) -> None:
    """Kill the bot, and have another in its place, so that the world ends as it should."""
    await world.bot.kill()
    await asyncio.sleep(0)
    await world.log_in()
