"""All status messages: which there are, what they show, and when Docker is looked at for them."""

from __future__ import annotations

import asyncio
import logging
import time
from contextlib import suppress
from typing import TYPE_CHECKING, ClassVar

from services.docker import Right
from utils.metrics.outcome import Outcome

from .drawing import MOST_SHOWN, Drawing, shown_first
from .messenger import Messenger
from .planner import Pace
from .store import Book, Post, StoreError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from services.docker import Container, DockerService

    from .lookout import Lookout
    from .outlet import Outlet
    from .store import BoardStore

MOST = 20
"""Status messages that a bot keeps; each costs Discord up to 12 edits a minute."""
_LAST_WAIT = 1.0
"""Seconds that an edit under way gets when the bot stops, which has little time."""
_LONG_WAIT = 60.0
_RETRY = 60.0
_LOG = logging.getLogger(__name__)


class TooManyError(Exception):
    """There are as many status messages as the bot keeps."""

    outcome: ClassVar[Outcome] = Outcome.BAD_INPUT

    def __init__(self) -> None:
        self.user_message = f"I keep {MOST} status messages at most, and there are so many. Remove one first."
        super().__init__(self.user_message)


class Board:
    """The status messages.

    Args:
        service: Whose policy says what may be shown where; its actions are told to the board.
        lookout: What looks at Docker.
        outlet: The port to Discord.
        store: Where it is kept which there are.
        poll: Seconds between two looks at Docker, when nothing happens that the bot hears of.
        pace: How fast messages are edited.
        clock: Unix seconds.
    """

    def __init__(
        self,
        service: DockerService,
        lookout: Lookout,
        outlet: Outlet,
        store: BoardStore,
        *,
        poll: float = 30.0,
        pace: Pace | None = None,
        clock: Callable[[], float] = time.time,
    ) -> None:
        self._service = service
        self._lookout = lookout
        self._outlet = outlet
        self._store = store
        self._poll = poll
        self._pace = pace or Pace()
        self._clock = clock
        self._book: Book | None = None
        self._changing = asyncio.Lock()
        self._messengers: dict[int, Messenger] = {}
        self._poked = asyncio.Event()
        self._task: asyncio.Task[None] | None = None
        self._deaf: Callable[[], None] = lambda: None
        self.damage: str | None = None
        """What an admin has to know of a file that was not understood."""

    def start(self) -> None:
        """Begin: take up the messages there are, and look at Docker as long as there are any."""
        self._deaf = self._service.listen(self.poke)
        self._task = asyncio.create_task(self._run(), name="status-messages")

    async def close(self) -> None:
        """End; the messages stay as they are."""
        self._deaf()
        if self._task is not None:
            self._task.cancel()
            with suppress(asyncio.CancelledError):
                await self._task
        await asyncio.gather(*(messenger.close(_LAST_WAIT) for messenger in self._messengers.values()))

    def poke(self) -> None:
        """Look soon: something may have changed. Many pokes in a second are one look."""
        self._poked.set()

    async def posts(self) -> list[Messenger]:
        """Every status message and how it goes.

        Raises:
            StoreError: It can't be read which there are.
        """
        async with self._changing:
            await self._load()
        return list(self._messengers.values())

    async def set(self, guild_id: int, channel_id: int) -> Messenger:
        """Have a status message in a channel; one that stopped is taken up again.

        Raises:
            StoreError: It could not be saved, so nothing was changed.
            TooManyError: There are as many as may be.
        """
        async with self._changing:
            await self._load()
            present = self._messengers.get(channel_id)
            if present is not None and present.post.stopped is None:
                return present
            if present is None and len(self._messengers) >= MOST:
                raise TooManyError
            old = present.post if present is not None else None
            post = Post(
                guild_id=guild_id,
                channel_id=channel_id,
                message_id=old.message_id if old else None,
                previous_id=old.previous_id if old else None,
            )
            await self._save_changing(post)
            messenger = self._take_up(post)
        self.poke()
        return messenger

    async def remove(self, channel_id: int) -> Post | None:
        """Have no status message in a channel any more; the message is deleted.

        Returns:
            What was there, or None.

        Raises:
            StoreError: It could not be saved, so nothing was changed.
            TroubleError: The message could not be deleted now; it is not kept up any more. RefusedError and
                ChannelGoneError tell the same.
        """
        await self.posts()
        messenger = self._messengers.get(channel_id)
        if messenger is None:
            return None
        # Before the lock is taken: what it has on its way may still have to be saved.
        await messenger.close(_LONG_WAIT)
        async with self._changing:
            try:
                await self._drop_changing(channel_id)
            except StoreError:
                messenger.start()
                raise
        post = messenger.post
        if post.message_id is not None:
            await self._outlet.delete(channel_id, post.message_id)
        return post

    async def _run(self) -> None:
        while True:
            try:
                await self.posts()
                break
            except StoreError as error:
                _LOG.warning("Status messages wait: %s", error)
                await asyncio.sleep(_RETRY)
        while True:
            if self._messengers:
                await self._look()
            await self._until_next_look()

    async def _look(self) -> None:
        try:
            await self._lookout.look(self._chosen)
        except Exception:  # noqa: BLE001 - a look that raises would end all that follow
            _LOG.exception("The status messages could not look at Docker")
            return
        for messenger in self._messengers.values():
            messenger.wake()

    async def _until_next_look(self) -> None:
        patience = self._poll if self._messengers else None
        with suppress(TimeoutError):
            await asyncio.wait_for(self._poked.wait(), patience)
            await asyncio.sleep(self._pace.settle)
        self._poked.clear()

    def _chosen(self, containers: tuple[Container, ...]) -> Iterable[Container]:
        chosen = {}
        for channel_id in self._messengers:
            for one in shown_first(self._visible(channel_id, containers))[:MOST_SHOWN]:
                chosen[one.id] = one
        return chosen.values()

    def _visible(self, channel_id: int, containers: tuple[Container, ...]) -> tuple[Container, ...]:
        policy = self._service.policy
        return policy.allowed(policy.reader(channel_id), containers, Right.SEE)

    def _draw(self, post: Post) -> Drawing | None:
        sight = self._lookout.sight
        if sight.containers is None and sight.away is None:
            return None
        return Drawing(sight, self._visible(post.channel_id, sight.containers or ()))

    def _take_up(self, post: Post) -> Messenger:
        messenger = Messenger(
            post,
            outlet=self._outlet,
            save=self._save,
            drop=self._drop,
            draw=self._draw,
            wall=self._clock,
            pace=self._pace,
        )
        self._messengers[post.channel_id] = messenger
        messenger.start()
        return messenger

    async def _drop(self, channel_id: int) -> None:
        async with self._changing:
            await self._drop_changing(channel_id)

    async def _drop_changing(self, channel_id: int) -> None:
        await self._put((await self._load()).without(channel_id))
        self._messengers.pop(channel_id, None)

    async def _save(self, post: Post) -> None:
        async with self._changing:
            await self._save_changing(post)

    async def _save_changing(self, post: Post) -> None:
        await self._put((await self._load()).with_post(post))

    async def _put(self, book: Book) -> None:
        await asyncio.to_thread(self._store.save, book)
        self._book = book

    async def _load(self) -> Book:
        if self._book is not None:
            return self._book
        book, self.damage = await asyncio.to_thread(self._store.load)
        if self.damage:
            _LOG.error("%s", self.damage)
        self._book = book
        for post in book.posts:
            self._take_up(post)
        return book
