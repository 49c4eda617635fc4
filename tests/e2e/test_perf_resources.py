"""Where time and memory go, of a real bot: what it notes of itself, and what it finds when it is asked."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import aiohttp
import pytest

from tests.e2e.world import CHANNEL, living_bot, text_of, until_text

if TYPE_CHECKING:
    from pathlib import Path

    from tests.e2e.world import Containers, World

pytestmark = pytest.mark.asyncio(loop_scope="session")


async def test_the_bot_notes_how_it_does_and_tells_it(tmp_path: Path) -> None:
    async with living_bot(tmp_path / "bot", DDC_SAMPLE_SECONDS="0.5") as world:
        noted = (await world.bot.recorded("process_sample", count=3))["metadata"]
        assert noted["rss"] > 20_000_000
        assert noted["pid"] == world.bot.process.pid
        assert noted.keys() >= {"cpu", "threads", "fds", "lag", "gc", "gc_max", "collections", "file", "index"}
        told = text_of(await world.run("perf system"))
        rows = re.findall(r"^(memory|CPU|threads|files|loop lag|GC pause|metrics|index) +\d", told, re.MULTILINE)
        assert len(rows) == 8, told
        assert f"process {world.bot.process.pid}" in told
        assert "Python 3" in told
        calls = text_of(await world.run("perf stats"))
        assert "process_sample" not in calls
        assert "process_sample" not in text_of(await world.run("perf recent"))
        time_spent = text_of(await world.run("perf time"))
        assert "Event loop late by" in time_spent


@pytest.mark.docker
async def test_the_parts_of_a_restart_come_to_no_more_than_the_whole(world: World, containers: Containers) -> None:
    pressed = "component.container_confirm.confirm"
    acted: dict[str, Any] = {"action": "restart", "container": containers.web}
    # Tests before this one, with the same bot, may have restarted it, too.
    presses = len([one for one in world.bot.records(pressed) if one["metadata"]["outcome"] == "ok"])
    actions = len([one for one in world.bot.records("docker_operation") if acted.items() <= one["metadata"].items()])
    asked = await world.run("docker restart", container=containers.web)
    await until_text(await world.press(asked, f"Restart {containers.web}"), "Restarted")
    record = await world.bot.recorded(pressed, count=presses + 1, outcome="ok")
    parts, whole = record["metadata"]["parts"], record["duration"]
    action = await world.bot.recorded("docker_operation", count=actions + 1, **acted)
    assert parts["docker"] == pytest.approx(action["duration"], rel=0.3)
    assert parts["discord"] > 0
    assert parts["docker"] + parts["discord"] + parts.get("queue", 0.0) <= whole + 0.01
    option = {"command": "component.container_confirm.confirm"}
    told = text_of(await world.settled(world.sandbox.run_command("Ada", CHANNEL, "perf time", option)))
    assert re.search(r"█ Docker +\d", told)
    assert "a call" in told


async def test_memory_is_traced_from_the_question_to_the_lines_in_a_file(tmp_path: Path) -> None:
    async with living_bot(tmp_path / "bot") as world:
        asked = await world.run("perf memory", minutes=1)
        assert "times as long" in text_of(asked)
        confirmed = await world.press(asked, "Trace for 1 min")
        await until_text(confirmed, "the result comes")
        await world.run("perf stats")
        await world.press(asked, "Compare now")
        told = await until_text(confirmed, "still held")
        assert re.search(r"^\*\*[\d.]+ (B|kB|MB)\*\* `[\w/.…<> ]+:\d+`", told, re.MULTILINE), told
        text = (await attached(asked.messages[0]["attachments"][0]["url"])).decode()
        assert str(tmp_path) not in text
        assert re.search(r"^ +[\d,]+ B +[\d,]+  \S+:\d+$", text, re.MULTILINE), text[:500]


async def test_a_profile_names_what_ran_and_comes_as_a_page(tmp_path: Path) -> None:
    async with living_bot(tmp_path / "bot") as world:
        asked = await world.run("perf profile", seconds=2)
        await until_text(asked, "The result comes")
        await world.run("perf stats")
        told = await until_text(asked, "Busy")
        assert re.search(r"^\*\*[\d.]+ .?s\*\* `\S+\.py \S+`", told, re.MULTILINE), told
        assert asked.messages[0]["attachments"][0]["filename"] == "profile.html"
        assert b"<html" in (await attached(asked.messages[0]["attachments"][0]["url"]))[:2_000]


async def attached(url: str) -> bytes:
    async with aiohttp.ClientSession() as session, session.get(url) as response:
        assert response.status == 200
        return await response.read()
