"""Events as an engine sends them, and an engine that remembers what happened, as real ones do."""

from __future__ import annotations

import asyncio
import hashlib
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from tests.contract.docker.fake_engine import FakeEngine

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, Mapping

    from services.docker import DockerError

NOON = 1_760_000_000.0
_NANOS = 1_000_000_000


def raw_event(name: str, action: str, at: float = NOON, /, **attributes: str) -> dict[str, Any]:
    """An event's JSON, with a label in it that must stay there."""
    identity = hashlib.sha256(name.encode()).hexdigest()
    return {
        "status": action,
        "id": identity,
        "from": "image:1",
        "Type": "container",
        "Action": action,
        "Actor": {
            "ID": identity,
            "Attributes": {"name": name, "image": "image:1", "proxy.auth": "hunter2", **attributes},
        },
        "scope": "local",
        "time": int(at),
        "timeNano": round(at * _NANOS),
    }


@dataclass
class RememberingEngine(FakeEngine):
    """Sends past events again to whoever asks for them.

    Attributes:
        past: What happened, by its time.
        asked: The `since` of each connection.
    """

    past: list[Mapping[str, Any]] = field(default_factory=list)
    asked: list[float | None] = field(default_factory=list)
    _ears: list[asyncio.Queue[Mapping[str, Any] | DockerError | None]] = field(default_factory=list)

    async def events(self, since: float | None = None) -> AsyncGenerator[Mapping[str, Any], None]:
        ear: asyncio.Queue[Mapping[str, Any] | DockerError | None] = asyncio.Queue()
        self.asked.append(since)
        await self._answer("events")
        if since is not None:
            for happened in self.past:
                if happened["timeNano"] >= since * _NANOS:
                    ear.put_nowait(happened)
        self._ears.append(ear)
        try:
            while (heard := await ear.get()) is not None:
                if isinstance(heard, Exception):
                    raise heard
                yield heard
        finally:
            if ear in self._ears:
                self._ears.remove(ear)

    @property
    def listeners(self) -> int:
        return len(self._ears)

    def happen(self, raw: Mapping[str, Any]) -> None:
        """Something happens, whether anyone listens or not."""
        self.past.append(raw)
        for ear in self._ears:
            ear.put_nowait(raw)

    def cut(self, error: DockerError | None = None) -> None:
        """End every connection, with an error or as an engine that is shut down does."""
        for ear in self._ears:
            ear.put_nowait(error)

    def go_dead(self) -> None:
        """Let every connection stay open, and nothing come through it any more."""
        self._ears.clear()
