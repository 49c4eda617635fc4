"""The tests' engine with a log that is written to while it is read."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from services.docker import DockerError
from tests.contract.docker.fake_engine import FakeEngine

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator

BEGIN = datetime(2026, 11, 24, 8, tzinfo=UTC)


@dataclass
class LogEngine(FakeEngine):
    """Every container has the same log, a line of it a second.

    Attributes:
        asked: The tail and the time that each stream was asked for.
        streams: How many streams are open now.
        stuck: Streams send their first piece, and no more.
        mute: Streams send nothing.
    """

    asked: list[tuple[int | None, float | None]] = field(default_factory=list)
    streams: int = 0
    stuck: bool = False
    mute: bool = False
    _log: list[tuple[datetime, bytes]] = field(default_factory=list)
    _news: asyncio.Event = field(default_factory=asyncio.Event)
    _ends: DockerError | bool = False

    def write(self, *texts: str, source: int = 1) -> None:
        for text in texts:
            moment = BEGIN + timedelta(seconds=len(self._log))
            payload = f"{moment:%Y-%m-%dT%H:%M:%S}.000000000Z {text}\n".encode()
            self._log.append((moment, bytes([source, 0, 0, 0]) + len(payload).to_bytes(4, "big") + payload))
        self._tell()

    def end_streams(self, error: DockerError | None = None) -> None:
        """End those that are open now."""
        self._ends = error or True
        self._tell()

    async def logs(
        self, ref: str, *, tail: int | None = None, since: float | None = None, follow: bool = False
    ) -> AsyncGenerator[bytes, None]:
        await self._answer("logs", ref)
        self._find(ref)
        self.asked.append((tail, since))
        self._ends = False
        self.streams += 1
        try:
            last = self._log[-tail:] if tail is not None else self._log
            at = len(self._log)
            if self.mute:
                await asyncio.Event().wait()
            for moment, frame in last:
                if since is None or moment.timestamp() >= since:
                    yield frame
                    if self.stuck:
                        await asyncio.Event().wait()
            while follow:
                news = self._news
                while at < len(self._log):
                    at += 1
                    yield self._log[at - 1][1]
                if self._ends:
                    if isinstance(self._ends, DockerError):
                        raise self._ends
                    return
                await news.wait()
        finally:
            self.streams -= 1

    def _tell(self) -> None:
        news, self._news = self._news, asyncio.Event()
        news.set()
