"""Keeps one channel's status message: posts it once, edits it on change, posts it anew when it is gone.

Rules:
1. A post is claimed on disk before it is sent. Before any post the channel is searched, so that a message whose answer
   was lost, in a crash or on the way, is found and not posted again.
2. A message that was deleted is posted anew, but who deletes it three times in a row is believed: then it stops.
3. Where Discord refuses for good (no permission), it stops, too, and says so once.
"""

from __future__ import annotations

import asyncio
import logging
import secrets
from contextlib import suppress
from typing import TYPE_CHECKING

import msgspec

from .outlet import ChannelGoneError, LostError, RefusedError, TroubleError
from .planner import Pace, Planner
from .store import StoreError

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from .drawing import Drawing
    from .outlet import Outlet
    from .store import Post

_LOG = logging.getLogger(__name__)
_MOST_LOSSES = 3
_SOON = 3600.0
_UNASKED = 3600.0
"""Seconds that a messenger sleeps at most while there is nothing to show yet; a wake ends it before."""


class Messenger:
    """One channel's message.

    Args:
        post: As it is kept.
        outlet: The port to Discord.
        save: Keeps a changed post on disk; raises StoreError.
        drop: Forgets a channel that is gone, on disk, too; raises StoreError.
        draw: What to show; None while nothing is known.
        wall: Unix seconds.
        pace: How fast.
    """

    def __init__(
        self,
        post: Post,
        *,
        outlet: Outlet,
        save: Callable[[Post], Awaitable[None]],
        drop: Callable[[int], Awaitable[None]],
        draw: Callable[[Post], Drawing | None],
        wall: Callable[[], float],
        pace: Pace,
    ) -> None:
        self.post = post
        self.problem: str | None = None
        """What is in the way at present, in words for an admin."""
        self.edited_at: float | None = None
        """Unix seconds of the last post or edit in this run."""
        self._outlet = outlet
        self._save = save
        self._drop = drop
        self._draw = draw
        self._wall = wall
        self._planner = Planner(pace)
        self._unsaved = False
        self._woken = asyncio.Event()
        self._tried = asyncio.Event()
        self._busy = asyncio.Lock()
        self._task: asyncio.Task[None] | None = None

    def start(self) -> None:
        """Begin; a stopped post stays as it is."""
        if self.post.stopped is None:
            self._task = asyncio.create_task(self._run(), name=f"status-message-{self.post.channel_id}")

    def wake(self) -> None:
        """Look whether there is something new to show."""
        self._woken.set()

    async def tried(self, patience: float) -> None:
        """Wait until the first try is over, however it ended, but not longer than `patience` seconds."""
        with suppress(TimeoutError):
            await asyncio.wait_for(self._tried.wait(), patience)

    async def close(self, patience: float) -> None:
        """End, when what is on its way to Discord has arrived, or after `patience` seconds."""
        if self._task is None:
            return
        with suppress(TimeoutError):
            async with asyncio.timeout(patience), self._busy:
                self._task.cancel()
        self._task.cancel()
        await asyncio.wait([self._task])

    async def _run(self) -> None:
        now = asyncio.get_running_loop().time
        while self.post.stopped is None:
            self._woken.clear()
            drawing = self._draw(self.post)
            pause = _UNASKED if drawing is None else self._planner.due(drawing.content()) - now()
            if drawing is not None and pause <= 0:
                async with self._busy:
                    await self._try(drawing)
                self._tried.set()
                continue
            with suppress(TimeoutError):
                await asyncio.wait_for(self._woken.wait(), pause)

    async def _try(self, drawing: Drawing) -> None:
        now = asyncio.get_running_loop().time
        try:
            posted = await self._show(drawing)
        except LostError as error:
            await self._lost(error)
        except RefusedError as error:
            await self._stop(error.reason)
        except ChannelGoneError:
            await self._end()
        except TroubleError as error:
            self._planner.failed(now(), error.retry_after)
            self._report(error.reason)
        except StoreError as error:
            self._planner.failed(now())
            self._report(str(error))
        except Exception as error:  # noqa: BLE001 - whatever it is, the message must go on when it is over
            self._planner.failed(now())
            self._report(f"The last try failed with {type(error).__name__}; see the bot's log.", error)
        else:
            self._planner.sent(drawing.content(), now(), posted=posted)
            self.edited_at = self._wall()
            self.problem = None

    async def _show(self, drawing: Drawing) -> bool:
        """Post or edit; tell whether it was posted."""
        if self._unsaved:
            await self._keep(self.post)
        embed = drawing.embed(self._wall())
        channel = self.post.channel_id
        if self.post.message_id is None:
            await self._claim()
            found = await self._outlet.find(self.post)
            if found is None:
                message = await self._outlet.post(channel, embed, self.post.nonce)
                await self._keep(msgspec.structs.replace(self.post, message_id=message))
                _LOG.info("The status message of channel %s is posted.", channel)
                return True
            await self._keep(msgspec.structs.replace(self.post, message_id=found))
        assert self.post.message_id is not None  # noqa: S101 - it was set just now
        await self._outlet.edit(channel, self.post.message_id, embed)
        return False

    async def _claim(self) -> None:
        if self.post.nonce:
            return
        claimed = msgspec.structs.replace(self.post, nonce=secrets.token_hex(12), claimed_at=self._wall())
        await self._save(claimed)
        self.post = claimed

    async def _keep(self, post: Post) -> None:
        """Keep what is a fact already: in memory at once, on disk now or with the next try."""
        self.post = post
        self._unsaved = True
        await self._save(post)
        self._unsaved = False

    async def _lost(self, error: LostError) -> None:
        now = asyncio.get_running_loop().time()
        post = self.post
        losses = 0
        if error.deleted:
            losses = post.losses + 1 if self._planner.lived(now) < _SOON else 1
        elif error.ours and post.message_id is not None:
            with suppress(TroubleError, RefusedError, ChannelGoneError):
                await self._outlet.delete(post.channel_id, post.message_id)
        self._planner.lost(now)
        lost = msgspec.structs.replace(post, message_id=None, previous_id=post.message_id, nonce="", losses=losses)
        try:
            await self._keep(lost)
        except StoreError as failure:
            self._report(str(failure))
        if losses >= _MOST_LOSSES:
            await self._stop("It was deleted three times in a row.")
        else:
            _LOG.info("The status message of channel %s can't be edited any more.", post.channel_id)

    async def _stop(self, reason: str) -> None:
        _LOG.error("The status message of channel %s stops: %s", self.post.channel_id, reason)
        try:
            await self._keep(msgspec.structs.replace(self.post, stopped=reason))
        except StoreError as failure:
            self._report(str(failure))

    async def _end(self) -> None:
        _LOG.warning("The channel %s is gone, and its status message with it.", self.post.channel_id)
        self.post = msgspec.structs.replace(self.post, stopped="The channel is gone.")
        try:
            await self._drop(self.post.channel_id)
        except StoreError as failure:
            self._report(str(failure))

    def _report(self, told: str, error: Exception | None = None) -> None:
        """Keep what is in the way; the log hears it once, not at each try."""
        if self.problem != told:
            _LOG.warning("The status message of channel %s waits: %s", self.post.channel_id, told, exc_info=error)
        self.problem = told
