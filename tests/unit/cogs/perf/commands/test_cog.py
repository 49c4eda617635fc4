"""The commands as people use them: a real discord.py bot, logged in to the sandbox in this process."""

from __future__ import annotations

import asyncio
import csv
import gzip
import io
import json
import logging
import sys
import time
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import discord
import pytest
from discord.ext import commands

from cogs.perf.charts import PAINTER
from cogs.perf.cog import PerfCog
from cogs.perf.instrumentation import attach, detach
from sandbox.world import GUILD_ID, REPORTS_ID
from tests.unit.cogs.perf.desk import WHERE, Desk, at_the_desk, embed_of, in_the_sandbox, labels
from utils.performance_metrics import PerformanceMetrics

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path


def write_schedule(path: Path, **changed: object) -> None:
    schedule = {
        "guild_id": int(GUILD_ID),
        "channel_id": int(REPORTS_ID),
        "time": "09:00",
        "zone": "UTC",
        "since": datetime.now(UTC).timestamp(),
    }
    kept = {"version": 1, "alive_at": None, "claims": [], "schedules": [schedule | changed]}
    path.parent.mkdir(exist_ok=True)
    path.write_text(json.dumps(kept))


def fill(metrics: PerformanceMetrics, count: int = 30) -> None:
    for number in range(count):
        metrics.record("docker_operation", 0.1 + number / 100, metadata={"action": "restart", "container": "nginx"})
    metrics.record("docker_operation", 30, success=False, metadata={"action": "stop", "outcome": "timeout"})
    metrics.record("config_load", 0.002)


async def test_compare_holds_windows_against_each_other_and_names_its_test(
    desk: Desk, metrics: PerformanceMetrics
) -> None:
    now = time.time()
    for number in range(60):
        metrics.record("docker_operation", 0.1 + number / 1_000, end_time=now - 100_000 - number)
        metrics.record("docker_operation", 0.3 + number / 1_000, end_time=now - 100 - number)
    shown = embed_of(await desk.run("perf compare", operation="docker_operation"))
    assert shown["title"] == "docker_operation · previous 24 h and last 24 h"
    assert "**Last 24 h is slower**" in shown["description"]
    assert "Mann-Whitney rank test, p < 0.001" in shown["description"]


async def test_a_report_without_its_chart_has_its_numbers_and_says_why(
    desk: Desk, metrics: PerformanceMetrics, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "matplotlib", None)  # as where it is not installed
    await asyncio.to_thread(PAINTER.close)
    fill(metrics)
    shown = embed_of(await desk.run("perf chart", operation="docker_operation"))
    assert "image" not in shown
    assert "31 calls" in shown["description"]
    assert "⚠ Charts need matplotlib: `pip install matplotlib`, then try again." in shown["description"]


async def test_charts_have_the_clock_of_the_servers_summary(
    desk: Desk, metrics: PerformanceMetrics, tmp_path: Path
) -> None:
    write_schedule(tmp_path / "metrics" / "summary_schedule.json", zone="Asia/Kolkata")
    fill(metrics)
    for command in ("perf chart", "perf stats"):
        shown = embed_of(await desk.run(command, operation="docker_operation"))
        assert "last 24 h (Kolkata)" in shown["image"]["description"]


@pytest.mark.parametrize(
    ("window", "told"),
    [
        ("tomorrow", "I can't read `tomorrow` as a window: write today, yesterday"),
        ("after restart", "no restart of the bot is on record yet"),
    ],
)
async def test_a_window_that_makes_no_sense_is_told_with_what_would(
    desk: Desk, metrics: PerformanceMetrics, window: str, told: str
) -> None:
    fill(metrics)
    shown = embed_of(await desk.run("perf compare", operation="docker_operation", b=window))
    assert told in shown["description"]


async def test_windows_are_offered_and_what_is_none_of_them_is_taken_as_typed(desk: Desk) -> None:
    async def offered(typed: str) -> list[str]:
        options = {"operation": "x", "b": typed}
        return [one["name"] for one in await desk.sandbox.autocomplete("Ada", WHERE, "perf compare", options, "b")]

    assert await offered("week") == ["this week", "last week"]
    assert await offered("after 2026-11-2") == ["after 2026-11-2"]


