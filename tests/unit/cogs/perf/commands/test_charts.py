"""/perf compare and /perf chart in a real bot: their windows, and what a report without its chart says."""

from __future__ import annotations

import asyncio
import sys
import time
from typing import TYPE_CHECKING

import pytest

from cogs.perf.charts import PAINTER
from tests.unit.cogs.perf.commands.filling import fill, write_schedule
from tests.unit.cogs.perf.desk import WHERE, Desk, embed_of

if TYPE_CHECKING:
    from pathlib import Path

    from utils.performance_metrics import PerformanceMetrics


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
