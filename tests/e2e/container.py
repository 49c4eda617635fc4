"""The bot in a container, as compose.yaml runs it, but in the network of this machine, where the sandbox is."""

from __future__ import annotations

import asyncio
import json
import secrets
import subprocess
from typing import TYPE_CHECKING, Any

from tests.e2e.world import docker

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

IMAGE = "ddc-perf-test-bot"
LISTENING = "--health-interval=2s"
"""Sooner than in earnest; docker asks for the first time when this has passed."""


class BotContainer:
    """A bot that runs until it is removed, with volumes of its own.

    Args:
        options: Of `docker run`.
        environment: What the bot is told.
    """

    def __init__(self, options: Sequence[str], environment: Mapping[str, str]) -> None:
        self.name = f"ddc-t-{secrets.token_hex(4)}-bot"
        self._volumes = {"/data": f"{self.name}-data", "/config": f"{self.name}-config"}
        self._options = options
        self._environment = environment

    async def start(self) -> None:
        """Make it and start it; it is not logged in yet."""
        told = [f"--env={key}={value}" for key, value in self._environment.items()]
        volumes = [f"--volume={name}:{target}" for target, name in self._volumes.items()]
        await self._docker(
            "run", "--detach", "--name", self.name, "--network=host", LISTENING, *self._options, *volumes, *told, IMAGE
        )

    async def stop(self) -> int:
        """Ask it to end, as docker does, with ten seconds to do so.

        Returns:
            Its exit code: 137 when it took longer.
        """
        await self._docker("stop", "--time", "10", self.name)
        return int((await self.inspect())["State"]["ExitCode"])

    async def remove(self) -> None:
        """Remove it and its volumes, whether it runs or not."""
        for arguments in (("rm", "--force", self.name), ("volume", "rm", "--force", *self._volumes.values())):
            await asyncio.to_thread(
                subprocess.run, ["docker", *arguments], capture_output=True, check=False, timeout=60
            )

    async def inspect(self) -> dict[str, Any]:
        """What docker knows of it."""
        (found,) = json.loads(await self._docker("inspect", self.name))
        assert isinstance(found, dict)
        return found

    async def health(self) -> str:
        """What docker thinks of its health."""
        word: str = (await self.inspect())["State"]["Health"]["Status"]
        return word

    async def inside(self, script: str) -> tuple[int, str]:
        """Run a script in it; gives its exit code and all that it wrote."""
        done = await asyncio.to_thread(
            subprocess.run,
            ["docker", "exec", self.name, "sh", "-c", script],
            capture_output=True,
            text=True,
            check=False,
            timeout=60,
        )
        return done.returncode, done.stdout + done.stderr

    async def log(self) -> str:
        """What it wrote to standard output and error."""
        done = await asyncio.to_thread(
            subprocess.run, ["docker", "logs", self.name], capture_output=True, text=True, check=False, timeout=60
        )
        return done.stdout + done.stderr

    async def records(self, operation: str, **metadata: object) -> list[dict[str, Any]]:
        """The lines of its metrics file about an operation, read by another container in the same volume."""
        text = await self._docker(
            *("run", "--rm", "--network=none", f"--volume={self._volumes['/data']}:/data:ro", "--entrypoint=cat"),
            *("--user=0:0", IMAGE, "/data/metrics/performance_metrics.jsonl"),
        )
        return [
            line
            for line in map(json.loads, text.splitlines())
            if line["operation"] == operation and metadata.items() <= line["metadata"].items()
        ]

    @staticmethod
    async def _docker(*arguments: str) -> str:
        return await asyncio.to_thread(docker, *arguments)
