"""Settings that change while the bot runs, and the log's ids: the real bot, its real file."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from sandbox.world import MAX_ID
from tests.e2e.world import living_bot, settings_file, soon, text_of

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = pytest.mark.asyncio(loop_scope="session")

NOBODY = {"DDC_OPERATOR_ROLE_IDS": ""}


def logged(path: Path) -> list[dict[str, str]]:
    """The lines of a log in JSON."""
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()] if path.exists() else []


async def test_new_settings_hold_at_once_and_what_waits_for_a_restart_is_told(tmp_path: Path) -> None:
    settings_file(tmp_path, {"docker": {"concurrency": 2}})
    async with living_bot(tmp_path, **NOBODY) as world:

        def shown_to_max() -> set[str]:
            return {command["name"] for command in world.sandbox.state("Max")["commands"]}

        assert "docker" not in shown_to_max()
        rule = {"containers": ["*"], "actions": "all", "users": [MAX_ID]}
        settings_file(tmp_path, {"docker": {"concurrency": 5, "permissions": [rule]}})
        await soon(lambda: "Settings changed: docker.concurrency, docker.permissions." in world.bot.log())
        await soon(lambda: "Only a restart of the bot applies: docker.concurrency." in world.bot.log())
        await soon(lambda: "docker" in shown_to_max())
        assert "Docker commands here" not in text_of(await world.run("docker list", user="Max"))
        assert "Changed since the start: docker.concurrency." in text_of(await world.run("perf doctor"))
        assert "waiting for a restart of the bot: docker.concurrency" in text_of(await world.run("perf system"))


async def test_a_broken_file_changes_nothing_and_is_told_in_the_log_and_the_chat(tmp_path: Path) -> None:
    settings_file(tmp_path, {"log_level": "INFO"})
    async with living_bot(tmp_path) as world:
        (tmp_path / "config.json").write_text('{"log_level": ', encoding="utf-8")
        await soon(lambda: "The settings can't be used, those from before stay in force." in world.bot.log())
        told = text_of(await world.run("perf system"))
        assert "not valid JSON" in told
        assert "The settings from before stay in force." in told
        settings_file(tmp_path, {"log_level": "INFO"})
        await soon(lambda: "The settings can be used again." in world.bot.log())
        assert "stay in force" not in text_of(await world.run("perf system"))


async def test_the_log_in_json_goes_to_its_file_too_and_debug_is_heard_there(tmp_path: Path) -> None:
    file = tmp_path / "logs" / "bot.log"
    async with living_bot(tmp_path, DDC_LOG_FORMAT="json", DDC_LOG_FILE=str(file)) as world:
        await world.run("perf debug", minutes=1)
        await soon(lambda: any("tells everything for 1 min" in line["message"] for line in logged(file)))
    lines = logged(file)
    assert lines[-1]["message"] == "Stopped; everything measured is written."
    assert all(line["time"].endswith("Z") for line in lines)
    assert [json.loads(line) for line in world.bot.log().splitlines() if line.startswith("{")] == lines
