"""What the end-to-end tests share: an engine, its containers, one bot in one sandbox."""

from __future__ import annotations

import secrets
import subprocess
from typing import TYPE_CHECKING

import pytest
import pytest_asyncio

pytest.register_assert_rewrite("tests.e2e.world", "tests.e2e.bot_process")  # so that a failed assert there tells all

from tests.e2e.world import IMAGE, Containers, World, docker, living_bot  # noqa: E402 - after the line above
from tests.needs import missing  # noqa: E402

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Iterator


@pytest.fixture(scope="session")
def engine() -> None:
    """A real engine that has the test image."""
    try:
        answer = subprocess.run(["docker", "image", "inspect", IMAGE], capture_output=True, check=False, timeout=20)
        works = answer.returncode == 0
    except (OSError, subprocess.TimeoutExpired):
        works = False
    if not works:
        missing("no Docker Engine with the test image; run `.ci/engine start`")


@pytest.fixture(scope="session")
def containers(engine: None) -> Iterator[Containers]:  # noqa: ARG001 - it must be there
    """Two that run and one that is stopped."""
    run = f"ddc-t-{secrets.token_hex(3)}"
    names = Containers(f"{run}-web", f"{run}-db", f"{run}-old")
    try:
        for name in names.all():
            docker("run", "--detach", "--name", name, IMAGE)
        docker("stop", names.stopped)
        yield names
    finally:
        subprocess.run(["docker", "rm", "--force", *names.all()], capture_output=True, check=False, timeout=60)


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def world(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[World]:
    """One sandbox and one bot for all tests that leave nothing behind."""
    async with living_bot(tmp_path_factory.mktemp("world")) as world:
        yield world
