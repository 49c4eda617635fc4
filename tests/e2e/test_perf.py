"""/perf in a chat: every command as an admin runs it, and nothing for anyone else."""

from __future__ import annotations

import csv
import io
import json
import random
import time
from typing import TYPE_CHECKING, Any

import aiohttp
import pytest

from sandbox.errors import Refused
from tests.e2e.world import CHANNEL, find_component, living_bot, text_of, until_text

if TYPE_CHECKING:
    from pathlib import Path

    from sandbox.interactions import Interaction
    from tests.e2e.world import World

pytestmark = pytest.mark.asyncio(loop_scope="session")

DAY = 86_400


def write_history(folder: Path, entries: list[dict[str, Any]]) -> None:
    """Put measurements where the bot will find them, as an earlier run (or the old program) left them."""
    lines = []
    for entry in entries:
        end = entry["end_time"]
        line = {
            "operation": entry["operation"],
            "start_time": end - entry["duration"],
            "end_time": end,
            "duration": entry["duration"],
            "success": entry.get("success", True),
            "timestamp": "2025-11-12T23:59:59",
            "metadata": entry.get("metadata", {}),
        }
        lines.append(json.dumps(line) + "\n")
    (folder / "metrics").mkdir(parents=True)
    (folder / "metrics" / "performance_metrics.jsonl").write_text("".join(lines), encoding="utf-8")


async def attached(answer: Interaction) -> tuple[str, bytes]:
    """Name and content of the one file of an answer."""
    (file,) = answer.messages[0]["attachments"]
    async with aiohttp.ClientSession() as session, session.get(file["url"]) as response:
        assert response.status == 200
        return str(file["filename"]), await response.read()


async def test_an_empty_report_says_what_to_do_next(tmp_path: Path) -> None:
    async with living_bot(tmp_path / "bot") as world:
        answer = await world.run("perf recent", failures=True)
        assert "No failure is kept. That is good news." in text_of(answer)
        unknown = await world.run("perf stats", operation="docker_operation")
        assert "Nothing was measured under the name" in text_of(unknown)
        await world.bot.recorded("command.perf.stats", outcome="bad_input")


async def test_stats_recent_and_slow_tell_of_what_was_measured(tmp_path: Path) -> None:
    now = time.time()
    folder = tmp_path / "bot"
    write_history(
        folder,
        [
            {"operation": "docker_operation", "end_time": now - 600 + n, "duration": 0.1 + n / 1000,
             "metadata": {"action": "restart", "container": "nginx", "outcome": "ok", "queue_wait": 0.0}}
            for n in range(150)
        ]
        + [
            {"operation": "docker_operation", "end_time": now - 300, "duration": 30.0, "success": False,
             "metadata": {"action": "restart", "container": "postgres", "outcome": "timeout", "queue_wait": 2.5}}
        ],
    )  # fmt: skip
    async with living_bot(folder) as world:
        stats = text_of(await world.run("perf stats"))
        assert "docker_operation" in stats
        assert "151 calls" in stats
        # Exact: 151 values, rank 75 of 0.100 … 0.249 and 30.
        assert "p50 175 ms" in stats
        detail = await world.run("perf stats", operation="docker_operation")
        assert "needs 100 calls" not in text_of(detail)
        assert "postgres" in text_of(detail)
        recent = await world.run("perf recent", operation="docker_operation", limit=25)
        assert "1/3" in text_of(recent)
        await until_text(await world.press(recent, "next"), "2/3")
        failures = await world.run("perf recent", operation="docker_operation", failures=True)
        lines = [line for line in text_of(failures).splitlines() if line.startswith("✗")]
        assert len(lines) == 1
        assert all(word in lines[0] for word in ("postgres", "30 s", "timeout", "queued 2.5 s"))
        slow = await world.run("perf slow", operation="docker_operation", threshold="240ms")
        entries = [line for line in text_of(slow).splitlines() if "restart" in line]
        assert len(entries) == 10
        assert "1/2" in text_of(slow)
        assert "all 11 there are" in text_of(slow)
        assert "30 s" in entries[0]
        wrong = await world.run("perf slow", threshold="soon")
        assert "500ms" in text_of(wrong)
        await world.bot.recorded("command.perf.slow", outcome="bad_input")


async def test_a_report_changes_in_place_when_its_buttons_and_selects_are_used(world: World) -> None:
    overview = await world.run("perf stats")
    (message,) = overview.messages
    _, select = find_component(overview, "operation")
    operation, value = select["options"][0]["label"], select["options"][0]["value"]
    await until_text(await world.pick(overview, "operation", value), f"{operation} · last 24 h")
    await until_text(await world.press(overview, "7 d"), f"{operation} · last 7 d")
    await until_text(await world.press(overview, "back"), "Performance · last 24 h")
    assert [after["id"] for after in overview.messages] == [message["id"]]


async def test_old_measurements_go_after_a_preview_and_a_press_and_not_before(tmp_path: Path) -> None:
    now = time.time()
    folder = tmp_path / "bot"
    old = [{"operation": "old", "end_time": now - 40 * DAY + n, "duration": 0.1} for n in range(20)]
    new = [{"operation": "new", "end_time": now - 60 + n, "duration": 0.1} for n in range(5)]
    write_history(folder, old + new)
    async with living_bot(folder) as world:
        kept = await world.run("perf cleanup")
        assert "20 entries" in text_of(kept)
        await world.press(kept, "Keep")
        assert len(world.bot.records("old")) == 20
        asked = await world.run("perf cleanup", days=30)
        pressed = await world.press(asked, "Delete 20 entries")
        await until_text(pressed, "Deleted 20 entries")
        assert world.bot.records("old") == []
        assert len(world.bot.records("new")) == 5
        again = await world.run("perf cleanup")
        assert "Nothing is older than 30 days" in text_of(again)


