"""/perf doctor of a real discord.py bot that is logged in to the sandbox in this process."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, time
from typing import TYPE_CHECKING

from discord import app_commands

from cogs.perf.doctor import Finding
from cogs.perf.schedule import Kind, Schedule
from cogs.perf.schedule_store import FILE_NAME, Book, ScheduleStore
from sandbox import permissions as perms
from sandbox.world import BOT_ID, GUILD_ID, REPORTS_ID
from tests.unit.cogs.perf.desk import Desk, embed_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from utils.performance_metrics import PerformanceMetrics


def schedule(metrics: PerformanceMetrics, channel_id: int = int(REPORTS_ID)) -> None:
    made = Schedule(int(GUILD_ID), channel_id, time(9), "UTC", datetime.now(UTC).timestamp())
    ScheduleStore(metrics.path.with_name(FILE_NAME)).save(Book(schedules=(made,)))


async def doctor(desk: Desk) -> str:
    return str(embed_of(await desk.run("perf doctor"))["description"])


async def test_a_bot_that_is_well_gets_no_cure(desk: Desk, metrics: PerformanceMetrics) -> None:
    schedule(metrics)
    told = await doctor(desk)
    assert "✗" not in told
    assert "→" not in told.replace("timedatectl", "")
    assert r"✓ **Channel \#reports** Nothing is lacking for the daily summary." in told
    assert "✓ **Commands** Discord has all" in told
    assert "✓ **Clock** As Discord's." in told


async def test_a_lost_permission_is_named_with_its_channel(desk: Desk, metrics: PerformanceMetrics) -> None:
    schedule(metrics)
    desk.sandbox.set_permissions("reports", "ddc-perf", deny=perms.EMBED_LINKS, allow=perms.SEND_MESSAGES)
    await desk.bot.wait_for("guild_channel_update", timeout=5)
    told = await doctor(desk)
    assert told.startswith("1 wrong")
    assert "Embed Links missing" in told
    assert "allow Embed Links" in told


async def test_a_summary_s_channel_that_is_gone_is_told(desk: Desk, metrics: PerformanceMetrics) -> None:
    schedule(metrics, channel_id=42)
    assert "✗ **Channel 42** There is no channel for the daily summary" in await doctor(desk)


async def test_each_summary_is_looked_at_and_a_paused_one_needs_nothing(
    desk: Desk, metrics: PerformanceMetrics
) -> None:
    made = Schedule(int(GUILD_ID), 42, time(9), "UTC", datetime.now(UTC).timestamp(), Kind.WEEKLY)
    paused = replace(made, kind=Kind.MONTHLY, number=2, paused=True)
    ScheduleStore(metrics.path.with_name(FILE_NAME)).save(Book(schedules=(made, paused)))
    told = await doctor(desk)
    assert "✗ **Channel 42** There is no channel for the weekly summary" in told
    assert "✓ **Summaries** The monthly one, number 2, is paused." in told


async def test_commands_that_discord_lacks_are_named(desk: Desk) -> None:
    have = desk.sandbox.hub.commands.scope(BOT_ID, None)
    (perf,) = [one for one in have.values() if one["name"] == "perf"]
    perf["options"] = [one for one in perf["options"] if one["name"] != "explain"]
    told = await doctor(desk)
    assert "⚠ **Commands**" in told
    assert "missing: /perf explain" in told


async def test_a_discord_that_answers_503_breaks_one_check_and_not_the_answer(desk: Desk) -> None:
    desk.sandbox.fault("503", path=r"/commands$", times=20)
    told = await doctor(desk)
    assert "✗ **Commands**" in told
    assert "✓ **Python**" in told


async def test_the_bot_s_own_checks_are_run_too(desk: Desk) -> None:
    async def own() -> Sequence[Finding]:
        return [Finding.warn("Coffee", "Empty.", "Refill it.")]

    desk.bot.perf_checks = {"Coffee": own}  # type: ignore[attr-defined]
    assert "⚠ **Coffee** Empty.\n→ Refill it." in await doctor(desk)


async def test_others_than_admins_learn_nothing_even_where_the_command_is_open_to_all(desk: Desk) -> None:
    (group,) = desk.bot.tree.get_commands()
    assert isinstance(group, app_commands.Group)
    group.default_permissions = None
    await desk.bot.tree.sync()
    told = str(embed_of(await desk.run("perf doctor", user="Max"))["description"])
    assert told.startswith("Only admins")
    assert "✓" not in told
