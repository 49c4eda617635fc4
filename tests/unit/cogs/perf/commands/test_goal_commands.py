"""`/perf goal` as people use it: a real discord.py bot, logged in to the sandbox in this process."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from cogs.perf.cog import PerfCog
from sandbox.world import REPORTS_ID
from tests.unit.cogs.perf.desk import Desk, embed_of

if TYPE_CHECKING:
    from utils.performance_metrics import PerformanceMetrics


async def test_a_goal_is_set_listed_changed_and_removed(desk: Desk, metrics: PerformanceMetrics) -> None:
    metrics.record("docker_operation", 0.1)
    made = await desk.run("perf goal set", operation="Docker_Operation", threshold="2s", success="99%")
    assert embed_of(made)["description"].startswith(
        "**95 of 100 calls within 2 s, and 99 of 100 succeed, over 30 days.**"
    )
    await desk.run("perf goal set", operation="docker_operation", success="99.9")
    (line,) = [
        line for line in embed_of(await desk.run("perf goal list"))["description"].split("\n") if "over 30 days" in line
    ]
    assert line == "999 of 1,000 calls succeed, over 30 days"
    assert "`docker_operation` has no goal any more." in str(
        await desk.run("perf goal remove", operation="docker_operation")
    )
    assert "No goal is set here" in str(await desk.run("perf goal list"))
    assert "`config_load` has no goal" in str(await desk.run("perf goal remove", operation="config_load"))


async def test_a_goals_period_is_chosen_shown_and_thirty_days_again_when_set_without(desk: Desk) -> None:
    made = await desk.run("perf goal set", operation="op", success="99%", days=7)
    assert embed_of(made)["description"].startswith("**99 of 100 calls succeed, over 7 days.**")
    assert "99 of 100 calls succeed, over 7 days\n" in embed_of(await desk.run("perf goal list"))["description"]
    again = await desk.run("perf goal set", operation="op", success="99%")
    assert embed_of(again)["description"].startswith("**99 of 100 calls succeed, over 30 days.**")


@pytest.mark.parametrize(
    ("options", "answer"),
    [
        ({}, "Say what is wanted"),
        ({"percentile": "p99"}, "Say what is fast enough, too"),
        ({"percentile": "none", "threshold": "1s"}, "Say what is wanted"),
        ({"threshold": "soon"}, "as a length of time"),
        ({"threshold": "0s"}, "A threshold of 0 can't be met"),
        ({"success": "100%"}, "at least 50 and less than 100"),
        ({"success": "99%", "channel": "secret"}, "I can't post in"),
    ],
)
async def test_a_goal_that_makes_no_sense_is_refused_and_says_why(
    desk: Desk, options: dict[str, object], answer: str
) -> None:
    assert answer in str(await desk.run_with("perf goal set", {"operation": "op", **options}))
    assert "No goal is set here" in str(await desk.run("perf goal list"))


async def test_where_alarms_go_is_set_shown_and_removed(desk: Desk) -> None:
    assert "No channel is set here" in str(await desk.run("perf goal alerts"))
    assert f"<#{REPORTS_ID}>" in str(await desk.run("perf goal alerts", channel="reports"))
    assert f"Alarms are posted in <#{REPORTS_ID}>" in str(
        await desk.run("perf goal set", operation="to_come", success="99%")
    )
    assert "Give either" in str(await desk.run("perf goal alerts", channel="reports", off=True))
    assert "No channel is set here" in str(await desk.run("perf goal alerts", off=True))


async def test_an_alarm_reaches_the_channel_by_the_cogs_own_tick(desk: Desk, metrics: PerformanceMetrics) -> None:
    cog = desk.bot.get_cog("PerfCog")
    assert isinstance(cog, PerfCog)
    await desk.run("perf goal set", operation="op", success="99%", channel="reports")
    for number in range(40):
        metrics.record("op", 0.1, success=number % 2 == 0, metadata={})
    await cog.goals.tick()
    await cog.goals.tick()
    (message,) = desk.sandbox.messages("Max", "reports")
    assert embed_of(message)["title"] == "Goal in danger · op"