async def test_stats_opens_an_operation_and_goes_back_in_the_same_message(
    desk: Desk, metrics: PerformanceMetrics
) -> None:
    fill(metrics)
    message = await desk.run("perf stats")
    assert embed_of(message)["title"] == "Performance · last 24 h"
    assert labels(message) == ["Open an operation", "24 h", "7 d", "30 d", "Explain"]
    await desk.press(message, "operation", "0")
    opened = desk.now(message)
    assert embed_of(opened)["title"] == "docker_operation · last 24 h"
    assert "**1** of 31 calls failed (timeout)." in embed_of(opened)["description"]
    await desk.press(message, "slowest")
    assert embed_of(desk.now(message))["title"] == "Slowest docker_operation · last 24 h"
    await desk.press(message, "back")
    again = embed_of(desk.now(message))
    # The chart is another upload of the same.
    assert again.pop("image")["width"] == embed_of(opened)["image"]["width"]
    assert again == {key: value for key, value in embed_of(opened).items() if key != "image"}
    await desk.press(message, "back")
    assert embed_of(desk.now(message)) == embed_of(message)


async def test_stats_of_one_operation_shows_it_at_once(desk: Desk, metrics: PerformanceMetrics) -> None:
    fill(metrics)
    message = await desk.run("perf stats", operation="config_load", hours=6)
    assert embed_of(message)["title"] == "config_load · last 6 h"


async def test_recent_turns_pages_and_filters(desk: Desk, metrics: PerformanceMetrics) -> None:
    fill(metrics)
    message = await desk.run("perf recent", operation="docker_operation")
    assert embed_of(message)["title"] == "Recent docker_operation · newest first"
    assert embed_of(message)["description"].count("\n") == 9
    await desk.press(message, "next")
    assert "2/4" in labels(desk.now(message))
    await desk.press(message, "failures")
    assert desk.now(message)["embeds"][0]["description"].startswith("✗ stop · **30\u00a0s**")


async def test_slow_takes_a_threshold(desk: Desk, metrics: PerformanceMetrics) -> None:
    fill(metrics)
    message = await desk.run("perf slow", threshold="380ms")
    assert embed_of(message)["description"].count("`docker_operation`") == 3


@pytest.mark.parametrize(
    ("command", "options", "words"),
    [
        ("perf slow", {"threshold": "soon"}, "I can't read `soon` as a length of time"),
        ("perf stats", {"operation": "docker_op"}, "Did you mean `docker_operation`?"),
        (
            "perf schedule set",
            {"kind": "daily", "channel": "reports", "time": "25:00"},
            "I can't read `25:00` as a time of day",
        ),
        (
            "perf schedule set",
            {"kind": "daily", "channel": "reports", "timezone": "Berlin/Europe"},
            "is no time zone I know",
        ),
        ("perf schedule set", {"kind": "weekly", "time": "09:00"}, "Choose a channel, too"),
        ("perf schedule set", {"kind": "daily", "channel": "reports", "weekday": "Friday"}, "is for weekly summaries"),
        ("perf schedule set", {"kind": "monthly", "channel": "reports", "day": "31"}, "`31` as a day of the month"),
        ("perf schedule pause", {}, "No summary is set here"),
        ("perf schedule preview", {"summary": "7"}, "No summary is set here"),
        ("perf schedule set", {"kind": "daily", "channel": "secret"}, "I need there: View Channel, Send Messages"),
    ],
)
async def test_bad_input_is_answered_with_what_would_be_right(
    desk: Desk, metrics: PerformanceMetrics, command: str, options: dict[str, object], words: str
) -> None:
    fill(metrics)
    message = await desk.run_with(command, options)
    assert words in embed_of(message)["description"]


async def test_an_operation_that_only_the_file_knows_is_found(desk: Desk, tmp_path: Path) -> None:
    other = PerformanceMetrics(tmp_path / "metrics")
    other.record("from_another_process", 0.5)
    other.close()
    message = await desk.run("perf stats", operation="from_another_process")
    assert embed_of(message)["title"] == "from_another_process · last 24 h"


async def zones_offered(desk: Desk, user: str, typed: str) -> list[dict[str, Any]]:
    options = {"kind": "daily", "timezone": typed}
    return await desk.sandbox.autocomplete(user, WHERE, "perf schedule set", options, "timezone")


async def test_a_member_gets_a_refusal_and_no_names(desk: Desk, metrics: PerformanceMetrics) -> None:
    fill(metrics)
    group = next(command for command in desk.bot.tree.get_commands() if command.name == "perf")
    # An admin of the server may open the command to everyone: default_permissions is a hint.
    assert isinstance(group, discord.app_commands.Group)
    group.default_permissions = None
    await desk.bot.tree.sync()
    message = await desk.run("perf stats", user="Max")
    assert embed_of(message)["description"].startswith("Only admins can see performance reports here.")
    goals = await desk.run("perf goal list", user="Max")
    assert embed_of(goals)["description"].startswith("Only admins can see performance reports here.")
    for command in ("perf goal set", "perf goal remove", "perf explain"):
        assert await desk.sandbox.autocomplete("Max", WHERE, command, {"operation": "x"}, "operation") == []
    assert await desk.sandbox.autocomplete("Max", WHERE, "perf stats", {"operation": ""}, "operation") == []
    assert (
        await desk.sandbox.autocomplete(
            "Max", WHERE, "perf schedule set", {"kind": "daily", "timezone": ""}, "timezone"
        )
        == []
    )
    assert await desk.sandbox.autocomplete("Max", WHERE, "perf compare", {"operation": "x", "b": ""}, "b") == []


