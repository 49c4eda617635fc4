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
        self._changed = asyncio.Event()

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
        self.touch()

    def touch(self) -> None:
        """Let `until` look again."""
        self._changed.set()

    async def until(self, wanted: Callable[[], object], timeout: float) -> None:  # noqa: ASYNC109 - a test's patience
        """Return once `wanted()` is true; asked anew whenever anything happened in the sandbox.

        Args:
            wanted: The condition.
            timeout: Real seconds to wait at most.

        Raises:
            TimeoutError: It was not met in time.
        """
        async with asyncio.timeout(timeout):
            while not wanted():
                self._changed.clear()
                await self._changed.wait()

    def close(self) -> None:
        """End every watcher's stream."""
        for queue in self._watchers:
            self._put(queue, None)

    @staticmethod
    def _put(queue: "asyncio.Queue[Json | None]", event: Json | None) -> None:
        if queue.full():
            queue.get_nowait()
        queue.put_nowait(event)
