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
TALKS = 'while :; do echo "GET /map/$((n += 1)) 200"; sleep 0.4; done'


@contextmanager
def containers() -> Iterator[None]:
    """Three that talk, for the time of the context."""
    others = docker("ps", "--all", "--format", "{{.Names}}")
    assert not others, f"the pictures would show these containers, too: {others.split()}"
    with ExitStack() as made:
        for name in CONTAINERS:
            docker("run", "--detach", "--name", name, IMAGE, "/bin/sh", "-c", TALKS)
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
    await looks.ask("docker-restart", "docker restart", container="minecraft")
    await looks.ask("perf-live", "perf live")


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
