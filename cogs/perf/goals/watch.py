"""Looks after the goals: whose alarm rings, and one message for each that begins or ends, across restarts and crashes.

How, as the summaries do it:
1. That an alarm was told is saved together with the message that is to be posted, before it is.
2. The message carries a mark in its footer and a nonce that Discord takes once within a few minutes. That it is tried
   is saved first; whatever was tried before is searched for in the channel before it is posted again.
3. What fails is tried again with growing pauses, and given up when it is 6 hours late, or when the channel can't be
   searched any more and a try may have gone through.
"""

from __future__ import annotations

import asyncio
import logging
import time
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from cogs.perf.clocks import Clocks
from cogs.perf.keeper import Keeper
from cogs.perf.pauses import Pauses
from cogs.perf.posting import NONCE_MEMORY, PostError
from utils.metrics.errors import MetricsError

from .alarms import step
from .book import Book
from .store import GoalStoreError

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    import discord

    from cogs.perf.posting import Channel
    from utils.metrics.analysis.goals import Goal

    from .book import Kept, Key, Notice
    from .store import GoalStore

GIVEN_UP = 6 * 3_600.0
"""Seconds after which a message that could not be posted is no news any more."""
_SEARCHED = timedelta(hours=24)
_LOG = logging.getLogger(__name__)


class Watch:
    """The goals and their alarms.

    Args:
        open_store: Makes the store; called once, in a thread.
        channel: The port to Discord.
        rings: Tells whether a goal's alarm rings at a moment; blocks, so it is called in a thread.
        draw: Makes the embed of a message.
        clock: Unix seconds.
        monotonic: Seconds on a clock that is never set.
    """

    def __init__(
        self,
        open_store: Callable[[], GoalStore],
        channel: Channel,
        rings: Callable[[Goal, float], bool],
        draw: Callable[[Kept, Notice], Awaitable[discord.Embed]],
        *,
        clock: Callable[[], float],
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        self._keeper: Keeper[Book] = Keeper(open_store, Book())
        self._channel = channel
        self._rings = rings
        self._draw = draw
        self._clocks = Clocks(clock, monotonic)
        self._ticking = asyncio.Lock()
        self._pauses: Pauses[str] = Pauses(monotonic)
        self._problems: dict[Key, str] = {}

    async def book(self) -> Book:
        """Give the present book; once it was read this waits for nothing.

        Raises:
            GoalStoreError: It can't be read.
        """
        return await self._keeper.load()

    async def change(self, edit: Callable[[Book], Book]) -> Book:
        """Change the book.

        Raises:
            GoalStoreError: It could not be read or saved; nothing was changed.
        """
        return await self._keeper.change(edit)

    @property
    def damage(self) -> str | None:
        """What an admin has to know of a file that was not understood."""
        return self._keeper.damage

    def problem(self, key: Key) -> str | None:
        """Say why the last message of a goal's alarm could not be posted, until one can."""
        return self._problems.get(key)

    async def tick(self) -> None:
        """Do what is due. It never raises but for being cancelled: what fails is logged and tried again."""
        try:
            async with self._ticking:
                if not (await self._keeper.load()).goals or not self._clocks.settled():
                    return
                await self._keeper.save_rest()
                await self._look()
                for notice in self._keeper.book.notices:
                    await self._serve_safely(notice)
        except (GoalStoreError, MetricsError) as error:
            _LOG.warning("Goals wait: %s", error)
        except Exception:  # noqa: BLE001 - a tick that raises would end the loop, and with it all alarms
            _LOG.exception("Goals wait for the next tick")

    async def _look(self) -> None:
        now = self._clocks.wall()
        goals = {kept.key: kept.goal for kept in self._keeper.book.goals}
        ringing = await asyncio.to_thread(lambda: {key: self._rings(goal, now) for key, goal in goals.items()})
        # What was set or removed meanwhile is left for the next look.
        await self._keeper.change(
            lambda book: step(book, {key: rings for key, rings in ringing.items() if _same(book, key, goals)}, now)
        )

    async def _serve_safely(self, notice: Notice) -> None:
        try:
            await self._serve(notice)
        except PostError as error:
            self._report(notice, error.reason)
        except (GoalStoreError, MetricsError) as error:
            self._report(notice, str(error))
        except Exception as error:  # noqa: BLE001 - one channel's trouble must not keep the others waiting
            self._report(notice, f"The last try failed with {type(error).__name__}; see the bot's log.", error)

    async def _serve(self, notice: Notice) -> None:
        kept = self._keeper.book.find(notice.key)
        now = self._clocks.wall()
        if kept is None or notice not in self._keeper.book.notices or self._pauses.lasts(notice.name):
            return
        first = notice.tried is None
        if first:
            tried = replace(notice, tried=now)
            await self._keeper.change(lambda book: book.with_notice(notice, tried))
            notice = tried
        try:
            there = not first and await self._is_there(notice, now)
            if not there and now - notice.at <= GIVEN_UP:
                embed = await self._draw(kept, notice)
                await self._channel.post(notice.channel_id, embed, notice.name)
            elif not there:
                _LOG.error("An alarm of the goal for %r was given up", notice.operation)
        except Exception:
            self._pauses.begin(notice.name)
            raise
        self._pauses.forget(notice.name)
        if now - notice.at <= GIVEN_UP:
            self._problems.pop(notice.key, None)
        await self._keeper.note(lambda book: book.with_notice(notice, None))

    async def _is_there(self, notice: Notice, now: float) -> bool:
        """Search the channel; what may be there and can't be searched for counts as there."""
        tried = now if notice.tried is None else notice.tried
        after = datetime.fromtimestamp(tried, UTC) - _SEARCHED
        try:
            return await self._channel.find(notice.channel_id, notice.mark, after) is not None
        except PostError as error:
            if not error.refused:
                raise
            return not 0 <= now - tried <= NONCE_MEMORY

    def _report(self, notice: Notice, told: str, error: Exception | None = None) -> None:
        """Tell what is in the way of a message; the log hears it once, not at each try."""
        if self._problems.get(notice.key) != told:
            _LOG.warning("An alarm for channel %s waits: %s", notice.channel_id, told, exc_info=error)
        self._problems[notice.key] = told


def _same(book: Book, key: Key, goals: dict[Key, Goal]) -> bool:
    kept = book.find(key)
    return kept is not None and kept.goal == goals[key]
