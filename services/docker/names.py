"""The names for autocomplete: a snapshot a few seconds old, which keeps nobody waiting and never fails."""

from __future__ import annotations

import asyncio
import logging
from typing import TYPE_CHECKING

from .errors import DockerError

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from .model import Container

_LOG = logging.getLogger(__name__)


class NameCache:
    """The last list of containers, fetched again when it is old.

    However many ask at once, one fetch is under way at most. After a failed one the old list stands, and nothing is
    fetched for as long as a good list would have stood, so that an engine that is away is not asked at each key press.

    Args:
        fetch: Gets the list; what it raises of `DockerError` is kept from the askers.
        max_age: Seconds that a list stands.
        patience: Seconds that an asker waits for a fetch before it gets the old list.
    """

    def __init__(
        self, fetch: Callable[[], Awaitable[tuple[Container, ...]]], *, max_age: float, patience: float
    ) -> None:
        self._fetch = fetch
        self._max_age = max_age
        self._patience = patience
        self._containers: tuple[Container, ...] = ()
        self._good_until = float("-inf")
        self._refresh: asyncio.Task[None] | None = None

    async def get(self) -> tuple[Container, ...]:
        """The containers as last seen; none when the engine never answered. Never raises but for cancellation."""
        if asyncio.get_running_loop().time() >= self._good_until:
            if self._refresh is None:
                self._refresh = asyncio.create_task(self._run(), name="docker-names")
            # Not awaited itself: an asker that is cancelled or gives up must not end the fetch for the others.
            await asyncio.wait([self._refresh], timeout=self._patience)
        return self._containers

    def find(self, ref: str) -> Container | None:
        """The container as last seen that has this name or id, or an id that begins so; nothing is fetched."""
        for one in self._containers:
            if ref in (one.name, one.id):
                return one
        return next((one for one in self._containers if one.id.startswith(ref)), None)

    def put(self, containers: tuple[Container, ...]) -> None:
        """Take a list that was fetched for another reason."""
        self._containers = containers
        self._good_until = asyncio.get_running_loop().time() + self._max_age

    def expire(self) -> None:
        """Fetch anew at the next asking: something was changed."""
        self._good_until = float("-inf")

    async def close(self) -> None:
        """End the fetch that is under way."""
        if self._refresh is not None:
            self._refresh.cancel()
            await asyncio.wait([self._refresh])

    async def _run(self) -> None:
        try:
            self.put(await self._fetch())
        except DockerError as error:
            _LOG.debug("No names for autocomplete: %s", error.user_message)
            self.put(self._containers)
        except Exception:  # noqa: BLE001 - whatever it is, who types a name should get the old list, and the log the rest
            _LOG.exception("Names for autocomplete could not be fetched")
            self.put(self._containers)
        finally:
            self._refresh = None
