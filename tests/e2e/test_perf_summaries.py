"""Summaries of several kinds, channels and zones by the real bot: each posted once, whenever the bot dies."""

from __future__ import annotations

import asyncio
import json
from datetime import UTC, datetime, timedelta, timezone
from typing import TYPE_CHECKING, Any

import pytest

from sandbox.server import Sandbox
from tests.e2e.bot_process import BotProcess
from tests.e2e.world import World, bot_environment, check_whole, soon, text_of

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = pytest.mark.asyncio(loop_scope="session")

KATHMANDU = timezone(timedelta(hours=5, minutes=45))


def history(folder: Path, now: datetime) -> None:
    """Nine days of calls, the last of them slow."""
    lines = []
    for day in range(9):
        for number in range(40):
            end = (now - timedelta(days=day, hours=2)).timestamp() - number * 60
            took = 0.3 if day else 0.9
            about = {"operation": "docker_operation", "duration": took, "success": True, "metadata": {}}
            times = {"start_time": end - took, "end_time": end, "timestamp": ""}
            lines.append(json.dumps(about | times))
    (folder / "metrics").mkdir(parents=True, exist_ok=True)
    (folder / "metrics" / "performance_metrics.jsonl").write_text("\n".join(reversed(lines)) + "\n", encoding="utf-8")


def owes_monthly(due: datetime) -> bool:
    """Whether a monthly summary can have been due: on a day that every month has, or on a month's last."""
    there = due.astimezone(KATHMANDU)
    return there.day <= 28 or (there + timedelta(days=1)).day == 1


def scheduled(folder: Path, sandbox: Sandbox, due: datetime) -> int:
    """Leave schedules that were due an hour ago, as an earlier run of the bot would; tells how many."""
    channels = {each["name"]: int(each["id"]) for each in sandbox.state("Ada")["channels"]}
    there = due.astimezone(KATHMANDU)
    plans = [
        ("reports", "daily", 0, due, "UTC"),
        ("general", "daily", 0, there, "Asia/Kathmandu"),
        ("reports", "weekly", due.weekday(), due, "UTC"),
    ]
    if owes_monthly(due):
        plans.append(("general", "monthly", there.day if there.day <= 28 else 0, there, "Asia/Kathmandu"))
    schedules = [
        {
            "guild_id": int(sandbox.guild_id),
            "channel_id": channels[channel],
            "kind": kind,
            "time": f"{at:%H:%M}",
            "zone": zone,
            "since": due.timestamp() - 7200,
            "day": day,
            "number": number,
            "paused": False,
        }
        for number, (channel, kind, day, at, zone) in enumerate(plans, 1)
    ]
    book = {"version": 2, "alive_at": due.timestamp() - 3600, "schedules": schedules, "claims": [], "told": []}
    (folder / "metrics" / "summary_schedule.json").write_text(json.dumps(book), encoding="utf-8")
    return len(plans)


def book_of(folder: Path) -> dict[str, Any]:
    content: dict[str, Any] = json.loads((folder / "metrics" / "summary_schedule.json").read_text(encoding="utf-8"))
    return content


def titles(sandbox: Sandbox, channel: str) -> list[str]:
    """The titles of what stands in a channel, as a member sees it, sorted."""
    return sorted(message["embeds"][0]["title"] for message in sandbox.messages("Max", channel) if message["embeds"])


async def test_several_summaries_in_two_channels_and_zones_are_each_posted_once(tmp_path: Path) -> None:
    async with Sandbox() as sandbox:
        due = (datetime.now(UTC) - timedelta(hours=1)).replace(second=0, microsecond=0)
        history(tmp_path, due)
        number = scheduled(tmp_path, sandbox, due)
        world = World(sandbox, BotProcess(tmp_path, bot_environment(sandbox)))
        # It is killed when the first of them is claimed; whether it was posted or not, it is there once in the end.
        sandbox.fault("slow_answer", path="/messages$", method="POST", seconds=4)
        await world.log_in()
        await soon(lambda: any(claim["state"] == "claimed" for claim in book_of(tmp_path)["claims"]))
        await asyncio.sleep(0.5)
        await world.bot.kill()
        for _ in range(2):
            await world.log_in()
            await soon(lambda: [claim["state"] for claim in book_of(tmp_path)["claims"]] == ["posted"] * number)
            await asyncio.sleep(1)  # some ticks more
            assert await world.bot.stop() == 0
        daily, weekly = titles(sandbox, "reports")
        assert daily.endswith("· docker_operation got slower")
        assert weekly.startswith("Week of ")
        general = titles(sandbox, "general")
        assert len(general) == number - 2
        assert sum("docker_operation got slower" in title for title in general) == 1
        assert sum("· nothing failed" in title for title in general) == owes_monthly(due)
        # The days have a chart.
        embeds = [message["embeds"][0] for message in sandbox.messages("Max", "reports")]
        assert {embed["title"]: "image" in embed for embed in embeds} == {daily: True, weekly: False}
        # Both daily ones told it, and each remembers it for itself.
        assert [len(told["changes"]) for told in book_of(tmp_path)["told"]] == [1, 1]
        check_whole(sandbox, world.bot)


async def test_a_file_of_version_1_goes_on_and_is_set_listed_paused_and_removed(tmp_path: Path) -> None:
    async with Sandbox() as sandbox:
        (tmp_path / "metrics").mkdir(parents=True)
        reports = next(each["id"] for each in sandbox.state("Ada")["channels"] if each["name"] == "reports")
        since = datetime.now(UTC).timestamp()
        old = {"guild_id": int(sandbox.guild_id), "channel_id": int(reports), "time": "09:00", "zone": "UTC"}
        book = {"version": 1, "alive_at": None, "schedules": [{**old, "since": since}], "claims": []}
        (tmp_path / "metrics" / "summary_schedule.json").write_text(json.dumps(book), encoding="utf-8")
        world = World(sandbox, BotProcess(tmp_path, bot_environment(sandbox)))
        await world.log_in()
        assert "1 · daily" in text_of(await world.run("perf schedule list"))
        await world.run("perf schedule set", kind="weekly", channel="general", weekday="Sunday", timezone="Asia/Tokyo")
        shown = text_of(await world.run("perf schedule list"))
        assert "2 · weekly**, every Sunday at **09:00** (Asia/Tokyo)" in shown
        assert text_of(await world.run("perf schedule preview", summary="2")).startswith("Week of ")
        assert "is paused" in text_of(await world.run("perf schedule pause", summary="2"))
        assert "Removed" in text_of(await world.run("perf schedule remove", summary="1"))
        assert await world.bot.stop() == 0
        (left,) = book_of(tmp_path)["schedules"]
        assert (left["kind"], left["paused"], left["number"]) == ("weekly", True, 2)
        check_whole(sandbox, world.bot)
