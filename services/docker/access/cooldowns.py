"""How soon the same person may do the same with the same container again. Pure: the time comes in as an argument."""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from services.docker.errors import Busy, ContainerNotFound, Forbidden, Stopping, TooSoon

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from services.docker.model import Action

# Nothing was begun when one of these comes, so it was no go.
_NOT_BEGUN = (Busy, ContainerNotFound, Forbidden, Stopping)
_TIDY_FROM = 1000


@dataclass(frozen=True, slots=True)
class Key:
    """Whose cooldown it is.

    Attributes:
        user_id: The person.
        container_id: The engine's full id, so that no other way to name a container gets past.
        action: What they do.
        name: The container's name, for the refusal; a new one is no new key.
    """

    user_id: int
    container_id: str
    action: Action
    name: str = field(default="", compare=False)


class Cooldowns:
    """Who did what last, and until when they wait.

    A time never runs backwards here; give the event loop's own or any other that is monotonic.

    Args:
        seconds: How long each action's cooldown is; an action that is missing has none.
    """

    def __init__(self, seconds: Mapping[Action, float]) -> None:
        self.set(seconds)
        self._until: dict[Key, float] = {}

    def set(self, seconds: Mapping[Action, float]) -> None:
        """Let what is accepted from now on have other cooldowns."""
        self._seconds = dict(seconds)

    def check(self, key: Key, now: float) -> None:
        """Refuse what comes too soon; it charges nothing.

        Raises:
            TooSoon: With the seconds left.
        """
        left = self._until.get(key, now) - now
        if left > 0:
            raise TooSoon(key.action.value, key.name, left)

    def charge(self, key: Key, now: float) -> float:
        """Accept an action, and let the next one wait.

        Returns:
            What `give_back` takes.

        Raises:
            TooSoon: It is not accepted.
        """
        self.check(key, now)
        if len(self._until) >= _TIDY_FROM:
            self._until = {other: until for other, until in self._until.items() if until > now}
        until = now + self._seconds.get(key.action, 0.0)
        if until > now:
            self._until[key] = until
        return until

    def give_back(self, key: Key, charged: float) -> None:
        """Take a charge back: what it was for was refused before any work. A later charge stays."""
        if self._until.get(key) == charged:
            del self._until[key]

    @contextmanager
    def charged(self, key: Key, now: float) -> Iterator[None]:
        """Charge for what is done inside, and give it back when that turns out never to have been begun.

        Raises:
            TooSoon: Before anything is done.
        """
        charge = self.charge(key, now)
        try:
            yield
        except _NOT_BEGUN:
            self.give_back(key, charge)
            raise
