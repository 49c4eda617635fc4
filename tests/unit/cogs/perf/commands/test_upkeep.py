"""/perf cleanup, /perf export and /perf debug in a real bot."""

from __future__ import annotations

import csv
import gzip
import io
import json
import logging
import time
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import pytest

from cogs.perf.cog import PerfCog
from tests.unit.cogs.perf.commands.filling import fill
from tests.unit.cogs.perf.desk import Desk, embed_of, labels

if TYPE_CHECKING:
    from utils.performance_metrics import PerformanceMetrics


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
