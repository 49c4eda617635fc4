"""The daily summary by the real bot: posted exactly once, whatever happens meanwhile.

What the clocks do (both days of daylight saving, six hours of catching up) is tried with a fake clock in
tests/unit/cogs/perf; here the processes and the connections are real.
"""

from __future__ import annotations

import asyncio
import json
import time
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import pytest

from sandbox.server import Sandbox
from tests.e2e.bot_process import BotProcess
from tests.e2e.program import environment, program
from tests.e2e.world import World, bot_environment, check_whole, living_bot, soon, text_of

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = pytest.mark.asyncio(loop_scope="session")


def trouble_with_the_post(sandbox: Sandbox, kind: str, seconds: float = 1) -> None:
    """Order a fault for the next message into a channel."""
    sandbox.fault(kind, path="/messages$", method="POST", seconds=seconds)


def asked_to_post(sandbox: Sandbox) -> bool:
    """Whether the bot has sent the message, taken or not."""
    return any(record.method == "POST" and record.path.endswith("/messages") for record in sandbox.requests())


def scheduled(folder: Path, sandbox: Sandbox, due: datetime, *, channel: str = "reports") -> None:
    """Leave a schedule as an earlier run of the bot would: set two days ago, and the bot gone since an hour before."""
    channel_id = next(each["id"] for each in sandbox.state("Ada")["channels"] if each["name"] == channel)
    book = {
        "version": 1,
        "alive_at": due.timestamp() - 3600,
        "schedules": [
            {
                "guild_id": int(sandbox.guild_id),
                "channel_id": int(channel_id),
                "time": f"{due:%H:%M}",
                "zone": "UTC",
                "since": due.timestamp() - 2 * 86_400 + 7200,
            }
        ],
        "claims": [],
    }
    (folder / "metrics").mkdir(parents=True, exist_ok=True)
    (folder / "metrics" / "summary_schedule.json").write_text(json.dumps(book), encoding="utf-8")


def book_of(folder: Path) -> dict[str, Any]:
    content: dict[str, Any] = json.loads((folder / "metrics" / "summary_schedule.json").read_text(encoding="utf-8"))
    return content


def posted(sandbox: Sandbox) -> list[dict[str, Any]]:
    """What stands in #reports, as a member sees it."""
    return sandbox.messages("Max", "reports")


def claim(folder: Path, due: datetime) -> str | None:
    """How far the summary of that date has come, as the file says."""
    day = due.date().isoformat()
    return next((entry["state"] for entry in book_of(folder)["claims"] if entry["date"] == day), None)


def an_hour_ago() -> datetime:
    return (datetime.now(UTC) - timedelta(hours=1)).replace(second=0, microsecond=0)


async def test_a_missed_summary_is_caught_up_once_and_says_so_and_restarts_add_none(tmp_path: Path) -> None:
    async with Sandbox() as sandbox:
        due = an_hour_ago()
        scheduled(tmp_path, sandbox, due)
        world = World(sandbox, BotProcess(tmp_path, bot_environment(sandbox)))
        for _ in range(3):
            await world.log_in()
            await sandbox.until(lambda: posted(sandbox), 15)
            await asyncio.sleep(1)  # some ticks more
            assert await world.bot.stop() == 0
        (message,) = posted(sandbox)
        (embed,) = message["embeds"]
        assert "This summary is late" in embed["description"]
        assert "the bot was offline from" in embed["description"]
        assert message["flags"] & 64 == 0, "it is there for everyone"
        assert claim(tmp_path, due) == "posted"
        check_whole(sandbox, world.bot)


async def test_one_that_is_more_than_six_hours_late_is_not_posted(tmp_path: Path) -> None:
    async with Sandbox() as sandbox:
        due = (datetime.now(UTC) - timedelta(hours=7)).replace(second=0, microsecond=0)
        scheduled(tmp_path, sandbox, due)
        world = World(sandbox, BotProcess(tmp_path, bot_environment(sandbox)))
        await world.log_in()
        await soon(lambda: claim(tmp_path, due) == "skipped")
        await world.bot.stop()
        assert posted(sandbox) == []
        check_whole(sandbox, world.bot)


