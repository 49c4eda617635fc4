"""Real containers for tests, each with a random name and this run's label, removed whatever happens."""

from __future__ import annotations

import asyncio
import contextlib
import json
import secrets
import socket
from typing import TYPE_CHECKING, Any, Self

import aiodocker
import aiohttp

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Mapping

IMAGE = "ddc-perf-test:latest"
LABEL = "ddc-perf-test-run"
_PATIENCE = 90


class Containers:
    """Makes containers at a unix socket. Leaving the block removes them all.

    Args:
        path: The engine's socket.
    """

    def __init__(self, path: str) -> None:
        self._path = path
        self._run = secrets.token_hex(4)

    async def __aenter__(self) -> Self:
        self._docker = aiodocker.Docker(url=f"unix://{self._path}", timeout=aiohttp.ClientTimeout(total=_PATIENCE))
        return self

    async def __aexit__(self, *_: object) -> None:
        try:
            label = json.dumps({"label": [f"{LABEL}={self._run}"]})
            for container in await self._docker.containers.list(all=True, filters=label):
                await self.remove(container.id)
        finally:
            await self._docker.close()

    async def make(self, state: str = "running", *, config: Mapping[str, Any] | None = None) -> str:
        """Make one that is running, exited or created; its name comes back."""
        name = f"ddc-t-{secrets.token_hex(6)}"
        given = dict(config or {})
        labels = {LABEL: self._run, **given.pop("Labels", {})}
        container = await self._docker.containers.create({"Image": IMAGE, "Labels": labels, **given}, name=name)
        if state != "created":
            await container.start()
        if state == "exited":
            await container.stop(t=5)
        return name

    async def identity(self, name: str) -> str:
        """The engine's id of a container."""
        return str((await self._docker.containers.get(name)).id)

    async def state(self, name: str) -> dict[str, Any]:
        """What the engine says of a container's state."""
        return dict((await self._docker.containers.get(name))["State"])

    async def remove(self, name: str) -> None:
        """Remove one, even when it is gone or going already."""
        with contextlib.suppress(aiodocker.DockerError):
            await self._docker.containers.container(name).delete(force=True, v=True)


async def until(condition: Callable[[], bool | Awaitable[bool]]) -> None:
    """Wait until a condition holds; a minute and a half is far more than anything here takes."""
    async with asyncio.timeout(90):
        while True:
            holds = condition()
            if holds if isinstance(holds, bool) else await holds:
                return
            await asyncio.sleep(0.005)


def answers(path: str) -> bool:
    """Whether something listens at a unix socket."""
    with socket.socket(socket.AF_UNIX) as probe:
        probe.settimeout(5)
        try:
            probe.connect(path)
        except OSError:
            return False
    return True
