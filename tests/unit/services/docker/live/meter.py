"""The tests' engine with streams that stay open, into which the test puts frames."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from services.docker import DockerError
from tests.contract.docker.fake_engine import FakeEngine

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, Mapping

MIB = 2**20


def frame(second: float, used: float = 0.0, *, memory: int = 100 * MIB, cpus: int = 2) -> dict[str, Any]:
    """What an engine sends.

    Args:
        second: When, in seconds of the test's own time.
        used: CPU seconds used until then.
        memory: Bytes in use.
        cpus: How many there are.
    """
    return {
        "read": datetime.fromtimestamp(1_770_000_000 + second, UTC).isoformat(),
        "cpu_stats": {
            "cpu_usage": {"total_usage": int(used * 1e9)},
            "system_cpu_usage": int((1000 + second) * cpus * 1e9),
            "online_cpus": cpus,
        },
        "memory_stats": {"usage": memory, "limit": 8 * 2**30, "stats": {"inactive_file": 0}},
        "pids_stats": {"current": 3},
    }


@dataclass
class Meter(FakeEngine):
    """A `FakeEngine` that measures.

    Attributes:
        hanging: Names of those that, polled, never answer.
        read: How many frames of streams were taken.
        polled: How many frames were polled.
        most_at_once: The most that were polled at the same time.
    """

    hanging: set[str] = field(default_factory=set)
    read: int = 0
    polled: int = 0
    most_at_once: int = 0
    _at_once: int = 0
    _queues: dict[str, list[asyncio.Queue[Mapping[str, Any] | DockerError | None]]] = field(default_factory=dict)

    @property
    def followed(self) -> dict[str, int]:
        """How many streams are open, by container's name."""
        return {name: len(queues) for name, queues in self._queues.items() if queues}

    def send(self, name: str, *frames: Mapping[str, Any] | DockerError | None) -> None:
        """Put frames into a container's streams; an error breaks them, None ends them."""
        for queue in self._queues.get(name, ()):
            for one in frames:
                queue.put_nowait(one)

    async def stats(self, ref: str) -> AsyncGenerator[Mapping[str, Any], None]:
        await self._answer("stats", ref)
        queue: asyncio.Queue[Mapping[str, Any] | DockerError | None] = asyncio.Queue()
        queues = self._queues.setdefault(self._find(ref).container.name, [])
        queues.append(queue)
        try:
            while (one := await queue.get()) is not None:
                if isinstance(one, DockerError):
                    raise one
                yield one
                self.read += 1
        finally:
            queues.remove(queue)

    async def stats_once(self, ref: str) -> Mapping[str, Any]:
        self._at_once += 1
        self.most_at_once = max(self.most_at_once, self._at_once)
        try:
            await self._answer("stats_once", ref)
            if self._find(ref).container.name in self.hanging:
                await asyncio.Event().wait()
            self.polled += 1
            return frame(self.polled, self.polled / 2)
        finally:
            self._at_once -= 1
