"""Shows the newest of a row of values, and never too often."""

from __future__ import annotations

import asyncio
import contextlib
import logging
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable
    from types import TracebackType
    from typing import Self

    import discord

_LOG = logging.getLogger(__name__)


class Pace:
    """Edits a message as its embed changes; for `async with`, which ends it.

    Between two edits there are at least `seconds`, however often the embed changes meanwhile; the newest one is shown
    then. An embed that is the same as the one that stands there is not shown again. What the edit raises ends in the
    log: the work that is shown goes on all the same. When the block is left, an edit that has begun is waited for, so
    that whatever is shown next comes after it.

    Args:
        edit: Shows an embed.
        seconds: From the end of one edit to the next.
    """

    def __init__(self, edit: Callable[[discord.Embed], Awaitable[Any]], seconds: float = 1.5) -> None:
        self._edit = edit
        self._seconds = seconds
        self._newest: discord.Embed | None = None
        self._news = asyncio.Event()
        self._ended = asyncio.Event()

    def tell(self, embed: discord.Embed) -> None:
        """Let this be shown as soon as may be; it doesn't wait."""
        self._newest = embed
        self._news.set()

    async def __aenter__(self) -> Self:
        self._task = asyncio.create_task(self._run(), name="docker-group-progress")
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._ended.set()
        self._news.set()
        await self._task

    async def _run(self) -> None:
        shown = None
        while True:
            await self._news.wait()
            self._news.clear()
            if self._ended.is_set():
                return
            if self._newest is not None and self._newest != shown:
                shown = self._newest
                try:
                    await self._edit(shown)
                except Exception as failure:  # noqa: BLE001 - the network's errors have no common base
                    _LOG.warning("How far a group has come could not be shown: %s", type(failure).__name__)
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self._ended.wait(), self._seconds)
