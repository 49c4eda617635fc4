"""/perf summary and /perf schedule in a real bot, and the clock that posts what is due."""

from __future__ import annotations

import asyncio
import json
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import discord
import pytest
from discord.ext import commands

from cogs.perf.cog import PerfCog
from tests.unit.cogs.perf.commands.filling import fill, write_schedule
from tests.unit.cogs.perf.desk import WHERE, Desk, at_the_desk, embed_of, in_the_sandbox

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from utils.performance_metrics import PerformanceMetrics


async def zones_offered(desk: Desk, user: str, typed: str) -> list[dict[str, Any]]:
    options = {"kind": "daily", "timezone": typed}
    return await desk.sandbox.autocomplete(user, WHERE, "perf schedule set", options, "timezone")


async def test_summary_tells_of_today(desk: Desk, metrics: PerformanceMetrics) -> None:
    fill(metrics, 2)
    message = await desk.run("perf summary")
    assert embed_of(message)["title"].startswith("Today so far, ")
    assert embed_of(message)["title"].endswith(" · 1 failure")
    assert [field["name"] for field in embed_of(message)["fields"]] == ["Slowest", "Failures", "Docker"]


@pytest.mark.parametrize("trouble", ["unreadable", "unknown zone"])
async def test_summary_tells_of_utcs_day_and_says_so_when_the_schedule_is_of_no_use(
    desk: Desk, metrics: PerformanceMetrics, tmp_path: Path, trouble: str
) -> None:
    fill(metrics, 2)
    path = tmp_path / "metrics" / "summary_schedule.json"
    if trouble == "unreadable":
        (path / "in the way").mkdir(parents=True)
        words = "The summaries' schedules could not be read"
    else:
        write_schedule(path, zone="No/Where")
        words = "I don't know the time zone `No/Where` any more. `pip install tzdata`"
    message = await desk.run("perf summary")
    assert embed_of(message)["title"].startswith("Today so far, ")
    assert embed_of(message)["description"].startswith(f"⚠ This is the day of UTC. {words}")


async def test_schedules_are_set_listed_changed_paused_and_removed(desk: Desk, tmp_path: Path) -> None:
    async def said(command: str, **options: object) -> str:
        return str(embed_of(await desk.run_with(f"perf schedule {command}", options))["description"])

    assert "No summary is set here." in await said("list")
    text = await said("set", kind="daily", channel="reports", time="9:30", timezone="europe/berlin")
    assert text.startswith("Set: every day at **09:30** (Europe/Berlin) in <#")
    await said("set", kind="daily", time="10:00")
    text = await said("set", kind="weekly", channel="general", weekday="Friday")
    assert text.startswith("Set: every Friday at **09:00** (Europe/Berlin) in <#")
    text = await said("set", kind="daily", channel="general", timezone="UTC")
    assert "There is one more of this kind in other channels" in text
    text = await said("list")
    assert "**1 · daily**, every day at **10:00** (Europe/Berlin) in <#" in text
    assert "**2 · weekly**, every Friday at **09:00** (Europe/Berlin) in <#" in text
    assert "**3 · daily**, every day at **09:00** (UTC) in <#" in text
    assert "Next: <t:" in text
    kept = json.loads((tmp_path / "metrics" / "summary_schedule.json").read_text())
    assert [schedule["time"] for schedule in kept["schedules"]] == ["10:00", "09:00", "09:00"]
    assert "There are several summaries here" in await said("pause")
    assert "There is no summary `9` here" in await said("pause", summary="9")
    assert "is paused" in await said("pause", summary="2")
    assert await said("list") != text
    assert "· **paused**" in await said("list")
    assert "goes on" in await said("resume", summary="2")
    assert "Removed: no weekly summary in <#" in await said("remove", summary="2")
    assert "weekly" not in await said("list")


async def test_schedules_are_offered_with_what_they_are(desk: Desk) -> None:
    async def offered(command: str, typed: str = "") -> list[tuple[str, str]]:
        found = await desk.sandbox.autocomplete("Ada", WHERE, f"perf schedule {command}", {"summary": typed}, "summary")
        return [(choice["name"], choice["value"]) for choice in found]

    await desk.run("perf schedule set", kind="daily", channel="reports")
    await desk.run("perf schedule set", kind="monthly", channel="general", day="last")
    daily = ("1 · daily, every day at 09:00 (UTC) in #reports", "1")
    monthly = ("2 · monthly, on the last day of every month at 09:00 (UTC) in #general", "2")
    assert await offered("remove") == [daily, monthly]
    assert await offered("remove", "#gen") == [monthly]
    await desk.run("perf schedule pause", summary="1")
    assert await offered("pause") == [monthly]
    assert await offered("resume") == [daily]
    assert await offered("preview", "we") == [("any weekly summary", "weekly")]
    days = await desk.sandbox.autocomplete("Ada", WHERE, "perf schedule set", {"kind": "monthly", "day": "l"}, "day")
    assert [choice["value"] for choice in days] == ["last"]