async def test_a_refused_autocomplete_is_recorded_as_denied(metrics: PerformanceMetrics) -> None:
    async def prepare(bot: commands.Bot) -> None:
        attach(bot, metrics)
        await bot.add_cog(PerfCog(bot, metrics))
        group = bot.tree.get_command("perf")
        assert isinstance(group, discord.app_commands.Group)
        group.default_permissions = None

    async with at_the_desk(prepare) as desk:
        try:
            await desk.sandbox.autocomplete("Max", WHERE, "perf stats", {"operation": ""}, "operation")
            await desk.sandbox.autocomplete(
                "Max", WHERE, "perf schedule set", {"kind": "daily", "timezone": ""}, "timezone"
            )
            await desk.sandbox.autocomplete("Ada", WHERE, "perf stats", {"operation": ""}, "operation")
        finally:
            detach(desk.bot)
    records = [entry for entry in metrics.get_recent_metrics() if entry.operation.startswith("autocomplete.")]
    told = [(entry.operation.rpartition(".")[2], entry.success, entry.metadata.get("outcome")) for entry in records]
    assert sorted(told) == [("operation", False, "denied"), ("operation", True, "ok"), ("timezone", False, "denied")]


async def test_autocomplete_offers_operations_and_time_zones_to_admins(desk: Desk, metrics: PerformanceMetrics) -> None:
    fill(metrics)
    offered = await desk.sandbox.autocomplete("Ada", WHERE, "perf slow", {"operation": "dock"}, "operation")
    assert [choice["value"] for choice in offered] == ["docker_operation"]
    zones = await desk.sandbox.autocomplete(
        "Ada", WHERE, "perf schedule set", {"kind": "daily", "timezone": "new york"}, "timezone"
    )
    assert [choice["value"] for choice in zones] == ["America/New_York"]


async def test_buttons_check_the_right_again_at_each_press(desk: Desk, metrics: PerformanceMetrics) -> None:
    fill(metrics)
    world = desk.sandbox.hub.world
    visitor = world.find_user("Max")
    visitor.role_ids = [world.find_role("Admin").id]
    message = await desk.run("perf stats", user="Max")
    visitor.role_ids = []
    press = await desk.press(message, "window_168", user="Max")
    (refusal,) = [seen for seen in press.messages if seen["id"] != message["id"]]
    assert "no right to do this any more" in embed_of(refusal)["description"]
    assert embed_of(desk.now(message, "Max")) == embed_of(message)


async def test_cleanup_asks_first_and_deletes_once(desk: Desk, metrics: PerformanceMetrics) -> None:
    old = (datetime.now(UTC) - timedelta(days=40)).timestamp()
    for _ in range(3):
        metrics.record("old", 0.1, end_time=old)
    metrics.record("new", 0.1)
    message = await desk.run("perf cleanup")
    assert embed_of(message)["description"].startswith(
        f"Delete 3 entries older than <t:{int(old) + 10 * 86400}:D>? 1 stays."
    )
    assert labels(message) == ["Delete 3 entries", "Keep"]
    assert metrics.health().entries == 4
    await desk.press(message, "confirm")
    assert embed_of(desk.now(message))["description"] == "Deleted 3 entries; 1 kept."
    assert labels(desk.now(message)) == []
    again = await desk.run("perf cleanup")
    assert embed_of(again)["description"] == "Nothing is older than 30 days."


async def test_cleanup_can_be_called_off(desk: Desk, metrics: PerformanceMetrics) -> None:
    metrics.record("old", 0.1, end_time=1.0)
    message = await desk.run("perf cleanup", days=1)
    await desk.press(message, "keep")
    assert embed_of(desk.now(message))["description"] == "Everything stays."
    assert metrics.health().entries == 1


def attached(desk: Desk, message: dict[str, Any]) -> tuple[str, bytes]:
    (attachment,) = message["attachments"]
    stored = desk.sandbox.hub.chat.file(attachment["id"])
    assert stored is not None
    return attachment["filename"], stored.data


