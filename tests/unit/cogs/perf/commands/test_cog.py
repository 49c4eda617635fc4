"""What holds for all commands in a real bot: who may, what is typed, what is offered, and errors."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import discord
import pytest

from cogs.perf.cog import PerfCog
from cogs.perf.instrumentation import attach, detach
from tests.unit.cogs.perf.commands.filling import fill
from tests.unit.cogs.perf.desk import WHERE, Desk, at_the_desk, embed_of
from utils.performance_metrics import PerformanceMetrics

if TYPE_CHECKING:
    from pathlib import Path

    from discord.ext import commands


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


class Broken(PerfCog):
    """The cog with a command that nobody foresaw to fail."""

    @discord.app_commands.command()
    async def broken(self, interaction: discord.Interaction[Any]) -> None:
        """Fail."""
        await interaction.response.defer(ephemeral=True)
        raise RuntimeError(interaction.id)


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