@pytest.mark.parametrize(("kind", "title"), [("daily", ""), ("weekly", "Week of "), ("monthly", "")])
async def test_a_preview_shows_what_would_be_posted_and_posts_nothing(
    desk: Desk, metrics: PerformanceMetrics, kind: str, title: str
) -> None:
    fill(metrics, 2)
    shown = embed_of(await desk.run("perf schedule preview", summary=kind))
    assert shown["title"].startswith(title)
    assert "`docker_operation`" in shown["description"]
    assert "a preview, posted nowhere" in shown["footer"]["text"]
    await desk.run("perf schedule set", kind=kind, channel="reports")
    again = embed_of(await desk.run("perf schedule preview"))
    assert again["title"] == shown["title"]
    assert desk.sandbox.messages("Max", "reports") == []


async def test_a_schedule_whose_zone_is_unknown_here_says_what_to_do(desk: Desk, tmp_path: Path) -> None:
    write_schedule(tmp_path / "metrics" / "summary_schedule.json", zone="No/Where")
    message = await desk.run("perf schedule list")
    assert "I don't know the time zone `No/Where` any more." in embed_of(message)["description"]


async def test_a_schedule_that_is_set_says_what_becomes_of_todays_summary(desk: Desk) -> None:
    message = await desk.run("perf schedule set", kind="daily", channel="reports", time="00:00", timezone="UTC")
    told = "00:00 has passed today: the first summary at this time comes tomorrow."
    assert told in embed_of(message)["description"]
    assert told not in embed_of(await desk.run("perf schedule list"))["description"]


@pytest.mark.usefixtures("no_time_zones")
async def test_without_time_zones_utc_works_and_other_zones_say_what_to_install(desk: Desk, tmp_path: Path) -> None:
    assert embed_of(await desk.run("perf summary"))["title"].startswith("Today so far, ")
    message = await desk.run(
        "perf schedule set", kind="daily", channel="reports", time="09:00", timezone="Europe/Berlin"
    )
    assert "`pip install tzdata`" in embed_of(message)["description"]
    assert not (tmp_path / "metrics" / "summary_schedule.json").exists()
    message = await desk.run("perf schedule set", kind="daily", channel="reports", time="09:00")
    assert embed_of(message)["description"].startswith("Set: every day at **09:00** (UTC) in <#")
    assert "Next: <t:" in embed_of(await desk.run("perf schedule list"))["description"]


async def until(happened: Callable[[], bool]) -> None:
    async with asyncio.timeout(10):
        while not happened():  # noqa: ASYNC110 - what is waited for tells nobody that it happened
            await asyncio.sleep(0.02)


async def test_a_summary_that_is_owed_is_posted_in_the_channel(
    metrics: PerformanceMetrics, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DDC_SUMMARY_TICK_SECONDS", "0.05")
    metrics.record("config_load", 0.1, end_time=datetime.now(UTC).timestamp() - 600)
    due = datetime.now(UTC) - timedelta(minutes=2)
    path = tmp_path / "metrics" / "summary_schedule.json"
    write_schedule(path, time=f"{due:%H:%M}", since=due.timestamp() - 120)

    async def prepare(bot: commands.Bot) -> None:
        await bot.add_cog(PerfCog(bot, metrics))

    async with at_the_desk(prepare) as desk:
        cog = desk.bot.get_cog("PerfCog")
        assert isinstance(cog, PerfCog)
        # Several ticks pass after the post: none of them posts again.
        await until(lambda: bool(desk.sandbox.messages("Max", "reports")))
        ticks = cog.tick.current_loop
        await until(lambda: cog.tick.current_loop > ticks + 3)
        (message,) = desk.sandbox.messages("Max", "reports")
        assert f"summary due {due.date().isoformat()}" in embed_of(message)["footer"]["text"]
        assert "`config_load`" in embed_of(message)["description"]
        shown = await desk.run("perf schedule list")
        assert f"/{message['id']})" in embed_of(shown)["description"]


async def test_the_summarys_clock_lives_when_the_cog_is_loaded_long_before_the_login(
    metrics: PerformanceMetrics, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DDC_SUMMARY_TICK_SECONDS", "0.05")
    bot = commands.Bot(commands.when_mentioned, intents=discord.Intents(guilds=True), guild_ready_timeout=0.05)
    async with in_the_sandbox() as sandbox:
        cog = PerfCog(bot, metrics)
        await bot.add_cog(cog)
        # No `async with bot`: until `start` the bot has no loop of its own and can't be waited for.
        task = cog.tick.get_task()
        assert task is not None
        await asyncio.wait([task], timeout=0.3)
        assert not task.done()
        running = asyncio.create_task(bot.start(sandbox.token))
        try:
            await until(lambda: cog.tick.current_loop > 0)
        finally:
            await bot.close()
            await running


@pytest.mark.parametrize("value", ["0", "-1", "soon", "61"])
async def test_a_senseless_tick_is_replaced_and_told(
    value: str, metrics: PerformanceMetrics, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setenv("DDC_SUMMARY_TICK_SECONDS", value)

    async def prepare(bot: commands.Bot) -> None:
        await bot.add_cog(PerfCog(bot, metrics))

    async with at_the_desk(prepare) as desk:
        cog = desk.bot.get_cog("PerfCog")
        assert isinstance(cog, PerfCog)
        assert cog.tick.seconds == 60
    assert "must be a number of seconds above 0" in caplog.text
