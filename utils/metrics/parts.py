"""Where the time of a measured call goes: whoever works for it says how long, and whoever measures it collects.

The collection travels in a context variable, so it reaches what is awaited and the tasks that are started meanwhile.
Without one, saying costs next to nothing. Works that run side by side may come to more than the whole.
"""

from __future__ import annotations

import time
from contextvars import ContextVar
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from contextvars import Token
    from types import TracebackType

QUEUE = "queue"
DOCKER = "docker"
DISCORD = "discord"
KEY = "parts"
"""Under which key of a record's metadata the seconds by part stand."""
_LEAST = 0.0001

_collected: ContextVar[dict[str, float] | None] = ContextVar("metrics_parts", default=None)


class Collection:
    """Collects what is said inside its ``with``.

    Attributes:
        seconds: By part.
    """

    __slots__ = ("_token", "seconds")

    _token: Token[dict[str, float] | None]

    def __enter__(self) -> Collection:  # noqa: PYI034 - not meant to be subclassed
        self.seconds: dict[str, float] = {}
        self._token = _collected.set(self.seconds)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        _collected.reset(self._token)

    def rounded(self) -> dict[str, float]:
        """Return the parts of at least a tenth of a millisecond, rounded to as much."""
        return {part: round(seconds, 4) for part, seconds in self.seconds.items() if seconds >= _LEAST}


def say(part: str, seconds: float) -> None:
    """Say how long a part took.

    Args:
        part: Its name.
        seconds: How long.
    """
    collected = _collected.get()
    if collected is not None:
        collected[part] = collected.get(part, 0.0) + seconds


class Timed:
    """Says how long its ``with`` took, however it ends.

    Args:
        part: The part's name.
    """

    __slots__ = ("_began", "_part")

    def __init__(self, part: str) -> None:
        self._part = part

    def __enter__(self) -> None:
        self._began = time.perf_counter()

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        say(self._part, time.perf_counter() - self._began)
