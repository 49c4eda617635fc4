"""How the reports look in the page, wide and phone-wide, with no, some and far too much to tell.

The pictures stay in test-results/looks, for a person to look at.
"""

from __future__ import annotations

import asyncio
import json
import time
from contextlib import asynccontextmanager
from itertools import islice
from typing import TYPE_CHECKING

import pytest

from bot.demo.fill import fill
from sandbox.server import Sandbox
from tests.bench.data import Sample
from tests.browser.browser import find_browser
from tests.e2e.bot_process import ROOT, BotProcess
from tests.e2e.looks import looking
from tests.e2e.world import World, bot_environment, living_bot
from tests.needs import missing

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Iterator
    from pathlib import Path

    from tests.e2e.looks import Looks
    from tests.e2e.world import Containers

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="session")]

PICTURES = ROOT / "test-results" / "looks"
ENTRIES = 1_000_000
DAYS = 30
REPORTS = ("explain", "time", "slow", "recent", "schedule preview", "system")
BREAKOUTS = (
    "`code` **bold** ~~gone~~ ||hidden|| __under__ @everyone <@1> <#1> <t:1:R> [link](https://example.org) ",
    "```\nblock\n``` # heading > quote - list <script>alert(1)</script> \u202eright to left ",
    "W" * 60,
    "an.ordinary.name.that.goes.on.and.on.and_has_no_end.",
    "语言很长的名字",
)


@pytest.fixture(autouse=True, scope="module")
def browser() -> None:
    """A browser, or no test here."""
    if find_browser() is None:
        missing("no Chromium or Chrome here to show the reports in")


async def every_report(looks: Looks, operation: str | None) -> None:
    """Look at each report of /perf that needs no container; those of one operation when there is one."""
    await looks.ask("stats", "perf stats")
    for report in (*REPORTS, "summary", "doctor", "goal list", "schedule list"):
        await looks.ask(report.replace(" ", "-"), f"perf {report}")
    await looks.ask("failures", "perf recent", failures=True)
    await looks.ask("cleanup", "perf cleanup", days=20)
    await looks.ask("memory", "perf memory")
    live = await looks.ask("live", "perf live", minutes=1)
    await looks.press("live-stopped", live, "Stop")
    if operation is not None:
        await looks.ask("operation", "perf stats", operation=operation)
        chart = await looks.ask("chart", "perf chart", operation=operation, hours=168)
        for label in ("How long", "Slow hours", "Busy hours", "Before/after"):
            await looks.press(f"chart-{label.split('/')[0].replace(' ', '-').lower()}", chart, label)
        await looks.ask("compare", "perf compare", operation=operation)
        await looks.ask("explain-operation", "perf explain", operation=operation)


async def test_thirty_days_look_well(tmp_path: Path) -> None:
    await asyncio.to_thread(fill, tmp_path / "bot" / "metrics", time.time())
    async with living_bot(tmp_path / "bot") as world, looking(world, PICTURES / "demo") as looks:
        await every_report(looks, "docker_operation")


async def test_nothing_measured_looks_well(tmp_path: Path) -> None:
    async with living_bot(tmp_path / "bot") as world, looking(world, PICTURES / "empty") as looks:
        await every_report(looks, None)


async def test_far_too_much_looks_well_whatever_it_is_called(tmp_path: Path) -> None:
    names = await asyncio.to_thread(write_much, tmp_path / "bot" / "metrics")
    async with busy_bot(tmp_path / "bot") as world, looking(world, PICTURES / "large") as looks:
        await looks.ask("stats", "perf stats", hours=720)
        await looks.ask("operation", "perf stats", operation=names[0], hours=720)
        await looks.ask("chart", "perf chart", operation=names[1], hours=720)
        for report in REPORTS:
            await looks.ask(report.replace(" ", "-"), f"perf {report}")


@pytest.mark.docker
async def test_containers_look_well(tmp_path: Path, containers: Containers) -> None:
    async with living_bot(tmp_path / "bot") as world, looking(world, PICTURES / "docker") as looks:
        for report in ("list", "stats", "queue", "audit", "group list", "status-message list"):
            await looks.ask(report.replace(" ", "-"), f"docker {report}")
        for report in ("info", "stats", "logs"):
            await looks.ask(f"{report}-one", f"docker {report}", container=containers.web)
        await looks.ask("restart", "docker restart", container=containers.web)


@asynccontextmanager
async def busy_bot(folder: Path) -> AsyncIterator[World]:
    """A bot of one's own; how long a million entries hold its loop beside a browser is measured elsewhere."""
    async with Sandbox() as sandbox:
        bot = BotProcess(folder, bot_environment(sandbox))
        world = World(sandbox, bot)
        await world.log_in()
        try:
            yield world
        finally:
            code = await bot.stop()
        assert code == 0, bot.log()
        assert "Traceback" not in bot.log()


def write_much(directory: Path) -> list[str]:
    """Write a million measurements of thirty operations whose names of 100 characters try to break out.

    Returns:
        The names.
    """
    directory.mkdir(parents=True)
    names = [f"{number:02}{BREAKOUTS[number % len(BREAKOUTS)] * 20}"[:100] for number in range(30)]
    lines = Sample(ENTRIES, DAYS * 86_400.0, time.time()).lines()
    with (directory / "performance_metrics.jsonl").open("w", encoding="utf-8", newline="\n") as file:
        while part := "".join(renamed(islice(lines, 10_000), names)):
            file.write(part)
    return names


def renamed(lines: Iterator[str], names: list[str]) -> Iterator[str]:
    """Give the lines one of the names each, and a container of that name."""
    quoted = [json.dumps(name) for name in names]
    for number, line in enumerate(lines):
        name = quoted[number * number % 97 % len(names)]
        tail = line.partition(', "start_time"')[2].replace('"nginx"', name)
        yield f'{{"operation": {name}, "start_time"{tail}'
