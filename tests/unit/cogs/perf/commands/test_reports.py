"""/perf stats, /perf recent and /perf slow in a real bot: pages, filters, and the way back."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.unit.cogs.perf.commands.filling import fill
from tests.unit.cogs.perf.desk import Desk, embed_of, labels

if TYPE_CHECKING:
    from utils.performance_metrics import PerformanceMetrics


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
