"""What happens, for the people who watch: one stream of events for each open chat page."""

import asyncio
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from sandbox.jsontypes import Json

BACKLOG = 1000
"""Events that wait for a slow watcher before the oldest are dropped."""


class EventBus:
    """Hands every event to every watcher that may see it."""

    def __init__(self) -> None:
        self._watchers: dict[asyncio.Queue[Json | None], str] = {}

    @contextmanager
    def watch(self, user_id: str) -> Iterator["asyncio.Queue[Json | None]"]:
        """A queue that fills with the events which `user_id` sees, while the context lasts; None ends it."""
        queue: asyncio.Queue[Json | None] = asyncio.Queue(BACKLOG)
        self._watchers[queue] = user_id
        try:
            yield queue
        finally:
            del self._watchers[queue]

    def publish(self, event: Json, visible_to: Callable[[str], bool] = lambda _: True) -> None:
        """Give an event to the watchers for whose user `visible_to` is true."""
        for queue, user_id in self._watchers.items():
            if visible_to(user_id):
                self._put(queue, event)

    def close(self) -> None:
        """End every watcher's stream."""
        for queue in self._watchers:
            self._put(queue, None)

    @staticmethod
    def _put(queue: "asyncio.Queue[Json | None]", event: Json | None) -> None:
        if queue.full():
            queue.get_nowait()
        queue.put_nowait(event)
