"""Takes the documentation's pictures anew, of the demonstration's made-up days: ``python -m tests.e2e.pictures``.

It needs Chromium and a Docker Engine with the test image, where it makes containers and removes them again.
"""

from __future__ import annotations

import asyncio
import os
import tempfile
import time
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from PIL import Image

from bot.demo.fill import fill
from tests.e2e.bot_process import ROOT
from tests.e2e.looks import Looks, looking
from tests.e2e.world import IMAGE, docker, living_bot

if TYPE_CHECKING:
    from collections.abc import Iterator

PICTURES = ROOT / "docs" / "img"
SCALE = 1.5
COLOURS = 128
CONTAINERS = ("minecraft", "nginx", "postgres")
PROJECT = ("--label", "com.docker.compose.project=games")
TALKS = 'while :; do echo "GET /map/$((n += 1)) 200"; sleep 0.4; done'


@contextmanager
def containers() -> Iterator[None]:
    """Three that talk, for the time of the context."""
    others = docker("ps", "--all", "--format", "{{.Names}}")
    assert not others, f"the pictures would show these containers, too: {others.split()}"
    with ExitStack() as made:
        for name in CONTAINERS:
            docker("run", "--detach", "--name", name, *PROJECT, IMAGE, "/bin/sh", "-c", TALKS)
            made.callback(docker, "rm", "--force", name)
        yield


async def take(looks: Looks) -> None:
    """Ask for each report that has something to show."""
    await looks.ask("perf-stats", "perf stats")
    await looks.ask("perf-chart", "perf chart", operation="docker_operation", hours=168)
    await looks.ask("perf-compare", "perf compare", operation="docker_operation")
    for report in ("explain", "time", "slow", "system", "recent"):
        await looks.ask(f"perf-{report}", f"perf {report}")
    await looks.ask("docker-list", "docker list")
    await looks.ask("docker-stats", "docker stats")
    await looks.ask("docker-logs", "docker logs", container="minecraft", lines=10)
    await looks.ask("docker-info", "docker info", container="nginx")
    await docker_matters(looks)
    await perf_matters(looks)
    await looks.ask("perf-live", "perf live")


async def docker_matters(looks: Looks) -> None:
    """What acts on containers, and what tells of it."""
    await looks.ask("docker-start", "docker start", container="nginx")
    for action in ("restart", "stop"):
        await looks.ask(f"docker-{action}", f"docker {action}", container="minecraft")
    await looks.ask("docker-queue", "docker queue")
    await looks.ask("docker-audit", "docker audit")
    await looks.ask("docker-group-list", "docker group list")
    for action in ("info", "start", "restart", "stop"):
        await looks.ask(f"docker-group-{action}", f"docker group {action}", target="games")
    await looks.ask("docker-alerts", "docker alerts", channel="reports")
    await looks.ask("docker-mute", "docker mute", container="nginx", hours=2)
    await looks.ask("docker-unmute", "docker unmute", container="nginx")
    await looks.ask("docker-status-message-set", "docker status-message set", channel="reports")
    await looks.ask("docker-status-message-list", "docker status-message list")
    await looks.ask("docker-status-message-remove", "docker status-message remove", channel="reports")


async def perf_matters(looks: Looks) -> None:
    """What is set up, and what is seldom needed."""
    goal = {"operation": "docker_operation", "percentile": "p95", "threshold": "2s", "success": "99%"}
    await looks.ask("perf-goal-set", "perf goal set", **goal, channel="reports")
    await looks.ask("perf-goal-list", "perf goal list")
    await looks.ask("perf-goal-alerts", "perf goal alerts", channel="reports")
    await looks.ask("perf-goal-remove", "perf goal remove", operation="docker_operation")
    await looks.ask("perf-summary", "perf summary")
    wanted = {"kind": "weekly", "time": "09:00", "timezone": "Europe/Berlin", "weekday": "Monday"}
    await looks.ask("perf-schedule-set", "perf schedule set", **wanted, channel="reports")
    for deed in ("list", "preview", "pause", "resume", "remove"):
        await looks.ask(f"perf-schedule-{deed}", f"perf schedule {deed}")
    await looks.ask("perf-cleanup", "perf cleanup", days=20)
    await looks.ask("perf-export", "perf export", operation="config_load")
    await looks.ask("perf-doctor", "perf doctor")
    await looks.ask("perf-debug", "perf debug", minutes=5)
    await looks.ask("perf-memory", "perf memory")
    await looks.ask("perf-profile", "perf profile", seconds=1)


def keep(taken: Path) -> None:
    """Put the phone-wide pictures where the documentation finds them, with few colours and so small."""
    for path in sorted(taken.glob("*-phone.png")):
        with Image.open(path) as image:
            small = image.convert("RGB").quantize(
                COLOURS, Image.Quantize.MAXCOVERAGE, kmeans=3, dither=Image.Dither.NONE
            )
            small.save(PICTURES / path.name.replace("-phone", ""), optimize=True)


async def main() -> None:
    """Take them all."""
    with tempfile.TemporaryDirectory() as name, containers():
        folder = Path(name)
        await asyncio.to_thread(fill, folder / "metrics", time.time())
        async with (
            living_bot(folder, DDC_SUMMARY_TICK_SECONDS="60") as world,
            looking(world, folder / "taken", scale=SCALE) as looks,
        ):
            await take(looks)
        await asyncio.to_thread(keep, folder / "taken")


if __name__ == "__main__":
    os.environ.setdefault("TZ", "UTC")
    asyncio.run(main())
