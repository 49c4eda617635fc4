"""Keeps a book, of schedules or of goals: in memory for whoever asks, on disk for the next start.

Rules:
1. Once it is loaded, reading it waits for nobody: the book is a value, and a change puts another in its place.
2. Changes wait for each other, and for the disk alone.
3. Where it is known how to join the two, what another program wrote to the file is taken up before each change, and
   when it is asked for: no save of ours takes it away.
"""

from __future__ import annotations

import asyncio
import logging
from typing import TYPE_CHECKING, Generic, Protocol, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable

B = TypeVar("B")
_LOG = logging.getLogger(__name__)


class Store(Protocol[B]):
    """A book's file; it blocks, and raises an error of its own when it can't be read or saved."""

    def load(self) -> tuple[B, str | None]:
        """Return the book, and what an admin has to know of a file that was not understood."""
        ...

    def news(self) -> tuple[B, str | None] | None:
        """Return the same again if another program changed the file since; else None."""
        ...

    def save(self, book: B, /) -> None:
        """Write the book, whole or not at all."""
        ...


class Keeper(Generic[B]):
    """The book in memory and its file.

    Args:
        open_store: Makes the store; called in a thread, until it and the first reading succeed.
        empty: The book until it is loaded.
        join: Makes one book of ours and of what another program wrote; None where no other writes.
    """

    def __init__(self, open_store: Callable[[], Store[B]], empty: B, join: Callable[[B, B], B] | None = None) -> None:
        self._open_store = open_store
        self._join = join
        self._lock = asyncio.Lock()
        self._store: Store[B] | None = None
        self._unsaved = False
        self.book = empty
        """The present book; empty until it is loaded."""
        self.damage: str | None = None
        """What an admin has to know of a file that was not understood."""

    @property
    def loaded(self) -> bool:
        """Whether the file was read."""
        return self._store is not None

    async def load(self) -> B:
        """Read the file if that is still to do, and give the present book.

        Raises:
            Exception: The store's own; it can't be read.
        """
        if not self.loaded:
            async with self._lock:
                await self._load()
        return self.book

    async def change(self, edit: Callable[[B], B]) -> B:
        """Change the book on disk, then in memory.

        Args:
            edit: Makes the new book; giving back the same one changes nothing.

        Raises:
            Exception: The store's own; it could not be read or saved; nothing was changed.
        """
        async with self._lock:
            await self._load()
            await self._take_up()
            book = edit(self.book)
            if book is not self.book:
                await self._save(book)
        return book

    async def note(self, edit: Callable[[B], B]) -> None:
        """Change the book in memory at once, and on disk now or with the next save.

        Raises:
            Exception: The store's own; it could not be saved yet.
        """
        async with self._lock:
            self.book = edit(self.book)
            self._unsaved = True
            await self._take_up()
            await self._save(self.book)

    async def take_up(self) -> None:
        """Take up what another program wrote to the file since.

        Raises:
            Exception: The store's own; it can't be read.
        """
        async with self._lock:
            await self._take_up()

    async def save_rest(self) -> None:
        """Save what was noted but not saved.

        Raises:
            Exception: The store's own; it could not be saved yet.
        """
        async with self._lock:
            if self._unsaved:
                await self._take_up()
                await self._save(self.book)

    async def _load(self) -> None:
        if self._store is not None:
            return
        store = await asyncio.to_thread(self._open_store)
        self.book, self.damage = await asyncio.to_thread(store.load)
        self._store = store
        if self.damage:
            _LOG.error("%s", self.damage)

    async def _take_up(self) -> None:
        if self._store is None or self._join is None:
            return
        news = await asyncio.to_thread(self._store.news)
        if news is None:
            return
        theirs, damage = news
        if damage:
            # It was moved aside. We know what we know, and write it in its place.
            _LOG.error("What another program wrote is lost, and what was set before goes on: %s", damage)
            self._unsaved = True
        else:
            self.book = self._join(self.book, theirs)

    async def _save(self, book: B) -> None:
        if self._store is not None:
            await asyncio.to_thread(self._store.save, book)
        self.book = book
        self._unsaved = False
