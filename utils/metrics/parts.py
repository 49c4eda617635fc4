"""Where the time of a measured call goes: whoever works for it says how long, and whoever measures it collects.

The collection travels in a context variable, so it reaches what is awaited and the tasks that are started meanwhile.
Without one, saying costs next to nothing. Works that run side by side may come to more than the whole.
"""

from __future__ import annotations

import time
from contextvars import ContextVar
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable
    from contextvars import Token
    from types import TracebackType

QUEUE = "queue"
DOCKER = "docker"
DISCORD = "discord"
LAG = "lag"
"""What held the event loop meanwhile, whoever it was: no part of the others, but beside them."""
GC = "gc"
"""The same for the collector of garbage, which holds the whole process."""
KEY = "parts"
"""Under which key of a record's metadata the seconds by part stand."""
_LEAST = 0.0001

_meters: dict[str, Callable[[], float]] = {}
_collected: ContextVar[dict[str, float] | None] = ContextVar("metrics_parts", default=None)


class Collection:
    """Collects what is said inside its ``with``.

    Attributes:
        seconds: By part.
    """

    __slots__ = ("_began", "_token", "seconds")

    _token: Token[dict[str, float] | None]

    def __enter__(self) -> Collection:  # noqa: PYI034 - not meant to be subclassed
        self.seconds: dict[str, float] = {}
        self._began = {part: read() for part, read in _meters.items()}
        self._token = _collected.set(self.seconds)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        _collected.reset(self._token)

    def rounded(self) -> dict[str, float]:
        """Return the parts of at least a tenth of a millisecond, rounded to as much, and what the meters counted."""
        metered = {part: read() - self._began[part] for part, read in _meters.items() if part in self._began}
        return {part: round(seconds, 4) for part, seconds in (self.seconds | metered).items() if seconds >= _LEAST}


def attach_meter(part: str, read: Callable[[], float]) -> None:
    """Have each collection tell by how much a meter of the whole process rose meanwhile.

    Args:
        part: The name of what it counts; a meter that was there goes.
        read: Gives seconds that only rise; quick, and never raises.
    """
    _meters[part] = read


def detach_meter(part: str, read: Callable[[], float]) -> None:
    """Take a meter off again, unless another has taken its place."""
    if _meters.get(part) == read:
        del _meters[part]


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
