"""/docker stats of real containers."""

from __future__ import annotations

import re
import secrets
from contextlib import contextmanager
from typing import TYPE_CHECKING

import pytest

from tests.e2e.world import CHANNEL, IMAGE, docker, text_of, until_text

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.e2e.world import Containers, World

pytestmark = [pytest.mark.docker, pytest.mark.asyncio(loop_scope="session")]

FIGURE = r"(?:\d[\d.,]*|<0\.1) %"


@contextmanager
def busy() -> Iterator[str]:
    """A container in a busy loop, that may use 64 MiB."""
    name = f"ddc-t-{secrets.token_hex(3)}-busy"
    docker("run", "--detach", "--name", name, "--memory", "64m", IMAGE, "/bin/sh", "-c", "while :; do :; done")
    try:
        yield name
    finally:
        docker("rm", "--force", name)


async def test_all_that_run_are_told_with_figures_and_the_stopped_below(world: World, containers: Containers) -> None:
    answer = await world.run("docker stats")
    text = text_of(answer)
    assert "Live figures" in text
    assert f"`{containers.stopped[:7]}" in text.partition("Not running: ")[2]
    rows = [line for line in text.splitlines() if line.startswith("● ")]
    assert len(rows) >= 2
    assert all(len(row) <= 32 for row in rows)
    assert any(re.search(r" (?:\d[\d.,]*|<0\.1) +[\d.]+ [kM]B ", row) for row in rows)
    assert all(message["flags"] & 64 for message in answer.messages), "the answer is for the asker alone"
    await world.bot.recorded("command.docker.stats", outcome="ok")
    await world.bot.recorded("docker_operation", action="stats", container=containers.web, outcome="ok")


async def test_one_busy_container_tells_its_cpu_memory_and_limit_and_again_on_refresh(world: World) -> None:
    with busy() as name:
        asked = await world.run("docker stats", container=name)
        assert f"`{name}` ● running since <t:" in text_of(asked)
        assert " of 67 MB (" in text_of(asked)
        text = await until_text(await world.press(asked, "Refresh"), "Restarts\n0 by Docker")
        found = re.search(rf"CPU\n({FIGURE})", text)
        assert found, text
        assert float(found[1].removesuffix(" %")) > 5
        await until_text(await world.press(asked, "All containers"), "Live figures ·")
    await world.bot.recorded("component.figures_view.refresh", outcome="ok")


async def test_autocomplete_offers_those_that_run_first(world: World, containers: Containers) -> None:
    choices = await world.sandbox.autocomplete(
        "Ada", CHANNEL, "docker stats", {"container": containers.web[:-4]}, "container"
    )
    assert choices[-1]["value"] == containers.stopped


async def test_a_member_gets_neither_figures_nor_names(world: World, containers: Containers) -> None:
    answer = await world.run("docker stats", user="Max", container=containers.web)
    assert "Only admins" in text_of(answer)
    assert await world.sandbox.autocomplete("Max", CHANNEL, "docker stats", {"container": "ddc"}, "container") == []


async def test_an_unknown_container_is_told(world: World) -> None:
    answer = await world.run("docker stats", container="ddc-t-nobody")
    assert "no container called `ddc-t-nobody`" in text_of(answer)
    await world.bot.recorded("command.docker.stats", outcome="not_found")