@pytest.mark.parametrize(
    ("kind", "when_killed"),
    [("slow", 0), ("slow_answer", 1)],
    ids=["before Discord took it", "after Discord took it, before the bot heard"],
)
async def test_a_crash_between_claim_and_confirmation_neither_loses_nor_doubles_it(
    tmp_path: Path, kind: str, when_killed: int
) -> None:
    async with Sandbox() as sandbox:
        due = an_hour_ago()
        scheduled(tmp_path, sandbox, due)
        trouble_with_the_post(sandbox, kind, seconds=4)
        world = World(sandbox, BotProcess(tmp_path, bot_environment(sandbox)))
        await world.log_in()
        await soon(lambda: asked_to_post(sandbox))
        await asyncio.sleep(0.5)
        await world.bot.kill()
        assert claim(tmp_path, due) == "claimed"
        assert len(posted(sandbox)) == when_killed
        await world.log_in()
        await soon(lambda: claim(tmp_path, due) == "posted")
        await asyncio.sleep(1)
        assert await world.bot.stop() == 0
        assert len(posted(sandbox)) == 1
        check_whole(sandbox, world.bot)


@pytest.mark.parametrize("kind", ["503", "cut", "drop"])
async def test_trouble_with_the_post_neither_loses_nor_doubles_it(tmp_path: Path, kind: str) -> None:
    async with Sandbox() as sandbox:
        due = an_hour_ago()
        scheduled(tmp_path, sandbox, due)
        trouble_with_the_post(sandbox, kind)
        world = World(sandbox, BotProcess(tmp_path, bot_environment(sandbox)))
        await world.log_in()
        await soon(lambda: "The summary for channel" in world.bot.log())
        assert claim(tmp_path, due) == "claimed"
        await world.bot.stop()  # a restart does not wait for the pause after a failure
        await world.log_in()
        await soon(lambda: claim(tmp_path, due) == "posted")
        assert await world.bot.stop() == 0
        assert len(posted(sandbox)) == 1
        check_whole(sandbox, world.bot)


async def test_set_by_the_command_it_comes_at_its_minute(tmp_path: Path) -> None:
    async with Sandbox() as sandbox:
        world = World(sandbox, BotProcess(tmp_path, bot_environment(sandbox)))
        await world.log_in()
        now = datetime.now(UTC)
        due = (now + timedelta(seconds=65 if now.second > 55 else 60)).replace(second=0, microsecond=0)
        answer = await world.run(
            "perf schedule set", kind="daily", channel="reports", time=f"{due:%H:%M}", timezone="Etc/UTC"
        )
        assert f"<t:{int(due.timestamp())}" in text_of(answer)
        assert posted(sandbox) == []
        await sandbox.until(lambda: posted(sandbox), due.timestamp() - time.time() + 15)
        assert time.time() >= due.timestamp(), "not before its time"
        await asyncio.sleep(1)
        assert await world.bot.stop() == 0
        (message,) = posted(sandbox)
        assert "late" not in message["embeds"][0]["description"]
        check_whole(sandbox, world.bot)


async def test_what_setup_schedules_beneath_a_running_bot_holds_and_the_chat_loses_nothing_of_it(
    tmp_path: Path,
) -> None:
    async with living_bot(tmp_path) as world:
        environ = environment(world.sandbox, tmp_path, DISCORD_BOT_TOKEN=world.sandbox.token)
        environ["DDC_METRICS_DIR"] = str(tmp_path / "metrics")  # the bot's own
        due = datetime.now(UTC) + timedelta(hours=12)
        answers = {"channel": "reports", "time": f"{due:%H:%M}", "time_zone": "UTC", "alerts": "no"}
        given = tmp_path / "answers.json"
        given.write_text(json.dumps(answers), encoding="utf-8")
        done = await program(environ, "setup", "--answers", str(given))
        assert done.code == 0, done.err
        async with asyncio.timeout(30):
            while answers["time"] not in text_of(await world.run("perf schedule list")):
                pass
        await world.run("perf schedule set", kind="weekly", channel="reports", time="08:15", timezone="UTC")
        shown = text_of(await world.run("perf schedule list"))
        assert answers["time"] in shown
        assert "08:15" in shown
        assert len(book_of(tmp_path)["schedules"]) == 2