@pytest.mark.parametrize("kind", ["json", "csv", "jsonl"])
async def test_export_gives_the_measurements_as_a_file(world: World, kind: str) -> None:
    await world.bot.recorded("config_load")
    name, content = await attached(await world.run("perf export", operation="config_load", format=kind))
    assert name.endswith(f".{kind}")
    text = content.decode()
    if kind == "json":
        document = json.loads(text)
        operations = [entry["operation"] for entry in document["entries"]]
        assert document["statistics"]["config_load"]["total_calls"] == len(operations)
    elif kind == "csv":
        operations = [row["operation"] for row in csv.DictReader(io.StringIO(text))]
    else:
        operations = [json.loads(line)["operation"] for line in text.splitlines()]
    # Once at the start; a bot that lives long may have looked again.
    assert operations
    assert set(operations) == {"config_load"}


async def test_an_export_past_the_upload_limit_says_so_and_what_to_do(tmp_path: Path) -> None:
    now = time.time()
    folder = tmp_path / "bot"
    noise = random.Random(1)
    write_history(
        folder,
        [
            {
                "operation": "big",
                "end_time": now - n,
                "duration": 0.1,
                "metadata": {"note": f"{noise.getrandbits(4000):x}"},
            }
            for n in range(25_000)
        ],
    )
    async with living_bot(folder) as world:
        answer = await world.run("perf export", format="jsonl")
        text = text_of(answer)
        assert not answer.messages[0]["attachments"]
        assert "10" in text
        assert "MB" in text


async def test_the_summary_of_today_leads_with_a_verdict(world: World) -> None:
    text = text_of(await world.run("perf summary"))
    assert text.startswith("Today so far, ")


async def test_schedule_sets_shows_and_removes_and_refuses_what_cannot_work(tmp_path: Path) -> None:
    async with living_bot(tmp_path / "bot") as world:
        assert "No summary is set" in text_of(await world.run("perf schedule list"))
        bad_time = await world.run(
            "perf schedule set", kind="daily", channel="reports", time="25:00", timezone="Europe/Berlin"
        )
        assert "25:00" in text_of(bad_time)
        bad_zone = await world.run(
            "perf schedule set", kind="daily", channel="reports", time="09:00", timezone="Mars/Olympus"
        )
        assert "Mars/Olympus" in text_of(bad_zone)
        secret = await world.run("perf schedule set", kind="daily", channel="secret", time="09:00", timezone="UTC")
        assert "I need there: View Channel, Send Messages" in text_of(secret)
        assert "No summary is set" in text_of(await world.run("perf schedule list"))
        done = await world.run(
            "perf schedule set", kind="daily", channel="reports", time="09:00", timezone="Europe/Berlin"
        )
        assert "09:00" in text_of(done)
        shown = await world.run("perf schedule list")
        assert "Europe/Berlin" in text_of(shown)
        zones = await world.sandbox.autocomplete(
            "Ada", CHANNEL, "perf schedule set", {"kind": "daily", "timezone": "berl"}, "timezone"
        )
        assert [zone["value"] for zone in zones] == ["Europe/Berlin"]
        await world.run("perf schedule remove")
        assert "No summary is set" in text_of(await world.run("perf schedule list"))


@pytest.mark.parametrize("user", ["Max", "Olga"])
async def test_others_do_not_even_see_the_commands(world: World, user: str) -> None:
    for command in ("stats", "recent", "slow", "cleanup", "export", "summary", "schedule list"):
        with pytest.raises(Refused):
            world.sandbox.run_command(user, CHANNEL, f"perf {command}", {})


async def test_a_hint_that_discord_ignored_is_made_good_at_run_time(tmp_path: Path) -> None:
    """A server's admin can open /perf to all in Discord's own settings; the bot still decides."""
    async with living_bot(tmp_path / "bot") as world:
        hub = world.sandbox.hub
        for command in hub.commands.scope(hub.world.application_id, world.sandbox.guild_id).values():
            command["default_member_permissions"] = None
        for name in ("stats", "recent", "slow", "cleanup", "export", "summary", "schedule list"):
            answer = await world.run(f"perf {name}", user="Max")
            assert text_of(answer).splitlines()[1].startswith("Only admins can see performance reports here.")
        assert await world.sandbox.autocomplete("Max", CHANNEL, "perf stats", {"operation": ""}, "operation") == []
        await world.bot.recorded("command.perf.cleanup", outcome="denied")
        # An admin's report can't be pressed by somebody else: the message is not even there for them.
        report = await world.run("perf stats")
        message, button = find_component(report, "7 d")
        with pytest.raises(Refused):
            world.sandbox.use_component("Max", CHANNEL, message["id"], button["custom_id"])


async def test_operations_are_offered_while_typing(world: World) -> None:
    choices = await world.sandbox.autocomplete("Ada", CHANNEL, "perf recent", {"operation": "config_l"}, "operation")
    assert choices[0]["value"] == "config_load"
    assert all("conf" in choice["value"] for choice in choices)
