"""Where the engine is, and containers in it."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import pytest
from blockbuster import blockbuster_ctx

from tests.contract.docker.real import Containers, answers
from tests.needs import missing

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Iterator


@pytest.fixture(scope="session")
def engine_socket() -> str:
    """The path of the real engine's socket; skips without one, but fails where continuous integration runs."""
    address = os.environ.get("DOCKER_HOST") or "unix:///var/run/docker.sock"
    path = address.removeprefix("unix://")
    if path == address or not answers(path):
        missing(f"no Docker Engine answers at {address}; these tests need one at a unix socket (`.ci/engine start`)")
    return path


@pytest.fixture
async def containers(engine_socket: str) -> AsyncIterator[Containers]:
    async with Containers(engine_socket) as made:
        yield made


@pytest.fixture(autouse=True)
def _nothing_blocks_the_loop() -> Iterator[None]:
    """Whatever of ours blocks the event loop (a file, a lock, a sleep) raises."""
    with blockbuster_ctx(["services", "cogs"]):
        yield
