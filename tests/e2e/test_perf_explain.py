"""/perf explain of the real bot: its settings told, its rate limits seen."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

import pytest

from tests.e2e.test_perf import write_history
from tests.e2e.world import living_bot, settings_file, soon, text_of

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = pytest.mark.asyncio(loop_scope="session")


async def test_advice_names_the_numbers_and_the_setting_with_its_present_value(tmp_path: Path) -> None:
    now = time.time()
    queued = {"action": "restart", "container": "nginx", "outcome": "ok", "queue_wait": 2.5}
    history = [
        {"operation": "docker_operation", "end_time": now - 600 + n, "duration": 0.5, "metadata": queued}
        for n in range(30)
    ]
    folder = tmp_path / "bot"
    write_history(folder, history)
    settings_file(folder, {"docker": {"concurrency": 2}})
    async with living_bot(folder) as world:
        answer = await world.run("perf explain")
        assert "30 of 30 Docker actions waited for a free place" in text_of(answer)
        assert "`docker.concurrency` (now `2`)" in text_of(answer)
        stats = await world.run("perf stats", operation="docker_operation")
        await world.press(stats, "Explain")
        await soon(lambda: "Explain docker_operation" in text_of(stats))
        assert "checked 15 rules" in text_of(stats)


async def test_a_request_that_discord_puts_off_is_recorded_as_such(tmp_path: Path) -> None:
    async with living_bot(tmp_path / "bot") as world:
        world.sandbox.fault("429", path="/messages/", method="PATCH", times=2, seconds=0.1)
        await world.run("perf explain")
        put_off = await world.bot.recorded("discord_api", rate_limited=2)
        assert (put_off["success"], put_off["metadata"]["method"]) == (True, "PATCH")
        assert all("rate_limited" not in one["metadata"] for one in world.bot.records("discord_api") if one != put_off)
