"""Posts alerts, and edits them when there is news, whatever Discord does meanwhile.

The rules, each of which has a test:
1. Messages go out in the order of their bulletins. News of one that still waits takes its place.
2. What Discord does not take now is tried again, with pauses that double from 5 s to 5 min. What it refuses (no
   permission, no such channel) is given up, told in the log once, and shown by `/docker alerts` until a post succeeds.
3. At most 50 wait; one more pushes out the one that waits longest.
4. A message that is gone is not posted again because of news: somebody deleted it.
"""

from __future__ import annotations

import asyncio
import logging
import secrets
from collections import OrderedDict
from contextlib import suppress
from typing import TYPE_CHECKING

from .channel import MessageGoneError, PostError
from .embeds import Posting, bulletin_embed

if TYPE_CHECKING:
    from collections.abc import Callable

    from services.docker.events import Bulletin

    from .channel import Channel

_LOG = logging.getLogger(__name__)
_MOST_WAITING = 50
_MOST_KNOWN = 500
_FIRST_PAUSE = 5.0
_LONGEST_PAUSE = 300.0


def pause_after(failures: int) -> float:
    """Seconds to wait after so many failures in a row, at least 1."""
    return min(_LONGEST_PAUSE, _FIRST_PAUSE * 2.0 ** min(failures - 1, 10))


class Poster:
    """A worker with a bounded line of messages to post.

    Args:
        channel: The port to Discord.
        pause: Seconds to wait after so many failures in a row.
    """

    def __init__(self, channel: Channel, pause: Callable[[int], float] = pause_after) -> None:
        self._channel = channel
        self._pause = pause
        self._run_mark = secrets.token_hex(4)
        self._waiting: OrderedDict[int, tuple[int, Bulletin]] = OrderedDict()
        self._posted: OrderedDict[int, tuple[int, int]] = OrderedDict()
        self._wake = asyncio.Event()
        self._task: asyncio.Task[None] | None = None
        self._problem: str | None = None
        self._lost = 0

    @property
    def posting(self) -> Posting:
        """How it goes."""
        return Posting(self._problem, self._lost)

    def start(self) -> None:
        """Begin to post."""
        self._task = asyncio.create_task(self._run(), name="docker-alerts")

    async def close(self) -> None:
        """End; what waits is not posted."""
        if self._task is not None:
            self._task.cancel()
            with suppress(asyncio.CancelledError):
                await self._task

    def put(self, channel_id: int, bulletin: Bulletin) -> None:
        """Take a bulletin in, new or with news. It waits for nothing and never raises."""
        self._waiting[bulletin.number] = (channel_id, bulletin)
        if len(self._waiting) > _MOST_WAITING:
            self._waiting.popitem(last=False)
            self._lost += 1
        self._wake.set()

    def forget_problem(self) -> None:
        """Something was changed: what was in the way before may not be any more."""
        self._problem = None

    async def _run(self) -> None:
        failures = 0
        while True:
            if not self._waiting:
                self._wake.clear()
                await self._wake.wait()
            number = next(iter(self._waiting))
            channel_id, bulletin = self._waiting[number]
            try:
                await self._deliver(channel_id, bulletin)
            except MessageGoneError:
                self._done(bulletin)
            except PostError as error:
                failures = 0 if error.refused else failures + 1
                self._failed(channel_id, bulletin, error)
                if not error.refused:
                    await asyncio.sleep(self._pause(failures))
            except Exception:  # noqa: BLE001 - one message must not keep all later ones from being posted
                _LOG.exception("An alert could not be posted")
                self._done(bulletin, lost=True)
            else:
                failures, self._problem = 0, None
                self._done(bulletin)

    async def _deliver(self, channel_id: int, bulletin: Bulletin) -> None:
        embed = bulletin_embed(bulletin)
        known = self._posted.get(bulletin.number)
        if known is not None:
            await self._channel.edit(*known, embed)
            return
        message_id = await self._channel.post(channel_id, embed, f"{self._run_mark}-{bulletin.number}")
        self._posted[bulletin.number] = (channel_id, message_id)
        if len(self._posted) > _MOST_KNOWN:
            self._posted.popitem(last=False)

    def _failed(self, channel_id: int, bulletin: Bulletin, error: PostError) -> None:
        if error.reason != self._problem:
            ends = "" if error.refused else " I try again."
            _LOG.warning("An alert for channel %s could not be posted: %s%s", channel_id, error.reason, ends)
        self._problem = error.reason
        if error.refused:
            self._done(bulletin, lost=bulletin.number not in self._posted)

    def _done(self, bulletin: Bulletin, *, lost: bool = False) -> None:
        """Take a bulletin out of the line, unless there is news of it since."""
        waiting = self._waiting.get(bulletin.number)
        if waiting is not None and (waiting[1] is bulletin or lost):
            del self._waiting[bulletin.number]
        self._lost += lost