async def test_export_attaches_the_entries_in_each_format(desk: Desk, metrics: PerformanceMetrics) -> None:
    fill(metrics, 2)
    name, data = attached(desk, await desk.run("perf export", operation="docker_operation", format="jsonl"))
    assert name == "performance_metrics-docker_operation.jsonl"
    lines = [json.loads(line) for line in data.splitlines()]
    assert [line["duration"] for line in lines] == [0.1, 0.11, 30]
    name, data = attached(desk, await desk.run("perf export", format="csv"))
    rows = list(csv.DictReader(io.StringIO(data.decode())))
    assert [row["operation"] for row in rows] == ["docker_operation"] * 3 + ["config_load"]
    name, data = attached(desk, await desk.run("perf export"))
    assert name == "performance_metrics.json"
    assert len(json.loads(data)["entries"]) == 4


async def test_export_without_entries_says_so(desk: Desk) -> None:
    message = await desk.run("perf export")
    assert "Nothing was measured yet" in embed_of(message)["description"]
    assert message["attachments"] == []


async def test_an_export_over_discords_limit_is_compressed(desk: Desk, metrics: PerformanceMetrics) -> None:
    for _ in range(2000):
        metrics.record("big", 0.1, metadata={"note": "x" * 1990, "more": "y" * 1990, "third": "z" * 1990})
    message = await desk.run("perf export", format="jsonl")
    name, data = attached(desk, message)
    assert name == "performance_metrics.jsonl.gz"
    assert len(gzip.decompress(data).splitlines()) == 2000
    assert "Compressed from 12 MB" in embed_of(message)["description"]


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


class Broken(PerfCog):
    """The cog with a command that nobody foresaw to fail."""

    @discord.app_commands.command()
    async def broken(self, interaction: discord.Interaction[Any]) -> None:
        """Fail."""
        await interaction.response.defer(ephemeral=True)
        raise RuntimeError(interaction.id)


async def test_a_schedule_whose_zone_is_unknown_here_says_what_to_do(desk: Desk, tmp_path: Path) -> None:
    write_schedule(tmp_path / "metrics" / "summary_schedule.json", zone="No/Where")
    message = await desk.run("perf schedule list")
    assert "I don't know the time zone `No/Where` any more." in embed_of(message)["description"]


async def test_a_schedule_that_is_set_says_what_becomes_of_todays_summary(desk: Desk) -> None:
    message = await desk.run("perf schedule set", kind="daily", channel="reports", time="00:00", timezone="UTC")
    told = "00:00 has passed today: the first summary at this time comes tomorrow."
    assert told in embed_of(message)["description"]
    assert told not in embed_of(await desk.run("perf schedule list"))["description"]


async def test_an_unexpected_error_is_answered_with_a_number_that_the_log_has(
    metrics: PerformanceMetrics, caplog: pytest.LogCaptureFixture
) -> None:
    async def prepare(bot: commands.Bot) -> None:
        await bot.add_cog(Broken(bot, metrics))

    async with at_the_desk(prepare) as desk:
        (group,) = desk.bot.tree.get_commands()
        message = await desk.run(f"{group.name} broken")
    text = embed_of(message)["description"]
    assert text.startswith("That went wrong on my side, not yours.")
    number = text.rstrip(".").rpartition(" ")[2]
    assert any(number in record.message and record.exc_info for record in caplog.records)


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


async def test_debug_is_loud_for_a_while_and_told_with_its_end(desk: Desk) -> None:
    ours, discords = logging.getLogger("cogs.some.part"), logging.getLogger("discord.http")
    shown = embed_of(await desk.run("perf debug", minutes=3))
    end = int(shown["description"].partition("<t:")[2].partition(":")[0])
    assert 175 <= end - time.time() <= 180
    assert (ours.isEnabledFor(logging.DEBUG), discords.isEnabledFor(logging.DEBUG)) == (True, False)
    assert "back to its level" in embed_of(await desk.run("perf debug", minutes=0))["description"]
    assert not ours.isEnabledFor(logging.DEBUG)


async def test_debug_ends_by_itself_and_with_its_cog(desk: Desk) -> None:
    ours = logging.getLogger("cogs.some.part")
    cog = desk.bot.get_cog("PerfCog")
    assert isinstance(cog, PerfCog)
    await desk.run("perf debug", minutes=1)
    timer = cog._loud
    assert timer is not None
    timer._run()  # as its time comes
    assert not ours.isEnabledFor(logging.DEBUG)
    await desk.run("perf debug")
    assert ours.isEnabledFor(logging.DEBUG)
    await desk.bot.remove_cog("PerfCog")
    assert not ours.isEnabledFor(logging.DEBUG)


@pytest.mark.parametrize("minutes", [-1, 61])
async def test_debug_takes_an_hour_at_most(desk: Desk, minutes: int) -> None:
    with pytest.raises(Exception, match="minutes"):
        await desk.run("perf debug", minutes=minutes)
